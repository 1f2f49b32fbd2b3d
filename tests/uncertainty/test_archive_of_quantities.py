"""Archives keep identities: what comes back is what went in, to the last bit and to the last correlation."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calib.errors import CalibError, InputError
from calib.uncertainty import Quantity, complex_quantity, correlated, correlation, covariance, quantity, type_a
from calib.uncertainty.archive import FORMAT, from_hdf5, from_json, to_hdf5, to_json
from calib.uncertainty.source import Source

STORED = Path(__file__).parent.parent / "data" / "quantities-1.json"


def diff(y: Quantity) -> Quantity:
    found: Any = np.diff(cast("Any", y))
    assert isinstance(found, Quantity)
    return found


def some() -> dict[str, Quantity]:
    """Return quantities of every structure."""
    generator = np.random.Generator(np.random.PCG64(3))
    x = quantity(generator.normal(size=7), u=generator.uniform(0.1, 1, 7), dof=generator.integers(2, 9, 7), unit="V")
    gain = quantity(2.0, U=0.3, k=1.7, dof=4, name="gain")
    lopsided = quantity(limits=(1, 5), value=2, name="lopsided")
    p, q = correlated([1, 2], u=[0.1, 0.2], r=[[1, 0.3], [0.3, 1]], dof=5)
    a = quantity(generator.normal(size=(3, 4)), u=0.1234, distribution="triangular")
    curved = quantity(1, half_width=0.1, half_width_u=0.02, distribution="curvilinear-trapezoid")
    v, w = type_a([[1.0, 2.0, 3.5, 1.0], [2.0, 2.5, 2.0, 2.1]], together=True)
    return {
        "x": x,
        "product": x * gain * lopsided * p / q,
        "deviation": x * 1.1 - (x * gain).mean(),
        "steps": diff(x * x * 0.3),
        "means": a.mean(axis=0),
        "row": (a - a.mean())[1],
        "element": x[2],
        "q": q,
        "p": p,
        "constant": Quantity(3.0, {}),
        "cut": (a - a.mean(axis=0)).reshape(4, 3)[1:, ::2],
        "prod": np.prod(cast("Any", a * 1.3)),
        "curved": curved * v / w,
        "gamma": quantity(2.0, u=0.3, distribution="gamma"),
        "trapezoid": quantity(0, half_width=1, beta=0.3, distribution="trapezoidal"),
    }


def by_json(quantities: dict[str, Quantity], folder: Path) -> dict[str, Quantity]:
    return from_json(to_json(quantities))


def by_hdf5(quantities: dict[str, Quantity], folder: Path) -> dict[str, Quantity]:
    with h5py.File(folder / "archive.h5", "w") as file:
        to_hdf5(quantities, file.create_group("quantities"))
    with h5py.File(folder / "archive.h5") as file:
        return from_hdf5(file["quantities"])


@pytest.mark.parametrize("way", [by_json, by_hdf5])
@pytest.mark.parametrize("name", some())
def test_copy_minus_original_is_zero(way: Any, name: str, tmp_path: Path) -> None:
    originals = some()
    y, copy = originals[name], way(originals, tmp_path)[name]
    for difference in (copy - y, y - copy):
        assert np.all(difference.value == 0)
        assert np.all(difference.u == 0)
    assert copy.unit == y.unit
    for fact in ("value", "u", "dof"):
        assert np.array_equal(getattr(copy, fact), getattr(y, fact)), fact
    assert pytest.approx(y.expanded(0.9).U, rel=1e-12) == copy.expanded(0.9).U


_READER = """
import sys, json
import numpy as np
from calib.uncertainty import covariance, budget
from calib.uncertainty.archive import from_json, to_json
text = open(sys.argv[1], encoding="utf-8").read()
back = from_json(text)
again = from_json(text)
every = [q if not q.shape else q.ravel()[0] for q in back.values()]
zero = max(float(np.max((again[n] - q).u)) for n, q in back.items())
names = [r.name for r in budget(back["product"][0])]
print(json.dumps({"covariance": covariance(every).tolist(), "zero": zero, "names": names, "text": to_json(back)}))
"""


def test_another_process_finds_the_same_correlations(tmp_path: Path) -> None:
    originals = some()
    path = tmp_path / "a.json"
    path.write_text(to_json(originals), encoding="utf-8")
    ran = subprocess.run([sys.executable, "-c", _READER, str(path)], capture_output=True, check=True, encoding="utf-8")
    there = json.loads(ran.stdout)
    every = [q if not q.shape else q.ravel()[0] for q in originals.values()]
    assert np.array_equal(np.array(there["covariance"]), covariance(every))
    assert there["zero"] == 0
    assert "gain" in there["names"]
    back = from_json(there["text"])
    assert all(np.all((back[name] - y).u == 0) for name, y in originals.items())


def test_two_archives_of_one_standard_stay_correlated() -> None:
    standard = quantity(10.0, u=1e-5, name="standard")
    a, b = from_json(to_json({"a": standard * 2}))["a"], from_json(to_json({"b": standard + 1}))["b"]
    assert correlation([a, b])[0, 1] == pytest.approx(1)
    assert (a - 2 * b).u == 0


def test_an_archive_of_the_first_version_is_still_read() -> None:
    back = from_json(STORED.read_text(encoding="utf-8"))
    assert set(back) == {"V", "I", "R", "readings", "mean", "deviation"}
    assert (back["R"] - back["V"] / back["I"]).u == 0
    assert back["R"].value == pytest.approx(254.2597, abs=1e-3)
    assert back["R"].u == pytest.approx(0.2366, abs=1e-3)  # JCGM 100:2008, H.2: Z = V/I
    assert np.all((back["deviation"] - (back["readings"] - back["readings"].mean())).u == 0)
    assert (back["mean"] - back["readings"].mean()).u == 0


def test_every_fact_of_a_source_is_kept() -> None:
    """A fact added to sources must be added to the archive, under a new version of its format."""
    kept = {"value", "u", "dof", "distribution", "name", "unit", "shape", "ensemble", "position"}
    derived = {"__weakref__", "_id", "is_limited"}
    assert set(Source.__slots__) == kept | derived


@given(
    st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0, 10)), min_size=1, max_size=5),
    st.lists(st.sampled_from(["cut", "mean", "centre", "scale", "add", "diff", "square"]), max_size=6),
)
@settings(deadline=None)
def test_any_chain_comes_back_exactly(start: list[tuple[float, float]], chain: list[str]) -> None:
    y = quantity([v for v, _ in start], u=[u for _, u in start])
    g = quantity(1.1, u=0.01)
    for step in chain:
        if step == "cut" and y.shape and y.size > 1:
            y = y[1:]
        elif step == "mean":
            y = y.mean()
        elif step == "centre":
            y = y - y.mean()
        elif step == "diff" and y.shape and y.size > 1:
            y = diff(y)
        elif step == "square":
            y = y * y
        else:
            y = y * g if step == "scale" else y + g
    back = from_json(to_json({"y": y}))["y"]
    assert np.array_equal(back.value, y.value)
    assert np.array_equal(back.u, y.u)
    assert np.all((back - y).u == 0)


DAMAGES = [
    lambda t: t.pop("format"),
    lambda t: t.update(format="calib-quantities/3"),
    lambda t: t.pop("sources"),
    lambda t: t["quantities"]["y"].pop("value"),
    lambda t: t["quantities"]["y"].update(value="x"),
    lambda t: next(iter(t["sources"].values())).update(u=-1),
    lambda t: next(iter(t["sources"].values())).update(u=9.0),
    lambda t: next(iter(t["sources"].values())).update(distribution={"name": "norml", "parameters": []}),
    lambda t: t["sources"].clear(),
    lambda t: t.update(quantities=[]),
    lambda t: t["quantities"].update(y=None),
    lambda t: next(iter(t["sources"].values())).update(ensemble=["?", 0]),
    lambda t: next(iter(t["sources"].values())).update(shape=[5]),
    lambda t: next(iter(t["quantities"]["y"]["sensitivities"].values()))["terms"][0]["index"]["data"].__setitem__(
        0, 99
    ),
    lambda t: next(iter(t["quantities"]["y"]["sensitivities"].values()))["terms"][0]["index"].update(type="O"),
    lambda t: next(iter(t["quantities"]["y"]["sensitivities"].values()))["terms"][0]["weights"]["data"].pop(),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=range(len(DAMAGES)))
def test_a_damaged_archive_is_one_clear_error(damage: Any) -> None:
    x = quantity([1.0, 2.0, 3.0], u=0.1)
    tree = json.loads(to_json({"y": x[1:] - x[:-1]}))
    damage(tree)
    with pytest.raises(CalibError, match="archive of quantities"):
        from_json(json.dumps(tree))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '"x"', "[" * 100_000, f'{{"format": "{FORMAT}"}}'])
def test_what_is_no_archive_is_one_clear_error(text: str) -> None:
    with pytest.raises(InputError, match="archive of quantities"):
        from_json(text)


def test_groups_of_hdf5_are_checked(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        with pytest.raises(InputError, match="does not hold one"):
            from_hdf5(file.create_group("empty"))
        group = file.create_group("used")
        group["something"] = 1
        with pytest.raises(InputError, match="not empty"):
            to_hdf5({"x": quantity(1, u=0.1)}, group)
        other = file.create_group("other")
        to_hdf5({"x": quantity([1.0, 2.0], u=0.1)}, other)
        other.attrs["format"] = "calib-quantities/9"
        with pytest.raises(InputError, match="calib-quantities/9"):
            from_hdf5(other)
        other.attrs["format"] = FORMAT
        del other["array0"]
        with pytest.raises(InputError, match="damaged"):
            from_hdf5(other)


def test_only_quantities_are_archived() -> None:
    with pytest.raises(InputError, match="'x' is a float"):
        to_json({"x": 1.0})  # type: ignore[dict-item]


def test_complex_quantities_come_back_with_every_correlation(tmp_path: Path) -> None:
    z = complex_quantity(1 + 2j, covariance=[[0.04, 0.01], [0.01, 0.09]], dof=7, name="z")
    gain = quantity(2.0, u=0.1, name="gain")
    w = z * gain / complex_quantity(3 - 1j, u=(0.1, 0.2))
    originals: dict[str, Any] = {"z": z, "w": w, "gain": gain}
    for way in (by_json, by_hdf5):
        folder = tmp_path / way.__name__
        folder.mkdir()
        back: dict[str, Any] = way(originals, folder)
        for name in ("z", "w"):
            difference = back[name] - originals[name]
            assert difference.value == 0
            assert (difference.real.u, difference.imag.u) == (0, 0)
            assert np.array_equal(back[name].covariance, originals[name].covariance)
            assert back[name].dof == originals[name].dof
        assert (back["gain"] - gain).u == 0
    copy = pickle.loads(pickle.dumps(w)) - w
    assert (copy.real.u, copy.imag.u) == (0, 0)


def test_an_archive_of_a_later_version_is_refused() -> None:
    text = to_json({"x": quantity(1.0, u=0.1)}).replace(FORMAT, "calib-quantities/99")
    with pytest.raises(InputError, match=r"calib-quantities/99' is not read here; calib-quantities/1 and .*/2 are"):
        from_json(text)

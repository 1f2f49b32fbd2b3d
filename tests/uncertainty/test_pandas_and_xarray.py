"""Columns of pandas hold quantities; arrays of xarray are quantities; what cannot work says what to do."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError
from calib.uncertainty import correlation, quantity

pandas: Any = pytest.importorskip("pandas")
xarray: Any = pytest.importorskip("xarray")

GAIN = quantity(1.5, u=0.03, name="gain")


def readings() -> Any:
    """Return four readings with one gain."""
    return quantity([1.0, 2.0, 3.0, 4.0], u=0.1) * GAIN


def test_a_column_of_quantities_computes_with_its_correlations() -> None:
    x = readings()
    column = pandas.Series(list(x))
    assert column.sum().u == pytest.approx(x.sum().u)
    assert (column.sum() - x.sum()).u < 1e-15
    assert ((column * 2 - x)[1] - x[1]).u == 0
    assert (column - x)[1].u == 0
    assert (column / GAIN)[2].u == pytest.approx(0.1)
    assert column.cumsum()[3].u == pytest.approx(x.sum().u)
    assert column.diff()[2].u == pytest.approx((x[2] - x[1]).u)
    assert correlation([column[0], column[1]])[0, 1] > 0.01
    assert "1.50 ± 0.15" in str(column)


def test_functions_of_numpy_work_on_a_column() -> None:
    x = readings()
    column = pandas.Series(list(x))
    for function in (np.exp, np.sqrt, np.log10, np.arctan, np.square, np.abs, np.conjugate):
        assert [q.u for q in function(column)] == pytest.approx(list(function(x).u))
    assert np.hypot(column, column)[1].u == pytest.approx(x[1].u * 2**0.5)
    assert (column % 1.3)[1].u == pytest.approx(x[1].u)


def test_groups_of_a_column() -> None:
    x = readings()
    frame = pandas.DataFrame({"range": list("aabb"), "reading": list(x)})
    groups = frame.groupby("range")["reading"]
    assert groups.sum()["b"].u == pytest.approx(x[2:].sum().u)
    means = groups.agg(lambda column: np.stack(column).mean())
    assert means["a"].u == pytest.approx(x[:2].mean().u)
    assert (means["b"] - x[2:].mean()).u < 1e-15


def test_a_column_joins_into_one_quantity_again() -> None:
    x = readings()
    again: Any = np.stack(pandas.Series(list(x)))
    assert again.shape == (4,)
    assert (again - x).u.max() == 0
    assert again.mean().u == pytest.approx(x.mean().u)


def chain(error: BaseException | None) -> str:
    return f"{error} {chain(error.__cause__)}" if error else ""


def test_what_pandas_cannot_do_says_what_can() -> None:
    x = readings()
    column = pandas.Series(list(x))
    for refused in (lambda: pandas.Series(x), lambda: pandas.Series([1.0, 2.0]) * GAIN, lambda: np.asarray(list(x))):
        with pytest.raises(UncertaintyError, match=r"pandas: list\(x\)"):
            refused()
    for mean in (column.mean, column.groupby([0, 0, 1, 1]).mean):
        with pytest.raises(TypeError) as told:  # what pandas raises, from our error
            mean()
        assert "np.stack(column)" in chain(told.value)
    for ordered in (column.max, column.sort_values, lambda: sorted(x), lambda: max(x)):
        with pytest.raises(UncertaintyError, match=r"no order: compare \.value"):
            ordered()


def table() -> tuple[Any, Any]:
    """Return quantities of shape (3, 4), and as an array of xarray."""
    x: Any = quantity(np.arange(12.0).reshape(3, 4) + 1.0, u=0.1) * GAIN
    coordinates = {"run": [1, 2, 3], "level": [10.0, 20.0, 30.0, 40.0]}
    return x, xarray.DataArray(x, dims=["run", "level"], coords=coordinates, name="reading")


WAYS: dict[str, tuple[Any, Any]] = {
    "mean": (lambda a: a.mean(), lambda x: x.mean()),
    "mean over one": (lambda a: a.mean("level"), lambda x: x.mean(1)),
    "sum": (lambda a: a.sum("run"), lambda x: x.sum(0)),
    "std": (lambda a: a.std("level", ddof=1), lambda x: np.std(x, axis=1, ddof=1)),
    "max": (lambda a: a.max("level"), lambda x: x[:, 3]),
    "median": (lambda a: a.median("level"), lambda x: (x[:, 1] + x[:, 2]) / 2),
    "prod": (lambda a: a.prod("level"), lambda x: np.prod(x, axis=1)),
    "cumsum": (lambda a: a.cumsum("level"), lambda x: x.cumsum(1)),
    "diff": (lambda a: a.diff("run"), lambda x: x[1:] - x[:-1]),
    "sel": (lambda a: a.sel(level=20.0), lambda x: x[:, 1]),
    "points": (
        lambda a: a.isel(run=xarray.DataArray([0, 2], dims="p"), level=xarray.DataArray([3, 1], dims="p")),
        lambda x: x[[0, 2], [3, 1]],
    ),
    "arithmetic": (lambda a: 2 * a - a.mean("level") / 3, lambda x: 2 * x - x.mean(1)[:, None] / 3),
    "with numbers": (
        lambda a: a * xarray.DataArray([1.0, 2.0, 3.0], dims="run"),
        lambda x: x * np.array([[1.0], [2.0], [3.0]]),
    ),
    "with a quantity": (lambda a: a / GAIN, lambda x: x / GAIN),
    "a quantity on the left": (lambda a: GAIN - a, lambda x: GAIN - x),
    "function": (np.log, np.log),
    "transpose": (lambda a: a.T, lambda x: x.T),
    "concat": (lambda a: xarray.concat([a, a[:1]], "run"), lambda x: x[[0, 1, 2, 0]]),
    "groups": (lambda a: a.groupby("run").mean("level"), lambda x: x.mean(1)),
    "where": (lambda a: xarray.where(a.data.value > 6.0, a, 0.0), lambda x: np.where(x.value > 6.0, x, 0.0)),
    "integrate": (lambda a: a.integrate("level"), lambda x: np.trapezoid(x, [10.0, 20.0, 30.0, 40.0])),
    "dot": (lambda a: xarray.dot(a, a, dim="level"), lambda x: (x * x).sum(1)),
    "weighted": (
        lambda a: a.weighted(xarray.DataArray([1.0, 2.0, 1.0], dims="run")).mean("run"),
        lambda x: (x[0] + 2 * x[1] + x[2]) / 4,
    ),
    "coarsen": (lambda a: a.coarsen(level=2).mean(), lambda x: x.reshape(3, 2, 2).mean(2)),
    "roll": (lambda a: a.roll(level=1), lambda x: np.roll(x, 1, axis=1)),
    "stack": (lambda a: a.stack(all=("run", "level")), lambda x: x.ravel()),
    "copy": (copy.deepcopy, lambda x: x),
    "pickle": (lambda a: pickle.loads(pickle.dumps(a)), lambda x: x),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_array_of_xarray_is_a_quantity(way: str) -> None:
    x, a = table()
    theirs, ours = (f(given).data if given is a else f(given) for f, given in zip(WAYS[way], (a, x), strict=True))
    assert theirs.shape == ours.shape
    assert np.asarray(theirs.value) == pytest.approx(np.asarray(ours.value))
    assert np.asarray(theirs.u) == pytest.approx(np.asarray(ours.u))
    assert np.max((theirs - ours).u) < 1e-12 * np.max(ours.u)


def test_an_array_of_xarray_prints_and_joins_a_dataset() -> None:
    _, a = table()
    assert "reading" in repr(a.to_dataset())
    assert a._repr_html_()
    assert a[0, 0].item().u == pytest.approx(a.data.u[0, 0])
    assert xarray.DataArray(GAIN).data is GAIN


def test_what_xarray_cannot_do_says_what_can() -> None:
    _, a = table()
    for refused in (lambda: a.values, a.to_series, lambda: a.interp(level=15.0), lambda: a.astype(int)):
        with pytest.raises(UncertaintyError, match="uncertainty would be lost"):
            refused()
    with pytest.raises(UncertaintyError, match="no order"):
        a.__gt__(3)
    with pytest.raises(UncertaintyError, match=r"round does not carry uncertainty: it is flat"):
        a.round()

"""What a model does with samples, numpy does in every trial alone: together and trial by trial give the same digits."""

from typing import Any

import numpy as np
import pytest

from calib.errors import UncertaintyError
from calib.uncertainty import Samples, propagate, quantity

TRIALS = 40
MATRIX = np.array([[2.0, 0.3, 0.1], [0.2, 3.0, 0.4], [0.1, 0.2, 4.0]])
NOMINALS = np.array([1.0, 2.0, 3.0])
INPUTS = {
    "x": quantity([10.0, 20.0, 30.0], u=[0.5, 1.0, 2.0]),
    "m": quantity(MATRIX, u=0.05),
    "g": quantity(1.5, u=0.1),
}

MODELS: dict[str, Any] = {
    "sum": lambda x, m, g: m.sum(axis=0) * g + x.sum(),
    "mean": lambda x, m, g: x.mean() - g,
    "mean of rows": lambda x, m, g: m.mean(axis=-1) + np.mean(m, axis=0) * g,
    "prod": lambda x, m, g: x.prod() * g,
    "std, var": lambda x, m, g: x.std(ddof=1) + np.var(m, axis=1),
    "min, max, ptp": lambda x, m, g: x.max() - m.min(axis=0) + np.ptp(x),
    "median": lambda x, m, g: np.median(m, axis=0) * g,
    "sort": lambda x, m, g: np.sort(-x) + np.sort(m, axis=0)[0],
    "average": lambda x, m, g: np.average(x, weights=NOMINALS) + np.average(m, axis=0),
    "average, uncertain weights": lambda x, m, g: (
        np.average(NOMINALS * x, weights=x) + np.average(m, axis=1, weights=x)
    ),
    "cumsum": lambda x, m, g: x.cumsum() + np.cumsum(m, axis=1)[2] + np.cumprod(x),
    "flat cumsum": lambda x, m, g: np.cumsum(m) * g,
    "element": lambda x, m, g: x[2] - m[0, 1] * g,
    "last element": lambda x, m, g: x[-1] + m[..., -1],
    "slices": lambda x, m, g: m[1:, ::-1] * g,
    "index arrays": lambda x, m, g: m[[0, 1], [2, 0]] + x[np.array([True, False, True])],
    "new axis": lambda x, m, g: x[:, None] * x - m[None][0],
    "iteration": lambda x, m, g: sum(row.sum() for row in m) + sum(x),
    "unpacking": lambda x, m, g: _unpacked(*x),
    "broadcast": lambda x, m, g: x * NOMINALS + m * g,
    "power": lambda x, m, g: x**2 / g**0.5 + 2.0**g - 3 // g + x % 7,
    "matmul": lambda x, m, g: m @ x + x @ m + m @ m @ NOMINALS + MATRIX @ x,
    "inner product": lambda x, m, g: x @ x + NOMINALS @ x + x.dot(NOMINALS),
    "stacks of matrices": lambda x, m, g: np.stack([m, m.T]) @ m @ x,
    "dot": lambda x, m, g: np.dot(m, x) + np.dot(x, NOMINALS) + np.dot(g, x) + np.inner(x, m) + np.vdot(x, x),
    "outer": lambda x, m, g: np.outer(x, NOMINALS) * g,
    "solve": lambda x, m, g: np.linalg.solve(m, x) + np.linalg.solve(MATRIX, x) + np.linalg.solve(m, m)[0],
    "inv, det, trace": lambda x, m, g: np.linalg.inv(m) * np.linalg.det(m) + np.trace(m),
    "norm": lambda x, m, g: np.linalg.norm(x) + np.linalg.norm(m, axis=1),
    "where": lambda x, m, g: np.where(m > 1, m, x) + np.where(g > 1.5, g, 0.0),
    "clip": lambda x, m, g: np.clip(x, 9.8, 25.0) + x.clip(None, 15.0) + np.clip(m, None, x),
    "minimum": lambda x, m, g: np.maximum(np.minimum(x, 20.0), 15 * g) + np.maximum.reduce(x),
    "accumulate": lambda x, m, g: np.add.accumulate(x) + np.add.reduce(m, axis=0),
    "concatenate": lambda x, m, g: np.concatenate([x, NOMINALS, m[0]]) * g,
    "stack": lambda x, m, g: np.stack([x, NOMINALS, m[0]], axis=1) + np.stack([g, 1.0, g * 2]),
    "vstack, hstack": lambda x, m, g: np.vstack([m, x, NOMINALS]).sum() + np.hstack([x, g, NOMINALS]),
    "append": lambda x, m, g: np.append(x, g) + np.append(x, [1.0]),
    "diff": lambda x, m, g: np.diff(x) + np.diff(m, axis=0)[:, 1] + np.diff(x, n=2),
    "flip, roll, take": lambda x, m, g: (
        np.flip(x) + np.roll(x, 1) + np.take(m, [2, 0, 1], axis=0)[:, 0] + np.roll(m, 1)
    ),
    "shapes": lambda x, m, g: np.reshape(m, (9, 1)).ravel()[:3] + m.reshape(-1)[3:6] + np.squeeze(x[None]) + m.T[0],
    "axes": lambda x, m, g: np.swapaxes(m, 0, 1) + np.transpose(m, (1, 0)) + np.expand_dims(x, 1) + m.transpose(1, 0),
    "broadcast_to": lambda x, m, g: np.broadcast_to(x, (2, 3)) * g + np.broadcast_to(g, (3,)),
    "like": lambda x, m, g: np.zeros_like(x) + np.ones_like(x) * g + np.full_like(x, 2.0),
    "size of things": lambda x, m, g: g * (x.size + len(m) + m.ndim + np.size(x) + np.ndim(m) + np.shape(m)[1]),
    "interp": lambda x, m, g: np.interp(x, [0.0, 15.0, 40.0], [1.0, 3.0, -1.0]) * g,
    "polyval": lambda x, m, g: np.polyval(x, g) + np.polyval([1.0, 2.0, 3.0], x),
    "trigonometry": lambda x, m, g: np.arctan2(x, g) + np.hypot(x, g) + np.exp(-g) * np.log(x) + np.sinh(g),
    "complex": lambda x, m, g: (
        np.abs(x * np.exp(1j * g)) + (x * np.exp(1j * g)).real + np.imag(1j * x) + np.angle(1j + g)
    ),
    "round": lambda x, m, g: np.round(x, 1) + np.floor(g * 10) + np.rint(g),
    "two at once": lambda x, m, g: np.modf(x)[0] + np.divmod(x, 3)[1],
    "any, all": lambda x, m, g: (
        np.where(np.any(m > 4, axis=0), x, g) + np.where((m > -9).astype(float).sum() > 8, 1.0, g)
    ),
    "several outputs": lambda x, m, g: (x[0] * g, x.mean(), g),
}


def _unpacked(a: Any, b: Any, c: Any) -> Any:
    return a * b - c


def _in_place(x: Any, g: Any) -> Any:
    y = x
    y += 1.0
    y *= g
    return y - x


def results(model: Any, inputs: dict[str, Any] = INPUTS, **options: Any) -> tuple[Any, Any]:
    together = propagate(model, inputs, "monte-carlo", trials=TRIALS, seed=3, **options)
    alone = propagate(model, inputs, "monte-carlo", trials=TRIALS, seed=3, vectorize=False, **options)
    return together.draws, alone.draws


@pytest.mark.parametrize("name", MODELS)
def test_a_model_gives_together_what_it_gives_trial_by_trial(name: str) -> None:
    together, alone = results(MODELS[name])
    assert together.shape == alone.shape
    assert together == pytest.approx(alone, rel=1e-12, abs=1e-12)
    assert np.ptp(together, axis=-1).max() > 0


def test_in_place_operators_leave_what_others_hold() -> None:
    out = propagate(lambda g: _in_place(g, 2.0), {"g": quantity(1.0, u=0.1)}, "monte-carlo", trials=TRIALS, seed=1)
    same = propagate(lambda g: (g + 1) * 2 - g, {"g": quantity(1.0, u=0.1)}, "monte-carlo", trials=TRIALS, seed=1)
    assert out.draws == pytest.approx(same.draws, rel=1e-12)


def test_an_element_is_of_the_quantity_and_not_a_trial() -> None:
    x = quantity(np.arange(5.0) * 100, u=np.arange(1.0, 6.0))
    out = propagate(lambda x: x[3], {"x": x}, "monte-carlo", trials=100_000, seed=1)
    assert out.value == pytest.approx(300.0, abs=5 * 4 / 100_000**0.5)
    assert out.u == pytest.approx(4.0, rel=5 / (2 * 100_000) ** 0.5)
    with pytest.raises(IndexError):
        propagate(lambda x: x[5], {"x": x}, "monte-carlo", trials=100_000, seed=1)


def test_a_mean_is_over_the_elements_and_not_over_trials() -> None:
    x = quantity(np.full(16, 7.0), u=1.0)
    out = propagate(lambda x: x.mean(), {"x": x}, "monte-carlo", trials=100_000, seed=1)
    assert out.u == pytest.approx(0.25, rel=5 / (2 * 100_000) ** 0.5)
    alone = propagate(lambda g: g.mean() + np.sum(g), {"g": quantity(1.0, u=0.1)}, "monte-carlo", trials=10_000, seed=1)
    assert alone.u == pytest.approx(0.2, rel=5 / (2 * 10_000) ** 0.5)


@pytest.mark.parametrize("trials", [50, 1000])
def test_nominals_as_many_as_trials_are_elements(trials: int) -> None:
    nominals, g = np.linspace(1.0, 2.0, trials), {"g": quantity(1.0, u=0.1)}
    out = propagate(lambda g: (nominals * g)[7], g, "monte-carlo", trials=trials, seed=1)
    plain = propagate(lambda g: g * 1.0, g, "monte-carlo", trials=trials, seed=1)
    assert out.draws == pytest.approx(nominals[7] * plain.draws, rel=1e-12)
    whole = propagate(lambda g: nominals * g, g, "monte-carlo", trials=trials, seed=1)
    assert whole.draws.shape == (trials, trials)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda x, m, g: x[x > 10], "use np.where instead of an index"),
        (lambda x, m, g: np.histogram(x), "np.histogram does not work on samples: write it"),
        (lambda x, m, g: np.add.outer(x, x), "np.add.outer does not work on samples"),
        (lambda x, m, g: np.add(x, 1, out=np.zeros(3)), "does not work on samples"),
        (lambda x, m, g: np.add(x, 1, where=False), "does not work on samples"),
        (lambda x, m, g: np.sum(x, axis=1), "the axis of trials does not count"),
        (lambda x, m, g: np.interp(1.0, x, NOMINALS), "samples|np.interp"),
        (lambda x, m, g: np.concatenate([g, x]), "np.stack makes an array of scalars"),
        (lambda x, m, g: g @ x, "matmul takes no scalars"),
        (lambda x, m, g: g if g > 1 else 0.0, "no truth value"),
        (lambda x, m, g: np.linalg.norm(m), "vectors only"),
    ],
)
def test_what_has_no_meaning_trial_by_trial_is_refused(model: Any, message: str) -> None:
    with pytest.raises(UncertaintyError, match=message):
        propagate(model, INPUTS, "monte-carlo", trials=TRIALS)


def test_a_scalar_has_no_elements() -> None:
    s = Samples(np.zeros(10))
    for wrong in (len, list):
        with pytest.raises(TypeError, match="no length"):
            wrong(s)
    with pytest.raises(TypeError):
        s * object()
    assert repr(s) == "Samples(shape=(), trials=10)"

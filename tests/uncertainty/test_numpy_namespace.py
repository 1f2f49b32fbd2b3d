"""Every public function of numpy gives a right quantity or our error; never silently floats or an array of objects."""

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calib.errors import UncertaintyError
from calib.uncertainty import Quantity, Samples, covariance, quantity

KERNEL = np.array([0.25, 0.5, 0.25])
GRID = np.array([0.0, 1.0, 2.5, 4.0, 7.0, 9.0])
W = np.array([1.0, 2.0, 1.0, 3.0, 1.0, 1.0])


def square(x: Any) -> Any:
    """Return a regular matrix made of the six elements."""
    return x[:4].reshape(2, 2) + np.array([[9.0, 0.0], [0.0, 9.0]])


def tall(x: Any) -> Any:
    return x.reshape(3, 2)


Call = Callable[[Any, Any], Any]
"""How a function is called with six quantities."""

CALLS: dict[str, Call] = {
    **dict.fromkeys(("arcsin", "asin", "arccos", "acos", "arctanh", "atanh"), lambda f, x: f(x / 7)),
    **dict.fromkeys(("arccosh", "acosh"), lambda f, x: f(x + 1)),
    "average": lambda f, x: f(x, weights=W),
    "quantile": lambda f, x: f(x, 0.3),
    "percentile": lambda f, x: f(x, [30, 80]),
    "nanquantile": lambda f, x: f(x, 0.3),
    "nanpercentile": lambda f, x: f(x, 30),
    "clip": lambda f, x: f(x, 2.05, 4.05),
    "einsum": lambda f, x: f("ij,kj,k->ik", tall(x), square(x), x[:2]),
    "einsum_path": lambda f, x: f("i,i", x, x),
    "tensordot": lambda f, x: f(x.reshape(1, 2, 3), x.reshape(2, 3, 1)),
    "inner": lambda f, x: f(square(x), x[:2]),
    "outer": lambda f, x: f(x[:2], x[2:]),
    "vdot": lambda f, x: f(x[:3], x[3:]),
    "dot": lambda f, x: f(square(x), x[4:]),
    "matmul": lambda f, x: f(tall(x), square(x)),
    "vecdot": lambda f, x: f(tall(x), x[:2]),
    "matvec": lambda f, x: f(tall(x), x[:2]),
    "vecmat": lambda f, x: f(x[:2], square(x)),
    "kron": lambda f, x: f(square(x), tall(x)),
    "cross": lambda f, x: f(x[:3], x[3:]),
    "convolve": lambda f, x: f(x, x[:2]),
    "correlate": lambda f, x: f(x, KERNEL),
    "interp": lambda f, x: f(x, GRID, GRID**2),
    "trapezoid": lambda f, x: f(x, GRID),
    "trapz": lambda f, x: f(x, GRID),
    "gradient": lambda f, x: f(x, GRID),
    "linspace": lambda f, x: f(x[0], x[1], 5),
    "polyfit": lambda f, x: f(GRID, x, 2),
    "polyval": lambda f, x: f(x[:3], x[3:]),
    "polyadd": lambda f, x: f(x[:2], x[2:]),
    "polysub": lambda f, x: f(x[:2], x[2:]),
    "polymul": lambda f, x: f(x[:2], x[2:]),
    "polydiv": lambda f, x: f(x[:4], x[4:]),
    "poly": lambda f, x: f(x),
    "solve": lambda f, x: f(square(x), x[4:]),
    "tensorsolve": lambda f, x: f(square(x), x[4:]),
    "tensorinv": lambda f, x: f(square(x), ind=1),
    "lstsq": lambda f, x: f(tall(x), x[:3], rcond=None)[:2],
    "norm": lambda f, x: f(tall(x), axis=1),
    "matrix_power": lambda f, x: f(square(x), 3),
    "multi_dot": lambda f, x: f([tall(x), square(x), x[4:]]),
    "where": lambda f, x: f([True, False, True], x[:3], x[3:]),
    "select": lambda f, x: f([[True, False, False], [True, True, False]], [x[:3], x[3:]]),
    "choose": lambda f, x: f([0, 1], [x[:2], x[2:4]]),
    "piecewise": lambda f, x: f(x, [[True] * 6], [1.0]),
    "append": lambda f, x: f(x, x[:2]),
    "insert": lambda f, x: f(x, 2, x[:1]),
    "pad": lambda f, x: f(x, 2, mode="reflect"),
    "delete": lambda f, x: f(x, [1, 3]),
    "compress": lambda f, x: f([True, False, True], x),
    "extract": lambda f, x: f([True, False, True, True, False, False], x),
    "take": lambda f, x: f(x, [0, 0, 4]),
    "take_along_axis": lambda f, x: f(x, np.array([0, 3]), 0),
    "repeat": lambda f, x: f(x, 2),
    "tile": lambda f, x: f(x, 2),
    "roll": lambda f, x: f(x, 2),
    "resize": lambda f, x: f(x, (2, 4)),
    "reshape": lambda f, x: f(x, (3, 2)),
    "moveaxis": lambda f, x: f(tall(x), 0, 1),
    "rollaxis": lambda f, x: f(tall(x), 1),
    "swapaxes": lambda f, x: f(tall(x), 0, 1),
    "expand_dims": lambda f, x: f(x, 0),
    "broadcast_to": lambda f, x: f(x, (2, 6)),
    "broadcast_arrays": lambda f, x: f(x[:2], tall(x)),
    "sliding_window_view": lambda f, x: f(x, 2),
    "apply_along_axis": lambda f, x: f(np.sum, 0, x),
    "apply_over_axes": lambda f, x: f(np.sum, x, 0),
    "partition": lambda f, x: f(x, 2),
    "argpartition": lambda f, x: f(x, 2),
    "digitize": lambda f, x: f(x, GRID),
    "searchsorted": lambda f, x: f(x, 3.0),
    "full_like": lambda f, x: f(x, 1.0),
    "isin": lambda f, x: f(x, GRID),
    "put": lambda f, x: f(np.ones(6), 0, x),
    "place": lambda f, x: f(np.ones(6), np.ones(6), x),
    "putmask": lambda f, x: f(np.ones(6), np.ones(6), x),
    "copyto": lambda f, x: f(np.ones(6), x),
    "put_along_axis": lambda f, x: f(np.ones(6), np.array([0]), x[:1], 0),
    "fill_diagonal": lambda f, x: f(tall(x), 1.0),
    "full": lambda f, x: f(3, x[0]),
    "astype": lambda f, x: f(x, int),
    "ldexp": lambda f, x: f(x, np.ones(6, dtype=int)),
    "nextafter": lambda f, x: f(x, 1.0),
    "histogramdd": lambda f, x: f(tall(x)),
    "lexsort": lambda f, x: f((x, x)),
    "vander": lambda f, x: f(x, 3),
    "save": lambda f, x: f("unused", x),
    "savetxt": lambda f, x: f("unused", x),
    "savez": lambda f, x: f("unused", x),
    "savez_compressed": lambda f, x: f("unused", x),
    "cumulative_sum": lambda f, x: f(x),
    "geomspace": lambda f, x: f(x[0], x[1]),
    "logspace": lambda f, x: f(x[0], x[1]),
    "block": lambda f, x: f([x, x]),
    "apply": lambda f, x: f(x),
    "rot90": lambda f, x: f(tall(x)),
    "matrix_norm": lambda f, x: f(tall(x)),
}
OF_MATRICES = {
    "inv", "pinv", "det", "slogdet", "trace", "matrix_transpose", "diagonal", "tril", "triu", "cond", "eig", "eigh",
    "eigvals", "eigvalsh", "matrix_rank", "cholesky", "fliplr", "transpose",
}  # fmt: skip
SPLITTING = {"split", "array_split", "hsplit"}
STACKING = {
    "concatenate", "concat", "stack", "vstack", "row_stack", "hstack", "dstack", "column_stack", "meshgrid", "savez",
}  # fmt: skip
OF_TWO = {
    "add", "subtract", "multiply", "divide", "true_divide", "power", "pow", "float_power", "arctan2", "atan2", "hypot",
    "remainder", "mod", "fmod", "maximum", "minimum", "fmax", "fmin", "floor_divide", "divmod", "copysign", "logaddexp",
    "logaddexp2", "heaviside", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and",
    "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "gcd", "lcm",
    "bitwise_left_shift", "bitwise_right_shift", "isclose", "allclose", "array_equal", "array_equiv", "union1d",
    "intersect1d", "setdiff1d", "setxor1d", "in1d", "histogram2d", "shares_memory", "may_share_memory",
    "result_type", "common_type", "linalg.outer",
}  # fmt: skip
ANSWERS = {
    "all", "any", "allclose", "array_equal", "array_equiv", "argmax", "argmin", "nanargmax", "nanargmin", "argsort",
    "argpartition", "argwhere", "nonzero", "flatnonzero", "count_nonzero", "searchsorted", "digitize", "isclose",
    "isnan", "isinf", "isfinite", "signbit", "isneginf", "isposinf", "iscomplex", "isreal", "iscomplexobj",
    "isrealobj", "isscalar", "iterable", "shape", "ndim", "size", "zeros_like", "ones_like", "full_like", "empty_like",
    "array_repr", "array_str", "array2string", "result_type", "common_type", "min_scalar_type",
    "shares_memory", "may_share_memory",
}  # fmt: skip
"""Questions about values and shapes, whose answers have no uncertainty."""
NOT_OF_ARRAYS = {
    "arange", "array", "asanyarray", "asarray", "asarray_chkfinite", "ascontiguousarray", "asfortranarray", "asmatrix",
    "base_repr", "binary_repr", "bmat", "broadcast_shapes", "busday_count", "busday_offset", "datetime_as_string",
    "datetime_data", "diag_indices", "diag_indices_from", "empty", "errstate", "eye", "format_float_positional",
    "format_float_scientific", "frombuffer", "fromfile", "fromfunction", "fromiter", "frompyfunc", "fromregex",
    "fromstring", "from_dlpack", "genfromtxt", "get_include", "get_printoptions", "getbufsize", "geterr", "geterrcall",
    "hamming", "hanning", "bartlett", "blackman", "kaiser", "identity", "indices", "info", "is_busday", "isfortran",
    "isdtype", "issubdtype", "ix_", "load", "loadtxt", "mask_indices", "ones", "packbits", "printoptions",
    "promote_types", "ravel_multi_index", "require", "seterr", "seterrcall", "setbufsize", "set_printoptions",
    "show_config", "show_runtime", "test", "tri", "tril_indices", "tril_indices_from", "triu_indices",
    "triu_indices_from", "typename", "unpackbits", "unravel_index", "zeros", "mintypecode", "isnat", "piecewise",
    "can_cast", "fftfreq", "rfftfreq", "nested_iters",
    "get_array_wrap", "isctype", "who", "source", "deprecate", "disp", "lookfor", "safe_eval",
}  # fmt: skip
"""Functions that make or describe arrays of numbers, or take no array of floats at all."""


def functions() -> dict[str, Any]:
    found = {}
    for prefix, module in (("", np), ("linalg.", np.linalg), ("fft.", np.fft)):
        for name in dir(module):
            function = getattr(module, name)
            if name.startswith("_") or not callable(function) or isinstance(function, type):
                continue
            if not inspect.ismodule(function) and name not in NOT_OF_ARRAYS:
                found[prefix + name] = function
    found["sliding_window_view"] = np.lib.stride_tricks.sliding_window_view
    return found


EVERY = functions()
MADE = np.array([1.3, 2.2, 4.4, 3.1, 0.7, 5.3])


def called(path: str, x: Any) -> Any:
    """Return what a function gives for six values."""
    f, name = EVERY[path], path.rpartition(".")[2]
    if path.startswith("fft."):
        return f(x)
    if name in CALLS:
        return CALLS[name](f, x)
    if name in OF_MATRICES:
        return f(square(x))
    if name in SPLITTING:
        return f(x, 2)
    if name in {"vsplit", "dsplit"}:
        return f(x.reshape(2, 1, 3) if name == "vsplit" else x.reshape(1, 3, 2), 1 if name == "vsplit" else 2)
    if name in STACKING:
        return f(x[:3], x[3:]) if name == "meshgrid" else f([x[:3], x[3:]])
    if name in OF_TWO:
        return f(x[:3], x[3:])
    return f(x)


def parts(out: Any) -> list[Any]:
    return list(out) if isinstance(out, (tuple, list)) else [out]


def supported() -> list[str]:
    """Return the functions that give quantities."""
    good = []
    for path in EVERY:
        if path.rpartition(".")[2] in ANSWERS:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                called(path, quantity(MADE, u=0.1))
        except (UncertaintyError, TypeError, ValueError, AttributeError):
            continue
        good.append(path)
    return good


def test_what_people_use_carries_uncertainty() -> None:
    used = {
        "sum", "mean", "average", "std", "var", "max", "min", "amax", "median", "quantile", "sort", "ptp", "clip",
        "where", "select", "maximum", "minimum", "cumsum", "cumprod", "prod", "diff", "gradient", "interp",
        "convolve", "einsum", "correlate", "tensordot", "dot", "inner", "outer", "cross", "kron", "polyfit",
        "polyval", "concatenate", "stack", "split", "pad", "insert", "append", "tril", "diag", "nanmean", "nansum",
        "nanquantile", "unwrap", "remainder", "linalg.solve", "linalg.inv", "linalg.lstsq", "linalg.det",
        "linalg.pinv", "linalg.norm", "arcsin", "arccosh", "linalg.matrix_power",
    }  # fmt: skip
    assert not used - set(supported())
    assert {"trapezoid", "trapz"} & set(supported())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", EVERY)
def test_a_quantity_or_our_error(path: str) -> None:
    try:
        out = called(path, quantity(MADE, u=0.1))
    except UncertaintyError:
        return
    if path.rpartition(".")[2] in ANSWERS:
        return
    for part in parts(out):
        assert isinstance(part, (Quantity, float)), (type(part), part)
    assert any(isinstance(part, Quantity) for part in parts(out))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", supported())
@given(st.lists(st.floats(0.5, 6.0), min_size=6, max_size=6, unique=True), st.integers(0, 1000))
@settings(max_examples=6, deadline=None)
def test_its_covariance_is_that_of_numerical_derivatives(path: str, values: list[float], seed: int) -> None:
    x = 2.0 * np.round(np.array(values), 2) / 2 + 0.0037  # on no node of the tables
    assume(path != "tan" or np.min(np.abs(np.cos(x))) > 0.05)
    assume(np.min(np.diff(np.sort(x))) > 0.005)
    whole = np.remainder.outer(x, x) / x  # a multiple has no remainder with a derivative
    assume(not path.endswith(("mod", "remainder")) or np.min(np.abs(whole - np.round(whole)) + np.eye(6)) > 0.01)
    u = np.random.default_rng(seed).uniform(0.1, 1.0, 6)

    def plain(at: Any) -> Any:
        found = [np.ravel(p) for p in parts(called(path, at))]
        return np.concatenate(found)

    h = 1e-5
    slopes = np.stack([(plain(x + h * e) - plain(x - h * e)) / (2 * h) for e in np.eye(6)], axis=1)
    exact = (slopes * u) @ (slopes * u).T
    out = [p if isinstance(p, Quantity) else quantity(p, u=0) for p in parts(called(path, quantity(x, u=u)))]
    assert np.concatenate([np.ravel(p.value) for p in out]) == pytest.approx(plain(x), rel=1e-9, abs=1e-9)
    scale = np.sqrt(np.outer(np.diagonal(exact), np.diagonal(exact))) + 1e-12
    tolerance = 1e-4 * scale + 1e-9 * max(1.0, float(exact.max()))
    assert np.all(np.abs(covariance([p.ravel() for p in out]) - exact) <= tolerance)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", supported())
def test_a_model_of_it_under_monte_carlo_does_in_every_trial_what_numpy_does(path: str) -> None:
    draws = np.random.default_rng(5).uniform(1.0, 6.0, (6, 3))
    out = parts(called(path, Samples(draws)))
    for trial in range(3):
        plain = parts(called(path, draws[:, trial]))
        for ours, theirs in zip(out, plain, strict=True):
            got = ours.draws[..., trial] if isinstance(ours, Samples) else ours
            assert np.asarray(got) == pytest.approx(np.asarray(theirs), rel=1e-9, abs=1e-9)

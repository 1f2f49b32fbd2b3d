"""Expressions of budget files: they compute what Python's own parser computes, and nothing else gets through them."""

import builtins
import math
import string
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calib.errors import InputError
from calib.uncertainty import quantity
from calib.uncertainty.budgetfile.expression import DEEPEST, FUNCTIONS, Expression, check_names, parse
from calib.uncertainty.budgetfile.names import check_distinct, check_name
from calib.uncertainty.budgetfile.tokens import LONGEST

VALUES = {"x": 0.75, "y": -1.5, "long_name": 2.25, "θ": 0.5}
NAMESPACE: dict[str, Any] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "atan": math.atan,
    "tanh": math.tanh,
    "atan2": math.atan2,
    "hypot": math.hypot,
    "abs": abs,
    "pi": math.pi,
}


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, st.sampled_from(["+", "-", "*", "/", " ** ", " - ", "\n* "]), inner).map("".join)
    one = st.sampled_from([n for n in NAMESPACE if n in FUNCTIONS and FUNCTIONS[n][0] == 1])
    two = st.sampled_from(["atan2", "hypot"])
    return st.one_of(
        pairs,
        inner.map(lambda e: f"({e})"),
        inner.map(lambda e: f"-{e}"),
        inner.map(lambda e: f"+ {e}"),
        st.tuples(one, inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(two, inner, inner).map(lambda p: f"{p[0]}({p[1]}, {p[2]})"),
    )


NUMBERS = st.sampled_from(["1", "2.", ".5", "3e0", "1.25E-1", "0.1", "7e+1"])
EXPRESSIONS = st.recursive(st.one_of(NUMBERS, st.sampled_from([*VALUES, "pi"])), _grown, max_leaves=12)


def _checked(text: str) -> Expression:
    expression = parse(text)
    check_names(expression, frozenset(VALUES))
    return expression


@given(EXPRESSIONS)
@settings(max_examples=400, deadline=None)
def test_an_expression_means_what_it_means_in_python(text: str) -> None:
    try:
        wanted = eval(f"({text})", {"__builtins__": {}}, NAMESPACE | VALUES)
    except (ArithmeticError, ValueError, TypeError):  # TypeError: functions of complex numbers
        return
    if isinstance(wanted, complex):
        return
    got = parse(text)(VALUES)
    assert float(got) == pytest.approx(wanted, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-2**2", -4),
        ("2**-1", 0.5),
        ("2**3**2", 512),
        ("-2**-2", -0.25),
        ("8/4/2", 1),
        ("2-3-4", -5),
        ("--2", 2),
        ("1 - -1", 2),
    ],
)
def test_signs_and_powers_bind_as_in_mathematics(text: str, wanted: float) -> None:
    assert parse(text)({}) == wanted


ATTACKS = [
    "__import__('os').system('id')",
    '__import__("os")',
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__",
    "x.real",
    "x['a']",
    "x[0]",
    "[x for x in (1, 2)]",
    "{x: 1}",
    "(x for x in y)",
    "lambda: 0",
    "lambda x: x",
    "x := 1",
    "x if y else x",
    "x and y",
    "not x",
    "x == y",
    "x < y",
    "x | y",
    "x & y",
    "x ^ y",
    "~x",
    "x // y",
    "x % y",
    "x @ y",
    "x << 9",
    "f'{x}'",
    "'x'",
    '"x"',
    "`x`",
    "x; y",
    "x\\\n+y",
    "# x",
    "x # y",
    "exec(x)",
    "eval(x)",
    "open(x)",
    "print(x)",
    "globals()",
    "x(y)",
    "sin(x=1)",
    "sin(*x)",
    "sin(**x)",
    "sin(x,)",
    "sin",
    "sin()",
    "sin(x, y)",
    "atan2(x)",
    "sin(x)(y)",
    "sin x",
    "x y",
    "2x",
    "2 x",
    "x 2",
    "1.2.3",
    "1..2",
    "0x10",
    "0b1",
    "1_000",
    "1j",
    "1e",
    "1e+",
    "e5",
    "True",
    "None",
    "...",
    ".",
    "",
    " ",
    "\n",
    "\t",
    "()",
    "(",
    ")",
    "((x)",
    "(x))",
    "+",
    "*",
    "x*",
    "*x",
    "x**",
    "x***y",
    "x,y",
    "1,5",
    ",",
    "x\x00",
    "\x00",
    "x\u200by",
    "x\u00a0+ y",
    "\ufeffx",
    "х + y",
    "ｘ",
    "x²",
    "x₂",
    "１",
    "x − y",
    "x × y",
    "x · y",
    "√x",
    "½",
    "∞",
    "x\u0301\u0301\u0301",
    "𝐱",
    "ﬁ",
    "x\u202ey",
    "🙂",
    "ⅷ",
    "x\ud800",
    "__class__",
    "__builtins__",
]
HUGE = [
    "9**9**9**9**9",
    "9**9**9",
    "10**400",
    "(10**300)*(10**300)",
    "exp(1000)",
    "exp(exp(exp(9)))",
    "1/0",
    "0**-1",
    "log(0)",
    "sqrt(-1)",
    "(-8)**(1/3)",
    "asin(2)",
    "1e999",
    "9" * 5000,
    "1" + "0" * 5000,
    "-" * 5000 + "1",
    "(" * 5000 + "1" + ")" * 5000,
    "sin(" * 5000 + "1" + ")" * 5000,
    "2**" * 3000 + "2",
    "x" * 5000,
    "x+" * 4000,
    "1+" * (LONGEST // 2) + "1",
    "+" * 10**6,
    "(" * 10**6,
    "x" * 10**6,
    "9" * 10**6,
    "é" * 10**6,
]


@pytest.mark.parametrize("text", ATTACKS)
def test_what_is_no_expression_is_one_clear_error(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(*_: object, **__: object) -> None:
        pytest.fail("the text reached Python")

    with monkeypatch.context() as patched:
        for name in ("eval", "exec", "compile"):
            patched.setattr(builtins, name, reached)
        with pytest.raises(InputError) as error:
            _checked(text)
    assert 10 < len(str(error.value)) < 600
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", HUGE, ids=lambda t: t[:12])
def test_what_is_huge_ends_in_an_error_at_once(text: str) -> None:
    tracemalloc.start()
    begun = time.monotonic()
    with pytest.raises(InputError):
        _checked(text)(VALUES)
    took, (_, peak) = time.monotonic() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 2.0
    assert peak < 50e6


def test_what_may_lie_within_each_other_does() -> None:
    deep = DEEPEST - 1
    assert parse("(" * deep + "x" + ")" * deep)(VALUES) == VALUES["x"]
    with pytest.raises(InputError, match=f"more than {DEEPEST} levels"):
        parse("(" * DEEPEST + "x" + ")" * DEEPEST)


CODE = st.text(st.sampled_from("xyzθ019.,+-*/()[]{}'\" _^=:;#@!~&|<>\\\n²×−х sincoexplambdaimport__"), max_size=60)
ANY = st.text(max_size=40)
WORDS = st.lists(
    st.sampled_from(
        ["__import__", "(", ")", "x", "**", "9", "sin", ",", ".", "[", "]", "for", "in", "lambda", ":", "'os'"]
    ),
    max_size=25,
).map(" ".join)


@given(st.one_of(CODE, ANY, WORDS, EXPRESSIONS.map(lambda e: e[: len(e) // 2])))
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_a_number_or_an_input_error(text: str) -> None:
    try:
        got = _checked(text)(VALUES)
    except InputError:
        return
    assert isinstance(got, float)
    assert math.isfinite(got)
    assert set(text) <= set(string.ascii_letters + string.digits + "_θ" + "+-*/(), .\n\t\r")


def test_an_expression_takes_quantities_and_arrays_alike() -> None:
    x = quantity([0.5, 0.7], u=0.01, name="x")
    y = parse("exp(-x**2)/3")({"x": x})
    assert y.u == pytest.approx(2 * x.value * np.exp(-(x.value**2)) / 3 * 0.01)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x^2", r"\*\*"),
        ("2x", r"\*"),
        ("1,5", "decimal point"),
        ("x × y", r"\*"),
        ("x²", r"\*\*2"),
        ("arcsin(x)", "asin"),
        ("sine(x)", "sin"),
        ("x - long_nam", "did you mean 'long_name'"),
        ("sqrt x", r"sqrt\( \)"),
        ("m(x)", "product"),
        ("y = x", "only what"),
        ("x − y", "hyphen"),
        ("Θ", "θ|known"),
    ],
)
def test_common_slips_get_a_hint(text: str, hint: str) -> None:
    with pytest.raises(InputError, match=hint):
        check_names(parse(text), frozenset(VALUES))


@pytest.mark.parametrize("name", ["α", "Δt", "x_1", "độ_dài", "µ", "lambda", "is", "R"])
def test_laboratory_names_are_names(name: str) -> None:
    known = check_name(name, frozenset(FUNCTIONS))
    assert parse(f"2*{name}").names == {known}


@pytest.mark.parametrize(
    "name",
    ["", "1x", "x y", "x-y", "x.y", "__x", "sin", "pi", "х", "x²", "ｘ", "x" * 61, "x\u200b", "a\nb", "🙂", "x'"],
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        check_name(name, frozenset(FUNCTIONS) | {"pi"})


def test_names_that_look_alike_are_refused() -> None:
    with pytest.raises(InputError, match="GREEK CAPITAL LETTER ALPHA"):
        check_distinct(["A", "B", "Α"])
    with pytest.raises(InputError, match="GREEK SMALL LETTER OMICRON"):
        check_names(parse("ο + 1"), frozenset({"o"}))
    check_distinct(["α", "a", "ν_eff", "u"])

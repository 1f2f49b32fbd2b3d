"""Expressions of a budget file: parsed by our own grammar into a short program, never executed as Python.

::

    sum     := product (("+" | "-") product)*
    product := sign (("*" | "/") sign)*
    sign    := ("+" | "-") sign | power
    power   := atom ("**" sign)?                 so -x**2 is -(x**2), and x**y**z is x**(y**z)
    atom    := number | name | function "(" sum ("," sum)* ")" | "(" sum ")"
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from calib.errors import InputError
from calib.uncertainty.budgetfile.names import nearest
from calib.uncertainty.budgetfile.tokens import Token, tokens, wrong

DEEPEST = 50
"""Most parentheses, signs and powers within each other."""

FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, np.absolute), "sqrt": (1, np.sqrt), "cbrt": (1, np.cbrt),
    "exp": (1, np.exp), "expm1": (1, np.expm1),
    "log": (1, np.log), "ln": (1, np.log), "log10": (1, np.log10), "log2": (1, np.log2), "log1p": (1, np.log1p),
    "sin": (1, np.sin), "cos": (1, np.cos), "tan": (1, np.tan),
    "asin": (1, np.arcsin), "acos": (1, np.arccos), "atan": (1, np.arctan), "atan2": (2, np.arctan2),
    "sinh": (1, np.sinh), "cosh": (1, np.cosh), "tanh": (1, np.tanh),
    "asinh": (1, np.arcsinh), "acosh": (1, np.arccosh), "atanh": (1, np.arctanh), "hypot": (2, np.hypot),
    "radians": (1, np.radians), "degrees": (1, np.degrees),
}  # fmt: skip
"""Functions by name, with how many arguments they take; `log` is the natural logarithm."""
CONSTANTS = {"pi": math.pi}
RESERVED = frozenset(FUNCTIONS) | frozenset(CONSTANTS)

_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow,
}  # fmt: skip


class Step(NamedTuple):
    """One step of a machine with a stack: push a number, push what a name stands for, or call a function."""

    kind: str
    """`number`, `name` or `call`."""
    text: str
    number: float = 0.0
    arity: int = 0
    function: Callable[..., Any] = operator.neg


@dataclass(frozen=True)
class Expression:
    """A checked expression."""

    text: str
    program: tuple[Step, ...]

    @property
    def names(self) -> frozenset[str]:
        """Names that it uses."""
        return frozenset(step.text for step in self.program if step.kind == "name")

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Return its value for floats, quantities or samples by name."""
        stack: list[Any] = []
        with np.errstate(all="ignore"):
            for step in self.program:
                if step.kind == "name":
                    stack.append(values[step.text])
                elif step.kind == "number":
                    stack.append(np.float64(step.number))  # numpy's: 1/0 is inf, and 9**9**9 too
                else:
                    arguments = stack[-step.arity :]
                    del stack[-step.arity :]
                    stack.append(_called(step, arguments))
        return stack[0]


def _called(step: Step, arguments: list[Any]) -> Any:
    result = step.function(*arguments)
    if isinstance(result, float) and not math.isfinite(result):
        shown = f" {step.text} ".join(f"{a:g}" for a in arguments)
        if step.text in FUNCTIONS:
            shown = f"{step.text}({', '.join(f'{a:g}' for a in arguments)})"
        msg = f"{shown} is not a finite number"
        raise InputError(msg)
    return result


def parse(text: str) -> Expression:
    """Return the expression in `text`.

    Raises
    ------
    InputError
        It is not one; the message says where and, where it can, what to write instead.
    """
    return Expression(text, tuple(_Parser(text).whole()))


def check_names(expression: Expression, known: frozenset[str]) -> None:
    """Raise `InputError` where the expression uses a name that is not known."""
    for name in sorted(expression.names - known):
        hint = nearest(name, known) if known else "there are no inputs"
        msg = f"{name!r} is not an input; {hint}"
        raise InputError(msg)


class _Parser:
    """Goes through the words once; what it has understood is in `_program`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._program: list[Step] = []

    def whole(self) -> list[Step]:
        self._sum()
        if self._next.kind != "end":
            raise self._unexpected("an operator")
        return self._program

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _takes(self, *signs: str) -> str:
        """Go past one of the signs and return it; empty where another word comes next."""
        token = self._next
        if token.kind != "sign" or token.text not in signs:
            return ""
        self._at += 1
        return token.text

    def _chain(self, part: Callable[[], None], *signs: str) -> None:
        part()
        while sign := self._takes(*signs):
            part()
            self._program.append(Step("call", sign, arity=2, function=_OPERATORS[sign]))

    def _sum(self) -> None:
        self._chain(self._product, "+", "-")

    def _product(self) -> None:
        self._chain(self._sign, "*", "/")

    def _sign(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise wrong(self._text, self._next.at, f"more than {DEEPEST} levels within each other", "split it")
        if sign := self._takes("+", "-"):
            self._sign()
            if sign == "-":
                self._program.append(Step("call", "-", arity=1, function=operator.neg))
        else:
            self._power()
        self._depth -= 1

    def _power(self) -> None:
        self._atom()
        if self._takes("**"):
            self._sign()
            self._program.append(Step("call", "**", arity=2, function=operator.pow))

    def _atom(self) -> None:
        token = self._next
        if self._takes("("):
            self._sum()
            self._close()
        elif token.kind == "number":
            self._at += 1
            self._program.append(Step("number", token.text, float(token.text)))
        elif token.kind == "name":
            self._at += 1
            self._named(token)
        else:
            raise self._unexpected("a number, a name or (")

    def _named(self, token: Token) -> None:
        name = token.text
        if self._takes("("):
            self._function(token)
        elif name in CONSTANTS:
            self._program.append(Step("number", name, CONSTANTS[name]))
        elif name in FUNCTIONS:
            raise wrong(self._text, token.at, f"{name!r} is a function", f"write {name}( )")
        else:
            self._program.append(Step("name", name))

    def _function(self, token: Token) -> None:
        if token.text not in FUNCTIONS:
            hint = f"{nearest(token.text, FUNCTIONS)}; a product is written with *"
            raise wrong(self._text, token.at, f"{token.text!r} is not a function", hint)
        count = 0
        while count == 0 or self._takes(","):
            self._sum()
            count += 1
        self._close()
        wanted, function = FUNCTIONS[token.text]
        if count != wanted:
            raise wrong(self._text, token.at, f"{token.text} takes {wanted} argument(s), not {count}")
        self._program.append(Step("call", token.text, arity=count, function=function))

    def _close(self) -> None:
        if not self._takes(")"):
            raise self._unexpected(") or an operator")

    def _unexpected(self, wanted: str) -> InputError:
        token = self._next
        if token.kind == "end":
            return wrong(self._text, token.at, f"ends where {wanted} should come")
        hint = None
        if token.text in {",", ")"}:
            hint = "a decimal point is ." if token.text == "," else "the parentheses do not match"
        if token.kind in {"number", "name"} and wanted.endswith("operator"):
            hint = "a product is written with *"
        return wrong(self._text, token.at, f"{token.text[:20]!r} stands where {wanted} should come", hint)

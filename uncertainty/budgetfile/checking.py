"""From the tables of a budget file to inputs and expressions: checked whole, every mistake told."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calib.errors import FileError
from calib.files import as_model
from calib.tomllines import field_lines
from calib.uncertainty.budgetfile.expression import RESERVED, Expression, check_names, parse
from calib.uncertainty.budgetfile.groups import groups
from calib.uncertainty.budgetfile.inputs import constant, input_quantity
from calib.uncertainty.budgetfile.loading import is_json, load_tables
from calib.uncertainty.budgetfile.mistakes import Mistakes, shortened
from calib.uncertainty.budgetfile.model import BudgetFile, Output
from calib.uncertainty.budgetfile.names import canonical, check_distinct, check_name
from calib.uncertainty.budgetfile.unitnames import unit_name
from calib.uncertainty.uncertain import Quantity


@dataclass(frozen=True)
class Measurand:
    """One output: its expression, and the unit in which it is wanted."""

    name: str
    expression: Expression
    unit: str | None


@dataclass(frozen=True)
class BudgetInput:
    """A budget file that was read and checked."""

    file: BudgetFile
    inputs: dict[str, Quantity]
    constants: dict[str, Quantity | float]
    definitions: dict[str, Expression]
    measurands: tuple[Measurand, ...]

    @property
    def has_units(self) -> bool:
        """Whether any input or constant states a unit: then units are checked."""
        return any(isinstance(q, Quantity) and q.unit is not None for q in (self.inputs | self.constants).values())

    @property
    def unused(self) -> tuple[str, ...]:
        """Inputs that no measurand uses."""
        used: set[str] = set()
        for m in self.measurands:
            used |= m.expression.names
        for name, expression in reversed(self.definitions.items()):
            if name in used:
                used |= expression.names
        return tuple(name for name in self.inputs if name not in used)


def read_budget(path: Path) -> BudgetInput:
    """Return the budget in the file at `path`: JSON where its name ends so, else TOML.

    Raises
    ------
    FileError
        The file cannot be read, or is wrong: one line for each mistake.
    """
    tables = load_tables(path)
    try:
        file = as_model(tables, BudgetFile, str(path), None if is_json(path) else path)
        lines = {} if is_json(path) else field_lines(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except RecursionError:
        msg = f"{path}: lists or tables lie too deep within each other"
        raise FileError(msg) from None
    except FileError as error:
        raise FileError(shortened(str(error).splitlines())) from None
    return _checked(file, Mistakes(str(path), lines))


def budget_of(tables: Mapping[str, Any], where: str = "budget") -> BudgetInput:
    """Return the budget in tables that are in memory, checked as those of a file."""
    try:
        file = as_model(dict(tables), BudgetFile, where)
    except FileError as error:
        raise FileError(shortened(str(error).splitlines())) from None
    return _checked(file, Mistakes(where, {}))


def _checked(file: BudgetFile, mistakes: Mistakes) -> BudgetInput:
    file = _renamed(file, mistakes)
    mistakes.check()
    inputs = _inputs(file, mistakes)
    constants = {
        name: made
        for name, stated in file.constants.items()
        if (made := mistakes.attempt(("constants", name), constant, stated)) is not None
    }
    known = frozenset(file.inputs) | frozenset(file.constants)
    definitions: dict[str, Expression] = {}
    for name, text in file.definitions.items():
        parsed = mistakes.attempt(("definitions", name), _parsed, text, known | frozenset(definitions))
        definitions[name] = parsed or Expression("", ())
    measurands = _measurands(file, known | frozenset(definitions), mistakes)
    mistakes.check()
    return BudgetInput(file, inputs, constants, definitions, measurands)


def _renamed(file: BudgetFile, mistakes: Mistakes) -> BudgetFile:
    """Return the file with every name in its one spelling; names are unlike each other, and none is a function's."""
    tables: dict[str, Any] = {}
    every: list[str] = []
    for table in ("inputs", "constants", "definitions", "outputs"):
        tables[table] = {}
        for name, stated in getattr(file, table).items():
            shown = mistakes.attempt((table, name), check_name, name, RESERVED)
            if shown is None:
                continue
            if shown in tables[table] or (shown in every and table != "outputs"):
                mistakes.add((table, name), f"the name {shown!r} is taken already")
            tables[table][shown] = stated
        if table != "outputs":
            every += tables[table]
    mistakes.attempt((), check_distinct, every)
    tables["correlation"] = tuple(
        c.model_copy(update={"inputs": tuple(canonical(n) for n in c.inputs)}) for c in file.correlation
    )
    return file.model_copy(update=tables)


def _inputs(file: BudgetFile, mistakes: Mistakes) -> dict[str, Quantity]:
    together = mistakes.attempt(("correlation",), groups, file.correlation, file.inputs) or []
    made: dict[str, Quantity] = {}
    for group in together:
        quantities = mistakes.attempt(("correlation",), group.quantities, file.inputs)
        made |= dict(zip(group.names, quantities or (), strict=False))
    members = {name for group in together for name in group.names}
    for name, stated in file.inputs.items():
        if name not in members:
            q = mistakes.attempt(("inputs", name), input_quantity, name, stated)
            if q is not None:
                made[name] = q
    return {name: made[name] for name in file.inputs if name in made}


def _parsed(text: str, known: frozenset[str]) -> Expression:
    expression = parse(text)
    check_names(expression, known)
    return expression


def _measurands(file: BudgetFile, known: frozenset[str], mistakes: Mistakes) -> tuple[Measurand, ...]:
    if (file.model is None) == (not file.outputs):
        mistakes.add((), "give either model, or [outputs.NAME] with a model for each measurand")
    if file.outputs and file.unit is not None:
        mistakes.add(("unit",), "belongs to each output where there are several")
    wanted = file.outputs
    if file.model is not None:
        wanted = {file.name: Output(model=file.model, unit=file.unit)}
    found = []
    for name, stated in wanted.items():
        place = ("outputs", name, "model") if file.outputs else ("model",)
        expression = mistakes.attempt(place, _parsed, stated.model, known)
        before = len(mistakes.told)
        unit = mistakes.attempt((*place[:-1], "unit"), unit_name, stated.unit)
        if expression is not None and len(mistakes.told) == before:
            found.append(Measurand(name, expression, unit or stated.unit))
    return tuple(found)

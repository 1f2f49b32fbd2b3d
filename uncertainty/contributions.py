"""The uncertainty budget: what each input contributes, and how outputs vary together."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from calib.errors import UncertaintyError
from calib.uncertainty import blocks as element
from calib.uncertainty import moments, squares
from calib.uncertainty.rows import check_size
from calib.uncertainty.source import Source
from calib.uncertainty.uncertain import Quantity


class BudgetRow(NamedTuple):
    """One input of a budget; an array source is one row, with nan where its elements differ."""

    name: str
    value: float
    u: float
    """Standard uncertainty of the input, in its unit."""
    dof: float
    distribution: str
    unit: str
    """Unit of the input; empty for a number."""
    sensitivity: float
    """∂y/∂x."""
    contribution: float
    """|∂y/∂x|·u, in the unit of the result."""
    share: float
    """c_i Σ_j c_j u_ij / u²; negative where correlation lowers u; 0 where u is 0."""


@dataclass(frozen=True)
class Budget:
    """Rows in the order in which the inputs entered the model, and the result."""

    rows: tuple[BudgetRow, ...]
    value: float
    u: float
    dof: float
    unit: str

    def __iter__(self) -> Iterator[BudgetRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, name: str | int) -> BudgetRow:
        """Return a row by its place or its name."""
        if isinstance(name, int):
            return self.rows[name]
        for row in self.rows:
            if row.name == name:
                return row
        msg = f"{name!r}; the budget has {', '.join(row.name for row in self.rows)}"
        raise KeyError(msg)

    def __str__(self) -> str:
        from calib.uncertainty.tabulated import as_text

        return as_text(self)

    def markdown(self) -> str:
        """Return a table of GitHub's Markdown."""
        from calib.uncertainty.tabulated import as_markdown

        return as_markdown(self)

    def latex(self) -> str:
        """Return a LaTeX tabular."""
        from calib.uncertainty.tabulated import as_latex

        return as_latex(self)

    def html(self) -> str:
        """Return a table in HTML."""
        from calib.uncertainty.hypertext import as_html

        return as_html(self)

    def _repr_html_(self) -> str:
        return self.html()

    def svg(self) -> str:
        """Return a picture of the contributions as bars."""
        from calib.uncertainty.hypertext import as_svg

        return as_svg(self)

    def json(self) -> str:
        """Return JSON, with infinities and nan as the strings `inf`, `-inf`, `nan`."""
        from calib.uncertainty.plainjson import as_json

        return as_json(self)


def budget(y: Quantity) -> Budget:
    """Return the budget of a scalar: one row for each input.

    Raises
    ------
    UncertaintyError
        `y` is an array: take one element, or a fold such as its mean.
    """
    if y.shape:
        msg = f"a budget is made for one value, this has shape {y.shape}: take an element, such as budget(y[0])"
        raise UncertaintyError(msg)
    u2 = y.u**2
    joint = moments.ensembles(y.blocks)
    rows = []
    for source, c in y.blocks.items():
        if source.shape:
            rows.append(_array_row(source, c, u2))
            continue
        contribution = c * source.u
        part = contribution * contribution
        if source.ensemble is not None:
            line = source.ensemble.covariance[source.position]
            part = c * sum(d * line[i] for i, d in joint[source.ensemble].items())
        rows.append(
            BudgetRow(
                source.name, source.value, source.u, source.dof, source.distribution.name, source.unit or "",
                c, abs(contribution), float(part / u2) if u2 else 0.0,
            )
        )  # fmt: skip
    return Budget(tuple(rows), y.value, y.u, y.dof, y.unit or "")


def _array_row(source: Source, block: element.Block, u2: float) -> BudgetRow:
    """Return the one row of an element-wise source."""
    row = element.dense(block, (), source.shape)[0]
    used = row != 0
    part = float(squares.variance(block, source.u, (), source.shape))

    def only(facts: Any) -> float:
        flat = np.broadcast_to(facts, source.shape).ravel()[used]
        return float(flat[0]) if flat.size and np.all(flat == flat[0]) else math.nan

    return BudgetRow(
        source.name, only(source.value), only(source.u), only(source.dof), source.distribution.name, source.unit or "",
        only(row.reshape(source.shape)), math.sqrt(part), part / u2 if u2 else 0.0,
    )  # fmt: skip


def covariance(y: Quantity | Sequence[Quantity]) -> NDArray[np.float64]:
    """Return the covariance matrix of several scalars, or of the elements of one array (in C order)."""
    quantities = [y] if isinstance(y, Quantity) else list(y)
    sizes = [q.size for q in quantities]
    at = np.concatenate(([0], np.cumsum(sizes)))
    n = int(at[-1])
    check_size(n * n, f"the covariance of {n} values")
    sources = list(dict.fromkeys(s for q in quantities for s in q.blocks))
    shared = [s for s in sources if not s.shape]
    rows = np.zeros((len(shared), n))  # transposed, so that each source is written in one run
    columns = {s: i for i, s in enumerate(shared)}
    for q, start, size in zip(quantities, at, sizes, strict=False):
        for s, c in q.blocks.items():
            if not s.shape:
                np.multiply(np.broadcast_to(c, q.shape).ravel(), s.u, out=rows[columns[s], start : start + size])
    total = rows.T @ (_correlations(shared) @ rows if any(s.ensemble for s in shared) else rows)
    for s in sources:
        if s.shape:
            total += _element_covariance(s, quantities, at, n)
    return total


def _correlations(sources: list[Source]) -> NDArray[np.float64]:
    """Return the correlation matrix of shared sources; of those without uncertainty 0 beside the diagonal."""
    inner = np.eye(len(sources))
    for i, a in enumerate(sources):
        if a.ensemble is not None:
            for j, b in enumerate(sources):
                if b.ensemble is a.ensemble and a.u and b.u:
                    inner[i, j] = a.ensemble.covariance[a.position, b.position] / (a.u * b.u)
    return inner


def _element_covariance(source: Source, quantities: list[Quantity], at: Any, n: int) -> NDArray[np.float64]:
    rows = np.zeros((n, int(np.prod(source.shape))))
    check_size(rows.size, f"the covariance of {n} values")
    for q, start in zip(quantities, at, strict=False):
        if source in q.blocks:
            rows[start : start + q.size] = element.dense(q.blocks[source], q.shape, source.shape)
    rows *= np.broadcast_to(source.u, source.shape).ravel()
    return np.asarray(rows @ rows.T)


def correlation(y: Quantity | Sequence[Quantity]) -> NDArray[np.float64]:
    """Return the correlation matrix; nan for a value without uncertainty."""
    matrix = covariance(y)
    std = np.sqrt(np.diagonal(matrix))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(matrix / np.outer(std, std))

"""Whether results that belong together are printed so that calculations with them come out as with the record's."""

import math
from collections.abc import Sequence

import numpy as np

from calib.numbers import Style, power
from calib.record.result import Result, sets
from calib.report.model import CertificateContent, CorrelatedSet
from calib.report.together import LEAST_EIGENVALUE, PART_OF_U, PART_OF_VARIANCE, correlation_of, stated_u

_SLACK = 1.001
"""For binary arithmetic."""


def set_contradictions(content: CertificateContent, results: Sequence[Result]) -> list[str]:
    """Return what is wrong with the sets of a certificate, one line each."""
    held = sets(results)
    told = [tuple(m.point for m in one.members) for one in content.sets]
    if told != [tuple(r.point for r in rows) for rows in held]:
        return ["the results that belong together are not those of the record"]
    pairs = zip(content.sets, held, strict=True)
    return [f"{one.heading.en}: {what}" for one, rows in pairs for what in _set(one, rows, Style(content.languages))]


def _set(one: CorrelatedSet, rows: Sequence[Result], style: Style) -> list[str]:
    held = correlation_of(rows)
    printed = _printed_correlation(one, style)
    least = max(float(np.linalg.eigvalsh(held)[0]), LEAST_EIGENVALUE)
    wrong = []
    if float(np.linalg.eigvalsh(printed)[0]) < -LEAST_EIGENVALUE:
        wrong.append("prints correlation coefficients that no values can have: a variance would be negative")
    if float(np.linalg.norm(printed - held, 2)) > _SLACK * PART_OF_VARIANCE * least:
        wrong.append("prints correlation coefficients that are not the record's, or with too few digits")
    part = math.sqrt(least / len(rows)) * _SLACK
    for member, row in zip(one.members, rows, strict=True):
        u, value = stated_u(row), float(style.parse(member.value)) * 10.0 ** power(row.unit, row.shown_unit)
        printed_u = float(style.parse(member.u)) * 10.0 ** power(row.unit, member.error_unit)
        if abs(value - row.indicated) > part * PART_OF_U * u + 1e-15 * abs(value):
            wrong.append(f"prints {member.symbol} = {member.value}, the record holds {row.indicated:.12g} {row.unit}")
        if abs(printed_u - u) > part * PART_OF_VARIANCE / 2 * u:
            wrong.append(f"prints u({member.symbol}) = {member.u}, the record holds {u:.6g} {row.unit}")
    return wrong


def _printed_correlation(one: CorrelatedSet, style: Style) -> np.ndarray:
    """Return the printed matrix whole."""
    n = len(one.members)
    matrix = np.eye(n)
    for i, member in enumerate(one.members):
        matrix[i, : i + 1] = matrix[: i + 1, i] = [float(style.parse(r)) for r in member.correlation]
    return matrix

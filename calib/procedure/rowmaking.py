"""From the estimates of one attempt to a row of the certificate."""

from functools import lru_cache
from typing import TYPE_CHECKING

from calib.procedure.estimates import Estimates, budget_rows, solve
from calib.procedure.evaluation import judge
from calib.procedure.montecarlo import Validated
from calib.procedure.point import Point
from calib.record.model import Attempt, Readings
from calib.record.result import Result
from calib.text import Text, both
from calib.units import exponent, readable, split

if TYPE_CHECKING:
    from calib.procedure.base import Procedure


def result_of(
    procedure: "Procedure", point: Point, attempt: Attempt, readings: Readings, estimates: Estimates
) -> Result:
    """Return the row: measurement equation, budget, expanded uncertainty, tolerance, verdict."""
    error = solve(type(procedure).model, estimates.arguments)
    limit = procedure.tolerance(point, readings)
    job = procedure.context.job
    covered = procedure.context.covered(point.quantity, point.nominal, point.frequency_Hz)
    judged = judge(error, limit, job.decision, covered)
    validated = Validated()
    if job.monte_carlo is not None:
        ends = (judged.error - judged.U, judged.error + judged.U)
        model = type(procedure).model
        validated = Validated.of(model, estimates.arguments, ends, judged.u, judged.probability, job.monte_carlo)
    return Result(
        point=point.id,
        phase=attempt.phase,
        attempt=attempt.number,
        group=point.title,
        quantity=point.quantity,
        unit=point.unit,
        shown_unit=range_unit(point.measuring_range, point.unit),
        error_unit=readable(limit if limit else judged.U, point.unit),
        measuring_range=point.measuring_range,
        nominal=point.nominal,
        frequency_Hz=point.frequency_Hz or 0.0,
        reference=estimates.reference,
        indicated=estimates.indicated,
        resolution=procedure.resolution(point),
        n=len(estimates.readings),
        s=estimates.s,
        route=estimates.route,
        budget=budget_rows(error, estimates, point.unit),
        remarks=(*estimates.remarks, *_differs(validated)),
        **vars(judged),
        **vars(validated),
    )


def _differs(validated: Validated) -> tuple[Text, ...]:
    return (DIFFERS,) if validated.mc_verdict == "differs" else ()


DIFFERS = both("The interval by the GUM framework is not validated by Monte Carlo (JCGM 101:2008, 8); see the record.")


@lru_cache(maxsize=1024)
def range_unit(value: float, unit: str) -> str:
    """Return the unit in which ranges are named: mV and V, never kV; µA, mA, A; Ω, kΩ, MΩ; °C."""
    found = readable(value, unit)
    prefix, base = split(found)
    return base if base == "V" and prefix in {"k", "M"} else found


@lru_cache(maxsize=1024)
def shown(value: float, unit: str) -> str:
    """Return a value with all its digits in the unit in which ranges are named, such as `100 mV`."""
    found = range_unit(value, unit)
    return f"{value / 10.0 ** exponent(found):.12g} {found}"

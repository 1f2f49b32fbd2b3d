"""The drift check: the first point of a group is measured again after its last one, where the procedure wants it."""

from calib.procedure import Point, Procedure
from calib.record.model import Attempt, Readings
from calib.run.accepting import accept_or_stop
from calib.run.station import JournalStation
from calib.text import both

WHY = "drift check: the first point of the group again"
"""Reason of the second attempt; the first one stands."""


def compare(
    procedure: Procedure, point: Point, attempts: tuple[Attempt, Attempt], readings: Readings, station: JournalStation
) -> None:
    """Compare the errors of two attempts at a point; more than the procedure's limit must be accepted by a person.

    Raises
    ------
    RunError
        Nobody accepts it.
    """
    limit = procedure.drift_limit(point)
    assert limit is not None
    first, again = (procedure.evaluate_point(point, attempt, readings).error for attempt in attempts)
    drift = again - first
    holds = abs(drift) <= limit
    station.note("drift checked", point=point.id, drift=drift, limit=limit, unit=point.unit, holds=holds)
    if not holds:
        what = both(
            "{point} has drifted by {drift:.3g} {unit} since it was measured first; the method allows "
            "{limit:.3g} {unit}",
            point=point.id,
            drift=drift,
            unit=point.unit,
            limit=limit,
        )
        accept_or_stop(station, "drift", what)

"""The drift check: the first point of a group is measured again after its last one, where the procedure wants it."""

from collections.abc import Sequence

from calib.procedure import Phase, Point, Procedure
from calib.record.model import Attempt, Readings
from calib.run.accepting import accept_or_stop
from calib.run.station import JournalStation
from calib.text import both

WHY = "drift check: the first point of the group again"
"""Reason of the second attempt; the first one stands."""


def is_due(procedure: Procedure, group: Sequence[Point], phase: Phase, readings: Readings) -> bool:
    """Return whether the first point of a finished group is to be measured again: it was not since the last one."""
    first = group[0]
    if len(group) == 1 or procedure.drift_limit(first) is None or readings.standing(first.id, phase) is None:
        return False
    last = max(a.id for p in group if (a := readings.standing(p.id, phase)) is not None)
    again = [a for a in readings.attempts if (a.point, a.phase, a.reason) == (first.id, phase, WHY)]
    return not any(a.id > last and a.outcome == "complete" for a in again)


def compare(procedure: Procedure, point: Point, again: Attempt, readings: Readings, station: JournalStation) -> None:
    """Compare the error of a new attempt at a point with that of the one that stands.

    More than the procedure's limit must be accepted by a person.

    Raises
    ------
    RunError
        Nobody accepts it.
    """
    limit, standing = procedure.drift_limit(point), readings.standing(point.id, again.phase)
    assert limit is not None
    assert standing is not None
    first, now = (procedure.evaluate_point(point, attempt, readings).error for attempt in (standing, again))
    drift = now - first
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

"""What the author of a procedure sees: job, points, the station at the bench, readings and results."""

from calib.procedure.base import Conditions, Procedure
from calib.procedure.context import Context, Standard
from calib.procedure.evaluation import Judged, budget_rows, judge
from calib.procedure.job import Adjustment, Customer, Decision, Item, Job, RequestedPoint
from calib.procedure.point import Group, Point
from calib.procedure.slew import Slew, slew
from calib.procedure.station import Station
from calib.record.model import Attempt, Phase, Reading, Readings
from calib.record.result import BudgetRow, Result, Verdict

__all__ = [
    "Adjustment",
    "Attempt",
    "BudgetRow",
    "Conditions",
    "Context",
    "Customer",
    "Decision",
    "Group",
    "Item",
    "Job",
    "Judged",
    "Phase",
    "Point",
    "Procedure",
    "Reading",
    "Readings",
    "RequestedPoint",
    "Result",
    "Slew",
    "Standard",
    "Station",
    "Verdict",
    "budget_rows",
    "judge",
    "slew",
]

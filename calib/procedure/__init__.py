"""What the author of a procedure sees: job, points, the station at the bench, readings and results."""

from calib.inputs import Argument, Input
from calib.procedure.artefacts import ArtefactComparison, ArtefactParameters
from calib.procedure.base import Conditions, Procedure, Role, WarmUp, protocols_of, warm_up_of
from calib.procedure.connecting import Connection, Proof, join, prove
from calib.procedure.context import Context, Standard
from calib.procedure.direct import DirectComparison
from calib.procedure.document import Document
from calib.procedure.estimates import Constant, Estimates, bounded, budget_rows, drawn, indication, solve
from calib.procedure.evaluation import Judged, judge
from calib.procedure.job import Adjustment, Customer, Decision, Item, Job
from calib.procedure.output import OutputComparison
from calib.procedure.parameters import DirectParameters, IntegratingParameters, Pooled
from calib.procedure.point import Group, Point
from calib.procedure.pointlist import PointRule, RequestedPoint, Tolerance
from calib.procedure.rowmaking import result_of, shown
from calib.procedure.sense import Sense, sensible_readings
from calib.procedure.slew import Slew, slew
from calib.procedure.station import Station
from calib.procedure.truth import Truth
from calib.record.model import Attempt, Phase, Reading, Readings
from calib.record.result import BudgetRow, Result, Verdict

__all__ = [
    "Adjustment",
    "Argument",
    "ArtefactComparison",
    "ArtefactParameters",
    "Attempt",
    "BudgetRow",
    "Conditions",
    "Connection",
    "Constant",
    "Context",
    "Customer",
    "Decision",
    "DirectComparison",
    "DirectParameters",
    "Document",
    "Estimates",
    "Group",
    "Input",
    "IntegratingParameters",
    "Item",
    "Job",
    "Judged",
    "OutputComparison",
    "Phase",
    "Point",
    "PointRule",
    "Pooled",
    "Procedure",
    "Proof",
    "Reading",
    "Readings",
    "RequestedPoint",
    "Result",
    "Role",
    "Sense",
    "Slew",
    "Standard",
    "Station",
    "Tolerance",
    "Truth",
    "Verdict",
    "WarmUp",
    "bounded",
    "budget_rows",
    "drawn",
    "indication",
    "join",
    "judge",
    "protocols_of",
    "prove",
    "result_of",
    "sensible_readings",
    "shown",
    "slew",
    "solve",
    "warm_up_of",
]

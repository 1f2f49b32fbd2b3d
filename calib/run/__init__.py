"""What executes a procedure: plan, bench, engine, interlock, and the operator's faces."""

from calib.guard import Guard
from calib.run.awake import awake
from calib.run.bench import Bench, Connect
from calib.run.benchfile import BenchFile, RoleFile, SimulationFile
from calib.run.control import Control, Request, ScriptedControl
from calib.run.dryrun import Check, DryRun
from calib.run.ending import Outcome
from calib.run.engine import resume, run
from calib.run.faces import NoWatcher, Progress, Watcher
from calib.run.find import find_procedure, procedure_names
from calib.run.laboratory import Laboratory, LaboratoryFile
from calib.run.operators import PlainOperator, ScriptedOperator, SimulatedHands, SimulatedOperator
from calib.run.plainlines import PlainLines
from calib.run.plan import Permission, Plan, make_plan
from calib.run.resuming import Resumption, finish_files, journal_of, last_time, permission_in, resumption
from calib.run.sealing import find_key, key_folder, make_key
from calib.run.signingrules import Person, Signing
from calib.run.trust import SealState, require_final, require_seal, seal_state

__all__ = [
    "Bench",
    "BenchFile",
    "Check",
    "Connect",
    "Control",
    "DryRun",
    "Guard",
    "Laboratory",
    "LaboratoryFile",
    "NoWatcher",
    "Outcome",
    "Permission",
    "Person",
    "PlainLines",
    "PlainOperator",
    "Plan",
    "Progress",
    "Request",
    "Resumption",
    "RoleFile",
    "ScriptedControl",
    "ScriptedOperator",
    "SealState",
    "Signing",
    "SimulatedHands",
    "SimulatedOperator",
    "SimulationFile",
    "Watcher",
    "awake",
    "find_key",
    "find_procedure",
    "finish_files",
    "journal_of",
    "key_folder",
    "last_time",
    "make_key",
    "make_plan",
    "permission_in",
    "procedure_names",
    "require_final",
    "require_seal",
    "resume",
    "resumption",
    "run",
    "seal_state",
]

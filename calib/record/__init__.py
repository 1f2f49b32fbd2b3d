"""Journal of a run, the record made of it, and the seal on it."""

from calib.record.again import contents_of
from calib.record.checkpoints import Checkpoints
from calib.record.child import build_in_child, end_build, start_build
from calib.record.journal import Journal
from calib.record.journal_reader import JournalReader
from calib.record.keys import KeyFiles, PublicKey, SigningKey, generate_key, load_key, load_public_key
from calib.record.model import Attempt, Block, Condition, Outcome, Phase, Preparation, Reading, Readings, phases
from calib.record.reader import Record
from calib.record.result import BudgetRow, Result, Verdict, sets
from calib.record.revision import Revision
from calib.record.sealing import Seal, Verification, is_sealed, seal, verify
from calib.record.story import Answered, Event, FinalStatus, Message, Status
from calib.record.together import Together
from calib.record.watching import Sight, Watch

__all__ = [
    "Answered",
    "Attempt",
    "Block",
    "BudgetRow",
    "Checkpoints",
    "Condition",
    "Event",
    "FinalStatus",
    "Journal",
    "JournalReader",
    "KeyFiles",
    "Message",
    "Outcome",
    "Phase",
    "Preparation",
    "PublicKey",
    "Reading",
    "Readings",
    "Record",
    "Result",
    "Revision",
    "Seal",
    "Sight",
    "SigningKey",
    "Status",
    "Together",
    "Verdict",
    "Verification",
    "Watch",
    "build_in_child",
    "contents_of",
    "end_build",
    "generate_key",
    "is_sealed",
    "load_key",
    "load_public_key",
    "phases",
    "seal",
    "sets",
    "start_build",
    "verify",
]

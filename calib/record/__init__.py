"""Journal of a run, the record made of it, and the seal on it."""

from calib.record.journal import Journal
from calib.record.journal_reader import JournalReader
from calib.record.keys import KeyFiles, PublicKey, SigningKey, generate_key, load_key, load_public_key
from calib.record.model import Attempt, Block, Condition, Outcome, Phase, Preparation, Reading, Readings, phases
from calib.record.result import BudgetRow, Result, Verdict

__all__ = [
    "Attempt",
    "Block",
    "BudgetRow",
    "Condition",
    "Journal",
    "JournalReader",
    "KeyFiles",
    "Outcome",
    "Phase",
    "Preparation",
    "PublicKey",
    "Reading",
    "Readings",
    "Result",
    "SigningKey",
    "Verdict",
    "generate_key",
    "load_key",
    "load_public_key",
    "phases",
]

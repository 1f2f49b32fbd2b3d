"""How verdicts and phases are called, in both languages; roles of persons."""

from typing import Literal, get_args

from calib.record.model import Phase
from calib.record.result import Verdict
from calib.text import Text, both

Role = Literal["performed", "checked", "approved"]
"""What a person does for a certificate (ISO/IEC 17025:2017, 7.8.2.1 o)."""
ROLES: tuple[Role, ...] = get_args(Role)


def verdict_name(verdict: Verdict) -> Text:
    """Return a verdict as it is printed."""
    names: dict[Verdict, Text] = {
        "pass": both("Pass"),
        "fail": both("Fail"),
        "conditionalPass": both("Conditional pass"),
        "conditionalFail": both("Conditional fail"),
        "none": Text(vi="–", en="–"),
    }
    return names[verdict]


def phase_name(phase: Phase) -> Text:
    """Return a phase as it is printed (ISO/IEC 17025:2017, 7.8.4.1 d)."""
    names: dict[Phase, Text] = {
        "as-found": both("As found"),
        "adjustment": both("During adjustment"),
        "as-left": both("As left"),
    }
    return names[phase]

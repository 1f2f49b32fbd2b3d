"""What the check of a driver found."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "broken", "not applicable"]


@dataclass(frozen=True)
class Finding:
    """One rule, and whether the driver keeps it."""

    rule: str
    verdict: Verdict
    details: tuple[str, ...] = ()
    """What was tried, or what is wrong and what to do."""


@dataclass(frozen=True)
class Report:
    """All rules."""

    driver: str
    twin: str
    roles: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def kept(self) -> bool:
        """Whether no rule is broken."""
        return all(finding.verdict != "broken" for finding in self.findings)

"""Answers that come twice, as some gateways and adapters repeat them, on wires that drop nothing and number nothing.

A repeated answer is the same as the one before it and stands in the line before the true one. One that is there already
when the next question is asked is dropped by the transport; this is about those that come later.
"""

from dataclasses import dataclass


@dataclass
class Repeats:
    """What was asked and answered since questions and answers were last known to go together."""

    question: str = ""
    answer: str | None = None
    shifted: bool = False
    """Whether an answer was taken that was the same as the one before: those since may be one question late."""

    def doubts(self, question: str, answer: str, *, timed: bool) -> bool:
        """Take an exchange; return whether its answer may be the one before, which would then be a wrong value.

        Commands that follow each other all answer that there is no error: `swapped` notices where that was not so. The
        same question asked at once again may be given the answer of just before, unless it is a reading (`timed`).
        """
        same, same_question = answer == self.answer, question == self.question
        self.question, self.answer = question, answer
        self.shifted = self.shifted or same
        is_command = "?" not in question.partition(";")[0]
        return same and (timed or not (is_command or same_question))

    def swapped(self, behind: str) -> bool:
        """Return whether what came behind the last answer may be the true one, and that answer the one before."""
        return self.shifted and bool({line.strip() for line in behind.splitlines()} - {"", (self.answer or "").strip()})

    def forget(self) -> None:
        """Begin anew: nothing that was asked before can be answered any more."""
        self.question, self.answer, self.shifted = "", None, False

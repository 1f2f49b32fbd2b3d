"""Questions to the operator: some only a person at the bench may answer, and all are kept."""

from typing import Any

from calib.errors import RunError
from calib.ports import Answer, Operator, Prompt


class AtTheBench:
    """An operator; on a real bench a script may not answer for the person who stands there."""

    def __init__(self, operator: Operator, *, simulated: bool) -> None:
        self.name = operator.name
        self._operator = operator
        self._simulated = simulated

    def ask(self, prompt: Prompt) -> Answer:
        """Return the answer.

        Raises
        ------
        RunError
            A script answered what a person must answer: about danger, or about what is really there.
        """
        answer = self._operator.ask(prompt)
        if answer.scripted and prompt.personal and not self._simulated:
            msg = f"'{prompt.id}' must be answered by a person at the bench, not by a script ({answer.by})"
            raise RunError(msg)
        return answer


def question(prompt: Prompt) -> dict[str, Any]:
    """Return a question as the journal keeps it."""
    return {"text": {"vi": prompt.text.vi, "en": prompt.text.en}, "kind": prompt.kind, "unit": prompt.unit}

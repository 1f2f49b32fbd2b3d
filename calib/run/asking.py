"""Questions to the operator: some only a person may answer, the unlikely is asked twice, and all are kept."""

from dataclasses import replace
from math import inf
from typing import Any

from calib.drivers.transport import NoLeases
from calib.errors import RunError
from calib.ports import Answer, Leases, Operator, Prompt
from calib.run.illustrating import Pictures, digests
from calib.text import Text, both


class AtTheBench:
    """An operator; on a real bench a script may not answer for the person who stands there."""

    def __init__(
        self,
        operator: Operator,
        *,
        simulated: bool,
        leases: Leases | None = None,
        pictures: Pictures | None = None,
    ) -> None:
        """Take an operator; how long a person thinks is no matter of `leases`."""
        self._pictures = pictures or Pictures(None)
        self._leases = leases or NoLeases()
        self.name = operator.name
        self._operator = operator
        self._simulated = simulated

    def ask(self, prompt: Prompt) -> Answer:
        """Return the answer; one that is far from what is expected only once it was given twice.

        Raises
        ------
        RunError
            A script answered what a person must answer: about danger, or about what is really there.
        """
        answer = self._person(prompt)
        while not _is_likely(prompt, answer):
            again = self._person(_again(prompt, answer))
            if again.value == answer.value:
                return replace(again, twice=True)
            answer = again
        return answer

    def _person(self, prompt: Prompt) -> Answer:
        with self._leases.lease(inf, "a question"):
            answer = self._operator.ask(self._pictures.of(prompt))
        if answer.scripted and prompt.personal and not self._simulated:
            msg = f"'{prompt.id}' must be answered by a person at the bench, not by a script ({answer.by})"
            raise RunError(msg)
        return answer


def _is_likely(prompt: Prompt, answer: Answer) -> bool:
    if prompt.likely is None or prompt.kind != "number":
        return True
    lowest, highest = prompt.likely
    return lowest <= float(answer.value) <= highest


def _again(prompt: Prompt, answer: Answer) -> Prompt:
    """Return the question for a number that was far from what is expected."""
    assert prompt.likely is not None
    doubt = both(
        "{value:g} {unit} is far from what is expected here ({lowest:g} to {highest:g} {unit}). "
        "Look again, and enter it once more.",
        value=float(answer.value),
        unit=prompt.unit,
        lowest=prompt.likely[0],
        highest=prompt.likely[1],
    )
    text = Text(vi=f"{doubt.vi} {prompt.text.vi}", en=f"{doubt.en} {prompt.text.en}")
    return replace(prompt, text=text, connection=None)


def question(prompt: Prompt, answer: Answer) -> dict[str, Any]:
    """Return a question as the journal keeps it, with what is to be known of its answer."""
    kept: dict[str, Any] = {"text": _plain(prompt.text), "kind": prompt.kind, "unit": prompt.unit}
    if prompt.checklist:
        kept["checklist"] = [_plain(item) for item in prompt.checklist]
    if prompt.choices:
        kept["choices"] = {word: _plain(text) for word, text in prompt.choices}
    if prompt.picture is not None:
        kept["picture"] = _plain(prompt.picture)
    if prompt.drawing is not None:
        kept["drawing"] = {"name": prompt.drawing.name, "sha256": dict(digests(prompt.drawing))}
    if prompt.likely is not None:
        kept |= {"likely": list(prompt.likely), "entered_twice": answer.twice}
    return kept


def _plain(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}

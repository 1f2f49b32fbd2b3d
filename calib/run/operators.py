"""Operators without a screen: plain lines on a terminal, answers from a file, hands in a simulated laboratory."""

import io
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from calib.errors import Aborted, InputError, RunError
from calib.files import read_toml
from calib.ports import Answer, Operator, Prompt
from calib.text import Language, tr

Scripted = bool | float | str
_YES = {"yes", "có", "co"}
"""What confirms a danger: never a bare Enter."""
_SHOWN_BY = {"environment.temperature": "temperature_C", "environment.humidity": "humidity_percent"}
"""What a simulated bench calls the quantity that a prompt asks for."""


class PlainOperator:
    """Asks in plain lines; ends the run clearly where nobody can answer."""

    def __init__(
        self,
        name: str,
        language: Language = "en",
        source: TextIO | None = None,
        out: TextIO | None = None,
        *,
        open_picture: Callable[[str], object] = lambda path: None,
    ) -> None:
        """Take a name; `open_picture` has a picture shown on a screen, by its path."""
        self.name = name
        self._open_picture = open_picture
        self._language = language
        self._in = source or sys.stdin or io.StringIO()  # a program without standard input has None there
        self._out = out or sys.stdout or io.StringIO()

    def ask(self, prompt: Prompt) -> Answer:
        """Print the question and read one line: Enter confirms, `q` aborts."""
        self._say(("!! " if prompt.hazard else "-> ") + prompt.text.in_(self._language))
        for line in details(prompt, self._language):
            self._say(f"   {line}".rstrip())
        if prompt.picture is not None:
            self._open_picture(prompt.picture.in_(self._language))
        while True:
            line = self._read(prompt)
            try:
                return Answer(parse(prompt, line), self.name)
            except InputError as error:
                self._say(f"   {error}")

    def _read(self, prompt: Prompt) -> str:
        self._out.write("   " + hint(prompt, self._language) + " ")
        self._out.flush()
        line = self._in.readline()
        if not line:
            msg = f"nobody is there to answer '{prompt.id}'; for a run without an operator give --answers FILE"
            raise RunError(msg)
        return line.strip()

    def _say(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()


class ScriptedOperator:
    """Answers from a table: the prompt's id, or `*` for all confirmations that are neither hazardous nor a decision.

    A list answers one time after the other.
    """

    def __init__(
        self, answers: Mapping[str, Scripted | list[Scripted]], name: str = "script", where: str = "the script"
    ) -> None:
        self.name = name
        self._answers = {id_: list(given) if isinstance(given, list) else given for id_, given in answers.items()}
        self._where = where
        self._by = f"{name}, by {where}"

    @classmethod
    def from_file(cls, path: Path, name: str) -> "ScriptedOperator":
        """Read `[answers]` of a TOML file: `"environment.temperature" = 23.1`, `"hazard.voltage" = true`."""
        answers = read_toml(path).get("answers")
        if not isinstance(answers, dict):
            msg = f"{path}: needs a table [answers]"
            raise InputError(msg)
        return cls(answers, name, str(path))

    def ask(self, prompt: Prompt) -> Answer:
        """Return the scripted answer; raise `InputError` where there is none, or one that makes no sense."""
        value = self._answers.get(prompt.id)
        if isinstance(value, list):
            value = value.pop(0) if value else None
        if value is not None:
            if value is False:
                msg = f"{self._where} refuses '{prompt.id}'"
                raise Aborted(msg)
            return Answer(self._meant(prompt, value), self._by, scripted=True)
        if self._answers.get("*") is True and prompt.kind == "confirm" and not (prompt.hazard or prompt.decision):
            return Answer(value=True, by=self._by, scripted=True)
        msg = f"{self._where}: no answer to '{prompt.id}': {prompt.text.en}"
        raise InputError(msg)

    def _meant(self, prompt: Prompt, value: Scripted) -> Scripted:
        if prompt.kind == "confirm" and value is True:
            return True
        if prompt.kind == "confirm" or isinstance(value, bool):
            allowed = "true or false" if prompt.kind == "confirm" else f"a {prompt.kind}"
            msg = f"{self._where}: the answer to '{prompt.id}' must be {allowed}, not {value!r}"
            raise InputError(msg)
        try:
            return parse(prompt, str(value))
        except InputError as error:
            msg = f"{self._where}: the answer to '{prompt.id}': {error}"
            raise InputError(msg) from error


class SimulatedHands:
    """The operator of a simulated bench: what is confirmed is also done, to simulated leads, knobs and pans."""

    def __init__(
        self, operator: Operator, connect: Callable[[str], None], panel: Callable[[str, str], str] | None = None
    ) -> None:
        self.name = operator.name
        self._operator = operator
        self._connect = connect
        self._panel = None if isinstance(operator, SimulatedOperator) else panel  # which has done it by itself

    def ask(self, prompt: Prompt) -> Answer:
        """Ask, then do what was asked for."""
        answer = self._operator.ask(prompt)
        if prompt.connection is not None:
            self._connect(prompt.connection)
        if self._panel is not None and prompt.panel is not None and prompt.kind == "confirm":
            self._panel(*prompt.panel)
        return answer


class SimulatedOperator:
    """Nobody at all: confirms everything, reads simulated thermometer and displays, and the expected nameplate."""

    def __init__(
        self,
        environment: Callable[[], Mapping[str, float]],
        name: str = "simulated operator",
        *,
        panel: Callable[[str, str], str] | None = None,
    ) -> None:
        self.name = name
        self._environment = environment
        self._panel = panel

    def ask(self, prompt: Prompt) -> Answer:
        """Answer as an operator would who does what he is told."""
        shown = "" if prompt.panel is None or self._panel is None else self._panel(*prompt.panel)
        if prompt.kind == "confirm":
            return Answer(value=True, by=self.name)
        if shown:
            return Answer(parse(prompt, shown), self.name)
        if prompt.id in _SHOWN_BY:
            return Answer(round(self._environment()[_SHOWN_BY[prompt.id]], 1), self.name)
        if prompt.expected is not None:
            return Answer(parse(prompt, prompt.expected), self.name)
        msg = f"the simulated operator knows no answer to '{prompt.id}': {prompt.text.en}"
        raise RunError(msg)


def details(prompt: Prompt, language: Language) -> list[str]:
    """Return what stands under the text of a prompt: its checklist, its drawing, and where its picture is."""
    lines = [f"[ ] {item.in_(language)}" for item in prompt.checklist]
    if prompt.drawing is not None:
        lines += ["", *prompt.drawing.lines(language), ""]
    return lines if prompt.picture is None else [*lines, f"{tr('picture', language)}: {prompt.picture.in_(language)}"]


def hint(prompt: Prompt, language: Language) -> str:
    """Return how to answer a prompt."""
    if prompt.hazard:
        return tr("[type yes = I agree, q = abort]", language)
    if prompt.kind == "confirm":
        return tr("[Enter = done, q = abort]", language)
    if prompt.kind == "choice":
        offered = ", ".join(f"{word} = {text.in_(language)}" for word, text in prompt.choices)
        return f"[{offered}, q = {tr('abort', language)}]"
    if prompt.kind == "number":
        limits = "" if prompt.lower is None or prompt.upper is None else f", {prompt.lower:g} … {prompt.upper:g}"
        return f"[{prompt.unit}{limits}, q = {tr('abort', language)}]"
    if prompt.again:
        return f"[Enter = {prompt.again} {prompt.unit}, q = {tr('abort', language)}]"
    if prompt.optional:
        return f"[{tr('Enter alone = nothing', language)}, q = {tr('abort', language)}]"
    return f"[q = {tr('abort', language)}]"


def parse(prompt: Prompt, line: str) -> bool | float | str:
    """Return what a line means as the answer to a prompt.

    Raises
    ------
    Aborted
        It is `q`.
    InputError
        It is not a number, or outside what is sensible.
    """
    if line.lower() == "q":
        msg = f"aborted by the operator at '{prompt.id}'"
        raise Aborted(msg)
    if prompt.hazard:
        if line.lower() in _YES:
            return True
        msg = "only the word yes lets the dangerous voltage out; q aborts"
        raise InputError(msg)
    if prompt.kind == "confirm":
        if line == "":
            return True
        msg = "press Enter once it is done, or q to abort"
        raise InputError(msg)
    if prompt.kind == "text":
        if line or prompt.again or prompt.optional:
            return line or prompt.again
        msg = "an answer is needed, or q to abort"
        raise InputError(msg)
    if prompt.kind == "choice":
        if line.lower() in dict(prompt.choices):
            return line.lower()
        msg = f"type one of {', '.join(word for word, _ in prompt.choices)}, or q to abort"
        raise InputError(msg)
    return _number(prompt, line)


def _number(prompt: Prompt, line: str) -> float:
    try:
        value = float(line.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        msg = f"'{line}' is not a number; give it in {prompt.unit}"
        raise InputError(msg)
    if (prompt.lower is not None and not value >= prompt.lower) or (
        prompt.upper is not None and not value <= prompt.upper
    ):
        low = "any" if prompt.lower is None else f"{prompt.lower:g}"
        high = "any" if prompt.upper is None else f"{prompt.upper:g}"
        msg = f"{value:g} {prompt.unit} makes no sense here; allowed: {low} to {high} {prompt.unit}"
        raise InputError(msg)
    return value

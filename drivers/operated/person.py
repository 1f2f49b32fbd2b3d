"""A person in place of a wire: the messages of an operator-read instrument as things to do and displays to read."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from calib.drivers.operated.functions import told
from calib.drivers.transport.memory import MemoryTransport
from calib.errors import InputError, LinkError
from calib.pictures import Immersion, Loading, Probe, Turn
from calib.pictures.immersion import PLACE_NAMES
from calib.pictures.loading import POSITION_NAMES
from calib.ports import Answer, Drawing, Prompt, TrafficSink
from calib.text import Text, both, same
from calib.units import show

RESOURCE = "OPERATOR::"
"""Begins the resource of such an instrument: `OPERATOR::meter`."""
IDENTITY = "operator,operator-read,0,"
"""It tells nobody who it is: model and serial number are on its nameplate."""
MODEL = "operator-read"
OVERLOAD = 9.9e37
OVERLOADED = frozenset({"OL", "0L", "OVLD", "OVERLOAD"})
"""What a display shows that is overloaded; some write a zero."""
FAR = 0.1
"""A reading that is further from what is expected, as a part of the range, is asked for once more."""
MOST_ENTRIES = 5
FLICKERS = 0.01
"""An entry that is so close to a doubted one, as a part of it, confirms it: the last digits of a display flicker."""
Digits = tuple[float, float]
"""Least and greatest that the last digit of an entry can be worth: zeros of a whole number may stand for none."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
"""Of a weight, a position, a well: what can be said in a message."""

PREFIXES = {"": 1.0, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}
_ENTRY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([pnuµmkMG]?)", re.ASCII)


@dataclass
class Desk:
    """Who is asked at present, and what is expected on a display."""

    ask: Callable[[Prompt], Answer]
    expected: Callable[[str], float | None] = lambda unit: None
    """By the unit; None where nobody knows."""
    digit: Callable[[str], float | None] = lambda unit: None
    """Least digit of the display in the range that was asked for, by the unit; None where nobody knows."""
    take: Callable[[str, Sequence[str]], None] = lambda name, weights: None
    """Has proven what is taken into the hand: these weights for the pan, or the instrument itself."""
    _immersed: dict[str, Immersion] = field(default_factory=dict)
    """What was put where, by place."""

    def immersing(self, place: str, probe: Probe) -> Immersion:
        """Return what is in a place once a probe was put into it, and keep that in mind."""
        elsewhere = {name: there.without(probe.name) for name, there in self._immersed.items() if name != place}
        there = self._immersed.get(place, Immersion(place, ())).with_moved(probe)
        self._immersed = {**elsewhere, place: there}
        return there


class Person:
    """Carries out the messages of one instrument; `handle` is what a line reaches."""

    def __init__(self, name: str, desk: Desk) -> None:
        self._name = name
        self._desk = desk
        self._function, self._range = "", 0.0
        self._typed: tuple[float | None, float] | None = None
        """What was expected, and what was typed last."""

    def handle(self, message: bytes) -> bytes | None:
        """Carry out a message, in which commands are parted as in SCPI; return the answers."""
        answers = [self._carry_out(part) for part in message.decode("ascii").strip().split(";:")]
        given = [answer for answer in answers if answer is not None]
        return (";".join(given) + "\n").encode("ascii") if given else None

    def _carry_out(self, command: str) -> str | None:
        match command.split(" "):
            case ["*IDN?"]:
                return IDENTITY
            case ["SYST:ERR?"]:
                return '0,"No error"'
            case ["CONF", arguments]:
                function, _, range_ = arguments.partition(",")
                wanted = function, float(range_)
                if wanted != (self._function, self._range):  # nobody is told to leave a knob where it is
                    self._function, self._range = wanted
                    self._typed = None
                    self._turn_knob(command)
                return None
            case ["SOUR", arguments]:
                self._have_put_out(command, arguments)
                return None
            case ["READ?"]:
                return self._read_display()
        self._use_hands(command)
        return None

    def _use_hands(self, command: str) -> None:
        match command.split(" "):
            case ["STBY"]:
                self._have_done("standby", both("Switch the output of {name} off.", name=self._name), command)
            case ["ZERO"]:
                text = both("Press the ZERO key of {name}, with nothing at its input.", name=self._name)
                self._have_done("zero", text, command)
            case ["LOAD", load, *turn]:
                self._change_load(load, _turn(turn), command)
            case ["PUT", place, *well]:
                self._put(place, "".join(well), command)
            case _:
                msg = f"{RESOURCE}{self._name}: {command!r} is nothing that a person is asked"
                raise LinkError(msg)

    def _turn_knob(self, command: str) -> None:
        what, unit = told(self._function)
        if unit == "°C":
            text = both("Set {name} to {function}.", name=self._name, function=what)
        else:
            shown = both("automatic") if not self._range else same(show(self._range, unit))
            text = both("Set {name} to {function}, range {range}.", name=self._name, function=what, range=shown)
        self._have_done("setting", text, command)

    def _have_put_out(self, command: str, arguments: str) -> None:
        function, _, value = arguments.partition(",")
        what, unit = told(function)
        text = both(
            "Set {name} to put out {function}: {value}. Switch its output on, and wait until it is steady.",
            name=self._name,
            function=what,
            value=same(show(float(value), unit, 10)),
        )
        self._have_done("source", text, command)

    def _have_done(self, what: str, text: Text, command: str, drawing: Drawing | None = None) -> None:
        self._desk.ask(Prompt(f"{what}.{self._name}", text, drawing=drawing, panel=(self._name, command)))

    def _change_load(self, load: str, turn: Turn | None, command: str) -> None:
        weights, _, position = load.partition("@")
        on_it = () if weights == "empty" else tuple(weights.split("+"))
        if on_it:
            self._desk.take(self._name, on_it)
        if not on_it:
            text = both("Take everything off the pan.")
        elif position:
            text = both(
                "On the pan, at the position {position}, and nothing else: {weights}",
                position=POSITION_NAMES.get(position, same(position)),
                weights=same(" + ".join(on_it)),
            )
        else:
            text = both("On the pan, and nothing else: {weights}", weights=same(" + ".join(on_it)))
        self._have_done("load", text, command, Loading(on_it, position, turn))

    def _put(self, place: str, well: str, command: str) -> None:
        where, _, depth_m = place.partition("@")
        self._desk.take(self._name, ())
        text = both(
            "Put {name} into {where}, {depth} mm deep, its tip close to those of the others.",
            name=self._name,
            where=PLACE_NAMES.get(where, same(where)),
            depth=f"{float(depth_m) * 1000:g}",
        )
        there = self._desk.immersing(where, Probe(self._name, float(depth_m), well))
        self._have_done("immerse", text, command, there)

    def _read_display(self) -> str:
        """Return what the display shows; what cannot be is asked again, what is not expected once more."""
        what, unit = told(self._function)
        text = both(
            "Read the display of {name}: {function} in {unit} (OL where it shows an overload)",
            name=self._name,
            function=what,
            unit=unit,
        )
        doubted = math.nan
        now = self._desk.expected(unit)
        again = self._typed[1] if self._typed is not None and now is not None and self._typed[0] == now else None
        for _ in range(MOST_ENTRIES):
            entry, digits = self._entered(text, unit, again)
            why = self._absurd(entry, unit)
            if why is None and isinstance(entry, float):
                if entry == OVERLOAD:
                    return f"{entry:g}"
                flicker = FLICKERS * abs(doubted)
                why = None if abs(entry - doubted) <= flicker else self._doubt(entry, digits, now, unit)
                if why is None:
                    self._typed = now, entry
                    return f"{entry:.12g}"
                doubted = entry
            assert why is not None
            text = both("{why} Look again: {question}", why=why, question=_question(what, unit, self._name))
        msg = f"{RESOURCE}{self._name}: no reading after {MOST_ENTRIES} entries; the last one was {entry!r} {unit}"
        raise InputError(msg)

    def _doubt(self, entry: float, digits: Digits | None, now: float | None, unit: str) -> Text | None:
        """Return why an entry is asked for once more: far from what is expected, or the digits of another range."""
        if now is not None and abs(entry - now) > FAR * self._scale(now, unit):
            return both("{value} is far from what is expected here.", value=show(entry, unit))
        wanted = self._desk.digit(unit) if self._range else None
        if wanted is None or digits is None or entry == 0:
            return None
        decade = 10.0 ** math.floor(math.log10(wanted * (1 + 1e-9)))
        if 0.99 * digits[0] < decade < 1.01 * digits[1]:
            return None
        return both(
            "The last digit of {value} is {digit}; in the range {range} it is {wanted}. Is it in this range?",
            value=show(entry, unit, 12),
            digit=same(show(digits[0], unit)),
            range=same(show(self._range, unit)),
            wanted=same(show(wanted, unit)),
        )

    def _entered(self, text: Text, unit: str, again: float | None) -> tuple[float | str, Digits | None]:
        """Return what is typed, and its last digit; Enter alone is what was typed before at the same value."""
        limit = self._limit()
        prompt = Prompt(
            f"reading.{self._name}",
            text,
            kind="text",
            unit=unit,
            lower=None if limit is None else -limit,
            upper=limit,
            panel=(self._name, "READ?"),
            again="" if again is None else f"{again:.12g}",
        )
        entry = str(self._desk.ask(prompt).value).strip()
        if entry.upper() in OVERLOADED:
            return OVERLOAD, None
        match = _ENTRY.fullmatch(entry.replace(",", ".").replace("\N{MINUS SIGN}", "-").removesuffix(unit).strip())
        if match is None:
            return entry, None
        scale, exponent = PREFIXES[match[2]], "e" in match[1].lower()
        whole, point, decimals = match[1].partition(".")
        least = scale * 10.0 ** -len(decimals)
        zeros = 0 if point else len(whole) - len(whole.rstrip("0"))
        unknown = exponent or entry == prompt.again
        return float(match[1]) * scale, None if unknown else (least, least * 10.0**zeros)

    def _absurd(self, entry: float | str, unit: str) -> Text | None:
        """Return why an entry cannot be what the display shows."""
        if isinstance(entry, str):
            return both("'{entry}' is no number.", entry=entry)
        limit = self._limit()
        if entry == OVERLOAD or limit is None or abs(entry) <= limit:
            return None
        return both("{value} exceeds the range.", value=show(entry, unit))

    def _limit(self) -> float | None:
        """Return the most that a display of the range shows: some go on to twice its name."""
        return 2 * self._range if self._range else None

    def _scale(self, expected: float, unit: str) -> float:
        return self._range or (max(abs(expected), 100.0) if unit == "°C" else abs(expected))


def _turn(told: list[str]) -> Turn | None:
    """Return the weighing that a message tells, such as `ABBA,6,12`."""
    if not told:
        return None
    pattern, number, of = told[0].split(",")
    return Turn(pattern, int(number), int(of))


def _question(what: Text, unit: str, name: str) -> Text:
    return both("{function} on {name}, in {unit}", function=what, name=name, unit=unit)


def is_read_by_a_person(resource: str) -> bool:
    """Return whether a resource is no line but a person."""
    return resource.upper().startswith(RESOURCE)


def named(resource: str) -> str:
    """Return what an instrument that a person reads is called."""
    return f"{resource[len(RESOURCE) :]} (read by a person)"


def open_person(resource: str, desk: Desk, sink: TrafficSink | None) -> MemoryTransport:
    """Return the line to a person who reads this instrument; its traffic is what was asked and typed."""
    name = resource[len(RESOURCE) :]
    if not name:
        msg = f"{resource!r} names no instrument: say which, as in {RESOURCE}meter"
        raise InputError(msg)
    return MemoryTransport(resource, Person(name, desk).handle, sink=sink)

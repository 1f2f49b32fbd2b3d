"""Settings of the 3458A: parameters, their numeric equivalents, RESET and PRESET (User's Guide, chapter 6)."""

from collections.abc import Mapping
from dataclasses import dataclass

SYNTAX, REMOTE, UNDEFINED, RANGE, MEMORY, CONFLICT, SUBPROGRAM = 8, 16, 32, 64, 128, 2048, 8192
"""Weights of the error register."""


class Refused(Exception):
    """A command is not carried out; its bit goes into the error register."""

    def __init__(self, weight: int) -> None:
        super().__init__(weight)
        self.weight = weight


@dataclass(frozen=True)
class Word:
    """A parameter of words, each with its numeric equivalent."""

    words: Mapping[str, int]
    default: str

    def read(self, text: str) -> str:
        """Return the word that `text` names, in letters or as a number."""
        if not text or text == "-1":
            return self.default
        if text in self.words:
            return text
        for word, number in self.words.items():
            if text == str(number):
                return word
        raise Refused(UNDEFINED)

    def numeric(self, value: str | float) -> str:
        """Return the numeric equivalent of a word."""
        return str(self.words[str(value)])


@dataclass(frozen=True)
class Number:
    """A parameter that is a number; −1 stands for the default."""

    lowest: float
    highest: float
    default: float

    def read(self, text: str) -> float:
        """Return the number; a fraction is kept."""
        if not text:
            return self.default
        try:
            value = float(text)
        except ValueError:
            raise Refused(SYNTAX) from None
        if value == -1 and self.lowest >= 0:
            return self.default
        if not self.lowest <= value <= self.highest:
            raise Refused(RANGE)
        return value

    def numeric(self, value: str | float) -> str:
        """Return a number as queries answer it."""
        return f"{float(value):.9G}"


Parameter = Word | Number
Values = tuple[str | float, ...]

_OFF_ON = {"OFF": 0, "ON": 1}
SWITCH = Word(_OFF_ON, "ON")
FORMAT = Word({"ASCII": 1, "SINT": 2, "DINT": 3, "SREAL": 4, "DREAL": 5}, "ASCII")
EVENTS = {"AUTO": 1, "EXT": 2, "SGL": 3, "HOLD": 4, "SYN": 5}
MATH = Word(
    {"OFF": 0, "CONT": 1, "DB": 3, "DBM": 4, "FILTER": 5, "NULL": 7, "PERC": 8, "PFAIL": 9, "RMS": 10, "SCALE": 11,
     "STAT": 12},
    "OFF",
)  # fmt: skip
REGISTERS = Word(
    {"DEGREE": 1, "LOWER": 2, "MAX": 3, "MEAN": 4, "MIN": 5, "NSAMP": 6, "OFFSET": 7, "PERC": 8, "REF": 9, "RES": 10,
     "SCALE": 11, "SDEV": 12, "UPPER": 13, "HIRES": 14, "PFAILNUM": 15},
    "DEGREE",
)  # fmt: skip

SETTINGS: Mapping[str, tuple[Parameter, ...]] = {
    "ACBAND": (Number(0, 2e7, 20), Number(0, 2e7, 2e6)),
    "AZERO": (Word({"OFF": 0, "ON": 1, "ONCE": 2}, "ON"),),
    "BEEP": (Word({"OFF": 0, "ON": 1, "ONCE": 2}, "ONCE"),),
    "DEFEAT": (SWITCH,),
    "DELAY": (Number(-1, 6000, -1),),
    "EMASK": (Number(0, 32767, 32767),),
    "END": (Word({"OFF": 0, "ON": 1, "ALWAYS": 2}, "ALWAYS"),),
    "EXTOUT": (
        Word({"OFF": 0, "ICOMP": 1, "ONCE": 2, "APER": 3, "BCOMP": 4, "SRQ": 5, "RCOMP": 6}, "ICOMP"),
        Word({"NEG": 0, "POS": 1}, "NEG"),
    ),
    "FIXEDZ": (SWITCH,),
    "FSOURCE": (Word({"ACV": 2, "ACDCV": 3, "ACI": 7, "ACDCI": 8}, "ACV"),),
    "INBUF": (SWITCH,),
    "LEVEL": (Number(-500, 500, 0), Word({"DC": 1, "AC": 2}, "AC")),
    "LFILTER": (SWITCH,),
    "LFREQ": (Number(45, 440, 50),),
    "LOCK": (SWITCH,),
    "MATH": (MATH, MATH),
    "MENU": (Word({"SHORT": 0, "FULL": 1}, "FULL"),),
    "MFORMAT": (FORMAT,),
    "MMATH": (MATH, MATH),
    "NDIG": (Number(3, 9, 7),),
    "OCOMP": (SWITCH,),
    "OFORMAT": (FORMAT,),
    "QFORMAT": (Word({"NUM": 0, "NORM": 1, "ALPHA": 2}, "NORM"),),
    "RATIO": (SWITCH,),
    "RQS": (Number(0, 255, 0),),
    "SETACV": (Word({"ANA": 1, "RNDM": 2, "SYNC": 3}, "ANA"),),
    "SLOPE": (Word({"NEG": 0, "POS": 1}, "POS"),),
    "SSRC": (Word({"EXT": 2, "LEVEL": 7}, "LEVEL"), Word({"AUTO": 1, "HOLD": 4}, "AUTO")),
    "TBUFF": (SWITCH,),
    "TIMER": (Number(0, 6000, 1),),
    "NRDGS": (
        Number(1, 16777215, 1),
        Word({"AUTO": 1, "EXTSYN": 2, "SYN": 5, "TIMER": 6, "LEVEL": 7, "LINE": 8}, "AUTO"),
    ),
    "TARM": (Word(EVENTS, "AUTO"),),
    "TRIG": (Word({**EVENTS, "LEVEL": 7, "LINE": 8}, "AUTO"),),
    "MEM": (Word({"OFF": 0, "LIFO": 1, "FIFO": 2, "CONT": 3}, "ON"),),
}
"""Commands that only set something; their query answers the values."""

RESET: Mapping[str, Values] = {
    "ACBAND": (20.0, 2e6),
    "AZERO": ("ON",),
    "BEEP": ("ON",),
    "DEFEAT": ("OFF",),
    "DELAY": (-1.0,),
    "EMASK": (32767.0,),
    "END": ("OFF",),
    "EXTOUT": ("ICOMP", "NEG"),
    "FIXEDZ": ("OFF",),
    "FSOURCE": ("ACV",),
    "INBUF": ("OFF",),
    "LEVEL": (0.0, "AC"),
    "LFILTER": ("OFF",),
    "LFREQ": (50.0,),
    "LOCK": ("OFF",),
    "MATH": ("OFF", "OFF"),
    "MENU": ("FULL",),
    "MFORMAT": ("SREAL",),
    "MMATH": ("OFF", "OFF"),
    "NDIG": (7.0,),
    "OCOMP": ("OFF",),
    "OFORMAT": ("ASCII",),
    "QFORMAT": ("NORM",),
    "RATIO": ("OFF",),
    "RQS": (0.0,),
    "SETACV": ("ANA",),
    "SLOPE": ("POS",),
    "SSRC": ("LEVEL", "AUTO"),
    "TBUFF": ("OFF",),
    "TIMER": (1.0,),
    "NRDGS": (1.0, "AUTO"),
    "TARM": ("AUTO",),
    "TRIG": ("AUTO",),
    "MEM": ("OFF",),
}
NORM: Mapping[str, Values] = {
    **{
        name: RESET[name]
        for name in (
            "ACBAND", "AZERO", "BEEP", "DELAY", "FIXEDZ", "FSOURCE", "INBUF", "LOCK", "MATH", "MEM", "MFORMAT",
            "MMATH", "NRDGS", "OCOMP", "OFORMAT", "TARM", "TIMER",
        )
    },
    "NDIG": (6.0,),
    "TRIG": ("SYN",),
}  # fmt: skip
FAST: Mapping[str, Values] = {
    **NORM,
    "AZERO": ("OFF",),
    "MFORMAT": ("DINT",),
    "OFORMAT": ("DINT",),
    "TARM": ("SYN",),
    "TRIG": ("AUTO",),
}
DIG: Mapping[str, Values] = {
    **NORM,
    "AZERO": ("OFF",),
    "DELAY": (0.0,),
    "TARM": ("HOLD",),
    "TRIG": ("LEVEL",),
    "LEVEL": (0.0, "AC"),
    "NRDGS": (256.0, "TIMER"),
    "TIMER": (20e-6,),
    "MFORMAT": ("SINT",),
    "OFORMAT": ("SINT",),
}
PRESETS: Mapping[str, tuple[Mapping[str, Values], str, float]] = {
    "NORM": (NORM, "AUTO", 1.0),
    "FAST": (FAST, "10", 1.0),
    "DIG": (DIG, "10", 3e-6 * 50),
}
"""Settings, range of DCV, integration time in PLC at 50 Hz."""

FIRST_MATH: Mapping[str, float] = {"DEGREE": 20.0, "SCALE": 1.0, "PERC": 1.0, "REF": 1.0, "RES": 50.0}

ERRORS = (
    "HARDWARE ERROR", "CALIBRATION ERROR", "TRIGGER TOO FAST", "SYNTAX ERROR", "COMMAND NOT ALLOWED FROM REMOTE",
    "UNDEFINED PARAMETER RECEIVED", "PARAMETER OUT OF RANGE", "MEMORY ERROR", "DESTRUCTIVE OVERLOAD DETECTED",
    "OUT OF CALIBRATION", "CALIBRATION REQUIRED", "SETTINGS CONFLICT", "MATH ERROR", "SUBPROGRAM ERROR",
    "SYSTEM ERROR",
)  # fmt: skip
"""By bit of the error register; ERRSTR? numbers them from 100."""

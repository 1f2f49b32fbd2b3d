"""Words and numbers of a certificate in the forms of a DCC."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from calib.dcc.bind import Part
from calib.dcc.measurement import Quantity
from calib.dcc.parties import Identification, Software
from calib.dcc.quantities import Hybrid, Real, RealList, UnivariateMUs
from calib.dcc.words import Content, Rich, Words
from calib.text import Language, Text, same
from calib.units import dsi

_ZERO_CELSIUS_K = Decimal("273.15")
_VERSION = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,3}(?!\d)")


@dataclass(frozen=True)
class Wording:
    """Texts in the languages of the certificate, each once in every text (a rule of PTB's Schematron)."""

    languages: tuple[Language, ...]

    def words(self, text: Text) -> Words:
        """Return a text."""
        return Words(content=self._contents(text))

    def rich(self, text: Text) -> Rich:
        """Return a text where files and formulas may stand too."""
        return Rich(parts=tuple(Part("content", content) for content in self._contents(text)))

    def _contents(self, text: Text) -> tuple[Content, ...]:
        return tuple(Content(lang=language, text=one_line(text.in_(language))) for language in self.languages)

    def identification(self, issuer: str, value: str, name: Text, ref_type: str | None = None) -> Identification:
        """Return a number that somebody gave to a thing."""
        return Identification(issuer=issuer, value=one_line(value), name=self.words(name), ref_type=ref_type)

    def software(self, name: str, version: str, kind: str) -> Software:
        """Return a program; a version that is no release by PTB's Schematron stands whole in its description."""
        released = release(version)
        whole = None if released[1:] == version.removeprefix("v") else self.rich(same(version))
        return Software(name=self.words(same(name)), release=released, type=kind, description=whole)

    def quantity(self, name: Text, ref_type: str | None, value: RealList | Real | Hybrid) -> Quantity:
        """Return a quantity with its name."""
        return Quantity(
            name=self.words(name),
            ref_type=ref_type,
            real_list=value if isinstance(value, RealList) else None,
            real=None if isinstance(value, RealList | Hybrid) else value,
            hybrid=value if isinstance(value, Hybrid) else None,
        )


def one_line(text: str) -> str:
    """Return a text without line breaks and other letters that XML or its lists cannot carry."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split()) or "–"


def release(version: str) -> str:
    """Return the version as PTB's Schematron asks for it: `v1.2.3`, three digits at most between the points."""
    met = _VERSION.search(version)
    return f"v{met[0]}" if met else "v0"


def number(value: Decimal) -> str:
    """Return a decimal as D-SI 2.2.1 has it: point, no grouping, no exponent."""
    return format(value, "f")


def values(numbers: Iterable[Decimal], unit: str, uncertainty: UnivariateMUs | None = None) -> RealList | Hybrid:
    """Return values in their unit; temperatures in kelvin first and then in degrees Celsius, with the same digits."""
    listed = tuple(numbers)
    shown = RealList(value=tuple(map(number, listed)), unit=(dsi(unit),), univariate=uncertainty)
    if unit != "°C":
        return shown
    kelvins = tuple(number(n + _ZERO_CELSIUS_K if n.is_finite() else n) for n in listed)
    return Hybrid(real_lists=(RealList(value=kelvins, unit=(dsi("K"),), univariate=uncertainty), shown))


def single(value: Decimal, unit: str) -> Real | Hybrid:
    """Return one value in a D-SI unit; a temperature in kelvin first and then in degrees Celsius, digits alike."""
    shown = Real(value=(number(value),), unit=(unit,))
    if unit != dsi("°C"):
        return shown
    return Hybrid(reals=(Real(value=(number(value + _ZERO_CELSIUS_K),), unit=(dsi("K"),)), shown))


def differences(numbers: Iterable[Decimal], unit: str, uncertainty: UnivariateMUs | None = None) -> RealList:
    """Return errors and limits in their unit; those of temperatures are in kelvin."""
    difference = dsi("K" if unit == "°C" else unit)
    return RealList(value=tuple(map(number, numbers)), unit=(difference,), univariate=uncertainty)

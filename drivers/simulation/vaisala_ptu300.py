"""Vaisala PTU300: pressure, temperature and humidity of the bench's air, over a serial line that echoes and prompts.

PTU300 User's Guide (M210796EN), serial commands; answers as msl-equipment's ptu300.py reads them. What an unknown
command is answered with, and that ECHO OFF also takes the prompt away, are assumed: no source was found.
"""

import re
import threading
from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from calib.clock import Clock, VirtualClock
from calib.drivers.simulation.command_set import CommandSet
from calib.drivers.simulation.environment import Environment
from calib.drivers.simulation.kinds import InstrumentKind, Twin, UnitFile
from calib.drivers.simulation.setup import Setup
from calib.drivers.simulation.vaisala_format import DEFAULT_FORMAT, FormatError, Shown, formatted

PA = {"hPa": 100.0, "mbar": 100.0, "Pa": 1.0, "kPa": 1e3, "bara": 1e5, "psia": 6894.757293168, "torr": 101325 / 760,
      "mmHg": 133.322387415, "inHg": 3386.388640341}  # fmt: skip
"""Pascals in a unit (NIST SP 811, appendix B.8; mmHg and inHg conventional)."""
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
Mode = Literal["STOP", "RUN", "POLL", "SEND"]
NotNegative = Annotated[float, Field(ge=0)]


class WeatherFile(UnitFile):
    """A weather station; its errors are those that are stated here, in no maker's name."""

    smode: Mode = "STOP"
    """What it does after switching on; in RUN mode it talks without being asked."""
    pressure_error_Pa: float = 0.0
    temperature_error_K: float = 0.0
    humidity_error_percent: float = 0.0
    pressure_half_width_Pa: NotNegative = 0.0
    temperature_half_width_K: NotNegative = 0.0
    humidity_half_width_percent: NotNegative = 0.0
    """Within these its errors are drawn, about those above."""
    noise_Pa: NotNegative = 2.0
    noise_K: NotNegative = 0.01
    noise_percent: NotNegative = 0.05

    def unit(self, rng: np.random.Generator) -> Self:
        """Return the file of one unit, whose errors are drawn."""
        pressure, temperature, humidity = (float(part) for part in rng.uniform(-1, 1, 3))
        return self.model_copy(
            update={
                "pressure_error_Pa": self.pressure_error_Pa + self.pressure_half_width_Pa * pressure,
                "temperature_error_K": self.temperature_error_K + self.temperature_half_width_K * temperature,
                "humidity_error_percent": self.humidity_error_percent + self.humidity_half_width_percent * humidity,
            }
        )


class PTU300(CommandSet):
    """A weather station."""

    ends = b"\r"
    version: ClassVar[str] = "1.05"

    def __init__(self, file: WeatherFile, clock: Clock, environment: Environment, rng: np.random.Generator) -> None:
        super().__init__()
        self._file = file
        self._clock = clock
        self._environment = environment
        self._rng = rng
        self._talking = threading.Event()
        self.interval_s, self.interval = 1.0, "1 s"
        self.form, self.pressure_unit, self.metric, self.echo = DEFAULT_FORMAT, "hPa", True, True
        self.smode: Mode = file.smode
        self.running = file.smode == "RUN"

    def handle(self, message: bytes) -> bytes | None:
        """Carry out one line: its echo, its answer, the prompt."""
        with self._lock:
            line = message.decode("latin-1").strip("\r\n")
            if self.running:
                if line.strip().upper() != "S":  # all else is ignored while it talks
                    return None
                self.running = False
            echo = self.echo
            answer = self._answer(line.strip())
            answer = answer and answer + "\r\n"
            if not (echo and self.echo):
                return answer.encode("latin-1") or None
            return f"{line}\r\n{answer}>".encode("latin-1")

    def talk(self) -> bytes | None:
        """Return a message in RUN mode."""
        if not self.running:
            return None
        self._clock.sleep(self.interval_s)
        return self._message()

    def unasked(self, say: Callable[[bytes], None]) -> Callable[[], None]:
        """Let a wire have what is said in RUN mode; on a virtual clock nobody waits for it."""
        leave = super().unasked(say)
        if not self._talking.is_set() and not isinstance(self._clock, VirtualClock):
            self._talking.set()
            threading.Thread(target=self._talk_on, daemon=True, name="PTU300 in RUN mode").start()
        return leave

    def status_byte(self, *, message_available: bool = False) -> int:
        """Return 0: a serial line has no serial poll."""
        return 0

    def interrupted(self) -> None:
        """Take no note."""

    def clear(self) -> None:
        """Do nothing: a serial line has no device clear."""

    def power_on(self) -> None:
        """Be as after switching on; format, units and interval are kept in its memory."""
        self.errors.clear()
        self.running = self.smode == "RUN"

    def _talk_on(self) -> None:
        while self._listeners:
            self._clock.sleep(self.interval_s)
            if self.running:
                self.speak(self._message())
        self._talking.clear()

    def _message(self) -> bytes:
        return (self._measured() + "\r\n").encode("latin-1")

    def _answer(self, line: str) -> str:
        if not line:
            return ""
        name, _, arguments = line.partition(" ")
        handler = self.verbs.get(name.upper())
        return f"Unknown command: {name}" if handler is None else handler(self, arguments.strip())

    def _measured(self) -> str:
        """Return one measurement in the present format."""
        draw = self._rng.standard_normal(3)
        file, air = self._file, self._environment
        pressure_Pa = air.pressure_Pa() + file.pressure_error_Pa + file.noise_Pa * draw[0]
        celsius = air.temperature_C() + file.temperature_error_K + file.noise_K * draw[1]
        humidity = air.humidity_percent() + file.humidity_error_percent + file.noise_percent * draw[2]
        temperature = (celsius, "'C") if self.metric else (celsius * 1.8 + 32, "'F")
        shown: Mapping[str, Shown] = {
            "P": (float(pressure_Pa / PA[self.pressure_unit]), self.pressure_unit),
            "T": temperature,
            "RH": (float(min(max(humidity, 0.0), 100.0)), "%RH"),
        }
        return formatted(self.form, shown, self._file.serial_number, self._clock.now())

    def _send(self, _: str) -> str:
        return self._measured().rstrip("\r\n")

    def _run(self, _: str) -> str:
        self.running = True
        return ""

    def _format(self, text: str) -> str:
        if text in {"", "?"}:
            return "Output format  :" + self.form.replace("#", "\\")
        wanted = DEFAULT_FORMAT if text == "/" else text.replace("\\", "#")
        try:
            formatted(wanted, {"P": (0, ""), "T": (0, ""), "RH": (0, "")}, "", self._clock.now())
        except FormatError as error:
            return f"Invalid format: {error}"
        self.form = wanted
        return "OK"

    def _mode(self, text: str) -> str:
        if text:
            if text.upper() not in {"STOP", "RUN", "POLL", "SEND"}:
                return f"Unknown mode: {text}"
            self.smode = text.upper()  # type: ignore[assignment]
        return f"Serial mode    : {self.smode}"

    def _interval(self, text: str) -> str:
        if text:
            match = re.fullmatch(r"(\d+)\s*(s|min|h)", text, re.IGNORECASE)
            if match is None or not 0 <= int(match[1]) <= 255:
                return f"Invalid interval: {text}"
            self.interval_s = max(float(match[1]) * SECONDS[match[2].lower()], 0.1)
            self.interval = f"{match[1]} {match[2].lower()}"
        return f"Output interval: {self.interval}"

    def _unit(self, text: str) -> str:
        words = text.split()
        if not words:
            return f"Output units   : {'metric' if self.metric else 'non metric'}"
        if words[0].upper() in {"M", "N"} and len(words) == 1:
            self.metric = words[0].upper() == "M"
            return self._unit("")
        if words[0].upper() == "P" and len(words) == 2 and words[1] in PA:
            self.pressure_unit = words[1]
            return f"P unit         : {self.pressure_unit}"
        return f"Unknown unit: {text}"

    def _set_echo(self, text: str) -> str:
        if text.upper() in {"ON", "OFF"}:
            self.echo = text.upper() == "ON"
        return f"Echo           : {'ON' if self.echo else 'OFF'}"

    def _errors(self, _: str) -> str:
        if not self.errors:
            return "PASS\r\nNo errors"
        told = "\r\n".join(f"{code} {text}" for code, text in self.errors)
        self.errors.clear()
        return f"FAIL\r\n{told}"

    def _about(self, _: str) -> str:
        lines = (
            f"PTU300 / {self.version}",
            f"Serial number  : {self._file.serial_number}",
            "Batch number   : SIM",
            f"Output format  : {self.form}".replace("#", "\\"),
            "Adjust. date   : (not set)",
            f"Serial mode    : {self.smode}",
            "Baud P D S     : 4800 E 7 1",
            f"Output interval: {self.interval}",
            f"Echo           : {'ON' if self.echo else 'OFF'}",
            "Module 1       : BARO-1",
            "Module 2       : EMPTY",
        )
        return "\r\n".join(lines)

    verbs: ClassVar[Mapping[str, "Verb"]] = {
        "?": _about,
        "SEND": _send,
        "R": _run,
        "S": lambda _unit, _: "",
        "FORM": _format,
        "SMODE": _mode,
        "INTV": _interval,
        "UNIT": _unit,
        "ECHO": _set_echo,
        "ERRS": _errors,
        "*9900SN": lambda unit, _: unit._file.serial_number,  # noqa: SLF001
        "SNUM": lambda unit, _: f"Serial number  : {unit._file.serial_number}",  # noqa: SLF001
        "VERS": lambda unit, _: f"PTU300 / {unit.version}",
        "SERI": lambda _unit, _: "4800 E 7 1",
        "ADDR": lambda _unit, _: "Address        : 0",
        "TIME": lambda unit, _: f"Time           : {unit._clock.now():%H:%M:%S}",  # noqa: SLF001
        "DATE": lambda unit, _: f"Date           : {unit._clock.now():%Y-%m-%d}",  # noqa: SLF001
    }


Verb = Callable[[PTU300, str], str]


def _make(file: WeatherFile, setup: Setup) -> Twin:
    return Twin(PTU300(file.unit(setup.rng("truth")), setup.clock, setup.environment, setup.rng("noise")))


VAISALA_PTU300 = InstrumentKind(_make, WeatherFile)

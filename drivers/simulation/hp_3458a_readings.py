"""How a 3458A is triggered, and where its readings go (User's Guide, chapter 4)."""

from calib.drivers.simulation.hp_3458a_functions import FUNCTIONS, OVERLOAD, formatted, scale_of
from calib.drivers.simulation.hp_3458a_settings import MEMORY, SETTINGS, Number, Refused, Word
from calib.drivers.simulation.hp_3458a_state import State3458A

END = b"\r\n"
READING_BYTES = 20_480
"""Of the standard memory."""
SIZES = {"ASCII": 16, "SINT": 2, "DINT": 4, "SREAL": 4, "DREAL": 8}
BY_ITSELF = {"AUTO", "TIMER", "LEVEL", "LINE"}
"""Sample events that come without a controller; a level counts as reached at once."""


class Readings3458A(State3458A):
    """What is measured."""

    def read_scale(self, _: list[str]) -> str:
        """`ISCALE?`."""
        return f"{scale_of(self.word('OFORMAT'), FUNCTIONS[self.function].limit(self.range)): .9E}"

    def read_memory(self, words: list[str]) -> bytes:
        """`RMEM first,count,record`: readings by number, of which 1 is the newest; the memory is off afterwards."""
        first, count, record = (int(Number(1, 16777215, 1).read(w)) for w in ([*words, "", "", ""])[:3])
        newest = self.memory[::-1]
        begin = first - 1 + (record - 1) * int(self.values["NRDGS"][0])
        chosen = newest[begin : begin + count]
        if len(chosen) < count:
            raise Refused(MEMORY)
        self.values["MEM"] = ("OFF",)
        format_ = self.word("OFORMAT")
        limit = FUNCTIONS[self.function].limit(self.range)
        parts = [formatted(v, format_, limit) for v in chosen]
        return b",".join(parts) + END if format_ == "ASCII" else b"".join(parts)

    def set_memory(self, arguments: list[str]) -> None:
        """`MEM OFF|LIFO|FIFO|CONT`: LIFO and FIFO clear it."""
        mode = Word({"OFF": 0, "LIFO": 1, "FIFO": 2, "CONT": 3}, "FIFO").read(arguments[0].upper() if arguments else "")
        if mode in {"LIFO", "FIFO"}:
            self.memory, self.mode = [], mode
        self.values["MEM"] = (self.mode if mode == "CONT" else mode,)

    def set_memory_format(self, arguments: list[str]) -> None:
        """`MFORMAT`: clears the memory."""
        self.assign("MFORMAT", [a.upper() for a in arguments])
        self.memory = []

    def on_trigger(self, head: str, words: list[str]) -> bytes:
        """`TARM`, `TRIG`: return what a single event makes the meter put out at once."""
        event = SETTINGS[head][0].read(words[0] if words else "")
        arms = 1 if len(words) < 2 else max(1, int(Number(0, 2.1e9, 1).read(words[1])))
        self.run_s = self.meter.clock.elapsed()
        self.zero_s = self.run_s if self.word("AZERO") != "ON" else None
        if event != "SGL":
            self.values[head] = (event,)
            return self.measure() if self._held() else b""
        if head == "TARM":
            self.values["TARM"] = ("HOLD",)
            if self.word("TRIG") in {"AUTO", "LEVEL", "LINE"} and self._samples_now():
                return b"".join(self.measure() for _ in range(arms))
            self.armed = True
            return b""
        self.values["TRIG"] = ("HOLD",)
        if (self.word("TARM") == "AUTO" or self.armed) and self._samples_now():
            self.armed = False
            return self.measure()
        return b""

    def _held(self) -> bool:
        """Whether a single arm that waited is now satisfied by an automatic trigger."""
        if self.armed and self.word("TRIG") in {"AUTO", "LEVEL", "LINE"} and self._samples_now():
            self.armed = False
            return True
        return False

    def _samples_now(self) -> bool:
        return self.values["NRDGS"][1] in BY_ITSELF

    def is_free(self) -> bool:
        """Whether readings follow one another without end."""
        return self.word("TARM") == "AUTO" and self.word("TRIG") in {"AUTO", "LINE"} and self._samples_now()

    def on_demand(self) -> bool:
        """Whether a reading begins when the controller asks for data: a SYN, and all else satisfied."""
        events = (self.word("TARM"), self.word("TRIG"), str(self.values["NRDGS"][1]))
        ready = {"AUTO", "SYN", "TIMER", "LEVEL", "LINE"}
        armed = events[0] in ready or self.armed
        return "SYN" in events and armed and all(e in ready for e in events[1:])

    def let_run(self) -> None:
        """In a free run, put the reading that has been completed since into the output buffer, or the memory."""
        now_s = self.meter.clock.elapsed()
        if not self.is_free() or now_s - self.run_s < self.how(self.range).duration_s:
            return
        self.run_s = now_s
        value = self._value(now_s)
        if self.word("MEM") != "OFF":
            self._remember([value])
        else:
            self.stale = self.put_out([value])

    def measure(self) -> bytes:
        """Take the readings of one trigger; return what is put out."""
        count = int(self.values["NRDGS"][0])
        paced_s = self.number("TIMER") if self.values["NRDGS"][1] == "TIMER" else 0.0
        clock = self.meter.clock
        values = []
        clock.sleep(max(0.0, self.number("DELAY")))
        for _ in range(count):
            begun_s = clock.elapsed()
            clock.sleep(self.how(self.range).duration_s)
            values.append(self._value(clock.elapsed()))
            if len(values) < count:
                clock.sleep(paced_s - (clock.elapsed() - begun_s))
        if self.word("MEM") != "OFF":
            self._remember(values)
            return b""
        return self.put_out(values)

    def _value(self, end_s: float) -> float:
        """Return one reading, ±1E38 for an overload."""
        model = FUNCTIONS[self.function]
        if self.autorange and model.floating:
            self.range = self.meter.autorange(self.how(r) for r in model.ranges).range
        how = self.how(self.range)
        shown = self.meter.indication(how, end_s)
        if shown is None:
            return OVERLOAD if self.meter.sense(how, end_s).value > 0 else -OVERLOAD
        if self.function == "PER":
            shown = 1 / shown if shown else 0.0
        operations = [str(o) for o in self.values["MATH"]]
        shown, failed = self.math.apply(shown, operations)
        self.status |= 2 if failed else 0
        return shown

    def put_out(self, values: list[float]) -> bytes:
        """Return readings as they are put out: ASCII ones each with CR LF."""
        format_ = self.word("OFORMAT")
        limit = FUNCTIONS[self.function].limit(self.range)
        end = END if format_ == "ASCII" else b""
        return b"".join(formatted(v, format_, limit) + end for v in values)

    def _remember(self, values: list[float]) -> None:
        room = READING_BYTES // SIZES[self.word("MFORMAT")]
        self.memory += values
        self.memory = self.memory[-room:] if self.mode == "LIFO" else self.memory[:room]

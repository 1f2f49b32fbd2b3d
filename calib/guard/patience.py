"""How long a silence is borne: counted in ticks that came in time, since a starved machine proves nobody dead."""

TICK_S = 0.05
"""How often whoever listens looks."""
BEAT_S = 0.1
"""How often whoever lives says so."""
MOST_SILENT_TICKS = 10
"""Silence after which the other is taken for dead or stalled: half a second of ticks in time."""
LATE_S = 0.5 * TICK_S
"""A tick that took longer by this says that the listener itself did not run: it then knows nothing of the other."""


class Patience:
    """Counts the silence of the other side."""

    def __init__(self, most_silent_ticks: int = MOST_SILENT_TICKS) -> None:
        self._most = most_silent_ticks
        self._silent = 0

    def heard(self) -> None:
        """Take a sign of life."""
        self._silent = 0

    def tick(self, took_s: float) -> bool:
        """Take a tick without a sign of life and how long it took; return whether patience is at its end."""
        if took_s <= TICK_S + LATE_S:
            self._silent += 1
        return self._silent >= self._most

"""A point at which an instrument failed: with the sources safe, a person repeats it, skips it, or ends the run."""

from calib.errors import Aborted, CalibError, InstrumentError
from calib.ports import Prompt
from calib.procedure import Point
from calib.run.station import JournalStation
from calib.text import both

REPEAT = ("r", both("it is measured again, once what was wrong is mended"))
SKIP = ("s", both("it is skipped, for a technical reason that is printed"))


def repeats(station: JournalStation, point: Point, error: InstrumentError) -> bool:
    """Return whether the point shall be measured again, else it is skipped; raise `error` where nobody decides.

    Raises
    ------
    Aborted
        The run shall end.
    """
    text = both(
        "{point} failed, and the sources are safe: {error}. What now?", point=point.id, error=str(error).rstrip(".")
    )
    prompt = Prompt("point.failed", text, kind="choice", choices=(REPEAT, SKIP), decision=True)
    try:
        return station.ask(prompt).value == REPEAT[0]
    except Aborted:
        raise
    except CalibError:  # nobody is there, or only a script
        raise error from None

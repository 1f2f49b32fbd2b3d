"""What a named person accepts though the method would not: kept with its reason, and printed for whoever checks."""

from dataclasses import asdict

from calib.errors import RunError
from calib.ports import Prompt
from calib.run.station import JournalStation
from calib.text import Text, both

ACCEPTED = "accepted"
"""Kind of the event."""
ACCEPT = ("a", both("it is accepted, for a reason that is printed"))
_STOP = ("s", both("the run stops"))


def accept_or_stop(station: JournalStation, id_: str, what: Text) -> None:
    """Have a person accept `what`, on the record; raise `RunError` where the run shall stop instead."""
    answer = station.ask(Prompt(id_, what, kind="choice", choices=(ACCEPT, _STOP), decision=True))
    if answer.value != ACCEPT[0]:
        raise RunError(what.en)
    accept(station, id_, what)


def accept(station: JournalStation, id_: str, what: Text) -> None:
    """Keep that a person accepts `what`, with the reason that is asked for."""
    text = both("Why is it accepted? The reason is printed, with your name.")
    answer = station.ask(Prompt(f"{id_}.reason", text, kind="text", decision=True))
    station.note(ACCEPTED, what=asdict(what), why=str(answer.value), by=answer.by)

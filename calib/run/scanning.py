"""Proving by a scanned label what is in hand: before a run, before a weight goes on a pan or a probe into a bath."""

from collections.abc import Callable, Sequence

from calib.drivers.operated.person import RESOURCE
from calib.equipment.labels import Item, Labels, Thing, parts
from calib.errors import IdentityError
from calib.ports import Answer, Prompt
from calib.run.benchfile import ITEM
from calib.run.plan import Plan
from calib.text import Text, both, joined

MOST_SCANS = 5


def labels_of(plan: Plan) -> Labels:
    """Return what reads the labels of a laboratory, and of the item with its weights."""
    item = plan.job.item
    called = Text(vi=item.name.vi, en=item.name.en)
    return Labels(plan.register, Item(called, item.serial_number), plan.procedure.item_weights())


def is_scanned(plan: Plan, role: str) -> bool:
    """Return whether bench or job want the label of what plays a role scanned."""
    return "scan" in {plan.job.identify, plan.bench.roles[role].identify}


def scanned(
    ask: Callable[[Prompt], Answer], labels: Labels, wanted: Thing, id_: str, what: Text
) -> tuple[Answer, Text | None]:
    """Ask for a label until it is that of what is wanted; return the last answer, and why that is not it."""
    text = what
    for _ in range(MOST_SCANS):
        answer = ask(Prompt(id_, text, kind="text", expected=labels.code(wanted)))
        why = labels.why_not(str(answer.value), wanted)
        if why is None:
            break
        text = joined([why, what], " ")
    return answer, why


class Hands:
    """What a person takes into the hand: each weight before it goes on the pan, each probe before it goes in."""

    def __init__(self, plan: Plan, ask: Callable[[Prompt], Answer]) -> None:
        self._plan = plan
        self._ask = ask
        self._labels = labels_of(plan)
        self._roles = {f.resource.upper(): r for r, f in plan.bench.roles.items() if is_scanned(plan, r)}
        self._on_the_pan: dict[str, frozenset[str]] = {}

    def take(self, name: str, weights: Sequence[str]) -> None:
        """Have the labels scanned of the weights, or of the instrument itself; one that lay there before is known.

        Raises
        ------
        IdentityError
            What was scanned never was what is wanted.
        """
        role = self._roles.get(f"{RESOURCE}{name}".upper())
        if role is None:
            return
        for weight in weights:
            if weight not in self._on_the_pan.get(role, ()):
                self._scan(self._weight(role, weight), weight)
        self._on_the_pan[role] = frozenset(weights)
        if not weights:
            self._scan(Thing(self._plan.bench.roles[role].equipment), name)

    def _weight(self, role: str, weight: str) -> Thing:
        """Return whose weight it is: the standard's, the item's, or the only other one of the register."""
        standard = self._plan.standards.get(role)
        if standard is not None and weight in parts(standard):
            return Thing(standard.id, weight)
        others = [e for e in self._plan.register if weight in {e.id, *parts(e)}]
        if weight in self._plan.procedure.item_weights() or len(others) != 1:
            return Thing(ITEM, weight)
        return Thing(others[0].id, "" if others[0].id == weight else weight)

    def _scan(self, wanted: Thing, called: str) -> None:
        what = both("Scan the label of {thing}.", thing=self._labels.called(wanted))
        labels = self._labels.knowing(wanted)
        _, why = scanned(self._ask, labels, wanted, f"scan.{called}", what)
        if why is not None:
            msg = f"scan.{called}: no label of {labels.name(wanted).en} in {MOST_SCANS} scans; the last one: {why.en}"
            raise IdentityError(msg)

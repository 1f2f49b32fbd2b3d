"""How the classes of the DCC stand for its XML: each field names its element, in the order of the schema.

One description serves reading and writing, so neither can know an element that the other does not. What a file holds
and no field names is never dropped in silence: `Finding.unread` lists it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, Literal, TypeVar, cast

from lxml import etree

from calib.dcc import names

Arity = Literal["one", "maybe", "many", "parts"]
_BLANKS = re.compile(r"[ \t\r\n]+")


class Listed:
    """Kind of a field that is an XML list: texts between blanks, a tuple of strings here."""


class Verbatim:
    """Kind of a field that is kept as XML text: what calib hands on without looking into it."""


class Base64:
    """Kind of a field that is base64 without its blanks."""


@dataclass(frozen=True)
class Part:
    """One of several elements that may stand in any order."""

    name: str
    """Local name of the element, such as `city`."""
    value: Any


@dataclass(frozen=True, kw_only=True)
class Node:
    """An element with parts; `suffix` stands behind the names of all that a class names."""

    suffix: ClassVar[str] = ""
    id: str | None = field(default=None, metadata={"attribute": "id"})
    ref_id: str | None = field(default=None, metadata={"attribute": "refId"})
    ref_type: str | None = field(default=None, metadata={"attribute": "refType"})

    def __init_subclass__(cls, suffix: str = "") -> None:
        cls.suffix = suffix

    def is_a(self, *kinds: str) -> bool:
        """Return whether one of its reference types is among `kinds`."""
        return bool(set((self.ref_type or "").split()) & set(kinds))


N = TypeVar("N", bound=Node)


def one(tag: str, kind: Any = str) -> Any:
    """Return a field for an element that must be there."""
    return field(metadata={"tags": {tag: kind}, "arity": "one"})


def maybe(tag: str, kind: Any = str) -> Any:
    """Return a field for an element that may be there."""
    return field(default=None, metadata={"tags": {tag: kind}, "arity": "maybe"})


def many(tag: str, kind: Any = str) -> Any:
    """Return a field for any number of elements, a tuple."""
    return field(default=(), metadata={"tags": {tag: kind}, "arity": "many"})


def parts(tags: dict[str, Any]) -> Any:
    """Return a field for elements in any order, a tuple of `Part`."""
    return field(default=(), metadata={"tags": tags, "arity": "parts"})


def attribute(name: str) -> Any:
    """Return a field for an attribute."""
    return field(default=None, metadata={"attribute": name})


def text() -> Any:
    """Return the field for the element's own text."""
    return field(default="", metadata={"text": True})


@dataclass
class Finding:
    """What a reader met that it could not take."""

    unread: list[str]
    wrong: list[str]


@dataclass(frozen=True)
class _Slot:
    field: str
    tag: str
    kind: Any
    arity: Arity


@dataclass(frozen=True)
class _Shape:
    """How a class stands for its element."""

    attributes: dict[str, str]
    text: str | None
    slots: dict[str, _Slot]
    """By the qualified tag of the child."""
    order: tuple[tuple[str, Arity, dict[str, _Slot]], ...]
    required: tuple[_Slot, ...]


@cache
def _shape(kind: type[Node]) -> _Shape:
    attributes, own, slots, order = {}, None, {}, []
    for f in fields(kind):
        if "attribute" in f.metadata:
            attributes[f.metadata["attribute"]] = f.name
        elif "text" in f.metadata:
            own = f.name
        else:
            arity = f.metadata["arity"]
            of_field = {
                tag.split(":")[1]: _Slot(f.name, names.tag(tag + kind.suffix), inner, arity)
                for tag, inner in f.metadata["tags"].items()
            }
            slots.update({slot.tag: slot for slot in of_field.values()})
            order.append((f.name, arity, of_field))
    required = tuple(slot for slot in slots.values() if slot.arity == "one")
    return _Shape(attributes, own, slots, tuple(order), required)


def _shape_of(kind: type[Node]) -> _Shape:
    return _shape(kind)  # type: ignore[arg-type]


def _resolved(kind: Any) -> Any:
    """Return a kind; one that was given as a function names a class that holds itself."""
    return kind if isinstance(kind, type) else cast(Callable[[], Any], kind)()


def read(kind: type[N], element: etree._Element, finding: Finding) -> N:
    """Return the node that an element stands for; note in `finding` what is missing, twice or unknown."""
    shape = _shape_of(kind)
    values: dict[str, Any] = {f.name: None if f.default is MISSING else f.default for f in fields(kind)}
    values |= _attributes(shape, element, finding)
    seen: set[str] = set()
    for child in element.iterchildren(tag=etree.Element):
        slot = shape.slots.get(str(child.tag))
        if slot is None:
            finding.unread.append(_place(child))
        elif slot.arity in {"one", "maybe"} and slot.tag in seen:
            finding.wrong.append(f"{_place(child)}: stands twice in {names.name(str(element.tag))}")
        else:
            seen.add(slot.tag)
            values[slot.field] = _taken(slot, values[slot.field], _content(slot.kind, child, finding))
    missing = (slot.tag for slot in shape.required if slot.tag not in seen)
    finding.wrong += [f"{_place(element)}: {names.name(tag)} is missing" for tag in missing]
    return kind(**values)


def _attributes(shape: _Shape, element: etree._Element, finding: Finding) -> dict[str, str]:
    """Return the attributes, and the own text, by the fields that they belong to."""
    values = {} if shape.text is None else {shape.text: element.text or ""}
    for key, value in element.attrib.items():
        if str(key) in shape.attributes:
            values[shape.attributes[str(key)]] = str(value)
        elif not str(key).startswith("{"):  # xsi:schemaLocation and its like say nothing of the calibration
            finding.unread.append(f"{_place(element)}: attribute {key}")
    return values


def _taken(slot: _Slot, before: Any, value: Any) -> Any:
    """Return what a field holds after one more element."""
    if slot.arity == "parts":
        return (*before, Part(slot.tag.rsplit("}")[1], value))
    return (*before, value) if slot.arity == "many" else value


def _content(kind: Any, element: etree._Element, finding: Finding) -> Any:
    kind = _resolved(kind)
    if kind is Verbatim:
        copy = etree.fromstring(etree.tostring(element, with_tail=False), _compact())
        return etree.tostring(copy, method="c14n", exclusive=True).decode("utf-8")
    if issubclass(kind, Node):
        return read(kind, element, finding)
    for child in element.iterchildren(tag=etree.Element):
        finding.unread.append(_place(child))
    found = (element.text or "").strip()
    if kind is Listed:
        return tuple(_BLANKS.split(found)) if found else ()
    return _BLANKS.sub("", found) if kind is Base64 else found


def _compact() -> etree.XMLParser:
    return etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)


def _place(element: etree._Element) -> str:
    return f"line {element.sourceline}: {names.name(str(element.tag))}"


def nodes(node: Node, name: str = "") -> Iterator[tuple[str, Node, tuple[Node, ...]]]:
    """Yield a node and all that it holds: where it stands, the node, and what it stands in from the outside inwards."""
    yield from _nodes(node, name or type(node).__name__, ())


def _nodes(node: Node, path: str, above: tuple[Node, ...]) -> Iterator[tuple[str, Node, tuple[Node, ...]]]:
    yield path, node, above
    counts: dict[str, int] = {}
    for name, arity, slots in _shape_of(type(node)).order:
        held = getattr(node, name)
        several = arity in {"many", "parts"}
        for one_held in held if several else (held,):
            tag, value = (
                (one_held.name, one_held.value) if isinstance(one_held, Part) else (next(iter(slots)), one_held)
            )
            if isinstance(value, Node):
                counts[tag] = counts.get(tag, 0) + 1
                yield from _nodes(value, f"{path}/{tag}" + (f"[{counts[tag]}]" if several else ""), (*above, node))


def write(tag: str, node: Node) -> etree._Element:
    """Return the element `tag` (such as `dcc:item`) of a node."""
    element = etree.Element(names.tag(tag), nsmap={p: names.NAMESPACES[p] for p in ("dcc", "si")})
    _fill(element, node)
    return element


def _fill(element: etree._Element, node: Node) -> None:
    shape = _shape_of(type(node))
    for key, name in shape.attributes.items():
        if (value := getattr(node, name)) is not None:
            element.set(key, value)
    if shape.text is not None:
        element.text = getattr(node, shape.text)
    for name, arity, slots in shape.order:
        value = getattr(node, name)
        if arity == "parts":
            for part in value:
                _append(element, slots[part.name], part.value)
            continue
        (slot,) = slots.values()
        for one_value in value if arity == "many" else () if value is None else (value,):
            _append(element, slot, one_value)


def _append(parent: etree._Element, slot: _Slot, value: Any) -> None:
    if _resolved(slot.kind) is Verbatim:
        parent.append(etree.fromstring(value, _compact()))
        return
    child = etree.SubElement(parent, slot.tag)
    if isinstance(value, Node):
        _fill(child, value)
    elif isinstance(value, tuple):
        child.text = " ".join(value)
    else:
        child.text = value

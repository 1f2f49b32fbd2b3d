"""A scanned label is the equipment that it names, and a wrong one is told in one sentence."""

import datetime as dt
import json

import pytest

from calib.equipment import Equipment
from calib.equipment.labels import ITEM, Item, Labels, Thing, parts
from calib.report.equipment_labels import label_text
from calib.study import Sample
from calib.text import same

TODAY = dt.datetime.now().astimezone().date()


def _set(id_: str, **changes: object) -> Equipment:
    sample = Sample.load("weight-by-comparison").laboratory.register()["W-01"]
    return sample.model_copy(update={"id": id_, **changes})


OWN = _set("W-01")
OTHER = _set("W-02", serial_number="77", model="F1 set")
WITHDRAWN = _set("W-09", serial_number="99", state="out of service", state_reason="dropped")
LABELS = Labels([OWN, OTHER, WITHDRAWN], Item(same("Set F1"), "SIMF1221"), ["T200", "R200"])
R200, SET = Thing("W-01", "R200"), Thing("W-01")


def test_the_parts_of_a_set_are_those_that_its_certificate_names() -> None:
    assert parts(OWN) == ("R100", "R200", "R200a", "R500", "R1000", "S1")


@pytest.mark.parametrize(
    ("scanned", "thing"),
    [
        ("W-01", SET),
        ("w-01", SET),
        ("SIMW01", SET),
        (label_text(OWN, TODAY), SET),
        ("]Q3" + label_text(OWN, TODAY), SET),
        ("\x02W-01/R200\t\x03", R200),
        (label_text(OWN, TODAY, "R200"), R200),
        ("SIMW01/R200", R200),
        ("SIMF1221", Thing(ITEM)),
        ("SIMF1221/T200", Thing(ITEM, "T200")),
        ("T200", Thing(ITEM, "T200")),
    ],
)
def test_a_label_means_one_thing_however_it_is_coded(scanned: str, thing: Thing) -> None:
    assert LABELS.why_not(scanned, thing) is None
    for other in {SET, R200, Thing(ITEM), Thing(ITEM, "T200"), Thing("W-02")} - {thing}:
        assert LABELS.why_not(scanned, other) is not None


@pytest.mark.parametrize(
    ("scanned", "wanted", "told"),
    [
        ("W-02/R200", R200, "That is R200 of W-02 (Example F1 set, 77)."),
        ("W-09", SET, "That is W-09 (Example E2 100 g - 1 kg, 99). It is out of service (dropped): put it aside."),
        (label_text(WITHDRAWN, TODAY, "R200"), R200, "It is out of service (dropped): put it aside."),
        ("W-01", R200, "That is the label of the whole set, W-01 (Example E2 100 g - 1 kg, SIMW01). Scan that of"),
        ("R200", R200, "'R200' may be several: "),
        ("W-01/T200", R200, "'W-01/T200' is no label of the register or of the item."),
        ("đW-01", SET, "switch the Vietnamese input method off"),
        ('{"id":"W-01","serialNumber":"another"}', SET, "is no label"),
        ("[1, 2]", SET, "is no label"),
        ("", SET, "is no label"),
        ("T200", R200, "That is T200 of Set F1 (item, serial number SIMF1221)."),
    ],
)
def test_what_is_wrong_with_a_label_is_said_in_words(scanned: str, wanted: Thing, told: str) -> None:
    why = LABELS.why_not(scanned, wanted)
    assert why is not None
    assert told in why.en
    assert why.vi != why.en


def test_a_question_does_not_tell_the_number_that_is_read_off_the_thing() -> None:
    for thing in (SET, R200, Thing(ITEM)):
        asked = LABELS.called(thing)
        assert not [n for n in ("W-01", "SIMW01", "SIMF1221") if n in asked.en + asked.vi]


def test_the_label_of_a_weight_holds_its_marking_and_that_of_the_set_is_as_before() -> None:
    assert json.loads(label_text(OWN, TODAY, "R200"))["part"] == "R200"
    assert "part" not in json.loads(label_text(OWN, TODAY))
    assert LABELS.code(R200) == "W-01/R200"
    assert LABELS.code(Thing(ITEM, "T200")) == "SIMF1221/T200"

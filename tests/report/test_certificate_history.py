"""A certificate tells that a run went on after a stop, and that a record was made of an earlier one."""

import datetime as dt
from dataclasses import replace
from typing import Any

from calib.record.revision import Revision, RevisionKind
from calib.record.story import Event
from calib.report.content import certificate_content

ISSUED = dt.date(2026, 11, 2)
KINDS: tuple[RevisionKind, ...] = ("amendment", "re-evaluation")


def _told(record: Any) -> list[str]:
    return [text.en for text in certificate_content(record, ISSUED).deviations]


def test_what_had_changed_when_a_run_went_on_is_told_with_who_accepted_it(made: Any) -> None:
    changed = [{"where": "equipment.CAL-01.location", "then": "a", "now": "b"}]
    accepted = Event(0.0, "resumed", {"differences": changed, "accepted": {"by": "Bình", "why": "moved."}})
    plain = Event(0.0, "resumed", {"differences": [], "accepted": None})
    record = replace(made.record(), happened=(plain, accepted))
    (told,) = _told(record)
    assert told.startswith("The run was interrupted and went on though equipment.CAL-01.location had changed. ")
    assert told.endswith("Reason: moved. Accepted by Bình.")


def test_a_record_made_of_another_names_it(made: Any) -> None:
    revisions = tuple(
        Revision(kind, "record.h5", "ab12", "Trần Văn Đức", "2026-11-01T10:00:00+07:00", "wrong customer.", ())
        for kind in KINDS
    )
    told = _told(replace(made.record(), revisions=revisions))
    assert told == [
        "This record amends record.h5, SHA-256 ab12. Reason: wrong customer. By Trần Văn Đức.",
        "The results were evaluated again from record.h5, SHA-256 ab12. Reason: wrong customer. By Trần Văn Đức.",
    ]

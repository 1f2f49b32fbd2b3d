"""Every installed procedure runs from simulated instruments on real sockets to a certificate whose numbers agree."""

import re
from pathlib import Path
from typing import Any

import pytest

from calib.certificates import verify_certificate
from calib.demo import demonstrate_procedure
from calib.record import Record
from calib.run import find_procedure, procedure_names


@pytest.mark.parametrize("procedure", procedure_names())
def test_a_procedure_runs_from_sockets_to_its_certificate(procedure: str, tmp_path: Path, ptb: Any) -> None:
    done = demonstrate_procedure(procedure, tmp_path / "out", seed=7, shown_s=5.0)
    assert done.outcome.status == "complete", done.outcome.error
    assert set(done.outcome.safe.values()) <= {"safe"}
    assert ptb.invalid(done.documents["dcc"].read_bytes()) == []
    findings = verify_certificate(done.documents["certificate"]).findings
    assert any(
        re.search(r"rows( and .*)? are the same in the record, the attached DCC, the page", f.what) for f in findings
    )
    assert done.outcome.record is not None
    record = Record.open(done.outcome.record)
    assert record.snapshot["simulated"]
    planned = {p["id"] for p in record.snapshot["points"] if p.get("gives_row", True)}
    assert planned <= {r.point for r in done.results}
    assert all("::SOCKET" in m.resource or m.resource.startswith("OPERATOR::") for m in record.traffic())


@pytest.mark.parametrize("procedure", procedure_names())
def test_a_procedure_is_a_document_in_both_languages(procedure: str) -> None:
    document = find_procedure(procedure).data().document
    assert document is not None
    for name in ("scope", "terms", "operations", "equipment", "conditions", "preparation", "performing", "results"):
        text = getattr(document, name)
        assert min(len(text.vi), len(text.en)) > 40, name
        assert text.vi != text.en, name
    whole = [getattr(document, name) for name in type(document).model_fields if name != "sources"]
    for symbol in _symbols(find_procedure(procedure).equation):
        assert any(symbol in text.en for text in whole), symbol
        assert any(symbol in text.vi for text in whole), symbol


def _symbols(equation: str) -> set[str]:
    """Return the letters with an index in an equation, such as V_ind."""
    return set(re.findall(r"[A-Za-zδα-ω]+_[A-Za-z0-9]+", equation))

"""A certificate that is wrong, or made to do harm, is one clear message: fast, and nothing is fetched."""

import http.server
import threading
import time
from pathlib import Path

import pytest

from calib.cli.dccview import told
from calib.dcc import calibration_table, check, parse_dcc, read_dcc, tables
from calib.dcc.file import LARGEST_FILE
from calib.errors import FileError, InputError

ROOT = '<dcc:digitalCalibrationCertificate xmlns:dcc="https://ptb.de/dcc" schemaVersion="3.3.0">'
END = "</dcc:digitalCalibrationCertificate>"


def refused(content: str | bytes, why: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(FileError, match=why) as met:
        parse_dcc(content if isinstance(content, bytes) else content.encode(), "theirs.xml")
    assert time.perf_counter() - begun < 2.0
    assert str(met.value).startswith("theirs.xml: ")
    assert len(str(met.value)) < 2000


def test_a_billion_laughs_are_not_expanded() -> None:
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 30))
    bomb = f'<!DOCTYPE d [<!ENTITY l0 "ha">{levels}]>'
    refused(f"{bomb}{ROOT}<dcc:comment>&l29;</dcc:comment>{END}", "DOCTYPE|not well-formed")
    refused(f'{bomb}{ROOT}<dcc:comment a="&l29;"/>{END}', "DOCTYPE|not well-formed")


def test_a_quadratic_blowup_is_not_expanded() -> None:
    bomb = f'<!DOCTYPE d [<!ENTITY a "{"a" * 50_000}">]>'
    refused(f'{bomb}{ROOT}<dcc:comment a="{"&a;" * 50_000}"/>{END}', "DOCTYPE|not well-formed")


def test_an_external_entity_and_an_external_dtd_fetch_nothing(tmp_path: Path) -> None:
    asked = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        for where in (url, secret.as_uri()):
            refused(f'<!DOCTYPE d [<!ENTITY x SYSTEM "{where}">]>{ROOT}<dcc:comment>&x;</dcc:comment>{END}', "DOCTYPE")
            refused(f'<!DOCTYPE d SYSTEM "{where}dtd">{ROOT}{END}', "DOCTYPE")
            refused(f'<!DOCTYPE d [<!ENTITY % p SYSTEM "{where}">%p;]>{ROOT}{END}', "DOCTYPE|not well-formed")
        server.shutdown()
    assert asked == []


def test_a_great_depth_ends_in_a_message() -> None:
    refused(ROOT + "<dcc:list>" * 100_000, "not well-formed")
    refused(ROOT + "<dcc:list>" * 5_000 + "</dcc:list>" * 5_000 + END, "not well-formed.*[Dd]ep")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not well-formed"),
        (b"%PDF-1.7", "not well-formed"),
        (b"\xff\xfe\x00", "not well-formed"),
        (ROOT.encode(), "not well-formed XML: .*line 1"),
        (f"{ROOT}<dcc:a></dcc:b>{END}".encode(), "not well-formed"),
        (f"{ROOT}\xff{END}".encode("latin-1"), "not well-formed"),
        (b"<html/>", "html is not dcc:digitalCalibrationCertificate: no DCC"),
        (ROOT.replace("3.3.0", "2.4.0").encode() + END.encode(), r"schemaVersion '2.4.0': DCC 3.0 to 3.3 can be read"),
        (ROOT.replace(' schemaVersion="3.3.0"', "").encode() + END.encode(), r"schemaVersion '\(none\)'"),
        (f"{ROOT}{END}".encode(), "administrativeData is missing"),
    ],
)
def test_what_is_no_certificate_is_one_message(content: bytes, why: str) -> None:
    refused(content, why)


def test_a_file_that_is_not_there_and_one_that_is_too_large(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"absent.xml: cannot be read"):
        read_dcc(tmp_path / "absent.xml")
    large = tmp_path / "large.xml"
    with large.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(FileError, match=r"large.xml: 100000001 bytes; a DCC of more than"):
        read_dcc(large)


def test_a_certificate_that_a_generator_left_half_filled_tells_all_that_is_missing(ptb: object) -> None:
    path = next(p for p in ptb.examples if p.stem == "minimal_vi_en")  # type: ignore[attr-defined]
    text = path.read_text(encoding="utf-8")
    for tag in ("performanceLocation", "uniqueIdentifier"):
        start, end = text.index(f"<dcc:{tag}>"), text.index(f"</dcc:{tag}>") + len(f"</dcc:{tag}>")
        text = text[:start] + text[end:]
    with pytest.raises(FileError, match=r"(?s)uniqueIdentifier is missing.*performanceLocation is missing.*Ask"):
        parse_dcc(text.encode(), "half.xml")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("1.65<", "0<", "k must be greater than 0"),
        ("1.65<", "sNaN<", "'sNaN' is not a number"),
        ("0.001 0.10<", "Infinity 0.10<", "'Infinity' is not a number"),
        ("0.001 0.10<", "1E999999999 0.10<", "is not a number"),
    ],
)
def test_numbers_that_break_arithmetic_are_refused(ptb: object, old: str, new: str, why: str) -> None:
    path = next(p for p in ptb.examples if p.stem == "minimal_vi_en")  # type: ignore[attr-defined]
    text = path.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InputError, match=why):
        tables(parse_dcc(text.replace(old, new, 1).encode(), "theirs.xml").certificate)


def test_a_single_value_is_one_number(ptb: object) -> None:
    path = next(p for p in ptb.examples if p.stem == "minimal_vi_en")  # type: ignore[attr-defined]
    for value in ("296.15 297", ""):
        text = path.read_text(encoding="utf-8").replace(">296.15<", f">{value}<")
        told = [m.what for m in check(parse_dcc(text.encode(), "theirs.xml")) if m.severity == "error"]
        assert any(f"{value!r} is not a number" in what for what in told), told


def test_letters_that_steer_a_terminal_are_not_printed(ptb: object) -> None:
    path = next(p for p in ptb.examples if p.stem == "minimal_vi_en")  # type: ignore[attr-defined]
    text = path.read_text(encoding="utf-8").replace("Khách hàng<", "Khách\u009b31m \u202eh<")
    shown = told(parse_dcc(text.encode(), "theirs.xml"), "en")
    assert "Khách\N{REPLACEMENT CHARACTER}31m \N{REPLACEMENT CHARACTER}h" in shown


def test_items_within_items_are_read_as_deep_as_libxml2_goes(ptb: object) -> None:
    path = next(p for p in ptb.examples if p.stem == "minimal_vi_en")  # type: ignore[attr-defined]
    text = path.read_text(encoding="utf-8")
    start, end = text.index("<dcc:items>") + len("<dcc:items>"), text.index("</dcc:items>")
    item = text[start:end]
    for deep in (100, 1000):
        opened = item.replace(' id="item1"', "").replace("</dcc:item>", "<dcc:subItems>") * deep
        changed = (
            text[:end] + opened + item.replace("item1", "item9") + "</dcc:subItems></dcc:item>" * deep + text[end:]
        )
        if deep == 1000:
            refused(changed, "not well-formed.*depth")
        else:
            (unused,) = check(parse_dcc(changed.encode(), "theirs.xml"))
            assert "item9" in unused.what
            assert unused.where.count("subItems") == deep


def test_any_byte_that_is_lost_or_changed_ends_in_a_message_or_a_certificate(ptb: object) -> None:
    """Never an error that is not calib's: 600 places of a valid file."""
    path = next(p for p in ptb.examples if p.stem == "minimal_vi_en")  # type: ignore[attr-defined]
    content = path.read_bytes()
    read = 0
    for place in range(0, len(content), len(content) // 600):
        for changed in (content[:place] + content[place + 1 :], content[:place] + b"<" + content[place + 1 :]):
            try:
                dcc = parse_dcc(changed, "changed.xml")
                check(dcc)
                read += 1
                told(dcc, "vi")
                calibration_table(dcc)
            except InputError:
                pass
    assert read > 100

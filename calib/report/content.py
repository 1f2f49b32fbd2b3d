"""From a record to the content of its certificate: one pure function of the record and the date of issue."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from calib.numbers import Style
from calib.record.model import Readings, phases
from calib.report.budget import budget_page
from calib.report.chain import broken_links, chain_picture, outside_conditions
from calib.report.comparison import comparisons
from calib.report.conditions import printed_condition
from calib.report.deviations import deviations
from calib.report.history import history
from calib.report.model import CertificateContent, Fact, Laboratory, Opinion, Section, Signature
from calib.report.plot import plots
from calib.report.required import job_languages, require_complete, require_data
from calib.report.rows import printed_groups
from calib.report.source import Source, as_text, find, text_at
from calib.report.standards import used_standards
from calib.report.statements import specification_title, statements
from calib.report.stationery import Stationery
from calib.report.together import printed_sets
from calib.text import Text, both, joined, same


def certificate_content(
    source: Source,
    issue_date: date,
    stationery: Stationery | None = None,
    opinions: Sequence[Opinion] = (),
) -> CertificateContent:
    """Return everything that the certificate of a record says, on the laboratory's own page if it has one.

    Raises
    ------
    InputError
        Something that ISO/IEC 17025 asks for is missing (all of it is listed), or a result cannot be printed.
    """
    require_complete(source, source.readings())
    return content_as_recorded(source, issue_date, stationery, opinions)


def content_as_recorded(
    source: Source, issue_date: date, stationery: Stationery | None = None, opinions: Sequence[Opinion] = ()
) -> CertificateContent:
    """Return the same of a record whose laboratory or job left something empty: to look at, not to be issued.

    Raises
    ------
    InputError
        It holds no results, or one that cannot be printed.
    """
    snapshot, readings = source.snapshot, source.readings()
    require_data(source, readings)
    style = Style(job_languages(snapshot))
    simulated = is_simulated(source)
    decision: Mapping[str, Any] = find(snapshot, "job.decision") or {}
    guarded = decision.get("rule") not in {None, "simple", "none"}
    groups, notes = printed_groups(source.results, style, guarded=guarded, minimum_tur=decision.get("minimum_tur"))
    begun, ended = days_performed(readings, source.begun)
    day = day_of_the_run(source)
    standards, breaks = used_standards(snapshot, day, style)
    breaks += [*broken_links(snapshot), *outside_conditions(snapshot, day, readings, style)]
    return CertificateContent(
        title=both("CALIBRATION CERTIFICATE"),
        number=text_at(snapshot, "job.certificate_number").en,
        issue_date=issue_date.isoformat(),
        languages=style.languages,
        decimal_sign=style.decimal_sign,
        simulated=simulated,
        digest=source.digest,
        laboratory=_laboratory(snapshot, stationery, None if simulated else issue_date),
        sections=(
            _customer(snapshot),
            _item(snapshot, style),
            _calibration(snapshot, style, (begun, ended, issue_date), readings),
        ),
        standards=standards,
        groups=groups,
        guarded=guarded,
        binary=bool(decision.get("binary", True)),
        mixed_ranges=any(len({row.measuring_range for row in group.rows}) > 1 for group in groups),
        has_frequencies=any(row.frequency for group in groups for row in group.rows),
        has_limits=any(row.limit for group in groups for row in group.rows),
        notes=notes,
        comparisons=comparisons(groups),
        plots=plots(groups, style),
        statements=(
            *statements(snapshot, source.results, phases(readings.attempts), style, simulated=simulated),
            *(stationery.statements(issue_date) if stationery else ()),
        ),
        deviations=(
            *deviations(readings, find(snapshot, "exceptions"), source.status, source.events()),
            *history(source),
            *breaks,
        ),
        signatures=_signatures(snapshot),
        budget=budget_page(source.results, style, text_at(snapshot, "procedure.equation").en),
        software=_software(snapshot),
        chain=chain_picture(snapshot),
        opinions=tuple(opinions),
        sets=printed_sets(source.results, style),
        interval_agreed=text_at(snapshot, "job.recalibration.agreed").en.strip(),
    )


def is_simulated(source: Source) -> bool:
    """Return whether anything in the record says that it was simulated: one witness is enough."""
    return bool(source.simulated or find(source.snapshot, "simulated"))


def qr_text(content: CertificateContent) -> str:
    """Return what the QR code holds: identifier, date of issue and SHA-256 of the record, as JSON."""
    facts: dict[str, object] = {"id": content.number, "issueDate": content.issue_date, "sha256": content.digest}
    if content.simulated:
        facts["simulated"] = True
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def days_performed(readings: Readings, start: str) -> tuple[date, date]:
    """Return the first and the last day of the calibration, in the laboratory's own time: that of the run's start."""
    zone = datetime.fromisoformat(start).tzinfo
    complete = [a for a in readings.attempts if a.outcome == "complete"]
    begun = min(a.begun for a in complete)
    ended = max(a.ended if a.ended is not None else a.begun for a in complete)
    return datetime.fromtimestamp(begun, zone).date(), datetime.fromtimestamp(ended, zone).date()


def day_of_the_run(source: Source) -> date:
    """Return the laboratory's day on which the run began: it decides which calibrations are in force."""
    return date.fromisoformat(str(source.snapshot.get("date") or source.begun)[:10])


def _laboratory(snapshot: Mapping[str, Any], stationery: Stationery | None, marked_on: date | None) -> Laboratory:
    """Return who issues it, with the marks in force on a day; a specimen carries none."""
    contact = [text_at(snapshot, f"laboratory.{key}").en for key in ("phone", "email")]
    return Laboratory(
        name=text_at(snapshot, "laboratory.name"),
        address=text_at(snapshot, "laboratory.address"),
        contact=" · ".join(part for part in contact if part),
        accreditation=text_at(snapshot, "laboratory.accreditation").en,
        logo=stationery.logo if stationery else None,
        marks=stationery.marks(marked_on) if stationery and marked_on else (),
    )


def _customer(snapshot: Mapping[str, Any]) -> Section:
    facts = (
        Fact(
            both("Name"),
            text_at(snapshot, "job.customer.name"),
            "7.8.2.1 e",
            by_customer=True,
            source="job.customer.name",
        ),
        Fact(
            both("Address"),
            text_at(snapshot, "job.customer.address"),
            "7.8.2.1 e",
            by_customer=True,
            source="job.customer.address",
        ),
        Fact(both("Order"), text_at(snapshot, "job.number"), "7.1", source="job.number"),
    )
    return _section(both("Customer"), facts)


def _item(snapshot: Mapping[str, Any], style: Style) -> Section:
    def entry(key: str) -> Text:
        return text_at(snapshot, f"job.item.{key}")

    received = entry("received").en
    facts = (
        Fact(both("Item"), entry("name"), "7.8.2.1 g", source="job.item.name"),
        Fact(both("Manufacturer"), entry("manufacturer"), "7.8.2.1 g", source="job.item.manufacturer"),
        Fact(both("Model"), entry("model"), "7.8.2.1 g", source="job.item.model"),
        Fact(both("Serial number"), entry("serial_number"), "7.8.2.1 g", source="job.item.serial_number"),
        Fact(both("Firmware"), firmware(snapshot), "7.8.2.1 g", source="identities"),
        Fact(both("Asset number"), entry("asset"), "7.8.2.1 g", by_customer=True, source="job.item.asset"),
        Fact(both("Accessories"), entry("accessories"), "7.8.2.1 g", source="job.item.accessories"),
        Fact(both("Condition on receipt"), entry("condition"), "7.8.2.1 g", source="job.item.condition"),
        Fact(
            both("Received"),
            same(style.date(date.fromisoformat(received[:10])) if received else ""),
            "7.8.2.1 h",
            source="job.item.received",
        ),
        Fact(both("Specification"), specification_title(snapshot), "7.8.6.2 b", source="job.specification"),
    )
    return _section(both("Item under calibration"), facts)


def firmware(snapshot: Mapping[str, Any]) -> Text:
    """Return the firmware that the item named on the bench (`*IDN?`), empty where it named none."""
    roles = find(snapshot, "bench.roles") or {}
    played = [role for role, entry in roles.items() if entry.get("equipment") == "item"]
    return text_at(snapshot, f"identities.{played[0]}.firmware") if played else same("")


def _calibration(
    snapshot: Mapping[str, Any], style: Style, days: tuple[date, date, date], readings: Readings
) -> Section:
    begun, ended, issued = days
    performed = style.date(begun) if begun == ended else f"{style.date(begun)} … {style.date(ended)}"
    location = text_at(snapshot, "job.location")
    here = both("In the laboratory, at the address above")
    facts = (
        Fact(both("Method"), _method(snapshot), "7.8.2.1 f", source="procedure"),
        Fact(both("Place"), location if location.en else here, "7.8.2.1 c", source="job.location"),
        Fact(both("Date of calibration"), same(performed), "7.8.2.1 i", source="readings"),
        Fact(both("Date of issue"), same(style.date(issued)), "7.8.2.1 j", source="issue"),
        Fact(both("Next calibration, as agreed"), _agreed_due(snapshot, style), "7.8.4.3", source="job.recalibration"),
        Fact(both("Sampling"), text_at(snapshot, "job.sampling"), "7.8.2.1 k", source="job.sampling"),
        Fact(both("External providers"), text_at(snapshot, "job.external"), "7.8.2.1 p", source="job.external"),
        Fact(
            both("Temperature"), same(printed_condition(readings, "temperature", style)), "7.8.4.1 b", source="readings"
        ),
        Fact(
            both("Relative humidity"),
            same(printed_condition(readings, "humidity", style)),
            "7.8.4.1 b",
            source="readings",
        ),
        Fact(
            both("Air pressure"), same(printed_condition(readings, "pressure", style)), "7.8.4.1 b", source="readings"
        ),
    )
    return _section(both("Calibration"), facts)


def _agreed_due(snapshot: Mapping[str, Any], style: Style) -> Text:
    """Return the day of the next calibration, empty where the customer did not ask for one (7.8.4.3)."""
    due = text_at(snapshot, "job.recalibration.due").en
    return same(style.date(date.fromisoformat(due[:10])) if due else "")


def _section(heading: Text, facts: tuple[Fact, ...]) -> Section:
    """Return the section without the facts that are empty."""
    return Section(heading, tuple(f for f in facts if f.value.vi or f.value.en))


def _method(snapshot: Mapping[str, Any]) -> Text:
    procedure, version = text_at(snapshot, "procedure.id").en, text_at(snapshot, "procedure.version").en
    title, method = text_at(snapshot, "procedure.title"), text_at(snapshot, "procedure.method")
    named = both("procedure {name}", name=f"{procedure} {version}".strip())
    return joined([title, method, same("") if procedure in method.en else named], "; ")


def _signatures(snapshot: Mapping[str, Any]) -> tuple[Signature, ...]:
    operator = find(snapshot, "operator")
    name = as_text(operator.get("name") if isinstance(operator, Mapping) else operator).en
    return (
        Signature(both("Performed by"), name),
        Signature(both("Checked by"), ""),
        Signature(both("Approved by"), "", approves=True),
    )


def _software(snapshot: Mapping[str, Any]) -> str:
    """Return programs and versions, hashes by their first twelve digits; what machine it was stays in the record."""
    software = find(snapshot, "software")
    if not isinstance(software, Mapping):
        return as_text(software).en
    named = {
        name: value for name, value in software.items() if name != "system" and isinstance(value, (str, int, float))
    }
    return ", ".join(f"{name} {str(value)[:12] if 'sha256' in name else value}" for name, value in named.items())

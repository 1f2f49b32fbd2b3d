"""From the content of a certificate to its Digital Calibration Certificate, DCC 3.3.0; docs/dcc.md has the field map.

Every number in it is read back from the printed one, so that paper and file cannot differ.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from calib.dcc import Certificate, dcc_bytes
from calib.dcc.administrative import (
    AdministrativeData,
    CoreData,
    Item,
    Items,
    Laboratory,
    Person,
    Persons,
    Place,
    Replaced,
    Statements,
)
from calib.dcc.bind import Part
from calib.dcc.measurement import Measurements
from calib.dcc.parties import Contact, Hash, Identifications, Location, SoftwareList
from calib.dcc.words import Rich
from calib.report.content import day_of_the_run, days_performed, firmware
from calib.report.dccresults import measurements
from calib.report.dccstatements import statements
from calib.report.dccused import conditions, used_equipment, used_methods, used_software
from calib.report.dccwords import Wording, one_line
from calib.report.history import replaced_number
from calib.report.labels import labels
from calib.report.model import CertificateContent
from calib.report.source import Source, text_at
from calib.text import Text, both, joined, same

_ITEM = "item"


def certificate_dcc(content: CertificateContent, source: Source) -> bytes:
    """Return the DCC of a certificate as XML; equal content gives equal bytes.

    Raises
    ------
    InputError
        A number cannot be written in a DCC.
    """
    return dcc_bytes(dcc_certificate(content, source))


def dcc_certificate(content: CertificateContent, source: Source) -> Certificate:
    """Return the DCC of a certificate as data."""
    wording, snapshot, readings = Wording(content.languages), source.snapshot, source.readings()
    software = used_software(snapshot, wording)
    measured = measurements(
        content,
        source.results,
        item=_ITEM,
        methods=used_methods(snapshot, wording),
        software=software,
        equipment=used_equipment(snapshot, wording, day_of_the_run(source)),
        conditions=conditions(readings, wording),
    )
    begun, ended = days_performed(readings, source.begun)
    return Certificate(
        administrative=AdministrativeData(
            software=SoftwareList(all=software.all),
            core=replace(
                _core(content, snapshot, wording, begun, ended),
                replaced=_replaced(source),
                previous=_previous(source, wording),
            ),
            items=Items(all=(_item(snapshot, wording),)),
            laboratory=_laboratory(content, snapshot, wording),
            persons=_persons(content, wording),
            customer=Contact(
                name=wording.words(text_at(snapshot, "job.customer.name")),
                location=_address(text_at(snapshot, "job.customer.address"), wording),
            ),
            statements=Statements(all=statements(content, source, wording)),
        ),
        measurements=Measurements(all=measured),
    )


def _core(
    content: CertificateContent, snapshot: Mapping[str, Any], wording: Wording, begun: date, ended: date
) -> CoreData:
    numbers = [wording.identification("calibrationLaboratory", content.digest, labels()["record"])]
    if order := text_at(snapshot, "job.number").en:
        numbers.insert(0, wording.identification("calibrationLaboratory", order, both("Order"), "basic_orderNumber"))
    received = text_at(snapshot, "job.item.received").en
    return CoreData(
        country=_country(snapshot),
        languages=content.languages,
        mandatory=content.languages[:1],
        number=one_line(content.number),
        identifications=Identifications(all=tuple(numbers)),
        received=received[:10] or None,
        begun=begun.isoformat(),
        ended=ended.isoformat(),
        place=Place(text="other" if text_at(snapshot, "job.location").en else "laboratory"),
        issued=content.issue_date,
    )


def _replaced(source: Source) -> Replaced | None:
    """Return the certificate that an amended one replaces (ISO/IEC 17025:2017, 7.8.8.2)."""
    numbers = [number for revision in source.revisions if (number := replaced_number(revision))]
    return Replaced(change="amended", number=one_line(numbers[-1])) if numbers else None


def _previous(source: Source, wording: Wording) -> Hash | None:
    """Return the replaced certificate with the digest that it carries: that of its record."""
    replacing = [revision for revision in source.revisions if replaced_number(revision)]
    if not replacing:
        return None
    return Hash(
        referral=wording.words(both("Replaced certificate")),
        number=one_line(replaced_number(replacing[-1])),
        procedure="SHA-256",
        value=replacing[-1].parent_digest,
        description=wording.rich(both("SHA-256 of the record of which it was made, as it stands on that certificate")),
    )


def _country(snapshot: Mapping[str, Any]) -> str:
    """Return the laboratory's country; records made before laboratories named theirs are Vietnamese."""
    return text_at(snapshot, "laboratory.country").en or "VN"


def _item(snapshot: Mapping[str, Any], wording: Wording) -> Item:
    def entry(key: str) -> Text:
        return text_at(snapshot, f"job.item.{key}")

    numbers = [
        wording.identification(issuer, entry(key).en, name, ref_type)
        for key, issuer, name, ref_type in (
            ("serial_number", "manufacturer", both("Serial number"), "basic_serialNumber"),
            ("asset", "customer", both("Asset number"), "basic_identificationNumber"),
        )
        if entry(key).en
    ]
    version = firmware(snapshot).en
    return Item(
        id=_ITEM,
        name=wording.words(entry("name")),
        description=_described(
            wording, ("Condition on receipt", entry("condition")), ("Accessories", entry("accessories"))
        ),
        software=SoftwareList(all=(wording.software("firmware", version, "firmware"),)) if version else None,
        manufacturer=Contact(name=wording.words(entry("manufacturer"))) if entry("manufacturer").en else None,
        model=one_line(entry("model").en) if entry("model").en else None,
        identifications=Identifications(all=tuple(numbers)),
    )


def _described(wording: Wording, *facts: tuple[str, Text]) -> Rich | None:
    """Return labelled facts in one text, or None where there are none."""
    told = [joined([both(label), value], ": ") for label, value in facts if value.en]
    return wording.rich(joined(told, "; ")) if told else None


def _laboratory(content: CertificateContent, snapshot: Mapping[str, Any], wording: Wording) -> Laboratory:
    return Laboratory(
        code=one_line(content.laboratory.accreditation) if content.laboratory.accreditation else None,
        contact=Contact(
            name=wording.words(content.laboratory.name),
            email=_given(text_at(snapshot, "laboratory.email").en),
            phone=_given(text_at(snapshot, "laboratory.phone").en),
            location=_address(content.laboratory.address, wording, _country(snapshot)),
        ),
    )


def _given(text: str) -> str | None:
    return one_line(text) if text else None


def _address(address: Text, wording: Wording, country: str = "") -> Location:
    """Return an address; files of laboratories and jobs hold it as one text."""
    code = (Part("countryCode", country),) if country else ()
    return Location(parts=(*code, Part("further", wording.rich(address))))


def _persons(content: CertificateContent, wording: Wording) -> Persons:
    """Return who performed, checked and approved, as far as they are known."""
    known = [s for s in content.signatures if s.name] or content.signatures[:1]
    return Persons(
        all=tuple(
            Person(
                person=Contact(name=wording.words(same(s.name or "–"))),
                role=one_line(s.role.en),
                main_signer="true" if s.name and s.approves else "false",
            )
            for s in known
        )
    )

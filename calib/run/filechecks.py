"""What the files of a laboratory may not say together, found before a run is planned."""

import datetime as dt
from collections.abc import Sequence

from calib.errors import EquipmentError, InputError
from calib.procedure import Job
from calib.run.laboratory import Laboratory
from calib.specification import GENERIC, Specification


def check_agreements(laboratory: Laboratory, job: Job, today: dt.date) -> None:
    """Raise `InputError` where a job agreed to what the laboratory cannot do, or to a day that is past."""
    if job.adjustment is not None and not laboratory.about.authorised_to_adjust:
        msg = (
            "job: adjustment: nobody may adjust: name the persons in laboratory.toml, authorised_to_adjust, "
            "or take the table out of the job"
        )
        raise InputError(msg)
    if job.adjustment is not None and not laboratory.about.seal_key:
        msg = (
            "job: adjustment: the as-found results must be sealed before anybody adjusts, and laboratory.toml names no "
            "seal_key: name one, or take the table out of the job"
        )
        raise InputError(msg)
    if job.recalibration is not None and job.recalibration.due <= today:
        msg = f"job: recalibration.due: {job.recalibration.due} is not after the calibration, {today}"
        raise InputError(msg)


def check_names(laboratory: Laboratory, job: Job) -> None:
    """Raise `InputError` with every name and address that a certificate needs and that is empty in both languages."""
    needed = {
        "laboratory.toml: name": (laboratory.about.name, "7.8.2.1 b"),
        "laboratory.toml: address": (laboratory.about.address, "7.8.2.1 b"),
        "job: customer.name": (job.customer.name, "7.8.2.1 e"),
        "job: customer.address": (job.customer.address, "7.8.2.1 e"),
        "job: item.name": (job.item.name, "7.8.2.1 g"),
    }
    empty = [
        f"{field}: is empty; its certificate must tell it (ISO/IEC 17025:2017, {clause})"
        for field, (text, clause) in needed.items()
        if not (text.vi.strip() or text.en.strip())
    ]
    if empty:
        raise InputError("\n".join(empty))


def check_model(who: str, model: str, specification: Specification) -> None:
    """Raise `EquipmentError` where a specification is that of another model."""
    if model not in specification.models:
        msg = f"{who}: specification '{specification.id}' is that of {', '.join(specification.models)}, not of {model}"
        raise EquipmentError(msg)


def refuse_assumed(specifications: Sequence[Specification]) -> None:
    """Raise `InputError` where limits that nobody published would stand under a real instrument."""
    assumed = sorted({s.id for s in specifications if s.id.startswith(GENERIC)})
    if assumed:
        msg = (
            f"specification {', '.join(assumed)}: is assumed, for simulated instruments only, and this bench is real: "
            "write what the maker states, with document and page, into specifications/ of the laboratory, and name that"
        )
        raise InputError(msg)

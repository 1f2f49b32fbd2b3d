"""A thermometer's coefficients, from fit to record, certificate, DCC, register, and into the next measurement."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.certificates import verify_certificate
from calib.cli.main import main
from calib.equipment import CertifiedThermometer, Equipment, Register, reference_temperature
from calib.errors import CalibError, InputError
from calib.procedure import Context
from calib.procedure.cvdfit import Fitted
from calib.procedures.prt_industrial import PrtIndustrial
from calib.record import Attempt, Condition, Preparation, Reading, Readings, Record
from calib.report.issuing import issue
from calib.text import same
from calib.uncertainty import Quantity

TEMPERATURES_C = [0.0, -20.0, -35.0, 50.0, 100.0, 150.0]
WANTED = """due = {due}
complies = false
covers = ["thermometer"]
temperature_C = [22, 24]

[[from_dcc]]
table = {table}
quantity = "thermometer"
drift_K_per_year = 0.0
"""
EQUIPMENT = """format = "calib-equipment/1"
id = "SPRT-01"
description = {{ vi = "Nhiệt kế", en = "Thermometer" }}
manufacturer = "Example"
model = "Pt100"
serial_number = "{serial}"
"""


@dataclass(frozen=True)
class Calibrated:
    """What a calibration left."""

    folder: Path
    fitted: Fitted

    @property
    def dcc(self) -> Path:
        return self.folder / "certificate.dcc.xml"

    def temperature(self, t_C: float) -> tuple[float, Quantity]:
        """The resistance at a temperature by the fit, and the temperature that the fit's quantities give it."""
        law = self.fitted.law
        R0, A, B, C = self.fitted.coefficients.values()
        by_coefficients = R0 * (1 + A * t_C + B * t_C**2 + (C * (t_C - 100.0) * t_C**3 if t_C < 0 else 0.0))
        ohm = law.resistance_ohm(t_C)
        return ohm, t_C - (by_coefficients - ohm) * (1 / law.ohm_per_K(t_C))


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Calibrated:
    from calib.study import Sample

    quick = {"window_s": 180.0, "soak_s": 60.0, "cycles": 4, "interval_s": 1.0, "stable_K_per_min": 0.003}
    sample = Sample.load("prt-industrial", parameters={**quick, "temperatures_C": TEMPERATURES_C})
    folder = tmp_path_factory.mktemp("prt")
    bench = sample.simulated_bench(5)
    outcome = sample.calibrate(bench, sample.plan(bench.clock.now().date()), folder=folder)
    assert outcome.status == "complete", outcome.error
    issue(folder / "record.h5", folder, bench.clock.now().date(), None)
    readings = Record.open(folder / "record.h5").readings()
    fitted = PrtIndustrial(Context(readings.snapshot)).fitted(readings)
    assert fitted is not None
    return Calibrated(folder, fitted)


def _table(dcc: Path) -> int:
    """Number of the table with the coefficients, as `calib dcc show` counts: the last one."""
    from calib.dcc import read_dcc, tables

    return len(tables(read_dcc(dcc).certificate))


def registered(laboratory: Path, dcc: Path, values: str | None = None, serial: str = "SIMPT100A") -> Equipment:
    """The thermometer as a standard, whose certificate `calib equipment add-certificate` read."""
    file = laboratory / "equipment" / "SPRT-01.toml"
    file.write_text(EQUIPMENT.format(serial=serial), encoding="utf-8")
    due = dt.datetime.now().astimezone().date() + dt.timedelta(days=365)
    wanted = laboratory / "wanted.toml"
    wanted.write_text((values or WANTED).format(due=due, table=_table(dcc)), encoding="utf-8")
    main(["equipment", "add-certificate", "SPRT-01", str(dcc), "--values", str(wanted), "--lab", str(laboratory)])
    return Register.load(laboratory / "equipment")["SPRT-01"]


def _u(equipment: Equipment, ohm: float) -> tuple[float, Quantity]:
    on = equipment.calibrations[-1].date
    found = reference_temperature(equipment, on, ohm, "reference", same("Reference"))
    (certificate,) = found.inputs
    return found.argument().estimate, certificate.value


def without_covariance(equipment: Equipment) -> Equipment:
    """The same register entry, whose author thinks that four u are enough."""
    plain = equipment.model_dump()
    fitted = plain["calibrations"][-1]["thermometer"]["coefficients"]
    fitted["correlation"] = np.eye(len(fitted["names"])).tolist()
    return Equipment.model_validate(plain)


def test_certificate_and_record_agree_on_the_covariance(calibrated: Calibrated, ptb: Any) -> None:
    findings = verify_certificate(calibrated.folder / "certificate.pdf").findings
    (numbers,) = [f for f in findings if f.check == "numbers"]
    assert numbers.intact
    assert "1 matrix of correlation" in numbers.what
    assert ptb.invalid(calibrated.dcc.read_bytes()) == []
    assert {role for role, _ in ptb.broken_rules(calibrated.dcc.read_bytes())} <= {"warning"}


def test_verify_refuses_a_dcc_with_another_covariance(calibrated: Calibrated, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(calibrated.folder, folder)
    path = folder / "certificate.dcc.xml"
    text = path.read_text(encoding="utf-8")
    place = text.index("<si:valueXMLList>", text.index("<si:covarianceMatrixXMLList>")) + len("<si:valueXMLList>")
    end = text.index(" ", place)
    digit = "1" if text[end - 1] != "1" else "2"
    path.write_text(text[: end - 1] + digit + text[end:], encoding="utf-8")
    (numbers,) = [f for f in verify_certificate(path, record=folder / "record.h5").findings if f.check == "numbers"]
    assert not numbers.intact
    assert "R0, A, B, C: the correlation in the DCC is not that in the record" in numbers.what


def test_the_register_takes_the_coefficients_as_the_fit_had_them(calibrated: Calibrated, laboratory: Path) -> None:
    calibration = registered(laboratory, calibrated.dcc).calibrations[-1]
    law = calibration.thermometer
    assert isinstance(law, CertifiedThermometer)
    assert law.coefficients is not None
    assert (law.kind, law.within_C, law.drift_K_per_year) == ("callendar-van-dusen", (-35.0, 150.0), 0.0)
    fit = calibrated.fitted
    assert law.coefficients.names == tuple(fit.coefficients)
    assert law.coefficients.u == pytest.approx([float(q.u) for q in fit.coefficients.values()], rel=1e-3)
    assert (law.R0_ohm, law.A, law.B, law.C) == pytest.approx(
        [float(q.value) for q in fit.coefficients.values()], rel=2e-3
    )
    assert calibration.document is not None
    assert calibration.document.kind == "dcc"


@pytest.mark.parametrize("t_C", [-35.0, -10.0, 0.0, 20.0, 75.0, 150.0])
def test_an_interpolated_temperature_has_the_u_of_the_original_fit(
    calibrated: Calibrated, laboratory: Path, t_C: float
) -> None:
    """To what rounding is allowed to change: 1 % of u, and a twentieth of u in the value."""
    ohm, by_fit = calibrated.temperature(t_C)
    found_C, error = _u(registered(laboratory, calibrated.dcc), ohm)
    assert float(error.u) == pytest.approx(float(by_fit.u), rel=0.01)
    assert abs(found_C - t_C) <= 0.05 * float(by_fit.u)


def test_without_the_covariance_u_would_be_another(calibrated: Calibrated, laboratory: Path) -> None:
    """At 100 °C errors of A and B cancel; whoever forgets it states several times too much, or too little."""
    equipment = registered(laboratory, calibrated.dcc)
    ohm, by_fit = calibrated.temperature(100.0)
    wrong = float(_u(without_covariance(equipment), ohm)[1].u) / float(by_fit.u)
    assert not 0.8 < wrong < 1.25


def test_two_temperatures_of_one_thermometer_share_its_errors(calibrated: Calibrated, laboratory: Path) -> None:
    equipment = registered(laboratory, calibrated.dcc)
    (first_ohm, first), (second_ohm, second) = calibrated.temperature(50.0), calibrated.temperature(60.0)
    one, other = _u(equipment, first_ohm)[1], _u(equipment, second_ohm)[1]
    assert float((one - other).u) == pytest.approx(float((first - second).u), rel=0.01)
    assert float((one - other).u) < 0.3 * float(one.u)


def test_the_next_measurement_uses_the_coefficients_with_their_covariance(
    calibrated: Calibrated, laboratory: Path, site: Callable[..., Any]
) -> None:
    """A thermometer is compared with this one at 20 °C and 75 °C: contribution and correlation are those of the fit."""
    today = dt.datetime.now().astimezone().date()
    (calibration,) = registered(laboratory, calibrated.dcc).calibrations
    earlier = calibration.model_copy(update={"date": today - dt.timedelta(days=60), "document": None})
    equipment = Register.load(laboratory / "equipment")["SPRT-01"].model_copy(update={"calibrations": (earlier,)})
    plan = site("thermometer-by-comparison", temperatures_C=[20.0, 75.0]).sample.plan(today, {"reference": equipment})
    begun = dt.datetime.combine(today, dt.time(12), dt.UTC).timestamp()
    readings: list[Reading] = []
    for number, t_C in enumerate((20.0, 75.0), 1):
        ohm, _ = calibrated.temperature(t_C)
        for _ in range(8):
            readings += [Reading(number, "reference", ohm, "Ω", begun), Reading(number, "item", t_C + 0.5, "°C", begun)]
    attempts = tuple(
        Attempt(n, p.id, 1, "as-found", (1,), begun, begun + 10, "complete") for n, p in enumerate(plan.points, 1)
    )
    taken = Readings(
        plan.snapshot, (Preparation(1, "bath", begun),), attempts, tuple(readings),
        (Condition("temperature", 23.0, "°C", begun), Condition("humidity", 50.0, "%", begun)),
    )  # fmt: skip
    rows = plan.procedure.evaluate(taken)
    for row, t_C in zip(rows, (20.0, 75.0), strict=True):
        (certificate,) = [entry for entry in row.budget if entry.name == "reference.certificate"]
        assert certificate.contribution == pytest.approx(float(calibrated.temperature(t_C)[1].u), rel=0.01)
        assert row.error == pytest.approx(0.5, abs=1e-3)


def test_a_table_without_coefficients_is_refused(calibrated: Calibrated, laboratory: Path) -> None:
    from calib.dcc.incoming import calibration_from_dcc

    asked = {"table": 1, "quantity": "thermometer", "drift_K_per_year": 0.0}
    with pytest.raises(InputError, match=r"table 1: holds no covariance matrix of values that are named R0, A, B"):
        calibration_from_dcc(calibrated.dcc, [asked])
    with pytest.raises(CalibError, match="drift_K_per_year: missing"):
        calibration_from_dcc(calibrated.dcc, [{"table": 1, "quantity": "thermometer"}])


def test_a_covariance_that_no_errors_can_have_is_refused(calibrated: Calibrated, tmp_path: Path) -> None:
    from calib.dcc.incoming import calibration_from_dcc

    text = calibrated.dcc.read_text(encoding="utf-8")
    asked = {"table": _table(calibrated.dcc), "quantity": "thermometer", "drift_K_per_year": 0.0}
    first = text[text.index("<si:covarianceMatrixXMLList>") :].split("<si:valueXMLList>")[1].split("<")[0]
    changes = {
        "is not symmetric": first.replace(first.split()[1], "0.1"),
        "a variance that is not above 0": first.replace(first.split()[0], "-1"),
        "not the roots of its diagonal": first.replace(first.split()[0], "1"),
        "3 entries for 4 values|4 entries for 3 values": " ".join(first.split()[:3]),
    }
    for what, values in changes.items():
        path = tmp_path / "theirs.xml"
        path.write_text(text.replace(first, values), encoding="utf-8")
        with pytest.raises(InputError, match=what):
            calibration_from_dcc(path, [asked])

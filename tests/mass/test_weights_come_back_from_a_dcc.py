"""A set of weights, from sub-division to record, certificate, DCC, register, and as a standard of 1 kg."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calib.cli.main import main
from calib.dcc import read_dcc, tables
from calib.dcc.incoming import calibration_from_dcc
from calib.equipment import Equipment, Register
from calib.errors import InputError
from calib.procedure import Context
from calib.procedure.mass.standards import StandardWeight, standard_argument
from calib.procedures.weight_set_subdivision import WeightSetSubdivision
from calib.record import Record
from calib.report.issuing import issue
from calib.study import Sample
from calib.uncertainty import Quantity

TODAY = dt.datetime.now().astimezone().date()
KILOGRAM = {"T500": 0.5, "T200": 0.2, "T200a": 0.2, "T100": 0.1}
SET = KILOGRAM | {"T100a": 0.1}


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with record and DCC of a set, and its register entry W-01, which came from the DCC."""
    sample, folder = Sample.load("weight-set-subdivision"), tmp_path_factory.mktemp("weights")
    bench = sample.simulated_bench(7)
    outcome = sample.calibrate(bench, sample.plan(bench.clock.now().date()), folder=folder)
    assert outcome.status == "complete", outcome.error
    issue(folder / "record.h5", folder, bench.clock.now().date(), None)
    return folder


def wanted(dcc: Path, **changes: Any) -> dict[str, Any]:
    return {
        "table": len(tables(read_dcc(dcc).certificate)), "quantity": "conventional_mass", "unit": "kg", "range": 0.5,
        "correlation": "stated", "drift_ppm_per_year": 0.0, "temperature_ppm_per_K": 0.0, **changes,
    }  # fmt: skip


def solution(folder: Path) -> dict[str, Quantity]:
    """The weights' errors as the least-squares solution has them, by name."""
    readings = Record.open(folder / "record.h5").readings()
    found = WeightSetSubdivision(Context(readings.snapshot)).errors(readings)
    return {point.rpartition("/")[2]: error for (_, point), error in found.items()}


def as_standard(folder: Path, **changes: Any) -> Equipment:
    calibration = calibration_from_dcc(folder / "certificate.dcc.xml", [wanted(folder / "certificate.dcc.xml")])
    (values,) = calibration["values"]
    values |= changes
    return Equipment.model_validate(
        {
            "format": "calib-equipment/1", "id": "W-01", "description": "weights", "manufacturer": "Example",
            "model": "F1", "serial_number": "SIMF1223",
            "calibrations": [calibration | {
                "values": [values], "due": TODAY + dt.timedelta(days=365), "complies": False,
                "date": TODAY - dt.timedelta(days=60), "temperature_C": (20.0, 22.0),
            }],
        }
    )  # fmt: skip


def sum_of(equipment: Equipment, names: dict[str, float]) -> Quantity:
    """The conventional mass of several weights of a standard together, as every method for weights asks for it."""
    plan = Sample.load("weight-by-comparison", parameters=KILOGRAM_OF_SET).plan(TODAY, {"reference": equipment})
    weights = [StandardWeight(name=name, nominal_kg=nominal_kg) for name, nominal_kg in names.items()]
    total = standard_argument(plan.procedure.context, weights).value
    assert isinstance(total, Quantity)
    return total


KILOGRAM_OF_SET: dict[str, Any] = {
    "weights": [
        {
            "name": "T",
            "nominal_kg": 1.0,
            "against": [{"name": name, "nominal_kg": nominal_kg} for name, nominal_kg in KILOGRAM.items()],
        }
    ],
    "check": None,
}


def test_the_register_takes_values_and_correlation_as_the_solution_had_them(calibrated: Path) -> None:
    (values,) = as_standard(calibrated).calibrations[0].values
    errors = solution(calibrated)
    names = [point.name for point in values.points]
    assert names == ["T100", "T100a", "T200", "T200a", "T500"]
    least = min(row.dof for row in Record.open(calibrated / "record.h5").results if row.together is not None)
    assert values.dof == pytest.approx(least, rel=0.2)
    assert [point.nominal for point in values.points] == [0.1, 0.1, 0.2, 0.2, 0.5]
    for point in values.points:
        assert point.k == 1
        assert pytest.approx(float(errors[point.name].u), rel=0.005) == point.U
        assert point.correction == pytest.approx(
            float(errors[point.name].value), abs=0.05 * float(errors[point.name].u)
        )


def test_a_kilogram_of_four_weights_has_the_u_of_the_least_squares_solution(calibrated: Path) -> None:
    errors = solution(calibrated)
    exact = errors["T500"] + errors["T200"] + errors["T200a"] + errors["T100"]
    found = sum_of(as_standard(calibrated), KILOGRAM)
    assert float(found.u) == pytest.approx(float(exact.u), rel=0.01)
    assert float(found.value) == pytest.approx(1.0 + float(exact.value), abs=0.05 * float(exact.u))


def test_without_the_covariance_the_kilogram_would_claim_too_much(calibrated: Path) -> None:
    """The weights all come from one reference: taken as independent, u is about half."""
    errors = solution(calibrated)
    exact = errors["T500"] + errors["T200"] + errors["T200a"] + errors["T100"]
    wrong = sum_of(as_standard(calibrated, correlation="none"), KILOGRAM)
    assert float(wrong.u) < 0.7 * float(exact.u)


def test_a_difference_of_two_weights_loses_what_they_share(calibrated: Path) -> None:
    errors, equipment = solution(calibrated), as_standard(calibrated)
    one, other = (sum_of(equipment, {name: SET[name]}) for name in ("T200", "T200a"))
    assert float((one - other).u) == pytest.approx(float((errors["T200"] - errors["T200a"]).u), rel=0.01)


def test_the_command_adds_the_set_to_the_register(calibrated: Path, laboratory: Path) -> None:
    dcc, file = calibrated / "certificate.dcc.xml", laboratory / "equipment" / "W-01.toml"
    file.write_text(
        'format = "calib-equipment/1"\nid = "W-01"\ndescription = { vi = "Quả cân", en = "Weights" }\n'
        'manufacturer = "Example"\nmodel = "F1"\nserial_number = "SIMF1223"\n', encoding="utf-8",
    )  # fmt: skip
    entries = "\n".join(f"{key} = {value!r}".replace("'", '"') for key, value in wanted(dcc).items())
    (laboratory / "w.toml").write_text(f"[[from_dcc]]\n{entries}\n", encoding="utf-8")
    due = str(TODAY + dt.timedelta(days=365))
    main(["equipment", "add-certificate", "W-01", str(dcc), "--values", str(laboratory / "w.toml"), "--due", due,
          "--complies", "--lab", str(laboratory)])  # fmt: skip
    (values,) = Register.load(laboratory / "equipment")["W-01"].calibrations[0].values
    matrix = np.array(values.correlation)
    names = [point.name for point in values.points]
    rows = {r.together.symbol: r for r in Record.open(calibrated / "record.h5").results if r.together is not None}
    order = [list(rows).index(name) for name in names]
    expected = np.array([[rows[a].together.correlation[j] for j in order] for a in names])  # type: ignore[union-attr]
    assert matrix == pytest.approx(expected, abs=1e-3)


def test_a_table_without_a_covariance_cannot_be_taken_as_stated(calibrated: Path) -> None:
    dcc = calibrated / "certificate.dcc.xml"
    with pytest.raises(InputError, match="states no covariance matrix; say how its errors correlate"):
        calibration_from_dcc(dcc, [wanted(dcc, table=1)])

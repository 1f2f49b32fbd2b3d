"""A certified thermocouple as the reference: published emf, the sign of every correction, runs to a record."""

import datetime as dt
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from calib.equipment import CertifiedThermocouple, Equipment, ReferenceTemperature
from calib.errors import FileError, InputError
from calib.procedure.thermal import InBath
from calib.record import Record
from calib.study import Sample, Task, calibrate_many, coverage, parse_break
from calib.study.sample import with_job
from calib.study.world import BenchWorld
from calib.uncertainty import Quantity

QUICK: dict[str, Any] = {"window_s": 120.0, "soak_s": 0.0, "cycles": 4, "interval_s": 10.0, "stable_K_per_min": 0.3}
QUIET = {"homogeneity_K": 0.01, "stability_K": 0.01, "leads_V": 1e-7, "thermal_emf_V": 1e-7, "ice_K": 0.001}
"""What a furnace and the item bring, so that the reference is seen."""
EXACT = {
    "reference_inhomogeneity": 1e-5,
    "reference_junction_K": 0.01,
    "reference_thermal_emf_V": 1e-7,
}
LAW: dict[str, Any] = {
    "kind": "thermocouple",
    "type": "S",
    "points": ({"t_C": 1000.0, "deviation_V": 12e-6, "U_K": 0.6},),
    "within_C": (600.0, 1100.0),
    "k": 2,
    "correlation": "full",
    "drift_K_per_year": 0.5,
}


PARTS = ("certificate", "drift", "interpolation", "junction", "inhomogeneity", "thermal")


def law(**changes: Any) -> CertifiedThermocouple:
    return CertifiedThermocouple.model_validate({**LAW, **changes})


def with_law(standard: Equipment, certified: CertifiedThermocouple) -> Equipment:
    (calibration,) = standard.calibrations
    return standard.model_copy(update={"calibrations": (calibration.model_copy(update={"thermometer": certified}),)})


@cache
def sample(procedure: str, **parameters: Any) -> Sample:
    return Sample.load(procedure, variant="furnace", parameters={**QUICK, **parameters})


def means(emf_V: float, certified: CertifiedThermocouple, days: int = 0, **parameters: Any) -> ReferenceTemperature:
    """Return what a reading of the reference means, `days` after its calibration."""
    job = Sample.load("block-calibrator", variant="furnace", parameters={"temperatures_C": [1000.0], **parameters})
    standard = with_law(job.register["TC-01"], certified)
    day = standard.calibrations[0].date + dt.timedelta(days=days)
    procedure = job.plan(day, {"reference": standard}).procedure
    assert isinstance(procedure, InBath)
    return procedure.reference_of(emf_V)


@pytest.mark.parametrize(("kind", "millivolts"), [("S", 9.587), ("R", 10.506), ("B", 4.834), ("N", 36.256)])
def test_the_published_emf_at_1000_C_and_the_certificates_deviation_mean_1000_C(kind: str, millivolts: float) -> None:
    """IEC 60584-1, tables; the emf is that of the table and 12 µV, as the certificate has it."""
    one = law(type=kind)
    assert one.temperature_C(millivolts * 1e-3 + 12e-6) == pytest.approx(1000.0, abs=0.06)  # half a digit of a B
    assert one.signal(1000.0) == pytest.approx(millivolts * 1e-3 + 12e-6, abs=0.5e-6)
    assert one.temperature_C(one.signal(873.2)) == pytest.approx(873.2, abs=1e-6)


def test_a_certificate_that_states_emf_and_U_in_volts_says_the_same() -> None:
    slope = 11.5e-6  # V/K of type S at 1000 °C, IEC 60584-1: 9.587 mV to 9.599 mV in a kelvin
    other = law(points=({"t_C": 1000.0, "emf_V": 9.587e-3 + 12e-6, "U_V": 0.6 * slope},))
    assert other.signal(1000.0) == pytest.approx(law().signal(1000.0), abs=0.5e-6)
    assert other.U_K(1000.0, "TC") == pytest.approx(law().U_K(1000.0, "TC"), rel=0.01)


def test_the_deviation_is_linear_between_rows_and_comes_from_nothing_at_0_C() -> None:
    rows = ({"t_C": 400.0, "deviation_V": 4e-6, "U_K": 0.5}, {"t_C": 800.0, "deviation_V": 10e-6, "U_K": 0.7})
    one, none = law(points=rows), law(points=({**rows[0], "deviation_V": 0.0},))
    deviation = {t: one.signal(t) - none.signal(t) for t in (200.0, 400.0, 600.0, 900.0)}
    assert deviation == pytest.approx({200.0: 2e-6, 400.0: 4e-6, 600.0: 7e-6, 900.0: 10e-6}, abs=1e-12)
    assert one.U_K(600.0, "TC") == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"points": ({"t_C": 1000.0, "U_K": 0.6},)}, "give 'emf_V' or 'deviation_V', one of them"),
        ({"points": ({"t_C": 1000.0, "emf_V": 9.6e-3, "U_K": 0.6, "U_V": 7e-6},)}, "give 'U_K' or 'U_V'"),
        ({"points": LAW["points"] * 2}, "by ascending temperature, each once"),
        ({"within_C": (600.0, 1800.0)}, "type S has no reference function at 1800 °C: from -50 °C to 1768.1 °C"),
    ],
)
def test_a_certificate_that_contradicts_itself_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        law(**changes)


def test_the_certificate_is_a_correction_with_its_sign() -> None:
    """12 µV more than the reference function at 11.5 µV/K: without the certificate it would show 1.04 K too much."""
    found = means(9.587e-3, law())
    assert found.uncorrected_C == pytest.approx(1000.0, abs=0.05)
    assert found.t_C == pytest.approx(1000.0 - 12 / 11.5, abs=0.06)


def test_a_warm_reference_junction_adds_its_emf() -> None:
    """E(25 °C) of type S is 0.143 mV (IEC 60584-1): so much less is read at 1000 °C."""
    none = law(points=({"t_C": 1000.0, "deviation_V": 0.0, "U_K": 0.6},))
    found = means(9.587e-3 - 0.143e-3, none, reference_junction_C=25.0)
    assert found.t_C == pytest.approx(1000.0, abs=0.1)
    junction = next(i for i in found.inputs if i.name == "reference.junction")
    assert junction.offset == pytest.approx(0.143e-3 / 11.5e-6, rel=0.01)


def test_s5_the_furnace_by_a_type_R_thermocouple_has_the_contributions_of_its_budget() -> None:
    """EA-4/02, S5.12: u of 0.15, 0.17, 0.089 and 0.0235 K; its 0.077 K/µV is rounded from 1/13.23 (IEC 60584-1)."""
    reference = law(type="R", points=({"t_C": 1000.0, "deviation_V": 0.0, "U_K": 0.3},), drift_K_per_year=0.3)
    given = {"reference_inhomogeneity": 0.0, "reference_thermal_emf_V": 2e-6, "reference_junction_K": 0.1}
    found = {i.name: float(i.value.u) for i in means(10.506e-3, reference, days=365, **given).inputs}
    assert found["reference.certificate"] == pytest.approx(0.15)
    assert found["reference.drift"] == pytest.approx(0.1732, rel=2e-3)
    assert found["reference.thermal"] == pytest.approx(0.08891, rel=0.025)
    assert found["reference.junction"] == pytest.approx(0.02352, rel=0.025)


def test_inhomogeneity_counts_in_proportion_to_the_emf_from_0_C() -> None:
    found = means(9.587e-3 - 0.143e-3, law(), reference_junction_C=25.0, reference_inhomogeneity=3e-4)
    one = next(i for i in found.inputs if i.name == "reference.inhomogeneity")
    assert float(one.value.u) == pytest.approx(3e-4 * 9.587e-3 / 11.5e-6 / 3**0.5, rel=0.01)


def test_what_two_temperatures_share_cancels_in_their_difference() -> None:
    both = law(points=({"t_C": 600.0, "deviation_V": 0.0, "U_K": 0.6}, {"t_C": 1000.0, "deviation_V": 0.0, "U_K": 0.6}))
    one, other = (means(E, both, reference_inhomogeneity=0.0).argument().value for E in (9.0e-3, 9.5e-3))
    assert isinstance(one, Quantity)
    assert isinstance(other, Quantity)
    assert float((other - one).u) < 0.005 < 0.3 < float(one.u)


@pytest.mark.parametrize("name", ["thermocouple-by-comparison", "block-calibrator"])
def test_a_calibration_at_1000_C_comes_to_a_record_that_holds_the_truth(name: str, tmp_path: Path) -> None:
    at = with_job(sample(name, temperatures_C=(500.0, 1000.0)), monte_carlo=20_000)
    bench = at.simulated_bench(4)
    outcome = at.calibrate(bench, at.plan(bench.clock.now().date()), folder=tmp_path)
    assert outcome.status == "complete", outcome.error
    kept = Record.open(tmp_path / "record.h5")
    assert kept.results == outcome.results
    for result in kept.results:
        assert abs(result.error - at.procedure.truth(result, BenchWorld(bench))) <= 1.3 * result.U, result.point
        assert (result.mc_upper - result.mc_lower) / 2 == pytest.approx(result.U, rel=0.03)
        shares = {row.name: row.share for row in result.budget}
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-9)
        assert {f"reference.{name}" for name in PARTS} <= set(shares)
        assert "reference.self-heating" not in shares
    attempt = kept.readings().standing("bath/1000 °C")
    assert attempt is not None
    assert kept.readings().values(attempt, "reference") == pytest.approx(9.587e-3, abs=150e-6)  # volts


def section(text: str, name: str) -> str:
    """Return a table of a TOML file with its name."""
    return f"[{name}]" + text.partition(f"[{name}]")[2].partition("\n[")[0] + "\n"


def test_an_indicating_thermometer_is_compared_with_a_thermocouple_as_well(tmp_path: Path) -> None:
    thermometer, furnace = Sample.load("thermometer-by-comparison"), sample("block-calibrator")
    text, others = (s.simulation.read_text(encoding="utf-8") for s in (thermometer, furnace))
    for name in ("worlds.heat.thermometers.reference", "instruments.readout", "instruments.reference"):
        text = text.replace(section(text, name), section(others, name))
    simulation = tmp_path / "simulation.toml"
    simulation.write_text(text + section(others, "leads.reference-emf"), encoding="utf-8")
    given = {**QUICK, "temperatures_C": (120.0,), "stable_K_per_min": 0.1, "reference_junction_K": 0.03}
    given["reference_inhomogeneity"] = 3e-4
    probe = {role: furnace.bench.roles[role] for role in ("reference", "readout")}
    bench_file = thermometer.bench.model_copy(update={"roles": {**thermometer.bench.roles, **probe}})
    at = replace(Sample.load("thermometer-by-comparison", simulation=simulation, parameters=given), bench=bench_file)
    row = {"t_C": 400.0, "deviation_V": 4e-6, "U_K": 0.1}
    standard = with_law(at.register["TC-01"], law(points=(row,), within_C=(0.0, 400.0)))
    bench = at.simulated_bench(3)
    (result,) = at.calibrate(bench, at.plan(bench.clock.now().date(), {"reference": standard})).results
    assert abs(result.error - at.procedure.truth(result, BenchWorld(bench))) <= 1.3 * result.U
    assert 0.05 < result.U < 0.3
    assert {f"reference.{name}" for name in PARTS} - {"reference.interpolation"} <= {r.name for r in result.budget}


def test_a_warm_junction_on_the_bench_is_made_up_for_by_the_evaluation() -> None:
    at = sample("block-calibrator", temperatures_C=(900.0,), reference_junction_C=25.0)
    bench = at.simulated_bench(3)
    world: Any = bench.worlds["heat"]
    sensor = world.sensor("reference")
    sensor.cold_end = replace(sensor.cold_end, junction_C=25.0)
    outcome = at.calibrate(bench, at.plan(bench.clock.now().date()))
    (result,) = outcome.results
    assert abs(result.error - at.procedure.truth(result, BenchWorld(bench))) <= 1.3 * result.U  # else 13 K


def test_a_reference_and_a_readout_that_do_not_fit_are_refused_before_anything_is_heated() -> None:
    today = dt.datetime.now().astimezone().date()
    thermometer = Sample.load("thermocouple-by-comparison")
    furnace = sample("thermocouple-by-comparison")
    probes = {"reference": furnace.bench.roles["reference"], "readout": thermometer.bench.roles["readout"]}
    bench = furnace.bench.model_copy(update={"roles": {**furnace.bench.roles, **probes}})
    with pytest.raises(InputError, match=r"'fluke-1529' does not read a thermocouple, which .* needs a DcVoltmeter"):
        replace(furnace, bench=bench).plan(today)
    pt100 = Sample.load("prt-industrial")
    roles = {**pt100.bench.roles, "reference": furnace.bench.roles["reference"]}
    with pytest.raises(InputError, match=r"TC-01 .*: this method takes a resistance thermometer as its reference"):
        replace(pt100, bench=pt100.bench.model_copy(update={"roles": roles})).plan(today)
    scale = {**furnace.bench.roles, "readout": furnace.bench.roles["reference"]}
    with pytest.raises(InputError, match=r"a ThermometerReadout also has read_thermometer_ohm; a DcVoltmeter also has"):
        replace(furnace, bench=furnace.bench.model_copy(update={"roles": scale})).plan(today)


def test_its_inhomogeneity_must_be_stated() -> None:
    unstated = sample("block-calibrator", reference_inhomogeneity=None)
    with pytest.raises(InputError, match="must state 'reference_inhomogeneity'"):
        unstated.plan(dt.datetime.now().astimezone().date())


def test_a_temperature_beyond_the_certificate_is_refused_before_anything_is_heated() -> None:
    today = dt.datetime.now().astimezone().date()
    with pytest.raises(InputError, match=r"TC-01 .* certificate holds from 400 °C to 1100 °C, not at 1150"):
        sample("block-calibrator", temperatures_C=(1000.0, 1150.0)).plan(today)


def test_a_reference_left_beside_the_furnace_is_noticed() -> None:
    at = sample("block-calibrator", temperatures_C=(900.0,))
    bench = at.simulated_bench(1)
    reference: Any = bench.instruments["reference"]
    reference._world = None  # nobody puts it there
    outcome = at.calibrate(bench, at.plan(bench.clock.now().date()))
    assert outcome.status == "failed"
    assert "is it in the block, and at the voltmeter of the role 'readout'" in str(outcome.error)


def test_a_reference_the_wrong_way_round_is_noticed() -> None:
    at = sample("block-calibrator", temperatures_C=(900.0,))
    bench = at.simulated_bench(1)
    bench.connect("-reference", "reference-emf")
    outcome = at.calibrate(bench, at.plan(bench.clock.now().date()))
    assert outcome.status == "failed"
    assert re.search(r"shows -\d{3,}\.\d\d °C where 900 °C is set: .* the right way round", str(outcome.error))


def test_a_type_B_is_watched_from_room_temperature_on() -> None:
    """Its emf means no temperature below 250 °C, and next to none below 50 °C (IEC 60584-1: 0.291 mV, 0.002 mV)."""
    job = Sample.load("block-calibrator", variant="furnace", parameters={"temperatures_C": [1000.0]})
    standard = with_law(job.register["TC-01"], law(type="B"))
    procedure = job.plan(dt.datetime.now().astimezone().date(), {"reference": standard}).procedure
    assert isinstance(procedure, InBath)
    shown = [procedure.reference.shown_C(mV * 1e-3) for mV in (0.002, 0.033, 0.178, 0.291, 4.834)]
    assert shown == sorted(shown)
    assert shown[1] - shown[0] > 5.0  # from 50 °C to 100 °C, so that it does not seem stable
    assert shown[3:] == pytest.approx([250.0, 999.0], abs=1.5)


def test_a_variant_that_is_not_there_is_told() -> None:
    with pytest.raises(FileError, match="a study of prt-industrial-furnace needs a bench, a simulated bench and a job"):
        Sample.load("prt-industrial", variant="furnace")


@pytest.mark.parametrize(
    ("procedure", "error", "runs", "later_days", "parameters"),
    [
        ("thermocouple-by-comparison", "without:reference.certificate", 5, 0, EXACT | QUIET),
        ("block-calibrator", "sign:reference.certificate", 5, 0, EXACT),
        ("block-calibrator", "half:reference.inhomogeneity", 10, 0, {"reference_inhomogeneity": 5e-3}),
        ("block-calibrator", "half:reference.junction", 10, 0, {"reference_junction_K": 15.0, "away_K": 30.0}),
        ("thermocouple-by-comparison", "half:reference.thermal", 10, 0, {"reference_thermal_emf_V": 4e-5}),
        ("thermocouple-by-comparison", "drift", 16, 330, EXACT | QUIET),
    ],
)
def test_a_planted_error_of_the_reference_is_found(
    procedure: str, error: str, runs: int, later_days: int, parameters: dict[str, Any]
) -> None:
    given = {**QUICK, "temperatures_C": (800.0,), **parameters}
    task = Task(
        procedure,
        variant="furnace",
        parameters=tuple(given.items()),
        broken=parse_break(error),
        later_days=later_days,
    )
    assert not coverage(calibrate_many(task, runs, seed=3), procedure, 3).holds

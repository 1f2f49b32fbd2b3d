"""Comparing loads on a balance by substitution, and the air meanwhile: what all methods for weights have in common.

Loads A (reference) and B are weighed in turns that lie symmetrically in time, A B B A or A B A, so that a drift of the
balance cancels (OIML R 111-1:2004, annex C; NIST SOP 4). Every load is put on anew for each weighing. Conventional mass
follows from the difference of the indications and from the buoyancy (annex C)::

    m_B = m_A + ΔI·S + m_A (ρ_a − 1.2 kg/m³) (1/ρ_B − 1/ρ_A) + δ

with ρ_a by CIPM-2007.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from calib.drivers.roles import Balance, WeatherStation, WeightHandler
from calib.equipment import Asked, Reference, by_certificate
from calib.errors import CalibrationStatusError, RunError
from calib.files import Strict
from calib.inputs import Argument, Input
from calib.physics.air import FORMULA_RELATIVE_U, air_density
from calib.physics.mass import buoyancy_correction
from calib.physics.weights import WeightClass, maximum_permissible_error_kg
from calib.pictures import Turn
from calib.procedure.base import Conditions
from calib.procedure.context import Context
from calib.procedure.estimates import bounded
from calib.procedure.station import Station
from calib.record.model import Attempt, Readings
from calib.record.result import Result
from calib.text import Text
from calib.uncertainty import Quantity, quantity

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""Of a weight, as it is said to whoever loads the pan."""
QUANTITY = "conventional_mass"
BALANCE = "balance"
AIR = {"air.temperature": "°C", "air.humidity": "%", "air.pressure": "Pa"}
"""Channels of the air, read at the beginning and at the end of each point."""
CONDITIONS = Conditions(temperature_C=(18.0, 27.0), humidity_percent=(30.0, 70.0))
"""Within which CIPM-2007 was verified, and weights are calibrated."""


PART_OF_LIMIT = 1 / 3
"""Of the maximum permissible error of a class, that U must not exceed (R 111-1, 5.2)."""


class WeighingParameters(Strict):
    """Parameters of every comparison of weights, in the job's table `[parameters]`."""

    pattern: Literal["ABBA", "ABA"] = "ABBA"
    cycles: Annotated[int, Field(ge=1, le=100)] = 3
    """Of the pattern; OIML R 111-1, annex C, says how many a class needs. One alone needs `process_s_kg`."""
    process_s_kg: NotNegative = 0.0
    """Standard deviation of the difference of one cycle, from the laboratory's history; 0: that of the cycles."""
    process_dof: Positive = math.inf
    """Its degrees of freedom."""
    digit_kg: Positive
    """Last place of the balance."""
    settle_s: NotNegative = 20.0
    """From the loading to the reading."""
    sensitivity: NotNegative = 0.005
    """Half-width of the relative error of the balance in the difference of two loads."""
    eccentricity_kg: NotNegative = 0.0
    """Half-width of what eccentric loads differ by."""
    magnetism_kg: NotNegative = 0.0
    """Half-width of the difference of magnetic forces."""
    buoyancy_kg: NotNegative = 0.0
    """Half-width of what is left of the buoyancy; for low classes in place of densities, which are then all 8000."""
    air_temperature_K: NotNegative = 0.3
    """Half-widths of what the air at the pan differs by from what is read, its instruments' errors included."""
    air_humidity_percent: NotNegative = 5.0
    air_pressure_Pa: NotNegative = 50.0
    reference_density_kg_m3: Positive = 8000.0
    reference_density_U_kg_m3: NotNegative = 0.0
    """Expanded, k = 2."""

    model_config = Strict.model_config | {"allow_inf_nan": True}

    @model_validator(mode="after")
    def _one_cycle_needs_history(self) -> "WeighingParameters":
        if self.cycles < 2 and not self.process_s_kg:
            msg = "'cycles' must be 2 or more, or 'process_s_kg' give the standard deviation from history"
            raise ValueError(msg)
        return self

    @property
    def process(self) -> tuple[float, float] | None:
        """Standard deviation of one cycle and its degrees of freedom, from history; None where there is none."""
        return (self.process_s_kg, self.process_dof) if self.process_s_kg else None


class StandardWeight(Strict):
    """A weight of the laboratory, as the register's certificate lists it."""

    name: Name
    nominal_kg: Positive


def weigh(
    station: Station, hands: str, loads: Mapping[str, Sequence[str]], settings: WeighingParameters, sensible_kg: float
) -> None:
    """Weigh loads A and B in turns and record each indication; the air before and after."""
    record_air(station)
    for shown_kg in indications(station, hands, loads, settings, sensible_kg):
        station.record(BALANCE, shown_kg, "kg")
    record_air(station)


def indications(
    station: Station, hands: str, loads: Mapping[str, Sequence[str]], settings: WeighingParameters, sensible_kg: float
) -> Iterator[float]:
    """Set zero, put the loads on in their turns, and return the indications in kilograms.

    Raises
    ------
    RunError
        The balance shows what these loads cannot be.
    """
    handler, balance = station.role(hands, WeightHandler), station.role("balance", Balance)
    handler.unload()
    balance.zero()
    order = settings.pattern * settings.cycles
    for number, which in enumerate(order, start=1):
        handler.load(loads[which], turn=Turn(settings.pattern, number, len(order)))
        station.wait(settings.settle_s, Text(vi="chờ cân ổn định", en="balance settling"))
        shown_kg = balance.read_mass_kg()
        if abs(shown_kg - sensible_kg) > max(0.01 * sensible_kg, 1e4 * settings.digit_kg):
            what = "+".join(loads[which])
            msg = f"{what}: the balance shows {shown_kg:.9g} kg where {sensible_kg:g} kg was put on; look at the pan"
            raise RunError(msg)
        yield shown_kg


def read_air(station: Station) -> dict[str, float]:
    """Return temperature, humidity and pressure by channel."""
    air = station.role("environment", WeatherStation)
    read = (air.read_temperature_C(), air.read_humidity_percent(), air.read_pressure_Pa())
    return dict(zip(AIR, read, strict=True))


def record_air(station: Station) -> None:
    """Record temperature, humidity and pressure."""
    for channel, value in read_air(station).items():
        station.record(channel, value, AIR[channel])


def differences(indications: NDArray[np.float64], pattern: str) -> NDArray[np.float64]:
    """Return B minus A of every cycle, shape (cycles,), free of a linear drift."""
    turns = indications.reshape(-1, len(pattern))
    of_a, of_b = ([turns[:, n] for n, load in enumerate(pattern) if load == which] for which in "AB")
    return np.asarray(np.mean(of_b, axis=0) - np.mean(of_a, axis=0))


def air_arguments(
    readings: Readings, attempts: Sequence[Attempt], settings: WeighingParameters, identity: str
) -> dict[str, Argument]:
    """Return temperature, pressure, humidity and formula of the air's density; their errors are those of one day."""
    means = {c: float(np.mean([readings.values(a, c).mean() for a in attempts])) for c in AIR}
    widths = {
        "temperature": ("air.temperature", settings.air_temperature_K, _TEMPERATURE),
        "pressure": ("air.pressure", settings.air_pressure_Pa, _PRESSURE),
        "humidity": ("air.humidity", settings.air_humidity_percent, _HUMIDITY),
    }
    found = {}
    for argument, (channel, half_width, label) in widths.items():
        error = bounded(half_width, label, channel, identity=f"{identity}/{channel}")
        found[argument] = Argument(error.inputs, means[channel])
    formula = quantity(0.0, u=FORMULA_RELATIVE_U, name="air.formula", id="CIPM-2007")
    return found | {"formula": Argument((Input.of(formula, _FORMULA, "air.formula"),), 1.0)}


def density_argument(density_kg_m3: float, U_kg_m3: float, label: Text, name: str, identity: str) -> Argument:
    """Return a density with its expanded uncertainty, k = 2."""
    if U_kg_m3 <= 0:
        return Argument(constant=density_kg_m3)
    error = quantity(0.0, U=U_kg_m3, k=2, name=name, id=identity)
    return Argument((Input.of(error, label, name),), density_kg_m3)


UNITS = AIR | {"air.formula": "1", "sensitivity": "1"}
"""Units of inputs that are no masses; densities are added by name."""


def buoyancy(
    nominal: Any, temperature: Any, pressure: Any, humidity: Any, formula: Any, test: Any, reference: Any
) -> Any:
    """Return the buoyancy correction of conventional mass in kilograms, of arguments as the budget has them."""
    air = air_density(temperature, pressure, humidity) * formula
    return buoyancy_correction(nominal, air, test, reference)


def standard_value(context: Context, role: str, weight: StandardWeight) -> Reference:
    """Return the conventional mass of a standard weight by its certificate, correlated with others as that says.

    Raises
    ------
    CalibrationStatusError
        Its certificate does not list it.
    """
    equipment, on = context.standard(role).equipment, context.date
    calibration = equipment.calibration(on, QUANTITY)
    for table in calibration.values:
        names = {"", weight.name}
        at = [p for p in table.points if math.isclose(p.nominal, weight.nominal_kg, rel_tol=1e-9) and p.name in names]
        if table.quantity == QUANTITY and at:
            asked = Asked(equipment, QUANTITY, weight.nominal_kg, role=role, marking=weight.name, called=_STANDARD)
            return by_certificate(asked, table.range, on, None)
    listed = f"no weight {weight.name} of {weight.nominal_kg:g} kg"
    msg = f"{equipment.name}: certificate {calibration.certificate} lists {listed}"
    raise CalibrationStatusError(msg)


def standard_argument(context: Context, role: str, weights: Sequence[StandardWeight]) -> Argument:
    """Return the conventional mass of several standard weights together, each kind of error in one input."""
    found = [standard_value(context, role, weight) for weight in weights]
    kinds: dict[str, list[Input]] = {}
    for one in found:
        for each in one.inputs:
            kinds.setdefault(each.name, []).append(each)
    together = tuple(
        Input(name, several[0].label, _merged([t for i in several for t in i.terms]), sum(i.offset for i in several))
        for name, several in kinds.items()
    )
    return Argument(together, math.fsum(one.nominal for one in found))


def _merged(terms: Sequence[tuple[float, Quantity]]) -> tuple[tuple[float, Quantity], ...]:
    """Return terms in which every error stands once: what several weights share is one error."""
    merged: list[tuple[float, Quantity]] = []
    for coefficient, error in terms:
        for place, (before, known) in enumerate(merged):
            if float((known - error).u) == 0.0:
                merged[place] = (before + coefficient, known)
                break
        else:
            merged.append((coefficient, error))
    return tuple(merged)


def of_class(row: Result, weight_class: WeightClass | None) -> Result:
    """Return the row of a weight; no class is stated where U is too large for it."""
    if weight_class is None:
        return row
    limit_kg = maximum_permissible_error_kg(row.nominal, weight_class)
    if row.reported_U <= limit_kg * PART_OF_LIMIT * (1 + 1e-9):
        return row
    remark = Text(
        vi=f"U lớn hơn một phần ba sai số cho phép của cấp {weight_class}: không kết luận về cấp (R 111-1, 5.2)",
        en=f"U exceeds a third of the maximum permissible error of class {weight_class}: no statement of class "
        "(R 111-1, 5.2)",
    )
    return replace(
        row, verdict="none", verdict_unguarded="none", lower_limit=-math.inf, upper_limit=math.inf,
        lower_acceptance=-math.inf, upper_acceptance=math.inf, conformance_probability=math.nan, tur=math.nan,
        rule_risk=0.0, remarks=(*row.remarks, remark),
    )  # fmt: skip


_STANDARD = Text(vi="m_r: quả cân chuẩn", en="m_r: reference weights")
_TEMPERATURE = Text(vi="t: nhiệt độ không khí", en="t: temperature of the air")
_PRESSURE = Text(vi="p: áp suất không khí", en="p: pressure of the air")
_HUMIDITY = Text(vi="h: độ ẩm tương đối", en="h: relative humidity")
_FORMULA = Text(vi="công thức CIPM-2007", en="formula CIPM-2007")

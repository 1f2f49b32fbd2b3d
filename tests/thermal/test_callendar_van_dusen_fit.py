"""The fit of an industrial thermometer's equation, against exact laws and against scipy."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from calib.physics import platinum
from calib.physics.platinum import CallendarVanDusen
from calib.procedure.cvdfit import fit_callendar_van_dusen
from calib.uncertainty import covariance, quantity

TRUE = CallendarVanDusen(99.962, 3.9092e-3, -5.81e-7, -4.4e-12)
ABOVE = (0.0, 50.0, 100.0, 150.0, 200.0)
ALL = (-100.0, -50.0, -20.0, *ABOVE)


def departures(law: CallendarVanDusen, at: tuple[float, ...]) -> list[float]:
    return [platinum.temperature_C(law.resistance_ohm(t)) - t for t in at]


@pytest.mark.parametrize("at", [ABOVE, ALL])
def test_an_exact_law_is_found_again(at: tuple[float, ...]) -> None:
    law = TRUE if at == ALL else CallendarVanDusen(TRUE.R0_ohm, TRUE.A, TRUE.B)
    points = [(t, quantity(d, u=1e-9)) for t, d in zip(at, departures(law, at), strict=True)]
    fitted = fit_callendar_van_dusen(points, 100.0)
    assert fitted is not None
    assert set(fitted.coefficients) == ({"R0", "A", "B", "C"} if at == ALL else {"R0", "A", "B"})
    found = fitted.law
    assert found.R0_ohm == pytest.approx(law.R0_ohm, abs=1e-7)
    assert pytest.approx((law.A, law.B, law.C), rel=1e-6) == (found.A, found.B, found.C)
    assert float(np.max(np.abs(fitted.residuals_K))) < 1e-7


def test_covariance_of_independent_errors_is_that_of_scipy() -> None:
    rng = np.random.default_rng(3)
    u_K = 0.01
    noisy = np.array(departures(TRUE, ABOVE)) + u_K * rng.standard_normal(len(ABOVE))
    fitted = fit_callendar_van_dusen([(t, quantity(d, u=u_K)) for t, d in zip(ABOVE, noisy, strict=True)], 100.0)
    assert fitted is not None
    t_C = np.array(ABOVE)
    ohm = np.array([platinum.resistance_ohm(t + d) for t, d in zip(ABOVE, noisy, strict=True)])
    slope = np.array([platinum.IEC_60751.ohm_per_K(t + d) for t, d in zip(ABOVE, noisy, strict=True)])

    def law(t, R0, A, B):  # type: ignore[no-untyped-def]
        return R0 * (1 + A * t + B * t**2)

    values, _ = curve_fit(law, t_C, ohm, p0=(100.0, platinum.A, platinum.B))
    assert [float(q.value) for q in fitted.coefficients.values()] == pytest.approx(values, rel=1e-6)
    R0, A, B = values
    jacobian = np.stack([1 + A * t_C + B * t_C**2, R0 * t_C, R0 * t_C**2], axis=1)
    inverse = np.linalg.inv(jacobian.T @ jacobian) @ jacobian.T
    expected = inverse @ np.diag((u_K * slope) ** 2) @ inverse.T
    assert covariance(list(fitted.coefficients.values())) == pytest.approx(expected, rel=1e-5, abs=1e-24)


def test_what_all_temperatures_share_moves_R0_and_hardly_the_others() -> None:
    shared = quantity(0.0, u=0.01)
    points = [(t, shared + d) for t, d in zip(ABOVE, departures(TRUE, ABOVE), strict=True)]
    alone = [(t, quantity(d, u=0.01)) for t, d in zip(ABOVE, departures(TRUE, ABOVE), strict=True)]
    one, other = fit_callendar_van_dusen(points, 100.0), fit_callendar_van_dusen(alone, 100.0)
    assert one is not None
    assert other is not None
    assert float(one.coefficients["R0"].u) == pytest.approx(0.01 * platinum.IEC_60751.ohm_per_K(0.0), rel=1e-3)
    assert float(one.coefficients["A"].u) < 0.2 * float(other.coefficients["A"].u)


def test_temperatures_taken_as_independent_claim_too_much() -> None:
    """The places of the thermometers are one error at all temperatures: a fit that forgets it misses too often."""
    rng, u_K, held = np.random.default_rng(8), 0.01, {"shared": 0, "independent": 0}
    exact, runs = departures(TRUE, ABOVE), 300
    for _ in range(runs):
        found = np.array(exact) + u_K * rng.standard_normal()
        place = quantity(0.0, u=u_K)
        for how in held:
            errors = [place if how == "shared" else quantity(0.0, u=u_K) for _ in ABOVE]
            points = [(t, e + float(d)) for t, e, d in zip(ABOVE, errors, found, strict=True)]
            fitted = fit_callendar_van_dusen(points, 100.0)
            assert fitted is not None
            R0, A, B = fitted.coefficients.values()
            at_100_C = R0 * (1 + A * 100.0 + B * 100.0**2)
            held[how] += abs(float(at_100_C.value) - TRUE.resistance_ohm(100.0)) <= 2 * float(at_100_C.u)
    assert held["shared"] / runs == pytest.approx(0.9545, abs=0.04)
    assert held["independent"] / runs < 0.85


def test_too_few_temperatures_give_no_equation() -> None:
    points = [(t, quantity(0.0, u=0.01)) for t in (0.0, 0.1, 100.0)]
    assert fit_callendar_van_dusen(points, 100.0) is None

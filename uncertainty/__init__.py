"""Measurement uncertainty by the GUM: quantities, budgets, coverage, Monte Carlo, fits, statistics, rounding, risks."""

from typing import TYPE_CHECKING, Any

from calib.uncertainty.contributions import Budget, BudgetRow, budget, correlation, covariance
from calib.uncertainty.factors import coverage_factor
from calib.uncertainty.inputs import quantity
from calib.uncertainty.joint import correlated
from calib.uncertainty.linearity import FirstOrderWarning
from calib.uncertainty.readings import type_a
from calib.uncertainty.uncertain import Quantity

if TYPE_CHECKING:
    from calib.uncertainty.allan import NOISES, AllanDeviation, allan_deviation
    from calib.uncertainty.archive import from_hdf5, from_json, to_hdf5, to_json
    from calib.uncertainty.autocorrelation import effective_count
    from calib.uncertainty.complexes import ComplexQuantity, complex_quantity, polar
    from calib.uncertainty.conformity import (
        GUARD_FACTORS,
        DecisionRule,
        Limits,
        Verdict,
        acceptance_limits,
        conformance_probability,
        tur,
        verdict,
    )
    from calib.uncertainty.counts import count
    from calib.uncertainty.coverage import Expanded
    from calib.uncertainty.curves import Curve, fit
    from calib.uncertainty.equations import implicit
    from calib.uncertainty.firstorder import FirstOrder
    from calib.uncertainty.guardbands import TUR_RULES, guard_band, guard_band_for_risk, guard_band_multiplier
    from calib.uncertainty.lines import Line, fit_line
    from calib.uncertainty.oneway import Anova, anova
    from calib.uncertainty.outcome import MonteCarlo
    from calib.uncertainty.polynomials import Polynomial, fit_polynomial
    from calib.uncertainty.prior import Prior
    from calib.uncertainty.propagation import propagate
    from calib.uncertainty.risk import GlobalRisk, SpecificRisk, global_risk, posterior, specific_risk
    from calib.uncertainty.rounding import Rounded, round_uncertainty
    from calib.uncertainty.samples import Samples
    from calib.uncertainty.scatter import Scatter, pool
    from calib.uncertainty.scores import en_score, measurement_capability, process_capability, tar, z_score, zeta_score
    from calib.uncertainty.secondorder import SecondOrder
    from calib.uncertainty.shape import Distribution
    from calib.uncertainty.tabled import from_draws, from_quantile, truncated
    from calib.uncertainty.validation import JointValidation, Validation, numerical_tolerance, validate
    from calib.uncertainty.weighted import WeightedMean, weighted_mean

_LATER = {
    "AllanDeviation": "allan",
    "NOISES": "allan",
    "allan_deviation": "allan",
    "from_hdf5": "archive",
    "from_json": "archive",
    "to_hdf5": "archive",
    "to_json": "archive",
    "effective_count": "autocorrelation",
    "ComplexQuantity": "complexes",
    "complex_quantity": "complexes",
    "polar": "complexes",
    "DecisionRule": "conformity",
    "GUARD_FACTORS": "conformity",
    "Limits": "conformity",
    "Verdict": "conformity",
    "acceptance_limits": "conformity",
    "conformance_probability": "conformity",
    "tur": "conformity",
    "verdict": "conformity",
    "count": "counts",
    "Expanded": "coverage",
    "Curve": "curves",
    "fit": "curves",
    "Distribution": "shape",
    "from_draws": "tabled",
    "from_quantile": "tabled",
    "truncated": "tabled",
    "implicit": "equations",
    "FirstOrder": "firstorder",
    "TUR_RULES": "guardbands",
    "guard_band": "guardbands",
    "guard_band_for_risk": "guardbands",
    "guard_band_multiplier": "guardbands",
    "Line": "lines",
    "fit_line": "lines",
    "Anova": "oneway",
    "anova": "oneway",
    "MonteCarlo": "outcome",
    "Polynomial": "polynomials",
    "fit_polynomial": "polynomials",
    "Prior": "prior",
    "propagate": "propagation",
    "GlobalRisk": "risk",
    "SpecificRisk": "risk",
    "global_risk": "risk",
    "posterior": "risk",
    "specific_risk": "risk",
    "Rounded": "rounding",
    "round_uncertainty": "rounding",
    "Samples": "samples",
    "Scatter": "scatter",
    "pool": "scatter",
    "en_score": "scores",
    "measurement_capability": "scores",
    "process_capability": "scores",
    "tar": "scores",
    "z_score": "scores",
    "zeta_score": "scores",
    "SecondOrder": "secondorder",
    "JointValidation": "validation",
    "Validation": "validation",
    "numerical_tolerance": "validation",
    "validate": "validation",
    "WeightedMean": "weighted",
    "weighted_mean": "weighted",
}
"""Names of modules that are loaded when first asked for: most who state a budget never fit a curve."""

__all__ = [
    "GUARD_FACTORS",
    "NOISES",
    "TUR_RULES",
    "AllanDeviation",
    "Anova",
    "Budget",
    "BudgetRow",
    "ComplexQuantity",
    "Curve",
    "DecisionRule",
    "Distribution",
    "Expanded",
    "FirstOrder",
    "FirstOrderWarning",
    "GlobalRisk",
    "JointValidation",
    "Limits",
    "Line",
    "MonteCarlo",
    "Polynomial",
    "Prior",
    "Quantity",
    "Rounded",
    "Samples",
    "Scatter",
    "SecondOrder",
    "SpecificRisk",
    "Validation",
    "Verdict",
    "WeightedMean",
    "acceptance_limits",
    "allan_deviation",
    "anova",
    "budget",
    "complex_quantity",
    "conformance_probability",
    "correlated",
    "correlation",
    "count",
    "covariance",
    "coverage_factor",
    "effective_count",
    "en_score",
    "fit",
    "fit_line",
    "fit_polynomial",
    "from_draws",
    "from_hdf5",
    "from_json",
    "from_quantile",
    "global_risk",
    "guard_band",
    "guard_band_for_risk",
    "guard_band_multiplier",
    "implicit",
    "measurement_capability",
    "numerical_tolerance",
    "polar",
    "pool",
    "posterior",
    "process_capability",
    "propagate",
    "quantity",
    "round_uncertainty",
    "specific_risk",
    "tar",
    "to_hdf5",
    "to_json",
    "truncated",
    "tur",
    "type_a",
    "validate",
    "verdict",
    "weighted_mean",
    "z_score",
    "zeta_score",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})

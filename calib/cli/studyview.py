"""Studies as text."""

from collections.abc import Iterator

from calib.study import Coverage, Efforts, Risk
from calib.text import Language, tr
from calib.units import show


def coverage_lines(found: Coverage, language: Language) -> Iterator[str]:
    """Return a line for the whole, and one for each point."""
    broken = f", {tr('with the error', language)} {found.broken}" if found.broken else ""
    prior = "" if found.prior == "declared" else f", {tr('bounded errors', language)}: {found.prior}"
    runs = f"{found.runs} {tr('calibrations', language)}, {tr('seed', language)} {found.seed}"
    yield f"{found.procedure}: {runs}{broken}{prior}"
    yield (
        f"{tr('coverage', language)} {found.coverage:.2%} "
        f"({found.lower:.2%} … {found.upper:.2%}, {found.confidence:.0%}); "
        f"{tr('stated', language)} {found.probability:.2%}"
    )
    heads = (tr("point", language), tr("coverage", language), tr("bounds", language), "u/σ", "E_n")
    yield f"{heads[0]:<34} {heads[1]:>10}  {heads[2]:^17} {heads[3]:>6} {heads[4]:>7}"
    for p in found.per_point:
        yield (
            f"{p.point:<34} {p.coverage:>10.2%}  {p.lower:>7.2%} … {p.upper:>7.2%} {p.u_over_error:>6.2f} "
            f"{p.mean_normalised:>+7.3f}"
        )
    if found.broken:
        yield from _broken_lines(found, language)
    yield tr(
        "u/σ: standard uncertainty over the root mean square of the real errors. E_n: mean of (result − truth)/U.",
        language,
    )


def _broken_lines(found: Coverage, language: Language) -> Iterator[str]:
    """Return what the error does that was put in, and whether the study finds it."""
    most = max(found.per_point, key=lambda p: p.share)
    yield tr(
        "what {error} is done to makes {share} of u² on average, at most {most} at {point}; it shifts results by "
        "{shift} U, and leaves {narrowed} of U",
        language,
    ).format(
        error=found.broken,
        share=f"{found.share:.1%}",
        most=f"{most.share:.1%}",
        point=most.point,
        shift=f"{found.shift:.2f}",
        narrowed=f"{found.narrowed:.1%}",
    )
    if not found.holds:
        yield tr("the error is found: too few intervals hold the truth", language)
    elif found.does_little:
        yield tr("the error is not found: it changes next to nothing here, this input does not dominate", language)
    else:
        yield tr("the error is not found: more runs may find it, or points where this input dominates", language)


def risk_lines(found: Risk, language: Language) -> Iterator[str]:
    """Return the risks, each with its bounds."""
    yield f"{found.procedure}, {tr('rule', language)} {found.rule}: {found.runs} {tr('calibrations', language)}"
    yield f"{tr('points whose true error exceeds the tolerance', language)}: {found.not_conforming:.2%}"
    for label, value, (low, high) in (
        (tr("consumer's risk (accepted, does not conform)", language), found.consumers, found.consumers_bounds),
        (tr("producer's risk (rejected, conforms)", language), found.producers, found.producers_bounds),
    ):
        yield f"{label}: {value:.2%} ({low:.2%} … {high:.2%})"
    yield f"{tr('what the certificates state of the accepted points', language)}: {found.stated:.2%}"


def effort_lines(found: Efforts, language: Language) -> Iterator[str]:
    """Return U and time for each number of readings."""
    yield f"{found.procedure}: {found.runs} {tr('calibrations', language)}"
    heads = (tr("readings", language), tr("time", language), tr("U over its least, median", language))
    yield f"{heads[0]:>9} {heads[1]:>10} {heads[2]:>26}"
    for one in found.each:
        yield f"{one.readings:>9} {show(one.duration_s, 's', 4):>10} {one.over_least:>26.3f}"

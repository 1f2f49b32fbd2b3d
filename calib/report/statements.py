"""Statements under the results: what U is, what it is traceable to, how conformity was decided and at what risk."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import NormalDist
from typing import Any

from calib.numbers import Style
from calib.record.model import Phase
from calib.record.result import Result
from calib.report.model import Fact
from calib.report.source import find, text_at
from calib.report.standards import is_the_item
from calib.specification import interval_text
from calib.text import Text, both, joined, same
from calib.uncertainty.conformity import GUARD_FACTORS


def statements(
    snapshot: Mapping[str, Any], results: Sequence[Result], phases: Sequence[Phase], style: Style, *, simulated: bool
) -> tuple[Fact, ...]:
    """Return the numbered statements of the certificate, each with the clause that asks for it."""
    found = [
        Fact(both("Results"), _scope(), "7.8.2.1 l", source="results"),
        Fact(both("Reference values"), _routes(snapshot, results), "7.8.4.1 c", source="results"),
        Fact(both("Uncertainty"), _uncertainty(results, style), "7.8.4.1 a", source="results"),
        Fact(both("Traceability"), _traceability(simulated=simulated), "7.8.4.1 c", source="equipment"),
    ]
    found.append(Fact(both("Adjustment"), _adjustment(snapshot, phases), "7.8.4.1 d", source="readings"))
    if accreditation(snapshot, results, style).en:
        found.append(
            Fact(both("Accreditation"), accreditation(snapshot, results, style), "ILAC-P14:09/2020", source="scope")
        )
    found.append(Fact(both("Conformity"), conformity(snapshot, results, style), "7.8.6.2", source="job.decision"))
    found.append(Fact(both("Copies and notation"), _notation(style), "7.8.1.2", source="calib"))
    return tuple(found)


def _scope() -> Text:
    return both(
        "The results relate only to the item named here, in the condition in which it was received and calibrated, "
        "and hold for the time of the calibration."
    )


def _uncertainty(results: Sequence[Result], style: Style) -> Text:
    probability = style.percent(results[0].probability, 4)
    text = both(
        "The expanded uncertainty U is the standard uncertainty multiplied by the coverage factor k of each row, "
        "such that the coverage probability is {probability}. It was evaluated according to JCGM 100:2008 (GUM). "
        "The error is the indicated value minus the reference value, taken before rounding.",
        probability=probability,
    )
    if any(r.coverage_method == "convolution" for r in results):
        more = both("Where the distribution is not normal, k comes from the convolution of the contributions.")
        return Text(vi=f"{text.vi} {more.vi}", en=f"{text.en} {more.en}")
    return text


def _adjustment(snapshot: Mapping[str, Any], phases: Sequence[Phase]) -> Text:
    """Return whether the item was adjusted; results from before and after it are given where they exist (7.8.4.1 d)."""
    if "adjustment" not in phases:
        return both("The item was not adjusted.")
    agreed = text_at(snapshot, "job.adjustment.agreed")
    if "as-left" not in phases:
        return both("An adjustment was begun; the results are those before it. Agreed: {where}.", where=agreed)
    return both(
        "The item was adjusted; the results as found and as left are those before and after it. Agreed: {where}.",
        where=agreed,
    )


def _routes(snapshot: Mapping[str, Any], results: Sequence[Result]) -> Text:
    """Return by which route the reference values got their uncertainty."""
    routes = {r.route for r in results}
    parts = []
    if "specification" in routes:
        parts.append(
            both(
                "The reference value is the nominal value of the standard, and its error lies within the standard's "
                "specification ({specification}), compliance with which its certificate shows; nothing is added for "
                "drift and temperature, which the specification contains.",
                specification=_of_the_standards(snapshot),
            )
        )
    if "certificate" in routes:
        parts.append(
            both(
                "The reference value is the nominal value with the correction and U of the standard's certificate, "
                "and with the standard's drift since then, temperature and interpolation."
            )
        )
    if "none" in routes:
        parts.append(both("In rows without a standard the reference value is exact, as 0 with the input shorted."))
    return joined(parts, " ")


def _of_the_standards(snapshot: Mapping[str, Any]) -> Text:
    """Return the specifications on which the laboratory relies for its standards, with their intervals."""
    named = []
    for equipment in (find(snapshot, "equipment") or {}).values():
        name, interval = equipment.get("specification"), equipment.get("specification_interval")
        if name and interval and not is_the_item(equipment, find(snapshot, "job.item") or {}):
            title = text_at((find(snapshot, "specifications") or {}).get(name) or {}, "title")
            named.append(joined([title if title.en else same(name), interval_text(interval)]))
    return joined(named, "; ") if named else same("–")


def _traceability(*, simulated: bool) -> Text:
    if simulated:
        return both("The instruments were simulated: these numbers are traceable to nothing.")
    return both(
        "The results are metrologically traceable to the International System of Units (SI) through the certificates "
        "of the standards listed above, except where the deviations below say otherwise."
    )


def accreditation(snapshot: Mapping[str, Any], results: Sequence[Result], style: Style) -> Text:
    """Return which results are within the laboratory's scope; empty where it had none."""
    if find(snapshot, "scope") is None:
        return same("")
    inside, raised = sum(r.scope == "in" for r in results), sum(r.raised for r in results)
    parts = [
        both(
            "{inside} of {all} results are within the laboratory's scope {name} of {issued}; the others are marked.",
            inside=inside,
            all=len(results),
            name=text_at(snapshot, "scope.accreditation"),
            issued=style.date(date.fromisoformat(str(find(snapshot, "scope.issued")))),
        )
    ]
    if raised:
        parts.append(both("In {n} rows, which are marked, U was raised to the laboratory's CMC.", n=raised))
    return joined(parts, " ")


def conformity(snapshot: Mapping[str, Any], results: Sequence[Result], style: Style) -> Text:
    """Return to which results, by which specification and rule, and at what risk conformity is stated (7.8.6)."""
    judged = [r for r in results if r.verdict != "none"]
    if not judged:
        return both("No statement of conformity was agreed.")
    counts = both(
        "{passed} of {judged} results pass.", passed=sum(r.verdict == "pass" for r in judged), judged=len(judged)
    )
    rule = _rule(find(snapshot, "job.decision") or {}, style)
    agreed = text_at(snapshot, "job.decision.agreed")
    parts = [_specification(snapshot), rule, both("Agreed: {where}.", where=agreed) if agreed.en else same(""), counts]
    if any(r.verdict != r.verdict_unguarded for r in judged):
        parts.append(
            both(
                "Without the guard band {passed} would pass.", passed=sum(r.verdict_unguarded == "pass" for r in judged)
            )
        )
    parts.append(_risk(judged, style))
    return Text(vi=" ".join(p.vi for p in parts if p.vi), en=" ".join(p.en for p in parts if p.en))


def _specification(snapshot: Mapping[str, Any]) -> Text:
    title = specification_title(snapshot)
    return both("Each row is judged against the tolerance given by: {specification}.", specification=title)


def specification_title(snapshot: Mapping[str, Any]) -> Text:
    """Return the agreed specification with its interval, source and page; empty where none was agreed."""
    name = text_at(snapshot, "job.specification").en or text_at(snapshot, "job.item.specification").en
    entry = (find(snapshot, "specifications") or {}).get(name) or {}
    title = text_at(entry, "title") if text_at(entry, "title").en else same(name)
    keys = ("specification_interval", "item.specification_interval")
    intervals = [i for key in keys if (i := text_at(snapshot, f"job.{key}").en)]
    source = entry.get("source")
    document = source if isinstance(source, Mapping) else {"document": source, "page": entry.get("page")}
    found_in = [text_at(document, key) for key in ("document", "page")]
    return joined([title, *(interval_text(i) for i in intervals[:1]), *found_in])


def _rule(decision: Mapping[str, Any], style: Style) -> Text:
    """Return the decision rule (ILAC-G8:09/2019); its risk is that of a normal distribution with k = 2."""
    name = str(decision.get("rule") or "simple")
    if name in {"simple", "none"}:
        return both(
            "Decision rule: simple acceptance, guard band w = 0. A row passes where its error lies within "
            "the tolerance; the probability of a false acceptance is at most 50 %, for an error at the limit."
        )
    if name != "guarded" and name not in GUARD_FACTORS:
        return both(
            "Decision rule: guarded acceptance, guard band from the test uncertainty ratio of each row by the rule "
            "{name} (handbook of ANSI/NCSL Z540.3-2006). A row passes where its error lies within the acceptance "
            "limits.",
            name=name,
        )
    ratio = float(decision.get("guard_band", 1.0)) if name == "guarded" else GUARD_FACTORS[name]
    risk = NormalDist().cdf(-2 * ratio)
    return both(
        "Decision rule: guarded acceptance, guard band w = {ratio} U. A row passes where its error lies within the "
        "acceptance limits; the probability of a false acceptance is at most {risk} for a normal distribution.",
        ratio=style.number_of(ratio),
        risk=style.percent(risk),
    )


def _risk(judged: Sequence[Result], style: Style) -> Text:
    """Return the greatest probability of a false acceptance among the rows that pass, by their own distributions."""
    risks = [1 - r.conformance_probability for r in judged if r.verdict == "pass"]
    risks = [risk for risk in risks if not math.isnan(risk)]
    if not risks:
        return same("")
    greatest = both(
        "Greatest probability of a false acceptance among the rows that pass: {risk}.",
        risk=_probability(max(*risks, 0.0), style),
    )
    allowed = [r.rule_risk for r in judged]
    if max(allowed) >= 1:  # a record of an earlier version
        return greatest
    rule = both(
        "With the distributions of these rows the rule allows at most {risk}.", risk=_probability(max(allowed), style)
    )
    return joined([greatest, rule], " ")


def _probability(part: float, style: Style) -> str:
    return f"< {style.number_of(0.01)} %" if part < 1e-4 else style.percent(part)


def _notation(style: Style) -> Text:
    sign = both("point") if style.decimal_sign == "." else both("comma")
    return both(
        "The decimal sign is the {sign}. Entries marked † were supplied by the customer. This certificate may not be "
        "reproduced except in full without the written approval of the laboratory.",
        sign=sign,
    )

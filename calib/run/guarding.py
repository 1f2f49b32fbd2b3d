"""What the guard of a run is told, and how long a run may stay in one place before its guard takes it for stalled."""

import os
import sys
from collections.abc import Callable

from calib.drivers import find_driver
from calib.drivers.roles import Source
from calib.guard import GuardedSource, Guardian, Orders
from calib.procedure import Point
from calib.run.output import Files
from calib.run.plan import Plan

GuardMaker = Callable[[Orders, Callable[[str], None]], Guardian]
"""Starts a guard with its orders; it calls back with the reason where the run must end."""

REPORT = "guard.jsonl"
PREPARING_S = 1800.0
"""Machine time for a warm-up and a zero, besides what the operator takes."""
SAFE_WITHIN_S = 30.0
"""The same for making all sources safe at the end."""
LEAST_MEASURING_S = 120.0
EVALUATING_S = 30.0
"""For the evaluation of one point: the first one also loads what it computes with."""
SHOWING_S = 60.0
"""For a face: somebody may have stopped the terminal with Ctrl-S, or by marking text."""
GIVE_UP_S = 24 * 3600.0
"""How long the guard goes on trying to reach a source that is not safe."""
GIVE_UP_SIMULATED_S = 30.0


def measuring_s(point: Point) -> float:
    """Return how long a point may take before the run counts as stalled, in seconds of machine time."""
    return max(LEAST_MEASURING_S, 10 * point.estimate_s)


def orders_for(plan: Plan, files: Files | None) -> Orders:
    """Return what the guard is told: every source of the bench, in the order that the procedure names."""
    first = [role for role in plan.procedure.sources if role in plan.bench.roles]
    sources = []
    for role in [*first, *(r for r in plan.bench.roles if r not in first)]:
        file = plan.bench.roles[role]
        driver = find_driver(file.driver)
        if issubclass(driver, Source):
            line = file.line.applied_to(driver.line)
            sources.append(GuardedSource(role, file.driver, file.resource, line, plan.bench.visa))
    report = "" if files is None else str(files.journal.with_name(REPORT).resolve())
    simulated = bool(plan.snapshot["simulated"])
    give_up_s = GIVE_UP_SIMULATED_S if simulated else GIVE_UP_S
    return Orders(os.getpid(), tuple(sources), report, _terminal(), give_up_s)


def _terminal() -> str:
    """Return the path of the terminal that this process talks to, or nothing."""
    try:
        if not os.isatty(2):
            return ""
        return "CONOUT$" if sys.platform == "win32" else os.ttyname(2)
    except OSError:
        return ""

"""A person at the balance: each load is asked for, and on a simulated bench what is confirmed lies on the pan."""

from collections.abc import Callable
from typing import Any

from calib.run import SimulatedHands, SimulatedOperator, run
from calib.study import Sample


def test_what_a_person_confirms_lies_on_the_simulated_pan(person: Callable[..., Any]) -> None:
    sample = Sample.load("weight-by-comparison")
    bench = sample.simulated_bench(3)
    asked = person(SimulatedOperator(bench.environment))
    outcome = run(
        sample.plan(bench.clock.now().date()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(asked, bench.connect, bench.panel),
    )
    assert outcome.status == "complete"
    loads = [prompt.text.en for prompt in asked.asked if prompt.id == "load.reference"]
    assert loads[:3] == [
        "Take everything off the pan.",
        "On the pan, and nothing else: R500 + R200 + R200a + R100",
        "On the pan, and nothing else: T1000",
    ]
    assert len(loads) == 3 * (1 + 16)
    alone = sample.calibrate(sample.simulated_bench(3))
    assert [row.error for row in outcome.results] == [row.error for row in alone.results]

"""A person at the balance: each load is asked for, and on a simulated bench what is confirmed lies on the pan."""

from calib.ports import Answer, Prompt
from calib.run import SimulatedHands, SimulatedOperator, run
from calib.study import Sample


class Person:
    """Confirms, and reads nameplates; touches no simulated thing."""

    name = "A. Nguyen"

    def __init__(self, bench_shows: SimulatedOperator) -> None:
        self._knows = bench_shows
        self.asked: list[Prompt] = []

    def ask(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        return self._knows.ask(prompt)


def test_what_a_person_confirms_lies_on_the_simulated_pan() -> None:
    sample = Sample.load("weight-by-comparison")
    bench = sample.simulated_bench(3)
    person = Person(SimulatedOperator(bench.environment))
    outcome = run(
        sample.plan(bench.clock.now().date()),
        connect=lambda resource, sink: bench.open(resource, sink=sink),
        clock=bench.clock,
        operator=SimulatedHands(person, bench.connect, bench.panel),
    )
    assert outcome.status == "complete"
    loads = [prompt.text.en for prompt in person.asked if prompt.id == "load.reference"]
    assert loads[:3] == [
        "Take everything off the pan.",
        "On the pan, and nothing else: R500 + R200 + R200a + R100",
        "On the pan, and nothing else: T1000",
    ]
    assert len(loads) == 3 * (1 + 16)
    alone = sample.calibrate(sample.simulated_bench(3))
    assert [row.error for row in outcome.results] == [row.error for row in alone.results]

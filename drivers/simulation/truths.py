"""Truths given in Python, in place of those that a bench file has drawn: for studies that draw them themselves."""

from collections.abc import Mapping

from calib.drivers.simulation.bench_file import BenchFile
from calib.drivers.simulation.component_kinds import ComponentFile
from calib.drivers.simulation.heat.laws import StatedThermometer
from calib.drivers.simulation.setup import Laws
from calib.drivers.simulation.standard_value import StandardFile
from calib.drivers.simulation.truth_file import Function, StatedValue, Truth
from calib.drivers.simulation.weights import StatedWeights
from calib.errors import InputError

Truths = Mapping[str, Mapping[Function, Truth] | StatedValue | StatedWeights | StatedThermometer]
"""By the name on the bench: of an instrument its laws by function, of a component its value, of a set of weights or a
thermometer what their worlds know."""


def with_components(file: BenchFile, truths: Truths) -> BenchFile:
    """Return the file with the stated values of its components; raise `InputError` for names that it has not."""
    unknown = [name for name in truths if name not in file.instruments and name not in file.components]
    if unknown:
        msg = f"truth of {', '.join(unknown)}: not on the bench; there are {', '.join(_names(file))}"
        raise InputError(msg)
    stated = {n: _stated(n, file.components[n], truth) for n, truth in truths.items() if n in file.components}
    return file.model_copy(update={"components": {**file.components, **stated}}) if stated else file


def state_truths(laws: Mapping[str, Laws], truths: Truths) -> None:
    """Let the instruments err as stated."""
    for name, by_function in truths.items():
        if name not in laws or isinstance(by_function, StatedWeights | StatedThermometer):
            continue
        if isinstance(by_function, StatedValue):
            msg = f"truth of {name}: an instrument errs by function, such as {{'dc_voltage': StatedTruth(…)}}"
            raise InputError(msg)
        for function, truth in by_function.items():
            laws[name].state(function, truth)


def _stated(name: str, component: ComponentFile, truth: object) -> ComponentFile:
    if not (isinstance(truth, StatedValue) and isinstance(component, StandardFile)):
        msg = f"truth of {name}: {component.kind} takes a StatedValue, and an opposition none"
        raise InputError(msg)
    return component.model_copy(update={"truth": truth})


def _names(file: BenchFile) -> list[str]:
    return [*file.instruments, *file.components]

"""The public face: every name is there, and what is seldom needed is loaded late."""

import subprocess
import sys

import pytest

import calib.uncertainty as face


def test_every_name_is_found_where_it_is_said_to_be() -> None:
    assert len(set(face.__all__)) == len(face.__all__)
    for name in face.__all__:
        assert getattr(face, name) is not None
        assert name in dir(face)
    assert set(face._LATER) <= set(face.__all__)
    for name, module in face._LATER.items():
        assert getattr(face, name) is getattr(sys.modules[f"calib.uncertainty.{module}"], name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'fit_everything'"):
        face.fit_everything  # noqa: B018


def test_fits_scipy_and_processes_are_not_loaded_with_the_package() -> None:
    code = (
        "import sys, calib.uncertainty as u; seldom = ('scipy', 'multiprocessing', 'calib.uncertainty.leastsquares',"
        " 'calib.uncertainty.propagation'); late = [m for m in sys.modules if m.startswith(seldom)];"
        " print(late, u.fit_line.__name__)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["[]", "fit_line"]


def test_monte_carlo_on_threads_does_not_load_processes() -> None:
    code = (
        "import sys; from calib.uncertainty import propagate, quantity\n"
        "propagate(lambda x: x, {'x': quantity(1, u=1)}, 'monte-carlo', trials=200_000, workers=2)\n"
        "print('multiprocessing' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"

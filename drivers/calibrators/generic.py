"""A calibrator of no maker, for simulated laboratories: a known language, a specification of its own."""

from calib.drivers.calibrators.fluke_5522a import Fluke5522A


class GenericCalibrator(Fluke5522A):
    """Speaks as a Fluke 5522A does; its specification is `generic-calibrator-33`."""

    models = ("CALIBRATOR-33",)

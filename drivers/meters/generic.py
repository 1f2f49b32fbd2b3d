"""A multimeter of no maker, for simulated laboratories: a known language, a specification of its own."""

from calib.drivers.meters.fluke_8846a import Fluke8846A


class GenericMultimeter(Fluke8846A):
    """Speaks as a Fluke 8846A does; its specification is `generic-multimeter-6`."""

    models = ("MULTIMETER-6",)

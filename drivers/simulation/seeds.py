"""Random streams of a simulated bench: one for each unit and purpose, whatever the order in which they are used."""

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the generator of `names` (such as "meter", "truth") on the bench with `seed`."""
    key = [byte for name in names for byte in (*name.encode(), 0)]
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=tuple(key)))


def new_seed() -> int:
    """Return a seed from the system's entropy, small enough to be typed again."""
    return int(np.random.SeedSequence().generate_state(1, np.uint32)[0])

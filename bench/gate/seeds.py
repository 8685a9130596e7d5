"""Every part of the simulation has random numbers of its own, by its name: parts can be run alone and in any order."""

import zlib

import numpy as np

SEED = 20_011
"""Of the whole benchmark."""


def generator(*names: object) -> np.random.Generator:
    """Give the PCG64 generator of a part."""
    key = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([SEED, *key])))

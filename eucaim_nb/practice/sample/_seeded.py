"""UIDs and random numbers that depend on the seed and on nothing else."""

import hashlib

import numpy as np


def _digest(seed: int, parts: tuple[object, ...]) -> bytes:
    return hashlib.sha256("/".join(map(str, (seed, *parts))).encode()).digest()


def uid(seed: int, *parts: object) -> str:
    """UID under 2.25 (PS3.5 B.2) for one named thing of the cohort."""
    return f"2.25.{int.from_bytes(_digest(seed, parts)[:16], 'big')}"


def generator(seed: int, *parts: object) -> np.random.Generator:
    """Random generator for one named thing, so that adding another thing changes nothing here."""
    return np.random.default_rng(int.from_bytes(_digest(seed, parts)[:8], "big"))

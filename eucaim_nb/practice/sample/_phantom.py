"""Phantom anatomy: ellipsoids in a body, seen by CT, MR, ultrasound and X-ray.

Coordinates are fractions of the field of view: x and y in [-1, 1] over the image, z over the stack.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._tables import Row, rows

Image = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


@lru_cache(maxsize=8)
def _grid(size: int) -> tuple[Image, Image]:
    centres = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    return centres[np.newaxis, :], centres[:, np.newaxis]


def structures(cancer: str, z: float, size: int) -> Iterator[tuple[Row, Mask]]:
    """Structures cut by the axial plane `z`, in painting order, each with its mask of shape (size, size)."""
    x, y = _grid(size)
    for row in rows("anatomy"):
        depth = (z - float(row["z"])) / float(row["rz"])
        if cancer not in row["cancers"].split() or abs(depth) >= 1:
            continue
        shrink = (1 - depth**2) ** 0.5
        across = (x - float(row["x"])) / (float(row["rx"]) * shrink)
        down = (y - float(row["y"])) / (float(row["ry"]) * shrink)
        yield row, across**2 + down**2 <= 1


def ct_slice(cancer: str, z: float, size: int, random: np.random.Generator) -> Image:
    """Hounsfield units of one axial plane."""
    image = np.full((size, size), -1000, dtype=np.float32)
    for row, mask in structures(cancer, z, size):
        image[mask] = float(row["hu"])
    return _soften(image) + random.standard_normal((size, size), dtype=np.float32) * 12


def mr_slice(
    cancer: str, z: float, size: int, random: np.random.Generator, *, b: float | None = None
) -> Image:
    """T2-weighted signal of one axial plane; with `b` (s/mm²) attenuated by diffusion."""
    image = np.zeros((size, size), dtype=np.float32)
    for row, mask in structures(cancer, z, size):
        signal = float(row["t2"])
        if b is not None:
            signal *= float(np.exp(-b * float(row["adc"]) * 1e-6))
        image[mask] = signal
    noise = random.standard_normal((2, size, size), dtype=np.float32) * 9
    # Magnitude images have Rician noise: never negative, never quite zero.
    magnitude: Image = np.hypot(_soften(image) + noise[0], noise[1])
    return magnitude


def ultrasound(cancer: str, height: int, width: int, random: np.random.Generator, *, phase: float) -> Image:
    """Grey levels 0-255 of a sector scan with a dark lesion that moves with `phase`."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    depth, across = y - 8, x - width / 2
    radius, angle = np.hypot(depth, across), np.arctan2(across, depth)
    sector = (np.abs(angle) < 0.68) & (radius > 18) & (radius < height - 14)
    speckle = random.rayleigh(1.0, (height, width)).astype(np.float32)
    grey = 62 * speckle * (1.15 - radius / (1.6 * height)) + 18 * np.sin(radius / 7)
    place = 0.5 + 0.05 * np.sin(phase)
    lesion = ((y - place * height) / 14) ** 2 + ((x - 0.55 * width) / 21) ** 2
    grey[lesion < 1] *= 0.22 if cancer == "breast" else 1.9
    grey[(lesion >= 1) & (lesion < 1.35)] *= 1.5
    return np.clip(np.where(sector, grey, 0), 0, 255)


def projection(cancer: str, size: int, random: np.random.Generator) -> Image:
    """X-ray attenuation seen from the front: the stack of planes summed along y, top of the body first."""
    planes = np.linspace(2.3, -2.3, 48)
    lines = []
    for z in planes:
        density = np.zeros((size, size), dtype=np.float32)
        for row, mask in structures(cancer, float(z), size):
            density[mask] = (float(row["hu"]) + 1000) / 1000
        lines.append(density.sum(axis=0))
    attenuation: Image = np.repeat(np.stack(lines), size // len(planes) + 1, axis=0)[:size]
    attenuation = _soften(_soften(attenuation)) / attenuation.max()
    attenuation += random.standard_normal((size, size), dtype=np.float32) * 0.008
    return attenuation


def mammogram(height: int, width: int, random: np.random.Generator) -> Image:
    """Attenuation in [0, 1] of a compressed breast with the chest wall at the left edge."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    edge = np.hypot((y - height / 2) / (height * 0.44), x / (width * 0.82))
    image = np.clip(1 - edge, 0, 1) ** 0.3 * 0.4
    strands = random.standard_normal((height, width), dtype=np.float32)
    for _ in range(8):
        strands = _soften(_soften(strands))
    image += np.where(edge < 0.72, np.clip(strands * 2 + 0.12, 0, 0.4), 0)
    image += 0.4 * np.exp(-(((y - 0.42 * height) / 13) ** 2 + ((x - 0.36 * width) / 12) ** 2))
    image[edge >= 1] = 0
    noisy: Image = np.clip(image + random.standard_normal((height, width), dtype=np.float32) * 0.01, 0, 1)
    return noisy


def _soften(image: Image) -> Image:
    """Partial volume: a 3 by 3 binomial blur."""
    padded = np.pad(image, 1, mode="edge")
    down = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    blurred: Image = (down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]) / 4
    return blurred

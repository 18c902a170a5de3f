"""Where the images of a series lie: stacks of one orientation, their spacing, gaps and volumes (PS3.3 C.7.6.2).

Positions are projected on the normal of the image plane, so axial, sagittal, coronal and oblique stacks are alike.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

SAME_ORIENTATION_DEGREES = 0.5
TILT_DEGREES = 0.1
_SAME_POSITION = 0.01
"""Images nearer than this share of the spacing have one position."""
_ROUNDING_MM = 0.001
_TOLERANCE, _TOLERANCE_MM = 0.2, 0.2
"""How far a distance may be from the spacing, or a multiple of it: scanners round positions."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Slices that are missing between two positions, in mm along the normal."""

    after: float
    before: float
    missing: int

    @property
    def positions(self) -> list[float]:
        """Where the missing slices should be."""
        step = (self.before - self.after) / (self.missing + 1)
        return [round(self.after + step * (n + 1), 3) for n in range(self.missing)]


class Levels:
    """Positions along a line, in ascending order, with images that share one counted together.

    Attributes
    ----------
    of : array of int
        For each image, the number of its position.
    at : array of float
        The positions, in mm.
    """

    def __init__(self, along: Vector) -> None:
        order = np.argsort(along, kind="stable")
        steps = np.diff(along[order])
        apart = steps[steps > _ROUNDING_MM]
        same = max(_ROUNDING_MM, _SAME_POSITION * float(np.median(apart))) if apart.size else _ROUNDING_MM
        begins = np.concatenate(([True], steps > same)) if along.size else np.zeros(0, dtype=bool)
        number = np.cumsum(begins) - 1
        self.of: NDArray[np.intp] = np.empty(along.size, dtype=np.intp)
        self.of[order] = number
        self.at: Vector = along[order][begins]
        self.counts: NDArray[np.intp] = np.bincount(self.of, minlength=self.at.size)

    @cached_property
    def steps(self) -> Vector:
        """Distances between neighbouring positions, in mm."""
        return np.diff(self.at)

    @cached_property
    def spacing(self) -> float:
        """The distance that most neighbours have, in mm; 0 if there are no neighbours."""
        if not self.steps.size:
            return 0.0
        rounded = Counter(np.round(self.steps, 2).tolist())
        most = max(rounded.values())
        common = min(step for step, count in rounded.items() if count == most)
        near = self.steps[np.abs(self.steps - common) <= tolerance(common)]
        return float(np.median(near)) if near.size else float(np.median(self.steps))

    def gaps(self) -> list[Gap]:
        """Return where a whole number of slices is missing."""
        if len(self.at) < 3 or not self.spacing:
            return []
        times = np.rint(self.steps / self.spacing)
        off = np.abs(self.steps - times * self.spacing)
        whole = (times >= 2) & (off <= tolerance(self.spacing))
        return [
            Gap(float(self.at[n]), float(self.at[n + 1]), int(times[n]) - 1)
            for n in np.flatnonzero(whole).tolist()
        ]

    def irregular(self) -> list[float]:
        """Return the distances that are neither the spacing nor a multiple of it, in mm."""
        if len(self.at) < 3 or not self.spacing:
            return []
        times = np.maximum(np.rint(self.steps / self.spacing), 1)
        off = np.abs(self.steps - times * self.spacing) > tolerance(self.spacing)
        return [round(step, 3) for step in self.steps[off].tolist()]


def tolerance(spacing: float) -> float:
    """Return how far a distance may be from a multiple of the spacing, in mm."""
    return min(_TOLERANCE_MM, _TOLERANCE * spacing)


@dataclass(frozen=True)
class Stack:
    """Images of one orientation.

    Attributes
    ----------
    normal : array of shape (3,)
        Of the image plane.
    images : array of int
        Which images of the series.
    points : array of shape (images, 3)
        Image Position (Patient), in mm.
    """

    normal: Vector
    images: NDArray[np.intp]
    points: Vector

    @cached_property
    def levels(self) -> Levels:
        """Positions along the normal."""
        return Levels(self.points @ self.normal)

    @cached_property
    def tilt(self) -> float:
        """Angle in degrees between the normal and the way the origins go; 0 for fewer than three positions."""
        levels = self.levels
        if len(levels.at) < 3:
            return 0.0
        first, last = np.argmin(levels.of), np.argmax(levels.of)
        way = self.points[last] - self.points[first]
        across = way - (way @ self.normal) * self.normal
        along = abs(float(way @ self.normal))
        return float(np.degrees(np.arctan2(np.linalg.norm(across), along))) if along else 0.0

    def part(self, chosen: NDArray[np.bool_]) -> "Stack":
        """Return some of its images."""
        return Stack(self.normal, self.images[chosen], self.points[chosen])


def stacks(points: Vector, orientations: Sequence[int], axes: Mapping[int, Vector]) -> list[Stack]:
    """Divide the images of a series by orientation, the largest stack first.

    Parameters
    ----------
    points : array of shape (images, 3)
        NaN where an image has no position.
    orientations : sequence of int
        For each image, which of `axes` it has.
    axes : mapping of int to array of shape (6,)
        Image Orientation (Patient): direction cosines of rows and columns.
    """
    normals = {key: np.cross(axis[:3], axis[3:]) for key, axis in axes.items()}
    leaders: list[tuple[Vector, set[int]]] = []
    for key, axis in axes.items():
        for leader, members in leaders:
            if _angle(leader, axis) <= SAME_ORIENTATION_DEGREES:
                members.add(key)
                break
        else:
            leaders.append((axis, {key}))
    placed = ~np.isnan(points).any(axis=1)
    of = np.asarray(orientations)
    found = []
    for _, members in leaders:
        images = np.flatnonzero(np.isin(of, list(members)) & placed)
        if images.size:
            found.append(Stack(normals[min(members)], images, points[images]))
    return sorted(found, key=lambda stack: -stack.images.size)


def _angle(one: Vector, other: Vector) -> float:
    """Return the larger of the angles between two pairs of axes, in degrees."""
    cosines = (float(one[:3] @ other[:3]), float(one[3:] @ other[3:]))
    return float(np.degrees(np.arccos(np.clip(min(cosines), -1, 1))))


@dataclass(frozen=True)
class Volumes:
    """Volumes that lie in one another: phases, b-values, echoes.

    `key` is the attribute that tells them apart, '' if none does. `parts` are stacks, in the order of its values.
    """

    key: str
    values: Sequence[str]
    parts: Sequence[Stack]


def volumes(stack: Stack, keys: Mapping[str, Sequence[str]]) -> Volumes:
    """Divide a stack in which positions occur more than once, by the first attribute that does it.

    Parameters
    ----------
    keys
        By attribute, its value for each image of the series; attributes that tell volumes apart come first.
    """
    most = int(stack.levels.counts.max(initial=1))
    for key, values in keys.items():
        own = np.asarray([values[number] for number in stack.images.tolist()], dtype=object)
        different = sorted(set(own.tolist()), key=_as_number)
        # As many values as volumes at most: a trigger time that differs in every image tells no volumes apart.
        if not 2 <= len(different) <= most:
            continue
        parts = [stack.part(np.asarray(own == value)) for value in different]
        if all(int(part.levels.counts.max(initial=1)) == 1 for part in parts):
            return Volumes(key, different, parts)
    return Volumes("", (), (stack,))


def _as_number(text: str) -> tuple[float, str]:
    try:
        return float(text), text
    except ValueError:
        return float("inf"), text

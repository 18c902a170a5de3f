"""Every picture decoded, in a process that may end, and shown to the checks of content there."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.dicom import Guarded, GuardedError, Place, PreviewError, decoded
from eucaim_nb.ledger import LookRow

from ._context import Context
from ._finding import Level
from ._findings import found_by, kept
from ._registry import rules_for

_SECONDS = 120.0
_SIDE = 16
_MOST_FINDINGS = 50


@dataclass(frozen=True)
class Picture:
    """One decoded frame of a file of the index.

    Attributes
    ----------
    values
        Every indexed attribute of the file by keyword; None where it is missing.
    number, of
        Which frame it is, from 0, and how many there are.
    samples : array of shape (rows, columns) or (rows, columns, samples)
        Stored values; YBR is already RGB.
    slope, intercept
        From stored values to those of the modality.
    """

    values: Mapping[str, Any]
    number: int
    of: int
    samples: NDArray[Any]
    slope: float
    intercept: float
    bits_stored: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Undecoded:
    """A file of which a picture could not be decoded, and why, in words."""

    values: Mapping[str, Any]
    reason: str


def with_pictures(
    context: Context, files: Sequence[tuple[Mapping[str, Any], Place, LookRow]], guarded: Guarded
) -> Iterator[LookRow]:
    """Yield what was read of files, with what the checks of content found in their pictures."""
    for values, place, look in files:
        if not look.sha256:
            yield look
            continue
        try:
            likeness, found = guarded.call(_SECONDS, _measure, dict(values), place, context.node)
        except GuardedError as error:
            likeness, found = "", _undecoded(values, str(error), context.node)
        facts = {**look.facts, "findings": [*look.facts["findings"], *found], "decoded": True}
        yield replace(look, likeness=likeness, facts=facts)


def _measure(values: dict[str, Any], place: Place, node: str) -> tuple[str, list[list[Any]]]:
    """Decode a file here and return its likeness and what its checks found; called in the guarded process."""
    rules = rules_for(Picture, Level.FULL, node)
    found: list[list[Any]] = []
    likeness = hashlib.blake2b(digest_size=12)
    telling = False
    try:
        with place.open() as file:
            for frame in decoded(file):
                picture = Picture(
                    values,
                    frame.index,
                    frame.count,
                    frame.samples,
                    frame.number("RescaleSlope", "PixelValueTransformationSequence") or 1.0,
                    frame.number("RescaleIntercept", "PixelValueTransformationSequence") or 0.0,
                    int(frame.header.get("BitsStored") or frame.header.get("BitsAllocated") or 16),
                    bool(frame.header.get("PixelRepresentation")),
                )
                brighter = _likeness(frame.samples)
                telling = telling or 8 < int(brighter.sum()) < _SIDE * _SIDE - 8
                likeness.update(np.packbits(brighter).tobytes())
                if len(found) < _MOST_FINDINGS:
                    found += [kept(check, one) for check, rule in rules for one in found_by(rule, picture)]
    except PreviewError as error:
        found += _undecoded(values, str(error), node)
        telling = False
    except (OSError, KeyError, ValueError):
        found += _undecoded(values, "The file cannot be read any more. Scan again.", node)
        telling = False
    return likeness.hexdigest() if telling else "", found


def _undecoded(values: Mapping[str, Any], reason: str, node: str) -> list[list[Any]]:
    view = Undecoded(values, reason)
    return [kept(check, one) for check, rule in rules_for(Undecoded, Level.FULL, node) for one in rule(view)]


def _likeness(samples: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which of 16 x 16 parts of a picture are brighter than their mean."""
    grey = samples if samples.ndim == 2 else samples.mean(axis=2)
    rows, columns = (np.linspace(0, size, _SIDE + 1).astype(int)[:-1] for size in grey.shape)
    if min(grey.shape) < _SIDE:
        return np.zeros((_SIDE, _SIDE), dtype=bool)
    sums = np.add.reduceat(np.add.reduceat(grey.astype(np.float64), rows, axis=0), columns, axis=1)
    brighter: NDArray[np.bool_] = sums > sums.mean()
    return brighter

"""A series as its checks see it: attributes, images, and where they lie in space."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.ledger import LookRow, ProblemRecord, SeriesRows

from ._classes import is_annotation, is_image
from ._context import Context
from ._geometry import Stack, Volumes, stacks, volumes

Row = Mapping[str, Any]

# What tells volumes in one another apart, the surest first.
_VOLUME_KEYS = (
    "TemporalPositionIdentifier",
    "DiffusionBValue",
    "EchoTime",
    "AcquisitionNumber",
    "TriggerTime",
    "ImageType",
)
_LOCALISER = "LOCALIZER"
_NO_STACK = frozenset((_LOCALISER, "SCREEN SAVE"))


class Series:
    """A series of the index.

    Attributes
    ----------
    files
        One row per file, in the order of instance numbers, with the attributes of the index that differ inside series.
    images
        The first file of each SOP Instance UID.
    looks
        What was read of each file, by its id; empty at the level quick.
    """

    def __init__(
        self,
        context: Context,
        study_uid: str,
        series_uid: str,
        rows: SeriesRows,
        looks: Mapping[int, LookRow],
    ) -> None:
        self.context, self.study_uid, self.series_uid = context, study_uid, series_uid
        self.files: Sequence[Row] = rows.instances
        self.problems: Mapping[int, Sequence[ProblemRecord]] = rows.problems
        self.looks = looks
        used = Counter(row["header_id"] for row in rows.instances)
        self._headers = {number: rows.headers[number] for number in used}
        self._used = used

    @cached_property
    def images(self) -> list[Row]:
        """The first file of each SOP Instance UID."""
        first: dict[str, Row] = {}
        for row in self.files:
            first.setdefault(row["SOPInstanceUID"], row)
        return list(first.values())

    def counted(self, keyword: str) -> Counter[str]:
        """Count the files by the value of an attribute that a series normally shares; '' where it is missing."""
        found: Counter[str] = Counter()
        for number, header in self._headers.items():
            found[header[keyword] or ""] += self._used[number]
        return found

    def value(self, keyword: str) -> str:
        """Return the value that most files have of such an attribute; '' if they have none."""
        found = self.counted(keyword)
        found.pop("", None)
        return found.most_common(1)[0][0] if found else ""

    def headers(self) -> Iterator[tuple[int, Mapping[str, str | None]]]:
        """Yield each distinct combination of such attributes, with its number; None where one is missing."""
        yield from self._headers.items()

    def header_of(self, row: Row) -> Mapping[str, str | None]:
        """Return the attributes of one file that a series normally shares."""
        return self._headers[row["header_id"]]

    def files_of(self, number: int) -> int:
        """Return how many files have the header of a number."""
        return self._used[number]

    def of(self, row: Row, keyword: str) -> str:
        """Return an attribute of one file, whichever level the index keeps it at; '' where it is missing."""
        held = row if keyword in row else self._headers[row["header_id"]]
        return held[keyword] or ""

    def column(self, keyword: str) -> list[str]:
        """Return an attribute of every image; '' where it is missing."""
        if self.images and keyword in self.images[0]:
            return [row[keyword] or "" for row in self.images]
        values = {number: header[keyword] or "" for number, header in self._headers.items()}
        return [values[row["header_id"]] for row in self.images]

    def extra(self, keyword: str) -> Counter[str]:
        """Count files by an attribute that only whole headers have; those that were not read are not counted."""
        return Counter(
            value for look in self.looks.values() if (value := look.facts["extra"].get(keyword)) is not None
        )

    def with_problem(self, *kinds: str) -> Iterator[tuple[Row, ProblemRecord]]:
        """Yield the files of which the scan said such a thing, each once."""
        for row in self.files:
            for problem in self.problems.get(row["file_id"], ()):
                if problem.kind in kinds:
                    yield row, problem
                    break

    # What kind of series

    @cached_property
    def classes(self) -> Counter[str]:
        """Files by SOP Class UID."""
        return self.counted("SOPClassUID")

    @property
    def is_annotation(self) -> bool:
        """Whether it holds segmentations or contours."""
        return any(map(is_annotation, self.classes))

    @property
    def has_pictures(self) -> bool:
        """Whether it holds images."""
        return any(map(is_image, self.classes))

    @cached_property
    def frames(self) -> list[int]:
        """Number of frames of each image."""
        return [int(text) if text.isdigit() else 1 for text in self.column("NumberOfFrames")]

    # Geometry

    @cached_property
    def is_localiser(self) -> NDArray[np.bool_]:
        """For each image, whether it says that it is a localiser or a screen shot: these make no stack."""
        words = {
            text: not _NO_STACK.isdisjoint(text.upper().split("\\")) for text in set(self.column("ImageType"))
        }
        return np.asarray([words[text] for text in self.column("ImageType")], dtype=bool)

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Image Position (Patient) of each image, in mm; NaN where it is missing or no position."""
        values = [_numbers(text, 3) for text in self.column("ImagePositionPatient")]
        return np.asarray(values, dtype=np.float64).reshape(-1, 3)

    @cached_property
    def axes(self) -> dict[int, NDArray[np.float64]]:
        """Image Orientation (Patient) by header, where there is a sound one."""
        found = {}
        for number, header in self._headers.items():
            axes = np.asarray(_numbers(header["ImageOrientationPatient"] or "", 6))
            if not np.isnan(axes).any() and abs(np.linalg.norm(np.cross(axes[:3], axes[3:])) - 1) < 0.05:
                found[number] = axes
        return found

    @cached_property
    def stacks(self) -> list[Stack]:
        """Its images by orientation, the largest stack first; none for projections and multi-frame images."""
        single = np.asarray(self.frames) == 1
        if not single.any():
            return []
        points = np.where(single[:, None], self.points, np.nan)
        return stacks(points, [row["header_id"] for row in self.images], self.axes)

    @cached_property
    def volumes(self) -> list[Volumes]:
        """The volumes of each stack, localisers left out."""
        found = []
        for stack in self.stacks:
            chosen = ~self.is_localiser[stack.images]
            if chosen.any():
                part = stack if chosen.all() else stack.part(chosen)
                found.append(volumes(part, {key: self.column(key) for key in _VOLUME_KEYS}))
        return found


def _numbers(text: str, count: int) -> list[float]:
    parts = text.split("\\")
    if len(parts) == count:
        try:
            return [float(part) for part in parts]
        except ValueError:
            pass
    return [float("nan")] * count

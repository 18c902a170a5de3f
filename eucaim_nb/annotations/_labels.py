"""What labels mean: read from and saved to JSON that dcmqi (`itkimage2segimage`) takes too."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from eucaim_nb.errors import MaskError
from eucaim_nb.reports import write

from ._codes import Code, folded, preset_for
from ._mask import Meaning, Segment

METHODS = ("MANUAL", "SEMIAUTOMATIC", "AUTOMATIC")
_PARTS = {
    "category": ("category", "SegmentedPropertyCategoryCodeSequence"),
    "type": ("type", "SegmentedPropertyTypeCodeSequence"),
    "region": ("region", "AnatomicRegionSequence"),
}
_TEXTS = {
    "label": ("name", "SegmentLabel"),
    "description": ("description", "SegmentDescription"),
    "method": ("method", "SegmentAlgorithmType"),
    "algorithm": ("algorithm", "SegmentAlgorithmName"),
    "algorithm_version": ("algorithm_version", "SegmentAlgorithmVersion"),
    "tracking_id": ("tracking_id", "TrackingIdentifier"),
}
_NO_NAME = re.compile(r"((segment|label)[ _]?\d*)?", re.IGNORECASE)
"""What programs call a label that nobody gave a name; a label with a name is not told by its value."""
_NOT_UNDERSTOOD = (
    "The file with the labels cannot be understood. Give JSON with a name, a category and a type for each label, or "
    "the metadata of dcmqi."
)


@dataclass(frozen=True, slots=True)
class Labels:
    """Meanings by label value. `usual_method` and its algorithm hold where a label does not say how it was made."""

    meanings: Mapping[int, Meaning] = field(default_factory=dict)
    usual_method: str = "MANUAL"
    usual_algorithm: str = ""
    usual_version: str = ""

    def of(self, segment: Segment) -> Meaning:
        """Return what a segment means: what is said here of its name or value, else what its file says, else presets.

        Raises
        ------
        MaskError
            Nobody says what it is, or which program made it.
        """
        own = segment.meaning
        here = self._named(own.label) or (self.meanings.get(segment.value) if _NO_NAME.fullmatch(own.label) else None)
        meaning = _over(here or Meaning(), own)
        preset = preset_for(meaning.label)
        if preset is not None:
            known = Meaning(category=preset.category, type=preset.type, region=preset.region, colour=preset.colour)
            meaning = _over(meaning, known if meaning.type in (None, preset.type) else Meaning())
        if not meaning.method:
            meaning = replace(
                meaning,
                method=self.usual_method,
                algorithm=meaning.algorithm or self.usual_algorithm,
                algorithm_version=meaning.algorithm_version or self.usual_version,
            )
        if meaning.category is None or meaning.type is None or not meaning.label:
            raise MaskError(f"Label {segment.value} has no description. Say what it is.")
        if meaning.method != "MANUAL" and not meaning.algorithm:
            raise MaskError(
                f"Label {segment.value} was made by a program that is not named. Say which, or that a person drew it."
            )
        return replace(meaning, description=meaning.description or meaning.type.meaning)

    def _named(self, label: str) -> Meaning | None:
        wanted = folded(label)
        return next((one for one in self.meanings.values() if wanted and folded(one.label) == wanted), None)


def read_labels(source: str | os.PathLike[str] | Mapping[str, Any]) -> Labels:
    """Read what labels mean.

    Parameters
    ----------
    source
        A JSON file or its content: either an object with an entry per label value (`name`, `category`, `type`, and
        where wanted `region`, `description`, `method`, `algorithm`, `algorithm_version`, `tracking_id`, `colour`),
        or the metadata of dcmqi (`segmentAttributes`).

    Raises
    ------
    MaskError
        It cannot be read.
    """
    if isinstance(source, Mapping):
        content: Any = source
    else:
        try:
            content = json.loads(Path(source).expanduser().read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise MaskError(f"The file with the labels cannot be read: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            raise MaskError(_NOT_UNDERSTOOD) from error
    try:
        return Labels(MappingProxyType({value: _meaning(entry) for value, entry in _entries(content)}))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise MaskError(_NOT_UNDERSTOOD) from error


def save_labels(labels: Labels, path: Path) -> Path:
    """Write labels in the form that dcmqi takes, and `read_labels` too.

    Raises
    ------
    WorkspaceError
        The file cannot be written.
    """
    return write(path, json.dumps(as_dcmqi(labels), indent=2, ensure_ascii=False) + "\n")


def as_dcmqi(labels: Labels) -> dict[str, Any]:
    """Return labels as the metadata of dcmqi."""
    return {
        "@schema": "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/schemas/seg-schema.json#",
        "BodyPartExamined": "",
        "ContentCreatorName": "",
        "ClinicalTrialSeriesID": "",
        "ClinicalTrialTimePointID": "",
        "SeriesDescription": "Segmentation",
        "SeriesNumber": "300",
        "InstanceNumber": "1",
        "segmentAttributes": [[_as_dcmqi(value, one) for value, one in sorted(labels.meanings.items())]],
    }


def _as_dcmqi(value: int, meaning: Meaning) -> dict[str, Any]:
    found: dict[str, Any] = {"labelID": value}
    for name, (_, keyword) in _TEXTS.items():
        if text := getattr(meaning, name):
            found[keyword] = text
    for name, (_, keyword) in _PARTS.items():
        code = getattr(meaning, name)
        if code is not None:
            found[keyword] = code.plain()
    if meaning.colour is not None:
        found["recommendedDisplayRGBValue"] = list(meaning.colour)
    return found


def _entries(content: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if "segmentAttributes" not in content:
        yield from ((int(value), entry) for value, entry in content.items())
        return
    for entries in content["segmentAttributes"]:
        for entry in entries:
            yield int(entry["labelID"]), entry


def _meaning(entry: Mapping[str, Any]) -> Meaning:
    def either(keys: tuple[str, str]) -> Any:
        return entry.get(keys[0]) or entry.get(keys[1])

    texts = {name: str(either(keys) or "").strip() for name, keys in _TEXTS.items()}
    category, kind, region = (Code.of(triple) if (triple := either(keys)) else None for keys in _PARTS.values())
    texts["label"] = texts["label"] or texts["description"] or (kind.meaning if kind else "")
    texts["method"] = texts["method"].upper()
    if texts["method"] not in ("", *METHODS):
        raise MaskError("A method is none of MANUAL, SEMIAUTOMATIC and AUTOMATIC. Mend the labels.")
    colour = _colour(either(("colour", "recommendedDisplayRGBValue")))
    said: dict[str, Any] = {**texts, "category": category, "type": kind, "region": region, "colour": colour}
    return Meaning(**said)


def _colour(value: Any) -> tuple[int, int, int] | None:
    if not value:
        return None
    red, green, blue = (int(one) for one in value)
    if not all(0 <= one <= 255 for one in (red, green, blue)):
        raise ValueError
    return red, green, blue


def _over(above: Meaning, below: Meaning) -> Meaning:
    """Return a meaning with what it does not say taken from another."""
    fields = ("label", "description", "category", "type", "region", "method", "algorithm", "algorithm_version")
    said = {name: getattr(above, name) or getattr(below, name) for name in (*fields, "tracking_id", "colour")}
    return Meaning(**said)

"""Segmentations of MITK: label groups in the header of an NRRD file, or a `.mitklabel.json` beside the images.

https://docs.mitk.org, "MITK Stacked Segmentation Format".
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eucaim_nb.errors import MaskError

from ._beside import beside
from ._mask import Meaning, Segment

_ROOT = "org.mitk.multilabel.segmentation"
_METHODS = ("MANUAL", "SEMIAUTOMATIC", "AUTOMATIC")
_NOT_READABLE = "The labels that MITK wrote cannot be understood. Save the segmentation again."

SUFFIX = ".mitklabel.json"


def is_mitk(keys: Mapping[str, str]) -> bool:
    """Tell whether the header of an NRRD file describes label groups of MITK."""
    return f"{_ROOT}.labelgroups" in keys


def segments(keys: Mapping[str, str]) -> tuple[Segment, ...]:
    """Return the labels that the header of an NRRD file describes; each group is a layer.

    Raises
    ------
    MaskError
        They cannot be understood.
    """
    try:
        groups = json.loads(keys[f"{_ROOT}.labelgroups"])
        return tuple(
            Segment(layer, int(label["value"]), meaning_of(label))
            for layer, group in enumerate(groups)
            for label in group.get("labels") or ()
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MaskError(_NOT_READABLE) from error


def stack(path: Path) -> Iterator[tuple[Path, int, int, Meaning]]:
    """Yield the labels of a stack: their image, the value they have in it, their own value, and what they are.

    Raises
    ------
    MaskError
        It is no stack, or an image is not beside it.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["type"] != f"{_ROOT}.stack":
            raise MaskError("The file holds presets of MITK and no segmentation. Choose the segmentation.")
        for group in content["groups"]:
            for label in group["labels"]:
                name = label.get("_file") or label.get("file") or group.get("_file") or group.get("file")
                own = bool(label.get("_file") or label.get("file"))
                value = int(label["value"])
                inside = int(label.get("_file_value", value)) if own else value
                yield beside(path, str(name)), inside, value, meaning_of(label)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MaskError(_NOT_READABLE) from error


def meaning_of(label: Mapping[str, Any]) -> Meaning:
    """Return what a label says of itself."""
    colour = label.get("color") or ()
    if isinstance(colour, Mapping):
        colour = colour.get("value") or ()
    method = _property(label, "DICOM.0062.0002.0062.0008").upper()
    red, green, blue = (round(255 * float(one)) for one in colour) if len(colour) == 3 else (0, 0, 0)
    return Meaning(
        label=str(label.get("name") or ""),
        description=str(label.get("description") or ""),
        method=method if method in _METHODS else "",
        algorithm=_property(label, "DICOM.0062.0002.0062.0009"),
        colour=(red, green, blue) if len(colour) == 3 else None,
    )


def _property(label: Mapping[str, Any], name: str) -> str:
    """Return a property that stands for an attribute: a text, or the first of its values in time and space."""
    value = label.get(name)
    if isinstance(value, Mapping):
        inner = value.get("value", value)
        values = inner.get("values") if isinstance(inner, Mapping) else None
        value = values[0].get("value") if values else inner
    return value.strip() if isinstance(value, str) else ""

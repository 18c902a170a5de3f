"""The text model of RapidOCR (PP-OCR) on ONNX Runtime: where is text in a picture, and what does it say.

Only the networks in the wheel are used, on one thread; nothing is downloaded. The steps around them are those of
PP-OCR's DB text detector (arXiv 1911.08947) and of CTC decoding, for upright rectangles.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ._boxes import Box, regions

_PACKAGES = ("rapidocr_onnxruntime", "rapidocr")
_LEAST_SIDE, _MOST_SIDE = 960, 1600
_SIDE_STEP = 32
_MOST_ENLARGED = 4.0
_PROBABLE, _BOX_PROBABLE = 0.3, 0.5
_UNCLIP = 1.6
_LEAST_HEIGHT = 3
_LINE_HEIGHT = 48
_LONGEST_LINE = 3200


class TextModel:
    """A `Reader` that detects lines of text with a network and reads them with another."""

    sure = True

    def __init__(self, detector: Path, recogniser: Path) -> None:
        self._detector, self._recogniser = _session(detector), _session(recogniser)
        letters = self._recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._letters = ["", *letters, " "]

    def find(self, picture: NDArray[np.uint8]) -> list[Box]:
        """Return where lines of text are in a picture of shape (rows, columns, 3)."""
        rows, columns = picture.shape[:2]
        height, width = _sides(rows, columns)
        resized = np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR))
        [maps] = self._detector.run(None, {self._detector.get_inputs()[0].name: _tensor(resized)})
        probable = np.asarray(maps[0, 0], np.float32)
        found = []
        for region in regions(_thick(probable > _PROBABLE), probable):
            box = region.box
            if min(box.height, box.width) < _LEAST_HEIGHT or region.total / region.size < _BOX_PROBABLE * 0.8:
                continue
            # The network draws the core of a line; DB's "unclip" gives back what it left out.
            by = box.area * _UNCLIP / (2 * (box.height + box.width))
            found.append(
                Box(
                    max(int((box.top - by) * rows / height), 0),
                    max(int((box.left - by) * columns / width), 0),
                    min(int((box.bottom + by) * rows / height) + 1, rows),
                    min(int((box.right + by) * columns / width) + 1, columns),
                )
            )
        return found

    def read(self, picture: NDArray[np.uint8], box: Box) -> tuple[str, float]:
        """Return what a line says, and how sure that is from 0 to 1."""
        line = picture[box.slices]
        width = min(max(round(_LINE_HEIGHT * box.width / box.height), 16), _LONGEST_LINE)
        resized = np.asarray(Image.fromarray(line).resize((width, _LINE_HEIGHT), Image.Resampling.BILINEAR))
        [maps] = self._recogniser.run(None, {self._recogniser.get_inputs()[0].name: _tensor(resized)})
        best, sure = maps[0].argmax(axis=1), maps[0].max(axis=1)
        kept = (best != 0) & (np.diff(best, prepend=-1) != 0)
        text = "".join(self._letters[letter] for letter in best[kept])
        return text.strip(), float(sure[kept].mean()) if kept.any() else 0.0


@cache
def text_model() -> TextModel | None:
    """Return the model, None if the extra `ocr` is not installed."""
    if find_spec("onnxruntime") is None:
        return None
    for name in _PACKAGES:
        spec = find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            models = sorted((Path(place) / "models").glob("*.onnx"))
            detector = [path for path in models if "_det_" in path.name]
            recogniser = [path for path in models if "_rec_" in path.name]
            if detector and recogniser:
                return TextModel(detector[0], recogniser[0])
    return None


def _session(model: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _sides(rows: int, columns: int) -> tuple[int, int]:
    """Return the height and width at which to look: small pictures larger, large ones smaller."""
    scale = min(max(_LEAST_SIDE / min(rows, columns), 1.0), _MOST_ENLARGED)
    scale = min(scale, _MOST_SIDE / max(rows, columns))
    height, width = (max(round(side * scale / _SIDE_STEP), 1) * _SIDE_STEP for side in (rows, columns))
    return height, width


def _tensor(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    scaled = picture.astype(np.float32) / 127.5 - 1
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])


def _thick(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask with each set pixel also set below and to the right of it."""
    out = mask.copy()
    out[1:] |= mask[:-1]
    out[:, 1:] |= mask[:, :-1]
    out[1:, 1:] |= mask[:-1, :-1]
    return out



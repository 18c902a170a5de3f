"""One function for each action of the key. Each says what is wrong, or nothing."""

from __future__ import annotations

import csv
import hashlib
import io
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from benchmarks.deid.outputs import File, Outputs, fold, holds, reach, runs

Row = dict[str, Any]
Verdict = str
PASS = ""
_SHORT = 5
_UNCHANGED_SHARE = 0.85
_TOLERANCE = 0.035


class Linkage:
    """Which new UID and patient ID each old one became: told by the tool, or what most of its files say."""

    def __init__(self, outputs: Outputs, rows: Iterable[Row]) -> None:
        uids: dict[str, Counter[str]] = defaultdict(Counter)
        patients: dict[str, Counter[str]] = defaultdict(Counter)
        for row in rows:
            if row["action"] not in {"uid_consistent", "patid_consistent"}:
                continue
            into = uids if row["action"] == "uid_consistent" else patients
            for file in outputs.of(row["path"]):
                if file.dataset is None:
                    continue
                for value in _texts(file, row["tag"], any_item=False):
                    if value.strip():
                        into[row["value"]][value.strip()] += 1
        self.uids = _majority(uids) | outputs.uids
        self.patients = _majority(patients) | outputs.patients
        self._uid_owners = _owners(self.uids)
        self._patient_owners = _owners(self.patients)

    def uid(self, old: str, new: str) -> Verdict:
        if not new:
            return "no UID at this place"
        if self.uids.get(old) != new:
            return "another UID than elsewhere"
        return PASS if len(self._uid_owners[new]) == 1 else "one UID for several"

    def patient(self, old: str, new: str) -> Verdict:
        if not new:
            return "no patient ID"
        if self.patients.get(old) != new:
            return "another patient ID than elsewhere"
        return PASS if len(self._patient_owners[new]) == 1 else "one patient ID for several patients"


def _majority(counts: dict[str, Counter[str]]) -> dict[str, str]:
    return {
        old: sorted(news.items(), key=lambda pair: (-pair[1], pair[0]))[0][0] for old, news in counts.items()
    }


def _owners(mapping: dict[str, str]) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for old, new in mapping.items():
        owners[new].add(old)
    return owners


def text_removed(row: Row, file: File) -> Verdict:
    for value in reach(_ds(file), row["tag"], any_item=True):
        if isinstance(value, bytes) and any(holds(value.lower(), word) for word in _wanted(row)):
            return "found in bytes"
        for text in _as_texts(value):
            if found := _found(row, text):
                return f"found: {found}"
    return PASS


def text_retained(row: Row, file: File) -> Verdict:
    values = list(_texts(file, row["tag"], any_item=False))
    if not values:
        return "attribute missing"
    old, new = row["text"], values[0]
    if _numbers(old) is not None:
        same = _numbers(new) is not None and len(_numbers(old) or []) == len(_numbers(new) or [])
        if same and np.allclose(_numbers(old) or [], _numbers(new) or [], rtol=1e-6):
            return PASS
        return f"now {new!r}"
    present = set(runs(new))
    missing = [word for word in runs(old) if word not in present]
    return f"missing: {' '.join(missing)}" if missing else PASS


def tag_retained(row: Row, file: File) -> Verdict:
    return PASS if list(reach(_ds(file), row["tag"], any_item=False)) else "attribute missing"


def text_notnull(row: Row, file: File) -> Verdict:
    return (
        PASS if any(text.strip() for text in _texts(file, row["tag"], any_item=False)) else "empty or missing"
    )


def date_shifted(row: Row, file: File) -> Verdict:
    for value in reach(_ds(file), row["tag"], any_item=True):
        data = value if isinstance(value, bytes) else "\\".join(_as_texts(value)).encode("utf-8", "replace")
        if row["text"].encode() in data:
            return "old date"
    return PASS


def uid_changed(row: Row, file: File) -> Verdict:
    for value in reach(_ds(file), row["tag"], any_item=True):
        data = value if isinstance(value, bytes) else "\\".join(_as_texts(value)).encode("utf-8", "replace")
        if row["value"].encode() in data:
            return "old UID"
    return PASS


def class_uid_kept(row: Row, file: File) -> Verdict:
    return (
        PASS
        if list(_texts(file, row["tag"], any_item=False)) == [row["value"]]
        else "SOP class changed or missing"
    )


def meta_matches_sop(row: Row, file: File) -> Verdict:
    ds = _ds(file)
    pairs = (
        (ds.file_meta.get("MediaStorageSOPInstanceUID"), ds.get("SOPInstanceUID")),
        (ds.file_meta.get("MediaStorageSOPClassUID"), ds.get("SOPClassUID")),
    )
    return PASS if all(one and one == two for one, two in pairs) else "file meta and dataset disagree"


def stamp(row: Row, file: File) -> Verdict:
    for value in reach(_ds(file), row["tag"], any_item=False):
        found = (
            [str(item.get("CodeValue", "")) for item in value]
            if row["tag"] == "00120064"
            else _as_texts(value)
        )
        if any(text in row["value"] for text in found):
            return PASS
    return "stamp missing"


def safe_private_retained(row: Row, file: File) -> Verdict:
    return text_retained(row, file)


def bytes_removed(row: Row, file: File) -> Verdict:
    if row.get("how") == "hex":
        return "found in the file" if bytes.fromhex(row["value"]) in file.raw else PASS
    return "found in the file" if file.holds(row["value"]) else PASS


def preamble_clean(row: Row, file: File) -> Verdict:
    return "name in the preamble" if holds(file.raw[:128].lower(), row["text"]) else PASS


def jpeg_exif_removed(row: Row, file: File) -> Verdict:
    data = _ds(file).get("PixelData", b"")
    return "found in the codestream" if holds(data.lower(), row["text"]) else PASS


def filename_clean(row: Row, file: File) -> Verdict:
    found = _found(row, file.relative)
    return f"found: {found}" if found else PASS


def pixels_retained(row: Row, file: File, original: File) -> Verdict:
    new = _frames(_ds(file))
    if "digest" in row:
        digest = hashlib.sha256(np.ascontiguousarray(new, dtype="<u2").tobytes()).hexdigest()
        return PASS if digest == row["digest"] else "pixels differ"
    old = _frames(_ds(original))
    if old.shape != new.shape:
        return f"shape {new.shape} instead of {old.shape}"
    difference = np.abs(old.astype(np.int64) - new.astype(np.int64)) > _TOLERANCE * _range(old)
    if "box" not in row:
        return PASS if not difference.any() else "pixels differ"
    beside = np.ones(old.shape, dtype=bool)
    for left, top, right, bottom in row["box"]["box"]:
        beside[:, max(top - 8, 0) : bottom + 8, max(left - 8, 0) : right + 8] = False
    share = 1 - difference[beside].mean()
    return PASS if share >= _UNCHANGED_SHARE else f"only {share:.0%} unchanged beside the text"


def pixels_hidden(row: Row, file: File, original: File) -> Verdict:
    left, top, right, bottom = row["box"]["box"]
    old, new = _frames(_ds(original)), _frames(_ds(file))
    if new.shape[1:3] != old.shape[1:3] or len(new) != len(old):
        return f"shape {new.shape} instead of {old.shape}"
    for plane in row["box"]["frames"]:
        region = new[plane, top:bottom, left:right].astype(np.float64)
        spread = np.abs(region - np.median(region, axis=(0, 1))) > _TOLERANCE * _range(old)
        if spread.mean() <= 0.02:
            continue
        if np.array_equal(new[plane], old[plane]) or not reader():
            return f"frame {plane + 1} still shows something in the box"
        if words := _read(
            new[plane, max(top - 6, 0) : bottom + 6, max(left - 6, 0) : right + 6], row["text"]
        ):
            return f"frame {plane + 1} still reads {words}"
    return PASS


def derived_readable(row: Row, file: File) -> Verdict:
    ds, kind = _ds(file), row["value"]
    if isinstance(kind, dict):
        for keyword, count in kind.items():
            if len(ds.get(keyword) or []) != count:
                return f"{keyword} has {len(ds.get(keyword) or [])} items instead of {count}"
        return PASS
    try:
        return _READERS[kind](ds, row)
    except Exception as error:  # highdicom and pydicom raise many kinds: each means that it cannot be read
        return f"cannot be read: {type(error).__name__}"


def _segmentation(ds: Dataset, row: Row) -> Verdict:
    if find_spec("highdicom") is None:
        return PASS if ds.SegmentSequence[0].SegmentNumber == 1 and ds.SegmentationType else "no segment"
    from highdicom.seg import Segmentation

    logging.getLogger("highdicom").setLevel(logging.CRITICAL)  # what it would say becomes the verdict
    seg = Segmentation.from_dataset(ds)
    sources = [uid for *_, uid in seg.get_source_image_uids()]
    masks = seg.get_pixels_by_source_instance(sources)
    return PASS if masks.any() and len(masks) == len(sources) else "mask empty"


def _measurement(ds: Dataset, row: Row) -> Verdict:
    length = ds.ContentSequence[0].ContentSequence[2]
    measured = length.MeasuredValueSequence[0]
    image = length.ContentSequence[0].ContentSequence[0].ReferencedSOPSequence[0]
    whole = (
        float(measured.NumericValue) == 14.25 and measured.MeasurementUnitsCodeSequence[0].CodeValue == "mm"
    )
    return PASS if whole and image.ReferencedSOPInstanceUID else "measurement changed"


def _waveform(ds: Dataset, row: Row) -> Verdict:
    data = ds.WaveformSequence[0].WaveformData
    return PASS if hashlib.sha256(data).hexdigest() == row["digest"] else "samples differ"


_READERS: dict[str, Callable[[Dataset, Row], Verdict]] = {
    "segmentation": _segmentation,
    "measurement": _measurement,
    "waveform": _waveform,
}


def interval(row: Row, one: File, two: File) -> Verdict:
    value = row["value"]
    dates = []
    for file, tag in ((one, value["from"]), (two, value["to"])):
        text = next(iter(_texts(file, tag, any_item=False)), "")
        try:
            dates.append(date(int(text[:4]), int(text[4:6]), int(text[6:8])))
        except ValueError:
            return "no date"
    days = (dates[1] - dates[0]).days
    return PASS if days == value["days"] else f"{days} days instead of {value['days']}"


def table_keeps_link(row: Row, tables: list[File], new_id: str) -> Verdict:
    for table in tables:
        for cells in csv.reader(io.StringIO(table.raw.decode("utf-8-sig", "replace"))):
            if new_id and new_id in cells:
                return PASS
    return "no row with the new patient ID"


BY_FILE: dict[str, Callable[[Row, File], Verdict]] = {
    check.__name__: check
    for check in (
        text_removed,
        text_retained,
        tag_retained,
        text_notnull,
        date_shifted,
        uid_changed,
        class_uid_kept,
        meta_matches_sop,
        stamp,
        safe_private_retained,
        bytes_removed,
        preamble_clean,
        jpeg_exif_removed,
        filename_clean,
        derived_readable,
    )
}
BY_PAIR: dict[str, Callable[[Row, File, File], Verdict]] = {
    "pixels_retained": pixels_retained,
    "pixels_hidden": pixels_hidden,
}


def first_text(file: File, tag: str) -> str:
    """The text at one place, or nothing."""
    return next((text.strip() for text in _texts(file, tag, any_item=False)), "")


def _ds(file: File) -> Dataset:
    ds = file.dataset
    if ds is None:
        raise ValueError("not a readable DICOM file")
    return ds


def _texts(file: File, tag: str, *, any_item: bool) -> Iterable[str]:
    for value in reach(_ds(file), tag, any_item=any_item):
        yield "\\".join(_as_texts(value))


def _as_texts(value: Any) -> list[str]:
    if value is None:
        return [""]
    if isinstance(value, bytes):
        return [value.decode("latin-1")]
    if isinstance(value, (MultiValue, list)) and not isinstance(value, str):
        return [str(one) for one in value]
    return [str(value)]


def _wanted(row: Row) -> list[str]:
    return row["text"].split() if row.get("how") == "words" else row["text"].split("\\")


def _found(row: Row, text: str) -> str:
    folded, present = fold(text), set(runs(text))
    if row.get("how") != "words":
        return next((part for part in _wanted(row) if fold(part) and fold(part) in folded), "")
    for word in runs(row["text"]):
        whole = len(word) < _SHORT and word.isascii()
        if (word in present) if whole else (word in folded):
            return word
    return ""


def _numbers(text: str) -> list[float] | None:
    try:
        return [float(part) for part in text.split("\\")]
    except ValueError:
        return None


def _frames(ds: Dataset) -> NDArray[Any]:
    """Decoded frames, always (frames, rows, columns[, samples])."""
    array = ds.pixel_array
    single = int(ds.get("NumberOfFrames", 1) or 1) == 1
    return array[None] if single and array.ndim == (3 if int(ds.SamplesPerPixel) > 1 else 2) else array


def _range(old: NDArray[Any]) -> float:
    return float(old.max()) - float(old.min()) or 1.0


@cache
def reader() -> Any:
    """The OCR engine of the `ocr` extra, or None."""
    if find_spec("rapidocr_onnxruntime") is None:
        return None
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR()


def _read(region: NDArray[Any], text: str) -> str:
    """Words of `text` that the OCR engine still reads in a region."""
    grey = region.astype(np.float64)
    grey = (255 * (grey - grey.min()) / (float(np.ptp(grey)) or 1.0)).astype(np.uint8)
    shown = np.repeat(np.repeat(grey, 3, axis=0), 3, axis=1)
    shown = shown if shown.ndim == 3 else np.repeat(shown[..., None], 3, axis=2)
    lines, _ = reader()(np.pad(shown, ((40, 40), (40, 40), (0, 0))))
    read = fold(" ".join(line[1] for line in lines or []))
    return next((word for word in runs(text) if len(word) > 2 and word in read), "")

"""Whether two files hold the same: byte for byte, data set by data set, or at least the same pixels."""

import hashlib
from itertools import zip_longest
from typing import IO, Any

from pydicom import Dataset, dcmread
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

_PIECE = 2**20
_PIXELS = (0x7FE00010, 0x7FE00008, 0x7FE00009)
_PADDING = 0xFFFCFFFC


def same_content(here: IO[bytes], there: IO[bytes]) -> bool:
    """Tell whether two files are the same bytes or, because servers write files anew, at least the same data set.

    What is compared then is every element with its value as it is encoded, without the file meta information, group
    lengths and padding. A file that cannot be read as DICOM is the same as its own bytes only.
    """
    if _same_bytes(here, there):
        return True
    one, other = _data_set_digest(here), _data_set_digest(there)
    return one is not None and one == other


def pixel_digest(file: IO[bytes]) -> bytes | None:
    """Return a digest of the pixel data as it is encoded; None if there is none, or the file cannot be read."""
    dataset = _read(file)
    values = [_raw(dataset, tag) for tag in _PIXELS if tag in dataset] if dataset is not None else []
    return hashlib.sha256(b"".join(values)).digest() if any(values) else None


def _same_bytes(here: IO[bytes], there: IO[bytes]) -> bool:
    for file in (here, there):
        file.seek(0)
    pieces = zip_longest(iter(lambda: here.read(_PIECE), b""), iter(lambda: there.read(_PIECE), b""))
    return all(one == other for one, other in pieces)


def _data_set_digest(file: IO[bytes]) -> bytes | None:
    dataset = _read(file)
    if dataset is None:
        return None
    digest = hashlib.sha256()
    try:
        _take_in(dataset, digest)
    except Exception:  # whatever a damaged element makes pydicom raise: it cannot be compared so
        return None
    return digest.digest()


def _take_in(dataset: Dataset, digest: Any) -> None:
    for tag in sorted(dataset.keys()):
        if tag.element == 0 or tag == _PADDING:
            continue
        digest.update(f"{tag:08X}".encode())
        if _is_sequence(dataset, tag):
            for item in dataset[tag].value:
                digest.update(b"{")
                _take_in(item, digest)
                digest.update(b"}")
        else:
            content = _raw(dataset, tag)
            digest.update(f" {len(content)} ".encode() + content)


def _is_sequence(dataset: Dataset, tag: BaseTag) -> bool:
    """Tell whether an element is a sequence, without converting its value."""
    element = dataset.get_item(tag)
    vr = None if element is None else element.VR
    if vr is None and not tag.is_private and dictionary_has_tag(tag):
        vr = dictionary_VR(tag)  # implicit VR
    return vr == "SQ"


def _raw(dataset: Dataset, tag: Any) -> bytes:
    """Return a value as it is encoded, or what stands for it where pydicom has converted it."""
    element = dataset.get_item(tag)
    value = element.value if isinstance(element, RawDataElement) else dataset[tag].value
    if isinstance(value, bytes):
        return value
    return b"" if value is None or value == "" else repr(value).encode()


def _read(file: IO[bytes]) -> Dataset | None:
    file.seek(0)
    try:
        return dcmread(file, force=True)
    except Exception:  # as above
        return None

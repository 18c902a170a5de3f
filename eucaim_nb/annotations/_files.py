"""Which files below a folder are masks, and what is in one of them."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import FileDataset

from eucaim_nb.dicom import HeaderError, quiet_pydicom, read_header
from eucaim_nb.errors import MaskError

from . import _metaimage, _mitk, _nifti, _nrrd, _slicer
from ._mask import Frame, Mask, Segment
from ._volume import Volume, as_labels

_MOST_HEADER = 256 * 1024**2


class Format(StrEnum):
    """What a mask comes in."""

    NIFTI = "NIfTI"
    NRRD = "NRRD"
    META = "MetaImage"
    MITK = "MITK label stack"
    RTSTRUCT = "RT Structure Set"
    SEG = "DICOM-SEG"


_SUFFIXES: dict[str, tuple[Format, Callable[[Path], Volume]]] = {
    ".nii": (Format.NIFTI, _nifti.read),
    ".nii.gz": (Format.NIFTI, _nifti.read),
    ".nrrd": (Format.NRRD, _nrrd.read),
    ".nhdr": (Format.NRRD, _nrrd.read),
    ".mha": (Format.META, _metaimage.read),
    ".mhd": (Format.META, _metaimage.read),
}


@dataclass(frozen=True, slots=True)
class MaskFile:
    """A file with a mask; `name` is its path below the folder that was looked through, with '/'."""

    path: Path
    name: str
    format: Format

    @property
    def is_dicom(self) -> bool:
        """Whether it names the images that it was drawn on."""
        return self.format in (Format.RTSTRUCT, Format.SEG)


def masks_in(place: str | os.PathLike[str]) -> list[MaskFile]:
    """Return the masks in a file or below a folder, by name; other files are passed over.

    Raises
    ------
    MaskError
        There is no such place.
    """
    root = Path(place).expanduser().absolute()
    if root.is_file():
        found = [(root, root.name)]
    elif root.is_dir():
        found = [(path, path.relative_to(root).as_posix()) for path in _walk(root)]
    else:
        raise MaskError("There is no folder or file of masks at this place. Choose another one.")
    masks = [MaskFile(path, name, kind) for path, name in found if (kind := _format(path)) is not None]
    parts = {part for one in masks if one.format is Format.MITK for part in _parts(one.path)}
    return sorted((one for one in masks if one.path.resolve() not in parts), key=lambda one: one.name)


def frame_of_mask(mask: MaskFile) -> Frame:
    """Return the grid of a mask in an image format, without reading its voxels.

    Raises
    ------
    MaskError
        It cannot be read.
    """
    return _opened(_first_image(mask)).frame


def load(mask: MaskFile) -> Mask:
    """Read a mask in an image format.

    Raises
    ------
    MaskError
        It cannot be read, or is no mask.
    """
    if mask.format is Format.MITK:
        return _stack(mask.path)
    volume = _opened(mask.path)
    segments: tuple[Segment, ...] = ()
    if _mitk.is_mitk(volume.keys):
        segments = _mitk.segments(volume.keys)
    elif _slicer.is_slicer(volume.keys):
        segments = _slicer.segments(volume.keys, volume.layers)
    return Mask(as_labels(volume.voxels()), volume.frame, segments)


def digest(mask: MaskFile) -> str:
    """Return a digest of everything a mask consists of.

    Raises
    ------
    MaskError
        It cannot be read.
    """
    if mask.is_dicom:
        files: tuple[Path, ...] = (mask.path,)
    elif mask.format is Format.MITK:
        files = (mask.path, *(file for part in sorted(_parts(mask.path)) for file in _opened(part).files))
    else:
        files = _opened(mask.path).files
    found = hashlib.sha256()
    try:
        for path in files:
            with path.open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise MaskError(f"The mask cannot be read: {error.strerror}.") from error
    return found.hexdigest()


def dataset(mask: MaskFile) -> FileDataset:
    """Read a structure set, or the header of a segmentation.

    Raises
    ------
    MaskError
        It cannot be read.
    """
    try:
        if mask.format is Format.RTSTRUCT and mask.path.stat().st_size > _MOST_HEADER:
            raise MaskError("The structure set is larger than 256 MiB. Export fewer structures at once.")
        with quiet_pydicom():
            return dcmread(mask.path, stop_before_pixels=True)
    except MaskError:
        raise
    except Exception as error:  # pydicom raises what it likes on damaged files
        raise MaskError("The DICOM file is damaged and cannot be read. Export it again.") from error


def _walk(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in names if not name.startswith("."))


def _format(path: Path) -> Format | None:
    name = path.name.lower()
    if name.endswith(_mitk.SUFFIX):
        return Format.MITK
    for suffix, (kind, _) in _SUFFIXES.items():
        if name.endswith(suffix):
            return kind
    if path.suffix.lower() not in ("", ".dcm", ".dicom", ".ima"):
        return None
    try:
        modality = read_header(path).values.get("Modality")
    except (HeaderError, OSError):
        return None
    return {"RTSTRUCT": Format.RTSTRUCT, "SEG": Format.SEG}.get(modality or "")


def _opened(path: Path) -> Volume:
    name = path.name.lower()
    for suffix, (_, read) in _SUFFIXES.items():
        if name.endswith(suffix):
            try:
                return read(path)
            except OSError as error:
                raise MaskError(f"The mask cannot be read: {error.strerror or 'it is damaged'}.") from error
            except ValueError as error:
                raise MaskError("The header of the mask cannot be understood. Export it again.") from error
    raise MaskError("An image of the stack is in a format that is not supported. Save it as NIfTI or NRRD.")


def _parts(path: Path) -> set[Path]:
    try:
        return {part.resolve() for part, *_ in _mitk.stack(path)}
    except MaskError:
        return set()


def _first_image(mask: MaskFile) -> Path:
    if mask.format is not Format.MITK:
        return mask.path
    for part, *_ in _mitk.stack(mask.path):
        return part
    raise MaskError("The label stack names no label. Save the segmentation again.")


def _stack(path: Path) -> Mask:
    """Read a label stack: labels that overlap come to lie in different layers."""
    labels = list(_mitk.stack(path))
    if not labels:
        raise MaskError("The label stack names no label. Save the segmentation again.")
    volumes = {part: _opened(part) for part in dict.fromkeys(part for part, *_ in labels)}
    frame, *others = (one.frame for one in volumes.values())
    if any(one.shape != frame.shape or not np.allclose(one.affine, frame.affine) for one in others):
        raise MaskError("The images of the label stack have different grids. Save the segmentation again.")
    layers: list[NDArray[np.uint16]] = []
    segments: list[Segment] = []
    for part, volume in volumes.items():
        voxels = as_labels(volume.voxels())[0]
        for inside, value, meaning in [one[1:] for one in labels if one[0] == part]:
            mine = voxels == inside
            layer = next((number for number, one in enumerate(layers) if not one[mine].any()), len(layers))
            if layer == len(layers):
                layers.append(np.zeros(voxels.shape, dtype=np.uint16))
            layers[layer][mine] = value
            segments.append(Segment(layer, value, replace(meaning, label=meaning.label or f"Label {value}")))
    return Mask(np.stack(layers), frame, tuple(segments))

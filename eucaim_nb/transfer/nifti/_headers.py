"""Headers for NIfTI files, made of the de-identified series they came from (DICOM JSON model, PS3.18 annex F)."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom import Dataset, dcmread
from pydicom.errors import InvalidDicomError

from eucaim_nb.dicom import quiet_pydicom
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.ledger import UploadItem
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from .._carrier import opened
from .._gate import count_unverified
from .._source import DEIDENTIFIED, source_ids
from ._find import ABOUT_PATIENT, find, made_header
from ._suggest import Series, all_series, suggest

_BINARY = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN"))
_OF_THE_INSTANCE = frozenset((0x00080016, 0x00080018))
"""SOP Class and Instance UID: the NIfTI file is no such instance."""
_PATIENT_GROUP, _OVERLAYS = 0x0010, range(0x6000, 0x6100)
_ACQUISITION_DATE = "00080022"


@dataclass(frozen=True, slots=True)
class HeadersSummary:
    """What became of the NIfTI files of a folder: headers `written` now, files that `had_one`, and `open` ones without.

    `problems` are files for which no header could be written, with the reason. `seconds` is wall-clock time.
    """

    written: int
    had_one: int
    open: int
    problems: list[dict[str, str]]
    seconds: float


def write_headers(
    workspace: Workspace,
    *,
    source: str,
    chosen: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> HeadersSummary:
    """Write the header of each NIfTI file that has none, from the de-identified series it was made of.

    A header holds what all instances of the series have in common. It goes to `nifti/` in the workspace: nothing is
    written to the folder of the files.

    Parameters
    ----------
    source
        Folder with the NIfTI files.
    chosen
        Series Instance UID by the path of a file below the folder, as a person confirmed it; of a file that is not
        named, nothing is written. None takes what `suggest` proposes.

    Raises
    ------
    WorkspaceError
        Nothing is de-identified yet, or the header cannot be written.
    """
    progress, began = progress or silent(), time.monotonic()
    folder = Path(source).expanduser().resolve()
    series = {one.series_uid: one for one in all_series(workspace)}
    found = find(workspace, folder)
    without = [one.file for one in found.wrong]
    confirmed = _proposed(workspace, folder) if chosen is None else chosen
    made_of = {path: confirmed[name] for path in without if (name := name_of(path, folder)) in confirmed}
    headers = _Headers(workspace)
    problems = []
    progress.begin("Writing headers", total=len(made_of), unit="files")
    for image, uid in sorted(made_of.items(), key=lambda one: one[1]):
        try:
            headers.write(image, series.get(uid))
        except _NotMade as why:
            problems.append({"file": name_of(image, folder), "message": str(why)})
        progress.advance()
    written = len(made_of) - len(problems)
    workspace.ledger.events.record(
        "NIfTI headers written", written=written, chosen="proposed" if chosen is None else "by a person"
    )
    return HeadersSummary(
        written=written,
        had_one=len(found.pairs),
        open=len(without) - written,
        problems=problems,
        seconds=round(time.monotonic() - began, 3),
    )


def name_of(image: Path, folder: Path) -> str:
    """Return what a file is called below the folder it was looked for in."""
    return image.relative_to(folder).as_posix()


class _NotMade(Exception):
    """Why a header cannot be made, in words without a value of it."""


class _Headers:
    """Makes headers; that of the series asked for last is remembered."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._ids = source_ids(workspace, DEIDENTIFIED)
        self._last: tuple[Series, dict[str, Any]] | None = None

    def write(self, image: Path, series: Series | None) -> None:
        if series is None:
            raise _NotMade("The series that was chosen is not among the de-identified ones.")
        if self._last is None or self._last[0] != series:
            self._last = series, self._header(series)
        path = made_header(self._workspace, image)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with replacing(path) as file:
                json.dump(self._last[1], file, indent=1)
        except OSError as error:
            raise WorkspaceError(
                f"A header cannot be written: {error.strerror}. Make room, then try again."
            ) from error

    def _header(self, series: Series) -> dict[str, Any]:
        pair = series.study_uid, series.series_uid
        items = self._workspace.ledger.uploads.candidates(self._ids, *pair)
        if not items or count_unverified(self._workspace, self._ids, [pair])[0]:
            raise _NotMade("The series is not verified as de-identified as a whole. Verify it first.")
        return in_common(_content(self._workspace.folder, item) for item in items)


def in_common(headers: Iterator[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what all headers of a series say alike, and the first day on which it was acquired."""
    common = dict(next(headers))
    days = [common.get(_ACQUISITION_DATE)]
    for header in headers:
        days.append(header.get(_ACQUISITION_DATE))
        for tag in [tag for tag, element in common.items() if header.get(tag) != element]:
            del common[tag]
    told = [day for day in days if day is not None]
    if told:
        common[_ACQUISITION_DATE] = min(told, key=lambda day: str(day["Value"]))
    return dict(sorted(common.items()))


def _content(folder: Path, item: UploadItem) -> dict[str, Any]:
    """Return what one instance says, without pixels, private and binary attributes, in the DICOM JSON model."""
    try:
        with opened(folder, item) as file, quiet_pydicom():
            dataset = dcmread(file, stop_before_pixels=True)
            _strip(dataset)
            content: dict[str, Any] = dataset.to_json_dict(suppress_invalid_tags=True)
    except (OSError, InvalidDicomError) as error:
        raise _NotMade("An image of the series cannot be read.") from error
    return {tag: element for tag, element in content.items() if element.get("Value") and _may_be_told(tag)}


def _may_be_told(tag: str) -> bool:
    group = int(tag[:4], 16)
    return int(tag, 16) not in _OF_THE_INSTANCE and (group != _PATIENT_GROUP or tag in ABOUT_PATIENT)


def _strip(dataset: Dataset) -> None:
    for element in list(dataset):
        if element.tag.is_private or element.VR in _BINARY or element.tag.group in _OVERLAYS:
            del dataset[element.tag]
        elif element.VR == "SQ":
            for item in element.value:
                _strip(item)


def _proposed(workspace: Workspace, folder: Path) -> dict[str, str]:
    return {
        name_of(one.image, folder): one.series.series_uid
        for one in suggest(workspace, folder)
        if one.series is not None
    }

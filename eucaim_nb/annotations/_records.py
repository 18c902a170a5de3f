"""What became of each mask, kept beside what was made of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Any

from eucaim_nb.reports import write
from eucaim_nb.workspace import Workspace

from ._files import MaskFile

_FOLDER = "records"


class State(StrEnum):
    """What became of a mask."""

    WRITTEN = "written"
    PASSED = "passed"
    """It is a segmentation already and fits its images."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mask.

    Attributes
    ----------
    mask
        Its path below the folder that was looked through.
    format, verdict
        What it came in, and how it lies on the images.
    basis
        What the segmentation follows from: mask, images, labels and choices. The same basis gives the same file.
    series_uid
        The images.
    reason
        Why it was refused.
    output, size, mtime_ns
        The file in the workspace, as it was written.
    segments
        Number, label, type, method, voxels, volume in mL, centroid in mm (LPS) and slices of each.
    picture
        A picture of the segments on the images; empty if there is none.
    """

    mask: str
    state: State
    format: str = ""
    verdict: str = ""
    basis: str = ""
    patient_id: str = ""
    series_uid: str = ""
    sop_uid: str = ""
    reason: str = ""
    output: str = ""
    size: int = 0
    mtime_ns: int = 0
    resampled: bool = False
    segments: tuple[Mapping[str, Any], ...] = ()
    remarks: tuple[str, ...] = ()
    picture: str = ""
    source: str = field(default="")
    """The mask, as an absolute path."""

    def stands(self, workspace: Workspace, basis: str) -> bool:
        """Tell whether what was made of the same basis is there, unchanged."""
        if self.basis != basis or self.state is State.REFUSED:
            return False
        if not self.output:
            return True
        try:
            status = (workspace.folder / self.output).stat()
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (self.size, self.mtime_ns)


def outcomes(workspace: Workspace) -> list[Outcome]:
    """Return what became of every mask, by name."""
    folder = workspace.folder / "annotations" / _FOLDER
    found = [_read(path) for path in folder.glob("*.json")] if folder.is_dir() else []
    return sorted((one for one in found if one is not None), key=lambda one: (one.mask, one.source))


def outcome_of(workspace: Workspace, mask: MaskFile) -> Outcome | None:
    """Return what became of a mask; None if nothing is known."""
    return _read(_path(workspace, str(mask.path)))


def keep(workspace: Workspace, outcome: Outcome) -> None:
    """Write down what became of a mask, in place of what was known of it."""
    write(_path(workspace, outcome.source), json.dumps(asdict(outcome), indent=1, ensure_ascii=False) + "\n")


def key_of(mask: str) -> str:
    """Return a short code for the path of a mask."""
    return blake2b(mask.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def _path(workspace: Workspace, mask: str) -> Path:
    return workspace.folder / "annotations" / _FOLDER / f"{key_of(mask)}.json"


def _read(path: Path) -> Outcome | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        lists = {name: tuple(content.get(name) or ()) for name in ("segments", "remarks")}
        return Outcome(**{**content, "state": State(content["state"]), **lists})
    except (OSError, ValueError, TypeError, KeyError):
        return None  # it will be made again

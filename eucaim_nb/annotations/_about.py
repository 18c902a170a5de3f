"""What EUCAIM asks of the annotations of a whole dataset; asked once and kept in the workspace."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from eucaim_nb.errors import MaskError
from eucaim_nb.reports import write
from eucaim_nb.workspace import Workspace

ANNOTATOR_TYPES = ("radiologist", "radiation oncologist", "other physician", "radiographer", "researcher", "software")
"""Suggestions: EUCAIM names no closed list."""


@dataclass(frozen=True, slots=True)
class About:
    """The dataset-level items of EUCAIM's minimum annotation metadata (handbook, data preparation).

    Attributes
    ----------
    annotators
        How many people annotated; 0 for software alone.
    annotator_type
        What they are, for instance radiologist. Nobody is named.
    years_of_experience
        In words or as a number.
    sequences
        Which sequences or series they looked at.
    """

    annotators: int = -1
    annotator_type: str = ""
    years_of_experience: str = ""
    sequences: str = ""

    def __post_init__(self) -> None:
        if not -1 <= self.annotators <= 10_000:
            raise MaskError("The number of annotators is a whole number of people.")

    @property
    def missing(self) -> tuple[str, ...]:
        """What was not said yet, in words."""
        said = {
            "number of annotators": self.annotators >= 0,
            "type of annotator": bool(self.annotator_type.strip()),
            "years of experience": bool(self.years_of_experience.strip()),
            "sequences that were used": bool(self.sequences.strip()),
        }
        return tuple(name for name, there in said.items() if not there)


def about(workspace: Workspace) -> About:
    """Return what was said of the annotations of this dataset."""
    try:
        content = json.loads(_path(workspace).read_text(encoding="utf-8"))
        return About(**{name: content[name] for name in About.__dataclass_fields__ if name in content})
    except FileNotFoundError:
        return About()
    except (OSError, ValueError, TypeError) as error:
        raise MaskError(
            "annotations/about.json in the workspace cannot be read. Mend it, or delete it and answer again."
        ) from error


def keep_about(workspace: Workspace, said: About) -> Path:
    """Write down what was said of the annotations of this dataset.

    Raises
    ------
    WorkspaceError
        The workspace cannot be written.
    """
    text = json.dumps(asdict(said), indent=1, ensure_ascii=False) + "\n"
    return write(_path(workspace), text)


def _path(workspace: Workspace) -> Path:
    return workspace.folder / "annotations" / "about.json"

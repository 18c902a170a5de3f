"""What researchers will find beside the images of a dataset: index.json and eforms.json."""

import json
from dataclasses import dataclass
from typing import Any

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.workspace import Workspace

_KEPT = ("subjectName", "studyId", "studyName", "series", "url")


@dataclass(frozen=True, slots=True)
class Preview:
    """Studies as the node lists them, and subjects with their eForms as they were prepared here."""

    index: list[dict[str, Any]]
    eforms: list[dict[str, Any]]


def preview(workspace: Workspace) -> Preview:
    """Return what the two files will hold, from the last comparison and the exports of the clinical data.

    Subjects that are in the exports and not in the dataset are left out, as the node leaves them out; a subject without
    clinical data has an empty eForm.

    Raises
    ------
    WorkspaceError
        A file of the workspace cannot be read.
    """
    index = [{name: one[name] for name in _KEPT if name in one} for one in _list(workspace, "dataset/index.json")]
    forms = {one.get("subjectName"): one.get("eForm", {}) for one in _list(workspace, "clinical/eforms.json")}
    subjects = dict.fromkeys(one.get("subjectName") for one in index)
    return Preview(index, [{"subjectName": name, "eForm": forms.get(name, {})} for name in subjects])


def _list(workspace: Workspace, name: str) -> list[dict[str, Any]]:
    try:
        content = json.loads((workspace.folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{name} cannot be read. Make it anew.") from error
    return [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []

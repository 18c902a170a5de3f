"""Have a dataset made by a program, where the node permits it; and remove one whose making failed."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from eucaim_nb import workflow
from eucaim_nb.errors import Refused, SettingsError
from eucaim_nb.nodes import Credentials, DatasetService
from eucaim_nb.workspace import Workspace

from ._look import chosen, look_by
from ._properties import check
from ._way import way_to

_NOT_HERE = (
    "Programs make no datasets at this node. At UPV press Export dataset in QP-Insights; for a node that permits it, "
    "such as an EUCAIM mini-node, set dataset_creation = true under [node] in eucaim.toml."
)
_NO_FORMS = "only-image"


def create(
    workspace: Workspace,
    properties: Mapping[str, Any],
    *,
    index: Path | None = None,
    eforms: Path | None = None,
    credentials: Credentials | None = None,
) -> str:
    """Have a dataset made of uploaded studies, remember it as this submission's, and return its id.

    Parameters
    ----------
    properties
        By the node's names; name and description are needed.
    index
        JSON file that lists the studies as the node has them: studyId, studyName, subjectName, pathInDatalake, url,
        and series with folderName and tags. Without it, the node's own list of what was uploaded is asked for.
    eforms
        JSON file that lists subjectName and eForm. Without it, `clinical/eforms.json` if the clinical data were
        exported, unless the collection method is only-image.

    Raises
    ------
    Refused
        The node does not permit it.
    SettingsError
        A file or a property cannot be used.
    NodeError
        The node does not answer or refuses.
    """
    way = way_to(workspace, credentials)
    with closing(way.service):
        if not isinstance(way.service, DatasetService) or not way.service.creatable:
            raise Refused(_NOT_HERE)
        for one in way.fields:
            if one.name in properties:
                check(one, properties[one.name])
        studies = _list(index, "index") if index else [dict(one) for one in way.service.uploaded()]
        ident = way.service.create(_fields(workspace, properties, studies, _forms(workspace, properties, eforms)))
        workspace.ledger.events.record("dataset created", dataset=ident, studies=len(studies))
        look_by(workspace, way, ident)
    return ident


def discard(workspace: Workspace, *, credentials: Credentials | None = None) -> None:
    """Remove a dataset that is not complete from the node; nothing that was uploaded is touched.

    Raises
    ------
    Refused
        The dataset is complete, or somebody else's.
    SettingsError, NodeError
        None is chosen, or the node does not answer or refuses.
    """
    way = way_to(workspace, credentials)
    with closing(way.service):
        ident = chosen(workspace, way)
        if not isinstance(way.service, DatasetService) or "delete" not in way.show(ident).actions:
            raise Refused("The node removes only datasets that are not complete, and only for their author.")
        way.service.delete(ident)
    workflow.forget_node_dataset(workspace)
    workspace.ledger.events.record("dataset removed", dataset=ident)


def _fields(
    workspace: Workspace,
    properties: Mapping[str, Any],
    studies: Sequence[Mapping[str, Any]],
    forms: Mapping[str, Any],
) -> dict[str, Any]:
    if not studies:
        raise SettingsError("There is no study to make a dataset of. Upload images first, or give an index.")
    if wrong := [one for one in studies if not (one.get("subjectName") and one.get("series"))]:
        raise SettingsError(f"{len(wrong):,} studies of the index lack subjectName or series. Take it from the node.")
    subjects = dict.fromkeys(str(one["subjectName"]) for one in studies)
    project, _, subproject = workspace.settings.project.partition("|")
    return {
        **properties,
        **({"project": project} if project else {}),
        **({"subproject": subproject} if subproject else {}),
        # The job of the node cannot do without url and tags.
        "studies": [
            {"url": "", **one, "series": [{"tags": [], **series} for series in one["series"]]} for one in studies
        ],
        "subjects": [{"subjectName": name, "eForm": forms.get(name, {})} for name in subjects],
    }


def _forms(workspace: Workspace, properties: Mapping[str, Any], file: Path | None) -> dict[str, Any]:
    exported = workspace.folder / "clinical" / "eforms.json"
    if file is None and (_NO_FORMS in properties.get("collectionMethod", ()) or not exported.is_file()):
        return {}
    return {str(one.get("subjectName")): one.get("eForm", {}) for one in _list(file or exported, "eForms")}


def _list(file: Path, what: str) -> list[dict[str, Any]]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"The file with the {what} cannot be read as JSON. Choose another one.") from error
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise SettingsError(f"The file with the {what} holds no list of objects. Choose another one.")
    return content

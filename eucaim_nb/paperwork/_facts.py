"""What the workspace itself knows of the dataset: counts and known words only, never a value of a patient."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eucaim_nb import workflow
from eucaim_nb.reference import body_part_names, dta_facts, modality_names, node_defaults
from eucaim_nb.workflow import PaperStatus
from eucaim_nb.workspace import Workspace

OTHERS = "others"
_DESCRIBED = {"dataset": "dct:identifier", "url": "dcat:distribution/dcat:accessURL"}


def facts(workspace: Workspace) -> dict[str, str]:
    """Return what is known, by the name that fields of the agreement use; what is not known yet is empty."""
    return {name: tell(workspace) for name, tell in _FACTS.items()}


def described(workspace: Workspace) -> dict[str, str]:
    """Return identifier and address of the dataset from its metadata record; empty while they are not in it."""
    try:
        values: Any = json.loads((workspace.folder / "dataset" / "record.json").read_text(encoding="utf-8"))["values"]
        return {name: str(next(iter(values.get(key, ())), "")) for name, key in _DESCRIBED.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # none was made yet; page 12 says what is wrong with a damaged one


def _extent(workspace: Workspace) -> str:
    totals = workspace.ledger.index.totals(workspace.originals())
    if not totals.instances:
        return ""
    return (
        f"{totals.patients:,} patients, {totals.studies:,} studies, {totals.series:,} series, "
        f"{totals.instances:,} DICOM instances ({totals.bytes / 1e9:,.2f} GB)"
    )


def _modalities(workspace: Workspace) -> str:
    names = modality_names()
    found = _known(_headers(workspace, "Modality"), names)
    return ", ".join(f"{code} ({names[code]})" if code in names else code for code in found)


def _body_parts(workspace: Workspace) -> str:
    return ", ".join(_known(_headers(workspace, "BodyPartExamined"), body_part_names()))


def _headers(workspace: Workspace, keyword: str) -> list[str]:
    rows = workspace.ledger.index.headers([keyword], workspace.originals())
    return [row[keyword].strip().upper() for row in rows if row[keyword].strip()]


def _known(found: Iterable[str], words: Iterable[str]) -> list[str]:
    """Return the values that are known words; anything may stand in a header, so the others are not repeated."""
    values = set(found)
    known = sorted(values & set(words))
    return known if len(known) == len(values) else [*known, OTHERS]


def _deidentification(workspace: Workspace) -> str:
    counts = workspace.ledger.deidentified.counts(workspace.originals())
    recipes = workspace.ledger.deidentified.standing_recipes()
    if not counts.written or not recipes:
        return ""
    profiles = ", ".join(dict.fromkeys(f"{one['title']} (version {one['version']})" for one in recipes))
    return (
        f"DICOM PS3.15 Table E.1-1, profile {profiles}; {counts.verified:,} of {counts.written:,} outputs were "
        "verified by a second, independent search for what identifies a person."
    )


def _clinical(workspace: Workspace) -> str:
    record = workflow.records(workspace).get("upload-clinical")
    if record is not None and record.skipped:
        return "None: the dataset consists of images only."
    try:
        mapping: Any = json.loads(
            (workspace.folder / "clinical" / "mapping.json").read_text(encoding="utf-8")
        )
        variables = [str(one["target"]) for one in mapping["fields"]]
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # none was made yet; page 10 says what is wrong with a damaged one
    return f"A table with {len(variables)} variables: {', '.join(variables)}."


def _operator(workspace: Workspace) -> str:
    family = node_defaults()[workspace.settings.node]["family"]
    return dta_facts()[f"operator-{family}"]


def _documents(workspace: Workspace) -> str:
    return "\n".join(
        _listed(one) for one in workflow.papers(workspace, "documentation") if one.file or one.note
    )


def _listed(status: PaperStatus) -> str:
    said = f"{status.paper.title}: {status.file_name or status.state}"
    if status.sha256:
        said += f" (SHA-256 {status.sha256})"
    return f"{said}, valid until {status.valid_until:%d %b %Y}" if status.valid_until else said


_FACTS: Mapping[str, Callable[[Workspace], str]] = {
    "site_id": lambda workspace: workspace.settings.site_id,
    "project": lambda workspace: workspace.settings.project,
    "operator": _operator,
    "eucaim_signatory": lambda workspace: dta_facts()["eucaim_signatory"],
    "security": lambda workspace: dta_facts()["security"],
    "extent": _extent,
    "modalities": _modalities,
    "body_parts": _body_parts,
    "clinical": _clinical,
    "deidentification": _deidentification,
    "documents": _documents,
}

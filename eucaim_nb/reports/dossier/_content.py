"""What a dossier says, gathered from the ledger and the reports of every phase."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from eucaim_nb import doctor, workflow
from eucaim_nb.jobs import Progress
from eucaim_nb.ledger import ActionRecord, Event
from eucaim_nb.paperwork_file import read_list
from eucaim_nb.reference import actions, node_defaults, tickets
from eucaim_nb.reports import head, moment
from eucaim_nb.workspace import Workspace

from ._evidence import evidence
from ._manifest import digests, files_of, goes_on
from ._metadata import metadata
from ._withhold import MASK

FORMAT = "eucaim_nb dossier"
VERSION = 1

Typed = Callable[[str], str]
"""Takes what names a patient out of a text that a person typed."""


def content_of(workspace: Workspace, typed: Typed) -> dict[str, Any]:
    """Return what a dossier says but its list of files.

    Raises
    ------
    WorkspaceError
        The ledger or a list of the paperwork cannot be read.
    """
    node = node_defaults()[workspace.settings.node]
    return {
        **head(workspace, FORMAT, VERSION),
        "node": {"name": workspace.settings.node, "title": node["title"], "project": workspace.settings.project},
        "versions": doctor.versions(),
        "phases": [_phase(step, typed) for step in workflow.steps(workspace)],
        "evidence": evidence(workspace.folder / "reports", typed),
        "dataset": _dataset(workflow.node_dataset(workspace)),
        "metadata": metadata(workspace),
        "papers": [_paper(one, typed) for one in workflow.papers(workspace)],
        "tickets": [_ticket(*one) for one in read_list(workspace, "tickets.json").items()],
        "records": [_record(one, typed) for one in workspace.ledger.records.all()],
        "events": [_event(one, typed) for one in workspace.ledger.events.all()],
    }


def listed(workspace: Workspace, typed: Typed, progress: Progress) -> list[dict[str, object]]:
    """Return the manifest: path, size and digest of every file."""
    return [_file(*found, typed) for found in digests(files_of(workspace.folder), progress)]


def _file(path: str, size: int, digest: str, typed: Typed) -> dict[str, object]:
    # What this program de-identified has names of its own making: only those that people gave can say too much.
    shown = path if path.startswith("deidentified/") else "/".join(map(typed, path.split("/")))
    entry: dict[str, object] = {"path": shown, "bytes": size, "sha256": digest}
    if MASK in shown:
        entry["withheld"] = True
    if goes_on(path):
        entry["goes_on"] = True
    return entry


def _phase(step: workflow.Step, typed: Typed) -> dict[str, object]:
    return {
        "id": step.phase.id,
        "title": step.phase.title,
        "optional": step.phase.optional,
        "state": step.state.value,
        "sentence": typed(step.sentence),
        "blockers": [typed(one.text) for one in step.blockers],
        "actions": [
            {
                "number": one.action.number,
                "id": one.action.id,
                "title": one.action.title,
                "state": one.state.value,
                "sentence": typed(one.sentence),
            }
            for one in step.actions
        ],
    }


def _dataset(seen: workflow.NodeDataset | None) -> dict[str, object] | None:
    if seen is None:
        return None
    return {
        "id": seen.id,
        "state": seen.state.value,
        "seen_at": moment(seen.seen_at),
        "counts": dict(seen.counts),
        "missing_series": None if seen.compared is None else seen.compared.missing,
    }


def _paper(status: workflow.PaperStatus, typed: Typed) -> dict[str, object]:
    return {
        "title": status.paper.title,
        "state": status.state.value,
        "at": moment(status.at) if status.at else "",
        "valid_until": str(status.valid_until or ""),
        "note": typed(status.note),
        "file_name": typed(status.file_name),
        "sha256": status.sha256,
    }


def _ticket(kind: str, filed: Mapping[str, Any]) -> dict[str, object]:
    """Return what became of a ticket, without its text and answer, which may name people."""
    title = next((one.title for one in tickets() if one.id == kind), kind)
    sent, answered = (moment(at) if (at := filed.get(name)) else "" for name in ("sent_at", "answered_at"))
    return {
        "title": title,
        "number": str(filed.get("number", "")),
        "sent_at": sent,
        "state": str(filed.get("state", "")),
        "answered_at": answered,
    }


def _record(kept: ActionRecord, typed: Typed) -> dict[str, object]:
    action = next((one for one in actions() if one.id == kept.action), None)
    lines = {} if action is None else {line.id: line.text for line in action.checklist}
    return {
        "action": kept.action,
        "title": kept.action if action is None else action.title,
        "at": moment(kept.at),
        "skipped": kept.skipped,
        "note": typed(kept.note),
        "file_name": typed(kept.file_name),
        "sha256": kept.sha256,
        "checks": [lines.get(one, one) for one in kept.checks],
        "withdrawn_at": None if kept.withdrawn_at is None else moment(kept.withdrawn_at),
        "withdrawn_because": typed(kept.withdrawn_because),
    }


def _event(event: Event, typed: Typed) -> dict[str, object]:
    detail = {name: _plain(value, typed) for name, value in event.detail.items() if name not in ("source", "files")}
    return {"at": moment(event.at), "who": event.who, "event": event.action, "detail": detail}


def _plain(value: object, typed: Typed) -> object:
    if isinstance(value, str):
        return typed(value)
    if isinstance(value, Mapping):
        return {typed(str(name)): _plain(one, typed) for name, one in value.items()}
    return [_plain(one, typed) for one in value] if isinstance(value, Iterable) else value

"""What receipts of images and of clinical data have in common."""

from collections.abc import Collection, Mapping
from typing import Any

from eucaim_nb.nodes import Service
from eucaim_nb.reports import Column, Markup, head, made, moment, section, table
from eucaim_nb.workspace import Workspace


def receipt_head(workspace: Workspace, service: Service, form: str, version: int) -> dict[str, Any]:
    """Return the head of a report, and of which node it tells."""
    return {
        **head(workspace, form, version),
        "node": {
            "name": workspace.settings.node,
            "title": service.title,
            "address": service.url,
            "project": workspace.settings.project,
        },
    }


def receipt_made(receipt: Mapping[str, Any]) -> Markup:
    """Return the section of a document that shows what `receipt_head` gave."""
    node = receipt["node"]
    return made(
        receipt,
        [("Node", node["title"]), ("Address", node["address"]), ("Project", node["project"] or "not stated")],
    )


def decisions(workspace: Workspace, actions: Collection[str]) -> list[dict[str, Any]]:
    """Return what the audit trail has of some actions; the folder of originals is not for a report."""
    return [
        {
            "at": moment(event.at),
            "event": event.action,
            "detail": {name: value for name, value in event.detail.items() if name != "source"},
        }
        for event in workspace.ledger.events.all()
        if event.action in actions
    ]


def decisions_made(receipt: Mapping[str, Any]) -> Markup:
    """Return the section of a document that shows what `decisions` gave."""
    return section(
        "Decisions and runs",
        table(
            [Column("On"), Column("What"), Column("Detail")],
            ((event["at"], event["event"], _words(event["detail"])) for event in receipt["events"]),
            "What was run, and what was allowed with which reason",
        ),
    )


def _words(detail: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.items() if name != "files")

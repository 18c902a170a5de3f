"""Commands about documents, the agreement and the helpdesk: `paper`, `dta`, `ticket`."""

import argparse
import getpass
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from eucaim_nb import nodes, paperwork, workflow
from eucaim_nb.errors import SettingsError
from eucaim_nb.paperwork import Filed
from eucaim_nb.reference import node_defaults
from eucaim_nb.workflow import PaperState, PaperStatus
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console

_FINE = (PaperState.ON_FILE, PaperState.WAIVED)


def paper(options: argparse.Namespace, console: Console) -> int:
    """List documents, or change one."""
    workspace = open_workspace(options.workspace)
    if options.id is None:
        found = workflow.papers(workspace)
    else:
        _change(workspace, options)
        found = tuple(one for one in workflow.papers(workspace) if one.paper.id == options.id)
    console.result(
        {"papers": [_paper(one) for one in found], "blockers": list(workflow.release_blockers(workspace))},
        "\n".join(f"{one.paper.id:<20} {one.state:<14} {one.sentence or one.paper.title}" for one in found),
    )
    open_ones = [one for one in found if one.state not in _FINE and not (one.paper.optional and not one.at)]
    return 1 if open_ones else 0


def dta(options: argparse.Namespace, console: Console) -> int:
    """Draft the agreement; keep answers before, record the signed one after."""
    workspace = open_workspace(options.workspace)
    if options.answers:
        paperwork.keep_answers(workspace, _answers(Path(options.answers)))
    if options.signed:
        record = paperwork.sign(workspace, Path(options.signed), note=options.note)
        files: Sequence[Path | None] = [record.file]
        blockers = workflow.release_blockers(workspace)
        said = "The signed agreement is recorded."
        notes: Sequence[str] = ()
    else:
        made = paperwork.draft(workspace, template=Path(options.template) if options.template else None)
        files, blockers, notes = made.files, made.blockers, made.notes
        said = "The agreement is drafted. Have it checked before anybody signs."
    console.result(
        {"files": [str(file) for file in files], "blockers": list(blockers), "notes": list(notes)},
        "\n".join([said, *map(str, files), *(f"open: {one}" for one in blockers), *notes]),
    )
    return 1 if blockers else 0


def ticket(options: argparse.Namespace, console: Console) -> int:
    """Write a ticket, send it or record what became of it."""
    workspace = open_workspace(options.workspace)
    if options.new:
        paperwork.begin_ticket(workspace, options.kind)
    if options.set:
        workspace = paperwork.answer_ticket(workspace, options.kind, dict(options.set))
    attach = [Path(file) for file in options.attach]
    made = paperwork.request(workspace, options.kind, attach)
    files = paperwork.write_ticket(workspace, made)
    if options.number is not None:
        paperwork.note_number(workspace, options.kind, options.number)
    if options.answer is not None:
        paperwork.note_answer(workspace, options.kind, options.answer)
    filed = paperwork.filed_tickets(workspace).get(options.kind, Filed())
    if options.send:
        filed = _sent(workspace, options, filed, attach)
    console.result(
        {
            "files": [str(file) for file in files],
            "blockers": list(made.blockers),
            "title": made.ticket.title,
            "groups": list(made.ticket.groups),
            "number": filed.number,
            "state": filed.state,
            "answer": filed.answer,
        },
        "\n".join(
            [
                *map(str, files),
                *(f"open: {one}" for one in made.blockers),
                *([f"Ticket {filed.number} {filed.state}".rstrip()] if filed.number else []),
                *([filed.answer] if filed.answer else []),
            ]
        ),
    )
    return 1 if made.blockers else 0


def _sent(workspace: Workspace, options: argparse.Namespace, filed: Filed, attach: Sequence[Path]) -> Filed:
    practice = node_defaults()[workspace.settings.node]["practice"]
    token = getpass.getpass("Token of the helpdesk: ").strip() if not practice and sys.stdin.isatty() else ""
    if options.remember and token:
        nodes.keep_helpdesk_token(workspace, token)
    if filed.helpdesk_id:
        return paperwork.read_answers(workspace, options.kind, token=token)
    return paperwork.send_ticket(workspace, options.kind, attach=attach, token=token)


def _change(workspace: Workspace, options: argparse.Namespace) -> None:
    file = Path(options.file) if options.file else None
    if (options.not_needed or options.remove) and (file or options.valid_until or options.remind is not None):
        raise SettingsError("--file, --valid-until and --remind belong to a document that is put on file.")
    if options.not_needed:
        workflow.waive(workspace, options.id, options.note)
    elif options.remove:
        workflow.take_off_file(workspace, options.id)
    elif file or options.note:
        workflow.put_on_file(
            workspace,
            options.id,
            file=file,
            note=options.note,
            valid_until=options.valid_until,
            remind_days=options.remind,
        )


def _paper(one: PaperStatus) -> dict[str, object]:
    return {
        "id": one.paper.id,
        "action": one.paper.action,
        "title": one.paper.title,
        "optional": one.paper.optional,
        "state": one.state,
        "sentence": one.sentence,
        "note": one.note,
        "file": str(one.file or ""),
        "sha256": one.sha256,
        "valid_until": one.valid_until,
    }


def _answers(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"{file.name} cannot be read as JSON. It must hold one object of fields and answers."
        ) from error
    if not isinstance(found, dict):
        raise SettingsError(f"{file.name} must hold one JSON object of fields and answers.")
    return found

from pathlib import Path

from eucaim_nb import paperwork, workflow, workspace

current = workspace.current()
for status in workflow.step("prepare", current).actions:
    print(f"{status.action.number}. {status.action.title} - {status.state}: {status.sentence}")

# The tickets of this node as they would be sent now.
for made in [paperwork.request(current, kind.id) for kind in paperwork.ticket_kinds(current)] if current else ():
    where_to = paperwork.where_to_send(made.ticket)
    print(f"\n{where_to}\nTitle: {made.ticket.title}\n\n{made.text}\n\nOpen: {made.blockers}")


def write_ticket(where: workspace.Workspace, kind: str, fields: dict[str, str]) -> tuple[Path, ...]:
    """Write a ticket to read and to mail; call it yourself, because reading is all that this cell does."""
    changed = paperwork.answer_ticket(where, kind, fields)
    return paperwork.write_ticket(changed, paperwork.request(changed, kind))


def record_as_done(where: workspace.Workspace, note: str) -> workflow.Record:
    """Record that the project is there."""
    return workflow.record(where, "ingester-account", note=note)

from eucaim_nb import reference, workflow, workspace

current = workspace.current()
for status in workflow.step("prepare", current).actions:
    print(f"{status.action.number}. {status.action.title} - {status.state}: {status.sentence}")

# The ticket that asks for a project, as text to fill in.
family = str(reference.node_defaults()[current.settings.node]["family"]) if current else None
for ticket in reference.tickets(family):
    if ticket.action == "ingester-account":
        print(f"\nGroup: {ticket.groups[0]}\nTitle: {ticket.title}\n\n{ticket.body}")


def record_as_done(where: workspace.Workspace, note: str) -> workflow.Record:
    """Record that the project is there; call it yourself, because reading is all that this cell does."""
    return workflow.record(where, "ingester-account", note=note)

from pathlib import Path

from eucaim_nb import workflow, workspace

current = workspace.current()

# PHASE_TITLE: where each of its actions stands, and what to do.
for status in workflow.step("PHASE", current).actions:
    print(f"{status.action.number}. {status.action.title} - {status.state}: {status.sentence}")
    for number, instruction in enumerate(status.action.instructions, 1):
        print(f"   {number}. {instruction.text}")


def record_as_done(where: workspace.Workspace, note: str, file: Path | None = None) -> workflow.Record:
    """Record an action of this phase; call it yourself, because reading is all that this cell does."""
    return workflow.record(where, "ACTION", note=note, file=file)

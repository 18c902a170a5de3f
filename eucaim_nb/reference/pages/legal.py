import datetime as dt
from pathlib import Path

from eucaim_nb import paperwork, workflow, workspace

current = workspace.current()

for action in workflow.step("legal", current).actions:
    print(f"{action.action.number}. {action.action.title} - {action.state}: {action.sentence}")

# Which documents are on file, and what speaks against a release.
for status in workflow.papers(current, "documentation") if current else ():
    print(f"{status.paper.title}: {status.state}. {status.sentence}")
for blocker in workflow.release_blockers(current) if current else ():
    print(f"No release yet: {blocker}")

# What the agreement still lacks.
for field in paperwork.missing(paperwork.values(current)) if current else ():
    print(f"{field.part}: {field.label}")


def put_on_file(where: workspace.Workspace, paper: str, file: Path, until: dt.date | None = None) -> None:
    """Put a document on file; call it yourself, because reading is all that this cell does."""
    workflow.put_on_file(where, paper, file=file, valid_until=until)


def draft_agreement(where: workspace.Workspace, answers: dict[str, str]) -> paperwork.Draft:
    """Draft the agreement as Word document and PDF."""
    paperwork.keep_answers(where, answers)
    return paperwork.draft(where)


def record_signed(where: workspace.Workspace, file: Path, note: str) -> workflow.Record:
    """Record the agreement that both sides signed."""
    return paperwork.sign(where, file, note=note)

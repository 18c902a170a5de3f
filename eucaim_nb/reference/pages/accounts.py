from pathlib import Path

from eucaim_nb import paperwork, workflow, workspace

current = workspace.current()

# Where registration and training stand.
for status in workflow.step("accounts", current).actions:
    print(f"{status.action.number}. {status.action.title} - {status.state}: {status.sentence}")
for paper in workflow.papers(current, "familiar") if current else ():
    print(f"{paper.paper.title}: {paper.state}")


def keep_site_id(where: workspace.Workspace, site_id: str) -> workspace.Workspace:
    """Write the SITE ID to eucaim.toml; call it yourself, because reading is all that this cell does."""
    return paperwork.keep_site_id(where, site_id)


def keep_certificate(where: workspace.Workspace, file: Path) -> workflow.PaperStatus:
    """Put the certificate of the ethical training on file."""
    return workflow.put_on_file(where, "ethical-training", file=file)

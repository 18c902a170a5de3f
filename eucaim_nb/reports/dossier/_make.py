"""Making the dossier."""

import hashlib
from dataclasses import dataclass

from eucaim_nb.jobs import Progress, silent
from eucaim_nb.reports import sealed, write, write_json
from eucaim_nb.workspace import Workspace

from ._content import content_of, listed
from ._file import with_seal
from ._withhold import Withhold

FOLDER, NAME = "reports", "dossier"


@dataclass(frozen=True, slots=True)
class Made:
    """A dossier that was made.

    Attributes
    ----------
    file
        Relative to the workspace.
    sha256
        Of the file.
    fingerprint
        Of the key that signed it.
    files
        How many the manifest lists.
    flaws
        What is wrong with the seals of reports that it binds.
    """

    file: str
    sha256: str
    fingerprint: str
    files: int
    flaws: tuple[str, ...]


def make(workspace: Workspace, progress: Progress | None = None) -> Made:
    """Write `reports/dossier.html` and `.json` from what the workspace holds now, in place of earlier ones.

    Parameters
    ----------
    progress
        Told which file is read; it may ask to stop, and then what was there stays.

    Raises
    ------
    WorkspaceError
        The folder cannot be written, or the key that signs cannot be used.
    """
    progress = progress or silent()
    progress.begin("Gathering what was done")
    typed = Withhold.of(workspace)
    content = content_of(workspace, typed)
    dossier = sealed(workspace, content, listed(workspace, typed, progress))
    text = with_seal(workspace, dossier)
    folder = workspace.folder / FOLDER
    write_json(folder / f"{NAME}.json", dossier)
    write(folder / f"{NAME}.html", text)
    made = Made(
        file=f"{FOLDER}/{NAME}.html",
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        fingerprint=dossier["signed_by"]["fingerprint"],
        files=len(dossier["files"]),
        flaws=tuple(f"{one['file']}: {one['flaw']}" for one in content["evidence"] if one["flaw"]),
    )
    workspace.ledger.events.record("dossier made", sha256=made.sha256, key=made.fingerprint, listed=made.files)
    return made

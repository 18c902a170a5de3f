"""Is a dossier what was sealed, and is the workspace beside it what the dossier says?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.reports import flaw_of
from eucaim_nb.workspace import SETTINGS_FILE, Workspace, open_workspace

from .._signer import fingerprint_of
from ._file import read
from ._make import FOLDER
from ._manifest import digests, files_of, goes_on


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found.

    Attributes
    ----------
    file, sha256
        The file that was verified.
    submission, made_at, fingerprint
        What it says of itself: whose it is, when it was made, and which key signed it.
    flaws
        What is wrong with the dossier itself, in sentences.
    compared
        Whether there was a workspace to compare with.
    changed, missing
        Files of the workspace that are not as the dossier lists them any more.
    added
        Files that came later; they say nothing against the dossier.
    """

    file: str
    sha256: str
    submission: str
    made_at: str
    fingerprint: str
    flaws: tuple[str, ...]
    compared: bool = False
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether the dossier is whole, and every file that it lists is as it was, where that could be compared."""
        return not (self.flaws or self.changed or self.missing)


def verify(
    file: Path, *, key: str = "", workspace: Workspace | None = None, progress: Progress | None = None
) -> Verdict:
    """Verify `dossier.html` or `dossier.json`.

    Parameters
    ----------
    key
        Fingerprint of the key that should have signed it, as known from elsewhere. Without it, that of the workspace.
    workspace
        The workspace to compare with. Without it, the one in whose `reports/` the file lies, if it lies in one.

    Raises
    ------
    SettingsError
        The file cannot be read, or is no dossier.
    """
    found = read(file)
    content = found.content
    beside = workspace or _beside(file)
    signer = str(content.get("signed_by", {}).get("fingerprint", ""))
    flaws = [found.document_flaw, flaw_of(content) or "", *_others_key(signer, key, beside)]
    ours = beside is not None and beside.settings.id == content["submission"]
    if beside is not None and not ours:
        flaws.append("It is the dossier of another submission than that of the workspace it lies in.")
    return Verdict(
        file=str(file),
        sha256=found.sha256,
        submission=str(content["submission"]),
        made_at=str(content["made_at"]),
        fingerprint=signer,
        flaws=tuple(filter(None, flaws)),
        compared=ours,
        **(_compared(content, beside, progress or silent()) if beside is not None and ours else {}),
    )


def _beside(file: Path) -> Workspace | None:
    folder = file.absolute().parent
    if folder.name != FOLDER or not (folder.parent / SETTINGS_FILE).is_file():
        return None
    try:
        return open_workspace(folder.parent)
    except (SettingsError, WorkspaceError):
        return None


def _others_key(signer: str, key: str, workspace: Workspace | None) -> Iterator[str]:
    wanted = key.strip().lower() or (fingerprint_of(workspace) if workspace is not None else "")
    if wanted and wanted != signer:
        whose = "that was named" if key else "of this workspace"
        yield f"It is signed with another key ({signer or 'none'}) than the one {whose} ({wanted})."


def _compared(content: Mapping[str, Any], workspace: Workspace, progress: Progress) -> dict[str, tuple[str, ...]]:
    files = files_of(workspace.folder)
    now = {path: digest for path, _, digest in digests(files, progress)}
    lasting = [one for one in content["files"] if not one.get("goes_on")]
    named = {one["path"]: one["sha256"] for one in lasting if not one.get("withheld")}
    # The name of a withheld file is not told, so it is looked for by what is in it.
    withheld = {one["sha256"]: one["path"] for one in lasting if one.get("withheld")}
    others = {path: digest for path, digest in now.items() if path not in named and not goes_on(path)}
    return {
        "changed": tuple(path for path, digest in named.items() if now.get(path, digest) != digest),
        "missing": (
            *(path for path in named if path not in now),
            *(path for digest, path in withheld.items() if digest not in others.values()),
        ),
        "added": tuple(path for path, digest in others.items() if digest not in withheld),
    }

"""The workspace: one folder per submission, which holds everything the pages know.

my-submission/
  eucaim.toml      settings without secrets
  ledger.sqlite    index, jobs, uploads, audit events
  deidentified/ annotations/ clinical/ dataset/ paperwork/ reports/
  private/         keys and crosswalks: mode 0700, never uploaded
  logs/            one log per job, redacted
"""

import contextlib
import json
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import platformdirs
import tomlkit
from tomlkit.exceptions import TOMLKitError

from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.ledger import Ledger
from eucaim_nb.reference import node_defaults
from eucaim_nb.training import practice_only, refusal
from eucaim_nb.whole import replacing

SETTINGS_FILE = "eucaim.toml"
FOLDERS = ("deidentified", "annotations", "clinical", "dataset", "paperwork", "reports", "private", "logs")
_FORMAT = 1
_MOST_RECENT = 12


@dataclass(frozen=True)
class Settings:
    """What a person chose for this submission. `extra` keeps tables this version does not know."""

    id: str
    node: str
    project: str = ""
    site_id: str = ""
    practice: str = ""
    """Path of the ready file of running practice nodes; empty for a real node."""
    sources: tuple[str, ...] = ()
    """Folders chosen for scanning."""
    node_options: Mapping[str, Any] = field(default_factory=dict)
    """Settings that override the defaults of the node, for instance `dicomweb`, `ca_file`, `proxy`."""


@dataclass(frozen=True)
class Workspace:
    """An open workspace folder."""

    folder: Path
    settings: Settings

    @cached_property
    def ledger(self) -> Ledger:
        """The workspace's ledger, opened on first use."""
        return Ledger(self.folder / "ledger.sqlite")

    @property
    def deidentified(self) -> Path:
        """Where de-identified DICOM is written."""
        return self.folder / "deidentified"

    @property
    def logs(self) -> Path:
        """Where workers write their redacted logs."""
        return self.folder / "logs"

    def segmentations(self, source_id: int) -> Path:
        """Where segmentations of a source's images are written: a source too, so that later steps take it along."""
        return self.folder / "annotations" / "segmentations" / str(source_id)

    def with_segmentations(self, source_ids: Iterable[int]) -> list[int]:
        """Return the ids of some sources of the index and of those that hold the segmentations of their images."""
        ids = list(source_ids)
        theirs = {self.segmentations(number).resolve() for number in ids}
        return ids + [
            number
            for number, root, _ in self.ledger.index.sources()
            if (self.folder / os.fsdecode(root)).resolve() in theirs
        ]

    def originals(self) -> list[int]:
        """Return the ids of the index's sources that this workspace did not write itself."""
        ours = self.deidentified.resolve()
        return [
            number
            for number, root, _ in self.ledger.index.sources()
            if not (self.folder / os.fsdecode(root)).resolve().is_relative_to(ours)
        ]

    def change(self, **settings: Any) -> "Workspace":
        """Write changed settings, keeping comments and unknown entries of the file, and return the
        workspace anew.

        Raises
        ------
        SettingsError
            A name or a value cannot be used.
        """
        document = _read_document(self.folder)
        for name, value in settings.items():
            _put(document, name, value)
        _settings(document)
        _write(self.folder / SETTINGS_FILE, tomlkit.dumps(document))
        return open_workspace(self.folder)


def create(
    folder: str | os.PathLike[str], *, node: str, project: str = "", site_id: str = "", practice: str = ""
) -> Workspace:
    """Make a workspace in a new or empty folder.

    Parameters
    ----------
    folder
        Where to make it. Parent folders are created.
    node
        `practice-upv`, `practice-health-ri`, `upv` or `health-ri`.
    project, site_id
        Name of the project at the node; EUCAIM SITE ID of the organisation.
    practice
        Ready file of running practice nodes.

    Raises
    ------
    WorkspaceError
        The folder holds a workspace or other files already, or cannot be written.
    SettingsError
        There is no node of that name, or it is a real one and this is a training session.
    """
    path = Path(folder).expanduser().absolute()
    document = tomlkit.document()
    document.add(tomlkit.comment("Settings of one EUCAIM submission. No password or token belongs here."))
    document["format"] = _FORMAT
    document["id"] = str(uuid.uuid4())
    for name, value in {"node": node, "project": project, "site_id": site_id, "practice": practice}.items():
        _put(document, name, value)
    _settings(document)
    if (path / SETTINGS_FILE).exists():
        raise WorkspaceError(f"{path} is a workspace already. Open it, or choose another folder.")
    try:
        # Closed to other users: the ledger names patients.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise WorkspaceError(f"{path} is not empty. Choose a new or an empty folder for the workspace.")
        for name in FOLDERS:
            (path / name).mkdir(mode=0o700 if name == "private" else 0o777)
        _write(path / SETTINGS_FILE, tomlkit.dumps(document))
    except OSError as error:
        raise WorkspaceError(
            f"The workspace cannot be made in {path}: {error.strerror}. Choose another folder."
        ) from error
    made = open_workspace(path)
    made.ledger.events.record("workspace created", node=node)
    return made


def open_workspace(folder: str | os.PathLike[str]) -> Workspace:
    """Open the workspace in a folder.

    Raises
    ------
    WorkspaceError
        There is no workspace, or it was made by a newer version.
    SettingsError
        Its settings cannot be used, or it is meant for a real node and this is a training session.
    """
    path = Path(folder).expanduser().absolute()
    document = _read_document(path)
    return Workspace(path, _settings(document))


def current() -> Workspace | None:
    """Return the workspace that was used last on this computer, or None."""
    recent = recent_workspaces()
    if not recent:
        return None
    with contextlib.suppress(WorkspaceError, SettingsError):
        return open_workspace(recent[0])
    return None


def remember(workspace: Workspace) -> None:
    """Make a workspace the current one for all pages of this user."""
    folder = str(workspace.folder)
    recent = [folder, *(path for path in recent_workspaces() if path != folder)][:_MOST_RECENT]
    file = _recent_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    _write(file, json.dumps(recent, indent=1))


def recent_workspaces() -> list[str]:
    """Return the folders of workspaces used on this computer, the last one first."""
    try:
        folders = json.loads(_recent_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [folder for folder in folders if isinstance(folder, str)] if isinstance(folders, list) else []


def _recent_file() -> Path:
    state = os.environ.get("EUCAIM_NB_STATE")
    return (
        Path(state) if state else platformdirs.user_state_path("eucaim-nb", appauthor=False)
    ) / "recent.json"


# Settings file

_TABLES = {"node": ("node", "name"), "project": ("node", "project"), "practice": ("node", "practice")}


def _put(document: tomlkit.TOMLDocument, name: str, value: Any) -> None:
    if name == "sources":
        document["sources"] = list(value)
    elif name == "site_id":
        document["site_id"] = value
    elif name in _TABLES or name == "node_options":
        table = document.setdefault("node", tomlkit.table())
        for key, entry in value.items() if name == "node_options" else [(_TABLES[name][1], value)]:
            table[key] = entry
    else:
        raise SettingsError(f"There is no setting called {name}.")


def _settings(document: Mapping[str, Any]) -> Settings:
    made_as, table = document.get("format", _FORMAT), document.get("node", {})
    if not isinstance(made_as, int) or not isinstance(table, Mapping):
        raise SettingsError(f"In {SETTINGS_FILE}, format must be a number and [node] a table. Mend the file.")
    if made_as > _FORMAT:
        raise WorkspaceError(
            "This workspace was made by a newer version of eucaim_nb. Update this installation to open it."
        )
    node = dict(table)
    name = str(node.pop("name", ""))
    if name not in node_defaults():
        known = ", ".join(node_defaults())
        raise SettingsError(f"The settings name the node {name or '(none)'!r}. It must be one of: {known}.")
    if practice_only() and not node_defaults()[name]["practice"]:
        raise SettingsError(refusal(node_defaults()[name]["title"]))
    return Settings(
        id=str(document.get("id", "")),
        node=name,
        project=str(node.pop("project", "")),
        practice=str(node.pop("practice", "")),
        site_id=str(document.get("site_id", "")),
        sources=tuple(str(folder) for folder in document.get("sources", [])),
        node_options=node,
    )


def _read_document(folder: Path) -> tomlkit.TOMLDocument:
    path = folder / SETTINGS_FILE
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WorkspaceError(
            f"There is no workspace in {folder}: it has no {SETTINGS_FILE}. Create one first."
        ) from None
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}.") from error
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise WorkspaceError(
            f"{path} is not valid TOML ({error}). Mend the file or restore it from a backup."
        ) from error


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text)

"""The files of a CTP for one workspace."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.identity import Pseudonyms, key_of
from eucaim_nb.nodes import connect
from eucaim_nb.nodes.health_ri import ctp
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Made:
    """The files that were written, and what the check of them says."""

    folder: Path
    files: tuple[Path, ...]
    notes: tuple[ctp.Note, ...]

    @property
    def fit(self) -> bool:
        """Whether the way that is recommended has no error: CTP only sends what was de-identified here."""
        others = (ctp.DEIDENTIFYING, ctp.ANONYMIZER, ctp.LOOKUP)
        return not any(one.severity is ctp.Severity.ERR and one.file not in others for one in self.notes)


def folder_of(workspace: Workspace) -> Path:
    """Return where the files of a workspace's CTP are, unless another folder is named."""
    return workspace.folder / "private" / "ctp"


def make(workspace: Workspace, rules: ctp.Rules, out: Path | None = None) -> Made:
    """Write the files for both ways: CTP sends what was de-identified here, or de-identifies by itself.

    `lookup.properties` says which patient has which pseudonym; it is always written to the private folder of the
    workspace, wherever the others go.

    Parameters
    ----------
    rules
        The de-identification profile.
    out
        Folder for the files; without it, the private folder.

    Raises
    ------
    SettingsError, NodeError
        The workspace is not for Health-RI, has no project, or its practice node does not run.
    WorkspaceError
        A folder cannot be written.
    """
    private = folder_of(workspace)
    folder = private if out is None else out
    export, xnat = _addresses(workspace)
    table = private / ctp.LOOKUP
    content = ctp.bundle(
        rules,
        _pseudonyms(workspace, keyed=rules.keyed),
        project=workspace.settings.project,
        deidentified=str(workspace.deidentified),
        originals=list(_originals(workspace)),
        table=str(table),
        export=export,
        xnat=xnat,
    )
    try:
        for one in (private, folder):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = [_write((private if name == ctp.LOOKUP else folder) / name, text) for name, text in content.items()]
    except OSError as error:
        raise WorkspaceError(f"The files of CTP cannot be written there: {error.strerror}.") from error
    notes = ctp.lint(content, newest=youngest(workspace.deidentified))
    workspace.ledger.events.record("CTP files written", errors=sum(one.severity is ctp.Severity.ERR for one in notes))
    return Made(folder, tuple(files), tuple(notes))


def youngest(folder: Path) -> float | None:
    """Return when the youngest file at or below a folder was changed, in seconds since the epoch."""
    times = [
        os.stat(os.path.join(place, name)).st_mtime for place, _, names in os.walk(folder) for name in names
    ]
    return max(times, default=None)


def _addresses(workspace: Workspace) -> tuple[str, str]:
    """Return the address that takes images, and that of the XNAT if it takes them itself."""
    settings = connect(workspace).settings
    if settings.family != "health-ri":
        raise SettingsError("CTP sends to Health-RI, and this workspace is for another node.")
    if not settings.project:
        raise SettingsError("The name of the project at Health-RI is not set. Enter it on the Start page.")
    central = settings.text("ctp")
    if central:
        return _with_port(settings.address(central, "address of the central CTP")), ""
    xnat = _with_port(settings.address(settings.ready.get("url") or settings.text("site"), "address"))
    query = "import-handler=DICOM-zip&dest=/archive&overwrite=append&inbody=true"
    return f"{xnat}/data/services/import?{query}", xnat


def _with_port(url: str) -> str:
    parts = urlsplit(url)
    if parts.port is not None:
        return url
    return parts._replace(netloc=f"{parts.netloc}:{_PORTS[parts.scheme]}").geturl()


def _originals(workspace: Workspace) -> Iterator[str]:
    wanted = {*workspace.originals()}
    for number, root, _ in workspace.ledger.index.sources():
        if number in wanted:
            yield str((workspace.folder / os.fsdecode(root)).resolve())


def _pseudonyms(workspace: Workspace, *, keyed: bool) -> ctp.Pseudonyms:
    """Return what the de-identification here made of patients and UIDs: CTP gives them the same."""
    ledger = workspace.ledger.deidentified
    patients = _certain(ledger.crosswalk("patient"))
    maker = Pseudonyms(key_of(workspace), "days") if keyed and patients else None
    return ctp.Pseudonyms(
        patients=patients,
        uids=_certain(ledger.crosswalk("uid")),
        shifts={patient: maker.shift_days(patient) for patient in patients} if maker else {},
    )


def _certain(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Leave out what is empty or stands for two: CTP knows a patient by the number alone."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for old, new in pairs:
        found[old.strip(" \0")].add(new)
    return {old: next(iter(new)) for old, new in found.items() if old and len(new) == 1}


def _write(path: Path, text: str) -> Path:
    with replacing(path) as file:
        file.write(text)
    return path

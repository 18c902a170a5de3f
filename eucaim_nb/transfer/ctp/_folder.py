"""The folder in which a CTP runs: what it is given, and what lies in its queue and its quarantine."""

import contextlib
import os
import shutil
import socket
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from eucaim_nb.errors import SettingsError, WorkspaceError
from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes.health_ri import ctp

from .._carrier import place

_OUTBOX, _RECEIVED = "outbox", "received"
_IN_A_FOLDER = 1000
_ZIPPED = 50
_INTERVAL_MS = 1000


def new_folder(folder: Path) -> Path:
    """Make the folder of a run anew, and return the one in it for what CTP sends.

    Raises
    ------
    OSError
        It cannot be written.
    """
    shutil.rmtree(folder, ignore_errors=True)
    received = folder / _RECEIVED
    received.mkdir(mode=0o700, parents=True)
    return received


def fill_outbox(workspace_folder: Path, folder: Path, items: Iterable[UploadItem]) -> Path:
    """Put files where CTP reads: linked, or copied with their times. CTP copies what it reads and changes nothing.

    Raises
    ------
    OSError
        There is no room, or a file is gone.
    """
    outbox = folder / _OUTBOX
    outbox.mkdir(mode=0o700)
    for number, item in enumerate(items):
        below = outbox / f"{number // _IN_A_FOLDER:06}"
        below.mkdir(exist_ok=True)
        source, target = place(workspace_folder, item).path, below / f"{number:09}.dcm"
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
    return outbox


def write_files(folder: Path, bundle: Path, trees: Sequence[Path], export: str, table: Path | None) -> None:
    """Write the files of CTP for one run, with the scripts of a bundle.

    Parameters
    ----------
    export
        Where CTP sends to.
    table
        The look-up table if CTP de-identifies; None if it only sends.

    Raises
    ------
    WorkspaceError
        A script is not there.
    SettingsError
        Their check finds an error.
    """
    names = [ctp.ROUTING, ctp.FILTER, *([ctp.ANONYMIZER] if table else [])]
    try:
        files = {name: (bundle / name).read_text(encoding="utf-8") for name in names}
        if table:
            files[ctp.LOOKUP] = table.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError("The scripts of CTP are not there or cannot be read. Make them anew first.") from error
    files[ctp.LOG] = ctp.quiet_log()
    files[ctp.CONFIG] = ctp.config(
        ctp.Pipeline(
            port=_free_port(),
            trees=[str(tree) for tree in trees],
            export=export,
            routing=ctp.ROUTING,
            filter=ctp.FILTER,
            anonymizer=ctp.ANONYMIZER if table else "",
            lookup=str(table) if table else "",
            zipped=_ZIPPED,
            interval_ms=_INTERVAL_MS,
        )
    )
    for note in ctp.lint(files):
        if note.severity is ctp.Severity.ERR:
            raise SettingsError(f"{note.file} {note.where}: {note.message} CTP was not started.")
    for name in (*names, ctp.LOG, ctp.CONFIG):
        (folder / name).write_text(files[name], encoding="utf-8")


def empty(folder: Path) -> None:
    """Remove the images from the folder of a run, except those in quarantine."""
    for name in (_OUTBOX, _RECEIVED):
        shutil.rmtree(folder / name, ignore_errors=True)


def quarantined(folder: Path) -> dict[str, int]:
    """Count the images in the quarantine of each stage of a CTP; stages without any are left out."""
    found = {}
    for stage in sorted((folder / "quarantines").glob("*")):
        files = [file for file in stage.iterdir() if file.is_file()]
        # Only what the export could not send lies there in archives.
        count = sum(map(_images_in, files)) if stage.name == "export" else len(files)
        if count:
            found[stage.name] = count
    return found


def queued(folder: Path) -> int:
    """Count the images and archives that CTP has taken in and not yet sent."""
    places = ("cache", "cacheTemp", "queue", "active")
    walks = (os.walk(folder / "roots" / "export" / name) for name in places)
    return sum(len(names) for walk in walks for _, _, names in walk)


def _images_in(file: Path) -> int:
    with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(file) as archive:
        return sum(not member.is_dir() for member in archive.infolist())
    return 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

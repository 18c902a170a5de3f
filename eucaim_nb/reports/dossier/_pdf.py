"""The dossier as PDF, printed by a browser that is installed anyway."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from eucaim_nb.errors import EucaimError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_ON_WINDOWS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
_PROGRAM_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
_SECONDS = 300


def as_pdf(html: Path) -> Path:
    """Print a dossier to a PDF beside it, and return that.

    Raises
    ------
    EucaimError
        There is no Chromium, Chrome or Edge, or it printed nothing.
    """
    browser = next(_browsers(), None)
    if browser is None:
        raise EucaimError(
            "There is no Chromium, Chrome or Edge on this computer. Open the dossier in a browser, print it, and "
            "choose “Save as PDF”."
        )
    target = html.with_suffix(".pdf")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        printed = Path(profile) / target.name
        try:
            subprocess.run(
                [
                    browser,
                    "--headless",
                    "--disable-gpu",
                    f"--user-data-dir={profile}",
                    "--no-first-run",
                    "--no-pdf-header-footer",
                    f"--print-to-pdf={printed}",
                    *_without_sandbox(),
                    html.absolute().as_uri(),
                ],
                check=True,
                timeout=_SECONDS,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            shutil.move(printed, target)
        except (OSError, subprocess.SubprocessError) as error:
            raise EucaimError(
                f"{Path(browser).name} did not print the dossier. Open it in a browser, print it, and choose “Save as "
                "PDF”."
            ) from error
    return target


def _browsers() -> Iterator[str]:
    yield from filter(None, map(shutil.which, _NAMES))
    folders = filter(None, map(os.environ.get, _PROGRAM_FOLDERS))
    places = [Path(place) for place in _PLACES] + [Path(one) / name for one in folders for name in _ON_WINDOWS]
    yield from (str(place) for place in places if place.is_file())


def _without_sandbox() -> list[str]:
    # Chromium has no sandbox for the superuser, as in containers. It opens nothing but a file of our own making.
    return ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []

"""A Word document as PDF, where LibreOffice is installed."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_PLACES = {
    "darwin": ("/Applications/LibreOffice.app/Contents/MacOS/soffice",),
    "win32": (
        r"C:\Program Files\LibreOffice\program\soffice.exe",
        r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    ),
}
_SECONDS = 180


def office() -> str | None:
    """Return the program, or None if this computer has none."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    return next((place for place in _PLACES.get(sys.platform, ()) if Path(place).is_file()), None)


def convert(program: str, document: Path, kind: str, folder: Path) -> Path | None:
    """Convert a document to another kind ('pdf') and return the file, or None if the program could not."""
    with tempfile.TemporaryDirectory() as profile:
        # A profile of its own: LibreOffice does nothing while another one runs in the same.
        place = Path(profile).as_uri()
        arguments = ["--headless", "--norestore", f"-env:UserInstallation={place}", "--convert-to", kind]
        try:
            subprocess.run(
                [program, *arguments, "--outdir", str(folder), str(document)],
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    made = folder / f"{document.stem}.{kind}"
    return made if made.is_file() else None

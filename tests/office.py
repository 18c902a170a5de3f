"""LibreOffice, as the judge of whether a document can be opened by others."""

import os
import subprocess
from pathlib import Path

import pytest

from eucaim_nb.paperwork._office import office


def as_text(folder: Path, *documents: Path) -> list[str]:
    """Return what LibreOffice reads in documents; without LibreOffice the test is left out, but not in CI."""
    program = office()
    if program is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("LibreOffice is not installed")
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    wanted = ["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(folder)]
    subprocess.run(
        [program, profile, *wanted, *map(str, documents)], check=True, capture_output=True, timeout=120
    )
    return [(folder / f"{one.stem}.txt").read_text(encoding="utf-8-sig") for one in documents]

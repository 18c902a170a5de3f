"""The validators of dicom3tools, which know the standard independently of this project."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def errors(tool: str, *files: Path) -> list[str]:
    """Error lines of a dicom3tools validator."""
    if shutil.which(tool) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{tool} is missing: install dicom3tools")
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run([tool, *files], capture_output=True, check=False)
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
    return [line for line in lines if "Error" in line]

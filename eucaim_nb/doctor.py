"""Is this installation fit for the job? Versions, optional parts, stray extensions, rights to write."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import platformdirs

_NEEDED = ("jupyterlab", "ipywidgets", "voila", "pydicom", "pandas", "matplotlib", "xnat", "dicomweb-client")
_EXTRAS = {
    "seg": ("highdicom", "annotations to DICOM-SEG"),
    "ocr": ("onnxruntime", "burned-in text"),
}
_SERVERS = {"Orthanc": "a real DICOMweb server to practise with", "chromium": "browser tests"}


@dataclass(frozen=True, slots=True)
class Report:
    """Versions found, problems to mend, and notes on what is optional."""

    versions: Mapping[str, str]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing needs mending."""
        return not self.problems


def examine() -> Report:
    """Look at the installation without changing anything but a file written and removed again to test rights."""
    found = versions()
    return Report(found, tuple(_problems(found)), tuple(_notes()))


def versions() -> dict[str, str]:
    """Return the versions of Python, of this program and of the packages that it stands on; missing ones are empty."""
    found = {"python": ".".join(map(str, sys.version_info[:3])), "eucaim-nb": _version("eucaim-nb")}
    return found | {name: _version(name) for name in _NEEDED}


def _problems(versions: Mapping[str, str]) -> Iterator[str]:
    for name, found in versions.items():
        if not found:
            yield f"The package {name} is not installed. Run `pip install -e .` again."
    for what, folder in {
        "temporary folder": Path(tempfile.gettempdir()),
        "home folder": Path.home(),
        "folder for settings": platformdirs.user_state_path("eucaim-nb", appauthor=False),
    }.items():
        if not _writable(folder):
            yield f"The {what} cannot be written to. Free disk space or ask for the right to write."
    stray = _user_labextensions()
    if stray:
        yield (
            f"{len(stray)} JupyterLab extension(s) in your home folder can break the pages: {', '.join(stray)}. "
            "Remove them, or start with JUPYTER_PREFER_ENV_PATH=1."
        )


def _notes() -> Iterator[str]:
    for extra, (module, purpose) in _EXTRAS.items():
        if find_spec(module) is None:
            yield f"The extra '{extra}' ({purpose}) is not installed."
    for program, purpose in _SERVERS.items():
        if shutil.which(program) is None:
            yield f"{program} ({purpose}) is not installed."


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _writable(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".eucaim-nb-")
    except OSError:
        return False
    os.close(handle)
    os.unlink(name)
    return True


def _user_labextensions() -> list[str]:
    from jupyter_core.paths import jupyter_data_dir

    folder = Path(jupyter_data_dir()) / "labextensions"
    if not folder.is_dir() or Path(sys.prefix) in folder.parents:
        return []
    return sorted(entry.name for entry in folder.iterdir())

"""The notebooks as they are served, a read-only copy with nothing beside it, and the template of their pages."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import eucaim_nb
from eucaim_nb.errors import EucaimError

SHARE = Path(__file__).parent / "share"
"""Where Voila finds the template of our pages."""
TEMPLATE = SHARE / "voila" / "templates" / "eucaim"
ETC = Path(__file__).parent / "etc"
"""Where JupyterLab finds what its own settings cannot say: that it does not ask whether to fetch news."""

_PACKAGE = Path(eucaim_nb.__file__).parent
_SERVED = (".ipynb", ".png", ".svg")


def notebooks() -> Path:
    """Return the folder of the notebooks: inside the installed package, or in the checkout beside it."""
    for folder in (_PACKAGE / "notebooks", _PACKAGE.parent / "notebooks"):
        if (folder / "00_start.ipynb").is_file():
            return folder
    raise EucaimError("The notebooks are missing from this installation. Install eucaim-nb again.")


@contextmanager
def served_notebooks() -> Iterator[Path]:
    """Copy the notebooks and their pictures to a fresh place of this user, read-only, for as long as it is used."""
    origin = notebooks()
    place = Path(tempfile.mkdtemp(prefix="eucaim-pages-")).resolve()
    try:
        for file in sorted(origin.rglob("*")):
            target = place / file.relative_to(origin)
            if file.suffix in _SERVED and ".ipynb_checkpoints" not in file.parts:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
                target.chmod(0o400)
        _set_mode(place, 0o500)
        yield place
    finally:
        _set_mode(place, 0o700)
        shutil.rmtree(place, ignore_errors=True)


def _set_mode(place: Path, mode: int) -> None:
    for folder, _, _ in os.walk(place):
        os.chmod(folder, mode)

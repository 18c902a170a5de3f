"""Reading the files of this folder."""

import tomllib
from importlib.resources import files
from typing import Any


def text(name: str) -> str:
    """Return the text of a reference file."""
    return files("eucaim_nb.reference").joinpath(name).read_text(encoding="utf-8")


def table(name: str) -> dict[str, Any]:
    """Return the content of a TOML reference file."""
    return tomllib.loads(text(name))

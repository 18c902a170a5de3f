"""Reading the files of this folder."""

import csv
import tomllib
from importlib.resources import files
from typing import Any


def read_text(name: str) -> str:
    """Return the text of a reference file."""
    return files("eucaim_nb.reference").joinpath(name).read_text(encoding="utf-8")


def read_lines(name: str) -> list[str]:
    """Return the lines of a reference file, without empty ones and without its comments."""
    return [line for line in read_text(name).splitlines() if line and not line.startswith("#")]


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV reference file."""
    return list(csv.DictReader(read_lines(name)))


def read_toml(name: str) -> dict[str, Any]:
    """Return the content of a TOML reference file."""
    return tomllib.loads(read_text(name))

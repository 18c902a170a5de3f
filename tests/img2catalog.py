"""Health-RI's own harvester, in an environment of its own: what it makes of a node is what the catalogue gets."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

# sempyro: newer ones refuse what this img2catalog maps.
_WANTED = ("img2catalog==2.0.0", "sempyro==2.1.0")
_NAME = "img2catalog-2.0.0"


def harvest(config: pytest.Config, url: str, username: str, password: str, folder: Path) -> str:
    """Harvest an XNAT, and return the catalogue in Turtle.

    Parameters
    ----------
    folder
        For its log; it reads no settings from anywhere else.
    """
    environment = {
        **os.environ,
        "XNATPY_HOST": url,
        "XNAT_USER": username,
        "XNAT_PASS": password,
        "HOME": str(folder),
        "NO_PROXY": "127.0.0.1",
    }
    found = subprocess.run(
        [_python(config), "-m", "img2catalog", "xnat", "map-xnat-hriv2", "rdf", "--output", "catalogue.ttl"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    return (folder / "catalogue.ttl").read_text(encoding="utf-8")


def _python(config: pytest.Config) -> Path:
    """Return the interpreter of the environment; it is made once, and kept in the cache of the tests."""
    assert config.cache is not None
    place = config.cache.mkdir("environments") / _NAME
    inside = Path("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (place / inside).exists():
        _make(place, inside)
    return place / inside


def _make(place: Path, inside: Path) -> None:
    with tempfile.TemporaryDirectory(dir=place.parent, ignore_cleanup_errors=True) as unfinished:
        made = Path(unfinished) / "made"
        try:
            subprocess.run([sys.executable, "-m", "venv", made], check=True, capture_output=True)
            install = [made / inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_WANTED]
            subprocess.run(install, check=True, capture_output=True, text=True, timeout=280)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            if os.environ.get("CI", "").lower() == "true":
                raise
            pytest.skip(f"img2catalog cannot be installed here: {type(error).__name__}")
        if not place.exists():  # else another process was faster
            os.rename(made, place)

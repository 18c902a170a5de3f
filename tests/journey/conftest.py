"""Practice nodes as a process of their own, with a password to look for, and the command line as people run it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ui.launched import environment

CANARY = "canary-Pa55word-7f3a"


@dataclass
class Commands:
    """`eucaim-nb` as a program; everything it printed is kept."""

    folder: Path
    printed: str = ""

    def run(self, *arguments: object, **extra: str) -> tuple[int, dict[str, Any]]:
        """Run a command with --json; return its exit status and its object."""
        ran = subprocess.run(
            [sys.executable, "-m", "eucaim_nb", *map(str, arguments), "--json"],
            capture_output=True,
            text=True,
            env=environment(self.folder, **extra),
            timeout=180,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        self.printed += ran.stdout + ran.stderr
        assert ran.stdout.count("\n") == 1, ran.stdout + ran.stderr
        return ran.returncode, json.loads(ran.stdout)


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The ready file of running practice nodes whose password is `CANARY`."""
    state, ready = tmp_path / "practice-nodes", tmp_path / "ready.json"
    state.mkdir()
    (state / "credentials.json").write_text(json.dumps({"username": "practice", "password": CANARY}))
    process = subprocess.Popen(
        [sys.executable, "-m", "eucaim_nb", "practice", str(state), "--ready-file", str(ready)],
        env=environment(tmp_path),
    )
    try:
        end = time.monotonic() + 60
        while not ready.exists() and time.monotonic() < end and process.poll() is None:
            time.sleep(0.1)
        yield json.loads(ready.read_text())
    finally:
        process.terminate()
        process.wait(20)

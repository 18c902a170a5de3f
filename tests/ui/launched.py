"""A running `eucaim-nb app` for tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil


@dataclass
class Launched:
    """The process, and the address it printed."""

    process: "subprocess.Popen[str]"
    address: str

    @property
    def base(self) -> str:
        return f"http://{urlsplit(self.address).netloc}"

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.address).query)["token"][0]

    def url(self, notebook: str) -> str:
        return f"{self.base}/voila/render/{notebook}.ipynb"

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def kernels(self) -> list[psutil.Process]:
        return [child for child in self.children() if "ipykernel_launcher" in " ".join(_command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """Return an environment in which everything of the user is below a folder."""
    ours = {"EUCAIM_NB_STATE": str(folder / "state"), "EUCAIM_NB_HOME": str(folder / "practice")}
    ours["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "lab-workspaces")
    return {**os.environ, **ours, **extra}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "eucaim_nb", *arguments]


@contextmanager
def launched(*arguments: str, env: dict[str, str]) -> Iterator[Launched]:
    """Run `eucaim-nb app`, and stop it at the end if it still runs."""
    process = subprocess.Popen(
        command("app", "--no-browser", *arguments),
        stdout=subprocess.PIPE,
        text=True,
        env=env,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("Open http://127.0.0.1:"), f"{line!r}, exit {process.poll()}"
        yield Launched(process, line.split()[1])
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

"""A training session as Binder makes it: the real `postBuild` in an environment of its own, then the real `start`."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"
_SOURCES = ("eucaim_nb", "notebooks", "binder", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
_SECONDS = 60


@dataclass(frozen=True)
class Image:
    """What `postBuild` left: the checkout, which is also the home folder, as on Binder."""

    home: Path
    environment: dict[str, str]

    @property
    def config(self) -> Path:
        return self.home / ".venv" / "etc" / "jupyter" / "jupyter_server_config.json"

    def python(self, code: str, **extra: str) -> "subprocess.CompletedProcess[str]":
        """Run code with the package that was installed."""
        return subprocess.run(
            ["python", "-P", "-c", code],
            env={**self.environment, **extra},
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
        )


def build(home: Path) -> Image:
    """Copy the checkout to an empty home, and run `postBuild` there as repo2docker does.

    The packages that the environment file asks for are borrowed from the environment of the tests, ours is not.
    """
    for name in _SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, home / name)
    venv.create(home / ".venv", symlinks=True)
    own = home / ".venv" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EUCAIM", "JUPYTER", "XDG"))}
    environment = {
        **kept,
        "HOME": str(home),
        "PATH": os.pathsep.join([str(home / ".venv" / "bin"), os.environ["PATH"]]),
        # Voila's being an extension of the server, and the front end, are borrowed as well.
        "JUPYTER_CONFIG_PATH": str(Path(sys.prefix) / "etc" / "jupyter"),
        "JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter"),
        # What builds the package is there already: nothing is fetched.
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_NO_INDEX": "1",
    }
    done = subprocess.run(
        ["bash", str(home / "binder" / "postBuild")],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Image(home, environment)


@dataclass(frozen=True)
class Session:
    """A server that `start` started."""

    process: "subprocess.Popen[bytes]"
    base: str
    token: str

    def url(self, path: str) -> str:
        """Return the address that a launch link leads to."""
        return f"{self.base}{path}?token={self.token}"

    def kernels(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "ipykernel_launcher" in _command(child)]


@contextmanager
def started(image: Image, log: Path) -> Iterator[Session]:
    """Run `start` with a server as BinderHub asks for one: an address below /user, and a token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base, token = f"http://127.0.0.1:{port}/user/abc/", "0123456789abcdef-token"
    server = ["python", "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    for application in ("NotebookApp", "ServerApp"):
        server += [f"--{application}.base_url=/user/abc/", f"--{application}.token={token}"]
        server += [f"--{application}.trust_xheaders=True"]
    if os.getuid() == 0:
        server.append("--allow-root")  # tests in a container; on Binder nobody is
    with log.open("wb") as written:
        process = subprocess.Popen(
            ["bash", str(image.home / "binder" / "start"), *server],
            env=image.environment,
            cwd=image.home,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(f"{base}api?token={token}", process, log)
            yield Session(process, base, token)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"The server does not answer:\n{log.read_text(errors='replace')[-3000:]}")


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has just ended
        return ""

"""CTP as a program on this computer: found, checked, started and stopped."""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from eucaim_nb.errors import SettingsError
from eucaim_nb.workspace import Workspace

_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_OLDEST_JAVA = 8
_MEMORY = "-Xmx512m"
_PATIENCE_SECONDS = 10.0
_MARK = "ctp.pid"


@dataclass(frozen=True, slots=True)
class Program:
    """Java, its version, and the folder of CTP with `libraries` in it."""

    java: Path
    version: int
    home: Path


def find_program(workspace: Workspace) -> Program:
    """Return Java and CTP, if they are here.

    The folder is that of `ctp_home` under [node] in eucaim.toml, else of the environment variable CTP_HOME.

    Raises
    ------
    SettingsError
        One of them is missing, or Java is too old.
    """
    named = str(workspace.settings.node_options.get("ctp_home") or os.environ.get("CTP_HOME") or "")
    if not named:
        raise SettingsError(
            "The folder of CTP is not known. Download the standalone version, unpack it, and set ctp_home under [node] "
            "in eucaim.toml, or CTP_HOME, to the folder that has libraries in it."
        )
    home = Path(named).expanduser().absolute()
    if not (home / "libraries" / "CTP.jar").is_file():
        raise SettingsError(f"There is no libraries/CTP.jar in {home}. Name the folder of CTP itself.")
    found = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(found) / "bin")) if found else None
    java = java or shutil.which("java")
    if java is None:
        raise SettingsError("Java is not installed. CTP needs Java 8 or newer, for instance Temurin 17.")
    version = _version(java)
    if version < _OLDEST_JAVA:
        raise SettingsError(f"Java {version} is too old for CTP. Install Java {_OLDEST_JAVA} or newer.")
    return Program(Path(java), version, home)


def _version(java: str) -> int:
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr
    except (OSError, subprocess.SubprocessError) as error:
        raise SettingsError("Java is installed but does not start. Install it anew.") from error
    found = _VERSION.search(said)
    return int(found[1]) if found else 0


class Running:
    """A CTP at work in a folder; `stop` ends it, and so does leaving the `with` block."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._folder = folder
        with (folder / "console.txt").open("wb") as console:
            self._process = subprocess.Popen(
                [str(program.java), "-Djava.awt.headless=true", _MEMORY, "-jar", "libraries/CTP.jar"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
        born = psutil.Process(self._process.pid).create_time()
        (folder / _MARK).write_text(f"{self._process.pid} {born}", encoding="ascii")

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it; what is in its queues stays on disk."""
        if self.alive:
            _end(psutil.Process(self._process.pid))
        self._process.wait()
        (self._folder / _MARK).unlink(missing_ok=True)

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def end_left_over(folder: Path) -> None:
    """End a CTP that an earlier run, which was killed, left at work in a folder."""
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        pid, born = (folder / _MARK).read_text(encoding="ascii").split()
        process = psutil.Process(int(pid))
        if abs(process.create_time() - float(born)) < 1.0:
            _end(process)


def _end(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(_PATIENCE_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(_PATIENCE_SECONDS)


def furnish(program: Program, folder: Path) -> None:
    """Put into a new folder what CTP needs to start: its libraries, and users whose passwords nobody knows.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    libraries = folder / "libraries"
    try:
        libraries.symlink_to(program.home / "libraries", target_is_directory=True)
    except OSError:  # Windows asks for a right to make links
        shutil.copytree(program.home / "libraries", libraries)
    password = int(hashlib.md5(secrets.token_bytes(32), usedforsecurity=False).hexdigest(), 16)
    users = "".join(f'<user username="{name}" password="{password}"/>' for name in ("admin", "king"))
    (folder / "users.xml").write_text(f'<users mode="digest">{users}</users>\n', encoding="utf-8")

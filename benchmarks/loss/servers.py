"""Servers to send to, in processes that can be killed and started again on the same data."""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
_SERVE = (
    "import sys; from eucaim_nb.practice import serve; "
    "serve(sys.argv[1], port=int(sys.argv[2]), ready_file=sys.argv[3], dicomweb=sys.argv[4] or None)"
)
_START_SECONDS = 60


class Practice:
    """The practice nodes; with `dicomweb` in front of a real server, where their faults still apply."""

    def __init__(self, folder: Path, node: str, dicomweb: str = "") -> None:
        self.folder, self.node = folder, node
        self.ready_file = folder.with_suffix(".json")
        self._port, self._dicomweb = _free_port(), dicomweb
        self._process: subprocess.Popen[bytes] | None = None
        self.control = ""

    def start(self) -> None:
        """Start, and wait until all answers."""
        self.ready_file.unlink(missing_ok=True)
        arguments = [str(self.folder), str(self._port), str(self.ready_file), self._dicomweb]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _wait_until(self.ready_file.exists, self._process)
        self.control = json.loads(self.ready_file.read_text())["control"]

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        _end(self._process, signal.SIGKILL)

    def stop(self) -> None:
        """End it."""
        _end(self._process, signal.SIGTERM)

    def faults(self, specs: list[str]) -> None:
        """Set these faults and no others."""
        requests.put(self.control, data=json.dumps(specs), timeout=60).raise_for_status()

    def held(self) -> list[dict[str, Any]]:
        """Return what the node holds by its own account, with digests."""
        response = requests.get(f"{self.control}/instances", params={"node": self.node}, timeout=300)
        response.raise_for_status()
        instances: list[dict[str, Any]] = response.json()["instances"]
        return [one for one in instances if one.get("archived", True)]

    def bytes_taken(self) -> int:
        """Return the bytes of all requests that could bring images since the log was cleared."""
        entries = requests.get(f"{self.control}/log", timeout=60).json()["requests"]
        ways = ("/studies", "/data/services/import")
        return sum(one["bytes"] for one in entries if one["method"] == "POST" and one["path"].endswith(ways))

    def clear_log(self) -> None:
        """Forget the requests so far."""
        requests.delete(f"{self.control}/log", timeout=60).raise_for_status()


class Orthanc:
    """A real Orthanc with its DICOMweb plugin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = _free_port()
        self._account = ("bench", secrets.token_hex(8))
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def installed() -> bool:
        """Tell whether it can be started here."""
        return shutil.which("Orthanc") is not None and _PLUGIN.exists()

    @property
    def dicomweb(self) -> str:
        """Its DICOMweb root, with the account."""
        return f"http://{':'.join(self._account)}@127.0.0.1:{self._port}/dicom-web"

    def start(self) -> None:
        """Start, and wait until it answers."""
        database = self._folder / "db"
        database.mkdir(parents=True, exist_ok=True)
        configuration = {
            "StorageDirectory": str(database),
            "IndexDirectory": str(database),
            "Plugins": [str(_PLUGIN)],
            "HttpPort": self._port,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": dict([self._account]),
            "DicomServerEnabled": False,
            "SyncStorageArea": False,
            "MaximumStorageCacheSize": 0,  # else its memory hides what its disk lost
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }
        file = self._folder / "orthanc.json"
        file.write_text(json.dumps(configuration))
        self._process = subprocess.Popen(
            ["Orthanc", str(file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TCP_NODELAY": "1"},
        )
        _wait_until(self._answers, self._process)

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        _end(self._process, signal.SIGKILL)

    def held(self) -> list[dict[str, Any]]:
        """Return what it holds, with the digest of the bytes that it gives back."""
        root = f"http://127.0.0.1:{self._port}/instances"
        with requests.Session() as session:
            session.auth = self._account
            listed = session.get(root, params={"expand": ""}, timeout=120).json()
            return [
                {
                    "sop": one["MainDicomTags"]["SOPInstanceUID"],
                    "sha256": hashlib.sha256(session.get(f"{root}/{one['ID']}/file", timeout=60).content).hexdigest(),
                }
                for one in listed
            ]

    def _answers(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            system = f"http://127.0.0.1:{self._port}/system"
            return requests.get(system, auth=self._account, timeout=5).status_code == 200
        return False


class Disk:
    """A small file system of its own for a server's data, which can be full and be made larger; root on Linux only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def possible() -> bool:
        """Tell whether such a file system can be made here."""
        return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None

    @contextlib.contextmanager
    def of(self, size: int) -> Iterator[None]:
        """Have it with so many bytes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(self._folder)], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(self._folder)], check=True)

    def resize(self, size: int) -> None:
        """Make it larger."""
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self._folder)], check=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_until(ready: Any, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("A server did not start.")
        time.sleep(0.02)


def _end(process: "subprocess.Popen[bytes] | None", how: signal.Signals) -> None:
    if process is not None and process.poll() is None:
        process.send_signal(how)
        process.wait(30)

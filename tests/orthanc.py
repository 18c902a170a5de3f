"""A real Orthanc with its DICOMweb plugin, on loopback and in a temporary folder, one per test session."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


@dataclass(frozen=True)
class Orthanc:
    """A running server: `dicomweb` is its DICOMweb root, `root` its own interface, `storage` where its files are."""

    root: str
    username: str
    password: str
    storage: Path

    @property
    def dicomweb(self) -> str:
        return f"{self.root}/dicom-web"

    @property
    def dicomweb_with_login(self) -> str:
        return self.dicomweb.replace("://", f"://{self.username}:{self.password}@")

    def session(self) -> requests.Session:
        session = requests.Session()
        session.auth = (self.username, self.password)
        return session

    def wipe(self) -> None:
        with self.session() as session:
            for study in session.get(f"{self.root}/studies", timeout=30).json():
                session.delete(f"{self.root}/studies/{study}", timeout=30).raise_for_status()


def missing() -> str | None:
    """Say what is not installed."""
    if shutil.which("Orthanc") is None:
        return "Orthanc is not installed (apt-get install orthanc)"
    if not PLUGIN.exists():
        return "Orthanc's DICOMweb plugin is not installed (apt-get install orthanc-dicomweb)"
    return None


@contextmanager
def running_orthanc(folder: Path) -> Iterator[Orthanc]:
    """Run Orthanc on a free port; its data and log go to `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    account = ("tests", secrets.token_hex(8))
    database = folder / "db"
    database.mkdir(parents=True)
    configuration = {
        "Name": "TESTS",
        "StorageDirectory": str(database),
        "IndexDirectory": str(database),
        "Plugins": [str(PLUGIN)],
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": dict([account]),
        "DicomServerEnabled": False,
        "SyncStorageArea": False,
        "MaximumStorageCacheSize": 0,  # what its disk has is what it gives
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    (folder / "orthanc.json").write_text(json.dumps(configuration))
    with (folder / "orthanc.log").open("wb") as log:
        process = subprocess.Popen(["Orthanc", str(folder / "orthanc.json")], stdout=log, stderr=log)
    orthanc = Orthanc(f"http://127.0.0.1:{port}", *account, database)
    try:
        _wait_until_ready(orthanc, process, folder / "orthanc.log")
        yield orthanc
    finally:
        process.kill()  # a clean stop takes 3.5 s and leaves nothing that the next session would use
        process.wait()


def _wait_until_ready(orthanc: Orthanc, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < end:
        try:
            if requests.get(
                f"{orthanc.root}/system", auth=(orthanc.username, orthanc.password), timeout=1
            ).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise RuntimeError(f"Orthanc did not start:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def orthanc_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """The session's Orthanc. Use `orthanc`, which empties it first."""
    if reason := missing():
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_orthanc(tmp_path_factory.mktemp("orthanc")) as orthanc:
        yield orthanc


@pytest.fixture
def orthanc(orthanc_server: Orthanc) -> Orthanc:
    """An empty Orthanc."""
    orthanc_server.wipe()
    return orthanc_server

"""The real `xnat` client, connected to a practice node, and studies to send to it."""

import hashlib
import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
import requests
import xnat
from xnat.core import XNATBaseListing, XNATListing

from eucaim_nb.practice import PracticeNodes
from eucaim_nb.practice.sample import write_cohort

Connect = Callable[..., Any]


def zipped(*contents: bytes, names: list[str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for number, content in enumerate(contents):
            target.writestr(names[number] if names else f"IMAGES/IM{number:04d}", content)
    return buffer.getvalue()


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def digests(session: Any, experiment: Any) -> list[str]:
    """Ask the server for the digest of every file of every scan."""
    answer = session.get_json(f"/data/experiments/{experiment.id}/scans/ALL/files")
    return sorted(row["digest"] for row in answer["ResultSet"]["Result"])


@pytest.fixture(scope="session")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[bytes]]:
    """The DICOM files of the sample cohort by study, each instance once."""
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(folder, patients=2, instances=30)
    found: dict[str, dict[str, bytes]] = defaultdict(dict)
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        try:
            header = pydicom.dcmread(path, stop_before_pixels=True)
            found[header.StudyInstanceUID].setdefault(header.SOPInstanceUID, path.read_bytes())
        except (pydicom.errors.InvalidDicomError, AttributeError):
            continue
    return {study: list(files.values()) for study, files in found.items()}


@pytest.fixture
def connect(node: PracticeNodes) -> Iterator[Connect]:
    """Connect the real client, by default as the owner of the practice project."""
    opened = []

    def to_node(role: str = "", at: PracticeNodes = node) -> Any:
        username = "-".join(part for part in (at.username, role) if part)
        session = xnat.connect(at.health_ri, user=username, password=at.password, loglevel="ERROR")
        opened.append(session)
        return session

    yield to_node
    for listing in (XNATBaseListing, XNATListing):  # shared by all sessions: the client asks ended ones too
        listing.__ALL_LISTINGS__.clear()
    for session in opened:
        try:
            session.disconnect()
        except requests.ConnectionError:  # the test stopped the node
            continue


@pytest.fixture
def session(connect: Connect) -> Any:
    return connect()


@pytest.fixture
def project(session: Any) -> Any:
    return session.projects["PRACTICE"]


@pytest.fixture
def subject(session: Any, project: Any) -> Any:
    return session.classes.SubjectData(parent=project, label="EU-0007")


@pytest.fixture
def arm(node: PracticeNodes) -> Callable[..., None]:
    def set_faults(*specs: str) -> None:
        assert requests.put(node.control, json=list(specs), timeout=10).status_code == 200

    return set_faults


@pytest.fixture
def upload(session: Any) -> Callable[..., Any]:
    """Import a zip into the practice project."""

    def import_(content: bytes, **options: Any) -> Any:
        chosen = {"project": "PRACTICE", "import_handler": "DICOM-zip", "content_type": "application/zip"}
        return session.services.import_(data=content, **(chosen | options))

    return import_


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "practice" / "health-ri"

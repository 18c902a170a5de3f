"""Bytes to send, and a practice node to send them to."""

import io
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from eucaim_nb.practice import PracticeNodes
from tests.orthanc import orthanc, orthanc_server  # noqa: F401 - fixtures

MakeInstance = Callable[..., bytes]


def account(nodes: PracticeNodes) -> tuple[str, str]:
    """Return what `requests` needs to sign in."""
    return nodes.username, nodes.password


@pytest.fixture
def instance() -> MakeInstance:
    """Make a CT instance as bytes; keywords replace attributes, and `None` removes one."""
    study, series = generate_uid(), generate_uid()
    numbers = count(1)

    def make(pixels: int = 2048, transfer_syntax: str = ExplicitVRLittleEndian, **attributes: Any) -> bytes:
        number = next(numbers)
        values = {
            "SOPClassUID": CTImageStorage,
            "SOPInstanceUID": generate_uid(),
            "StudyInstanceUID": study,
            "SeriesInstanceUID": series,
            "PatientID": "EU-0007",
            "PatientName": "Practice^Pat",
            "StudyDate": "20200131",
            "StudyTime": "101500",
            "Modality": "CT",
            "SeriesNumber": 3,
            "InstanceNumber": number,
        }
        dataset = Dataset()
        for keyword, value in (values | attributes).items():
            if value is not None:
                setattr(dataset, keyword, value)
        dataset.PixelData = bytes([number % 256]) * pixels
        dataset["PixelData"].VR = "OW"
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = transfer_syntax
        dataset.file_meta.MediaStorageSOPClassUID = values["SOPClassUID"]
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", "1.2.3")
        buffer = io.BytesIO()
        dataset.save_as(buffer, enforce_file_format=True)
        return buffer.getvalue()

    return make


@pytest.fixture
def node(tmp_path: Path) -> Iterator[PracticeNodes]:
    with PracticeNodes(tmp_path / "practice") as nodes:
        yield nodes


@pytest.fixture
def multipart() -> Callable[..., bytes]:
    """Put parts into a multipart body with the boundary `frontier`."""

    def body(*parts: bytes, close: bool = True) -> bytes:
        opened = b"".join(
            b"\r\n--frontier\r\nContent-Type: application/dicom\r\n\r\n" + part for part in parts
        )
        return opened.removeprefix(b"\r\n") + (b"\r\n--frontier--\r\n" if close else b"")

    return body


@pytest.fixture
def store(multipart: Callable[..., bytes]) -> Callable[..., requests.Response]:
    """Send instances to a node, or a ready body; signed in unless told otherwise."""

    def send(
        nodes: PracticeNodes, *parts: bytes, study: str = "", body: Any = None, **options: Any
    ) -> requests.Response:
        url = f"{nodes.dicomweb}/studies" + (f"/{study}" if study else "")
        headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=frontier'}
        content = multipart(*parts) if body is None else body
        signed_in = {"auth": account(nodes)} | options
        return requests.post(url, data=content, headers=headers, timeout=10, **signed_in)

    return send


@pytest.fixture
def held() -> Callable[[PracticeNodes], dict[str, str]]:
    """Ask a node's control address what it holds: SOP instance UID -> SHA-256."""

    def ask(nodes: PracticeNodes) -> dict[str, str]:
        answer = requests.get(f"{nodes.control}/instances", timeout=30).json()
        assert answer["count"] == len(answer["instances"])
        return {one["sop"]: one["sha256"] for one in answer["instances"]}

    return ask

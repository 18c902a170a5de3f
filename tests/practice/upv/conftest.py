"""A practice node with uploads that are good, and some on which the creation of a dataset stumbles."""

import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from eucaim_nb.practice import Policy, PracticeNodes

GOOD: dict[str, Any] = {
    "StudyDate": "20230301",
    "StudyDescription": "CT",
    "PatientSex": "F",
    "PatientAge": "060Y",
    "Modality": "CT",
    "BodyPartExamined": "CHEST",
    "Manufacturer": "SIEMENS",
}
# Per patient, what the header of each series has instead.
UPLOADS: dict[str, list[dict[str, Any]]] = {
    "S1": [{}, {"Manufacturer": "Acme"}],
    "S2": [
        {
            "PatientSex": "M",
            "PatientAge": "070Y",
            "Modality": "MR",
            "BodyPartExamined": "PROSTATE",
            "Manufacturer": "GE MEDICAL SYSTEMS",
        }
    ],
    "two-sexes": [{}, {"PatientSex": "M"}],
    "two-ages": [{}, {"PatientAge": "061Y"}],
    "two-dates": [{}, {"StudyDate": "20230302"}],
    "two-subprojects": [{"subproject": "MAIN"}, {"subproject": "OTHER"}],
    "own-subproject": [{"subproject": "MAIN"}],
    "unknown-subproject": [{"subproject": "OTHER"}],
    "empty-date": [{"StudyDate": ""}],
    "iso-date": [{"StudyDate": "2023-03-01"}],
    "no-date": [{"StudyDate": None}],
    "odd-sex": [{"PatientSex": "U"}],
    "no-sex": [{"PatientSex": ""}],
    "odd-age": [{"PatientAge": "60"}],
    "bare-ge": [{"Manufacturer": "GE"}],
    "long-body-part": [{"BodyPartExamined": "CHEST ABDOMEN PELVIS"}],
    "one-missing": [{}, {"SeriesDescription": "left out of the index"}],
    "gone": [{}],
}


def instance(patient: str, study: str, attributes: dict[str, Any]) -> bytes:
    """Make a small CT instance of a series of its own."""
    dataset = Dataset()
    uids = {
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": generate_uid(),
        "StudyInstanceUID": study,
        "SeriesInstanceUID": generate_uid(),
        "PatientID": patient,
    }
    subproject = attributes.get("subproject")
    for keyword, value in (uids | GOOD | attributes).items():
        if value is not None and keyword != "subproject":
            setattr(dataset, keyword, value)
    if subproject:
        dataset.add_new(0x70D12000, "LO", subproject)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = uids["SOPClassUID"]
    dataset.file_meta.MediaStorageSOPInstanceUID = uids["SOPInstanceUID"]
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def upload(nodes: PracticeNodes, patient: str, **options: Any) -> requests.Response:
    """Send the series of one patient to the DICOMweb room."""
    study = generate_uid()
    body = b"".join(
        b"\r\n--frontier\r\nContent-Type: application/dicom\r\n\r\n" + instance(patient, study, series)
        for series in UPLOADS[patient]
    )
    headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=frontier'}
    return requests.post(
        f"{nodes.dicomweb}/studies",
        data=body + b"\r\n--frontier--\r\n",
        headers=headers | (options.pop("headers") if "headers" in options else bearer(nodes)),
        timeout=10,
        **options,
    )


def token(nodes: PracticeNodes, username: str | None = None, **form: str) -> requests.Response:
    """Ask for a token; by password if nothing else is said."""
    ready = nodes.ready()["upv"]
    asked = {
        "grant_type": "password",
        "client_id": ready["client_id"],
        "username": username or nodes.username,
        "password": nodes.password,
    }
    address = f"{ready['issuer']}/protocol/openid-connect/token"
    return requests.post(address, data=asked | form, timeout=10)


def bearer(nodes: PracticeNodes, username: str | None = None) -> dict[str, str]:
    """Return the header of somebody who is signed in."""
    return {"Authorization": f"Bearer {token(nodes, username).json()['access_token']}"}


def service(nodes: PracticeNodes, method: str, path: str, who: str | None = None, **options: Any) -> Any:
    """Ask the dataset service."""
    address = nodes.ready()["upv"]["dataset_service"] + path
    return requests.request(method, address, headers=bearer(nodes, who), timeout=10, **options)


def until(nodes: PracticeNodes, ident: str, *statuses: str) -> dict[str, Any]:
    """Poll the creation of a dataset until it has one of these statuses."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        told: dict[str, Any] = service(nodes, "GET", f"/datasets/{ident}/creationStatus").json()
        if told["status"] in statuses:
            return told
        time.sleep(0.02)
    raise AssertionError(f"still {told}")


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeNodes]:
    """Serve a node that everything above was uploaded to."""
    with PracticeNodes(tmp_path_factory.mktemp("upv"), policy=Policy(creation_step=0.005)) as nodes:
        for patient in UPLOADS:
            assert upload(nodes, patient).status_code == 200
        yield nodes

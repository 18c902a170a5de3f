"""What a sender may rely on when it stores instances on the practice node."""

import hashlib
import io
import socket
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pydicom
import pytest
import requests
from pydicom.uid import DeflatedExplicitVRLittleEndian, generate_uid

from eucaim_nb.practice import Policy, PracticeNodes
from eucaim_nb.practice._header import read_header

from .conftest import account


def uid(content, keyword="SOPInstanceUID"):
    return str(pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True).get(keyword))


def listed(response, tag="00081199"):
    return [item["00081155"]["Value"][0] for item in response.json().get(tag, {}).get("Value", [])]


def reasons(response, tag="00081198"):
    return [item["00081197"]["Value"][0] for item in response.json().get(tag, {}).get("Value", [])]


def fingerprint(content):
    return hashlib.sha256(content).hexdigest()


def test_every_stored_instance_is_listed_and_held_byte_for_byte(node, instance, store, held):
    sent = [instance() for _ in range(3)]
    response = store(node, *sent)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/dicom+json"
    assert listed(response) == [uid(content) for content in sent]
    assert held(node) == {uid(content): fingerprint(content) for content in sent}
    item = response.json()["00081199"]["Value"][0]
    assert item["00081150"]["Value"] == [uid(sent[0], "SOPClassUID")]
    assert item["00081190"]["Value"][0].endswith(f"/instances/{uid(sent[0])}")


def test_same_instance_again_is_listed_and_kept_once(node, instance, store, held):
    content = instance()
    store(node, content)
    again = store(node, content)
    assert (again.status_code, listed(again)) == (200, [uid(content)])
    assert held(node) == {uid(content): fingerprint(content)}


@pytest.mark.parametrize(
    ("policy", "status", "kept"), [("keep", 200, "old"), ("refuse", 409, "old"), ("replace", 200, "new")]
)
def test_same_uid_with_other_content(tmp_path, instance, store, held, policy, status, kept):
    old = instance()
    new = instance(SOPInstanceUID=uid(old), PatientID="EU-0008")
    with PracticeNodes(tmp_path, policy=Policy(on_conflict=policy)) as node:
        store(node, old)
        assert store(node, new).status_code == status
        assert held(node) == {uid(old): fingerprint({"old": old, "new": new}[kept])}


def test_study_in_the_address_must_be_the_instances_study(node, instance, store, held):
    right, wrong = instance(), instance(StudyInstanceUID=generate_uid())
    mixed = store(node, right, wrong, study=uid(right, "StudyInstanceUID"))
    assert (mixed.status_code, listed(mixed), listed(mixed, "00081198")) == (202, [uid(right)], [uid(wrong)])
    assert reasons(mixed) == [0x0110]
    assert store(node, wrong, study=uid(right, "StudyInstanceUID")).status_code == 409
    assert list(held(node)) == [uid(right)]


@pytest.mark.parametrize("missing", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"])
def test_instance_without_an_identifying_uid_is_refused(node, instance, store, held, missing):
    response = store(node, instance(**{missing: None}))
    assert response.status_code == 409
    assert reasons(response, "0008119A" if missing == "SOPInstanceUID" else "00081198") == [0xC000]
    assert held(node) == {}


def nested(depth):
    """A file with sequences of undefined length inside one another, as deep as wanted."""
    opening = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    meta = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
    return (
        b"\0" * 128
        + b"DICM\x02\x00\x00\x00UL\x04\x00"
        + len(meta).to_bytes(4, "little")
        + meta
        + opening * depth
    )


@pytest.mark.parametrize(
    "garbage",
    [
        b"not DICOM at all",
        b"",
        b"\0" * 128 + b"DICM",
        b"\0" * 128 + b"DICM" + bytes(range(256)) * 4,
        nested(3000),
        b"--frontier",
    ],
    ids=["text", "nothing", "preamble only", "noise", "nested too deep", "boundary without line break"],
)
def test_part_that_is_no_instance_fails_alone(node, instance, store, held, garbage):
    good = instance()
    response = store(node, garbage, good)
    assert (response.status_code, listed(response)) == (202, [uid(good)])
    assert reasons(response, "0008119A") == [0xC000]
    assert list(held(node)) == [uid(good)]
    assert store(node, garbage).status_code == 409


def test_dicomdir_is_refused(node, store):
    dicomdir = next(Path(pydicom.__file__).parent.rglob("DICOMDIR")).read_bytes()
    assert store(node, dicomdir).status_code == 409


def test_deflated_instance_is_stored_without_inflating_all_of_it(node, instance, store, held, tmp_path):
    bomb = instance(pixels=60_000_000, transfer_syntax=DeflatedExplicitVRLittleEndian)
    assert len(bomb) < 200_000
    assert store(node, bomb).status_code == 200
    [sha256] = held(node).values()
    assert sha256 == fingerprint(bomb)
    path = tmp_path / "bomb.dcm"
    path.write_bytes(bomb)
    tracemalloc.start()
    try:
        assert read_header(path).attributes["00100020"]["Value"] == ["EU-0007"]
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SOPInstanceUID"])
@pytest.mark.parametrize(
    "hostile", ["../../../../evil", "/etc/passwd", "..", "1.2\x1b[31m", "1" * 65, "1.2/3"]
)
@pytest.mark.filterwarnings("ignore")
def test_hostile_uid_is_refused_and_leaves_no_file(node, instance, store, tmp_path, keyword, hostile):
    before = sorted(tmp_path.rglob("*"))
    response = store(node, instance(**{keyword: hostile}))
    assert response.status_code == 409
    assert hostile not in response.text
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.filterwarnings("ignore")
def test_unusual_uid_of_digits_and_dots_is_stored_under_a_harmless_name(
    node, instance, store, held, tmp_path
):
    content = instance(StudyInstanceUID="1...2", SeriesInstanceUID="01.002.", SOPInstanceUID="1.")
    assert store(node, content).status_code == 200
    assert held(node) == {"1.": fingerprint(content)}
    [path] = (tmp_path / "practice/upv/instances").rglob("*.dcm")
    assert ".." not in str(path)
    url = f"{node.dicomweb}/studies/1...2/series/01.002./instances/1."
    accept = {"Accept": "application/dicom"}
    assert requests.get(url, headers=accept, auth=account(node), timeout=10).content == content


def test_instances_sent_at_the_same_time_are_each_kept_once(node, instance, store, held):
    sent = [instance(pixels=100_000) for _ in range(4)]
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: store(node, *sent), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert held(node) == {uid(content): fingerprint(content) for content in sent}
    log = requests.get(f"{node.control}/log", timeout=10).json()["requests"]
    assert sum(entry["stored"] for entry in log) == 4


@pytest.mark.parametrize(
    ("body", "status", "stored"),
    [
        (lambda a, b: b"", 400, 0),
        (lambda a, b: b"no boundary anywhere", 400, 0),
        (lambda a, b: b"--frontier--\r\n", 400, 0),
        (lambda a, b: b"--frontier\r\n\r\n" + a, 400, 0),
        (lambda a, b: b"--frontier\r\n\r\n" + a + b"\r\n--frontier\r\n\r\n" + b, 400, 1),
        (lambda a, b: b"--frontier\r\n\r\n" + a + b"\r\n--frontier\r\n\r\n" + b + b"\r\n--frontier", 400, 1),
        (lambda a, b: b"--frontier\r\n" + b"X: y\r\n" * 20_000, 400, 0),
        (lambda a, b: b"a preamble\r\n--frontier\r\n\r\n" + a + b"\r\n--frontier--\r\nan epilogue", 200, 1),
        (lambda a, b: b"--frontier \t\r\n\r\n" + a + b"\r\n--frontier--", 200, 1),
        (lambda a, b: b"--frontier\r\nContent-Length: 7\r\n\r\n" + a + b"\r\n--frontier--", 200, 1),
    ],
    ids=[
        "empty body",
        "no boundary",
        "no part",
        "no end after the first part",
        "no end after the second part",
        "half an end",
        "endless headers",
        "preamble and epilogue",
        "padding after the boundary",
        "wrong length of a part",
    ],
)
def test_multipart_body(node, instance, store, held, body, status, stored):
    response = store(node, body=body(instance(), instance()))
    assert response.status_code == status
    assert len(listed(response)) == stored == len(held(node))


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/dicom", 415),
        ('multipart/related; type="application/dicom+json"; boundary=frontier', 415),
        ('multipart/related; type="application/dicom"', 400),
        ("multipart/related; boundary=frontier", 200),
        ('MULTIPART/Related; Type=application/dicom; Boundary="frontier"', 200),
    ],
)
def test_content_type(node, instance, multipart, content_type, status):
    headers = {"Content-Type": content_type}
    url = f"{node.dicomweb}/studies"
    response = requests.post(url, multipart(instance()), headers=headers, auth=account(node), timeout=10)
    assert response.status_code == status


def test_boundary_text_inside_the_data_does_not_end_a_part(node, instance, store, held):
    content = instance() + b"frontier --frontier \r\n--frontier-not \r\n-- \n--frontier\r\n \r\n--frontierX"
    assert store(node, content).status_code == 200
    assert held(node) == {uid(content): fingerprint(content)}


@pytest.mark.parametrize("step", [1, 7, 4096])
def test_boundaries_split_across_packets_and_chunks(node, instance, multipart, store, held, step):
    sent = [instance(pixels=600) for _ in range(2)]
    body = multipart(*sent)
    chunks = (body[at : at + step] for at in range(0, len(body), step))  # a generator is sent chunked
    assert store(node, body=chunks).status_code == 200
    assert held(node) == {uid(content): fingerprint(content) for content in sent}


@pytest.mark.parametrize("declared", [True, False], ids=["by Content-Length", "while reading chunks"])
def test_body_above_the_limit_is_answered_413_and_not_swallowed_by_a_reset(
    tmp_path, instance, multipart, store, held, declared
):
    body = multipart(instance(pixels=20_000_000))
    with PracticeNodes(tmp_path, policy=Policy(max_body=1_000_000)) as node:
        response = store(node, body=body if declared else iter([body[:5_000_000], body[5_000_000:]]))
        assert response.status_code == 413
        assert response.headers["Connection"] == "close"
        assert held(node) == {}


def test_expected_continue_is_not_given_to_a_body_that_is_too_large(node):
    port = int(node.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            b"POST /upv/dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Type: multipart/related; boundary=x\r\nContent-Length: 600000000\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_connection_is_kept_for_the_next_request(node, instance, multipart):
    headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=frontier'}
    with requests.Session() as session:
        session.auth = account(node)
        for _ in range(3):
            answer = session.post(
                f"{node.dicomweb}/studies", multipart(instance()), headers=headers, timeout=10
            )
            assert answer.status_code == 200
            assert "Connection" not in answer.headers

"""The practice nodes as a process: credentials, ready file, kill -9, and who may speak to them."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time

import pytest
import requests

from eucaim_nb.practice import PracticeNodes, StoreInUse, serve

from .conftest import account

SERVE = "import sys; from eucaim_nb.practice import serve; serve(sys.argv[1], ready_file=sys.argv[2])"


def start(folder, ready_file):
    ready_file.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder), str(ready_file)], stderr=subprocess.PIPE
    )
    end = time.monotonic() + 30
    while not ready_file.exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end
        time.sleep(0.02)
    return process, json.loads(ready_file.read_text())


def signed_in(ready):
    return ready["upv"]["username"], ready["upv"]["password"]


def held(ready):
    return requests.get(f"{ready['control']}/instances", timeout=10).json()["instances"]


def test_ready_file_is_private_and_everything_in_it_answers(tmp_path):
    ready_file = tmp_path / "ready.json"
    process, ready = start(tmp_path / "practice", ready_file)
    try:
        assert stat.S_IMODE(ready_file.stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "practice/credentials.json").stat().st_mode) == 0o600
        assert ready["pid"] == process.pid
        assert set(ready["upv"]) == {
            "client_id",
            "clinical",
            "dataset_index",
            "dataset_service",
            "dicomweb",
            "issuer",
            "password",
            "project",
            "timepoint",
            "username",
        }
        studies = f"{ready['upv']['dicomweb']}/studies"
        assert requests.get(studies, auth=signed_in(ready), timeout=10).json() == []
        assert requests.get(ready["control"], timeout=10).json()["version"] == ready["version"]
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, b"")
    assert not ready_file.exists()


def test_kill_in_the_middle_of_an_upload_leaves_whole_instances_only(tmp_path, instance, multipart):
    ready_file, folder = tmp_path / "ready.json", tmp_path / "practice"
    process, ready = start(folder, ready_file)
    body = multipart(*(instance(pixels=300_000) for _ in range(6)))
    paused = threading.Event()

    def half():
        yield body[: len(body) // 2]
        paused.wait(10)
        yield body[len(body) // 2 :]

    def send():
        headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=frontier'}
        url = f"{ready['upv']['dicomweb']}/studies"
        with pytest.raises(requests.ConnectionError):
            requests.post(url, half(), headers=headers, auth=signed_in(ready), timeout=10)

    sender = threading.Thread(target=send)
    sender.start()
    end = time.monotonic() + 10
    while len(held(ready)) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    before = held(ready)
    assert len(list((folder / "upv/incoming").iterdir())) == 1
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stderr.close()
    paused.set()
    sender.join()

    process, ready = start(folder, ready_file)
    try:
        assert 2 <= len(before) < 6
        assert held(ready) == before
        assert not list((folder / "upv/incoming").iterdir())
        url = f"{ready['upv']['dicomweb']}/studies"
        assert requests.post(url, auth=signed_in(ready), timeout=10).status_code == 415
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def test_file_without_a_row_is_found_again_and_a_damaged_one_is_dropped(tmp_path, instance, store, held):
    with PracticeNodes(tmp_path) as node:
        store(node, *(instance() for _ in range(3)))
        before = held(node)
    first, *_ = sorted((tmp_path / "upv/instances").rglob("*.dcm"))
    for left_over in (tmp_path / "upv").glob("index.sqlite*"):
        left_over.unlink()  # as if the process had died between putting the files in place and noting them
    with PracticeNodes(tmp_path) as node:
        assert held(node) == before
    first.write_bytes(first.read_bytes()[:200])
    with PracticeNodes(tmp_path) as node:
        assert len(held(node)) == 2
    assert not first.exists()


def test_folder_serves_one_process_at_a_time(tmp_path):
    with PracticeNodes(tmp_path), pytest.raises(StoreInUse, match="in use by another practice node"):
        PracticeNodes(tmp_path)


def test_serve_ends_when_told_and_frees_the_folder(tmp_path):
    ready_file, stop = tmp_path / "ready.json", threading.Event()
    thread = threading.Thread(
        target=serve, args=(tmp_path / "p",), kwargs={"ready_file": ready_file, "stop_event": stop}
    )
    thread.start()
    while not ready_file.exists():
        time.sleep(0.01)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    PracticeNodes(tmp_path / "p").stop()


def test_stop_closes_connections_that_are_kept_alive(tmp_path):
    node = PracticeNodes(tmp_path)
    with requests.Session() as session:
        session.get(f"{node.dicomweb}/studies", timeout=10)
        start = time.monotonic()
        node.stop()
        node.stop()
        assert time.monotonic() - start < 2
        with pytest.raises(requests.ConnectionError):
            session.get(f"{node.dicomweb}/studies", timeout=10)


@pytest.mark.parametrize(
    ("header", "required", "status"),
    [
        ("right", False, 200),
        ("right", True, 200),
        ("wrong", False, 401),
        ("Bearer abc", False, 401),
        ("Basic !!!", False, 401),
        (None, False, 200),
        (None, True, 401),
    ],
)
def test_login_must_be_right_if_sent_and_need_not_be_required(node, header, required, status):
    requests.put(f"{node.control}/policy", json={"require_login": required}, timeout=10)
    options = {}
    if header in ("right", "wrong"):
        options["auth"] = (node.username, node.password if header == "right" else "wrong")
    elif header:
        options["headers"] = {"Authorization": header}
    response = requests.get(f"{node.dicomweb}/studies", timeout=10, **options)
    assert response.status_code == status
    challenge = response.headers.get("WWW-Authenticate", "")
    assert [scheme in challenge for scheme in ("Bearer ", "Basic ")] == [status == 401] * 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Host": "localhost:99"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8888"}, 200),
    ],
)
def test_web_pages_from_elsewhere_are_refused(node, headers, status):
    for url in (node.control, f"{node.dicomweb}/studies"):
        assert requests.get(url, headers=headers, auth=account(node), timeout=10).status_code == status


def test_node_listens_on_loopback_only(node):
    assert node.url.startswith("http://127.0.0.1:")
    assert node._listener.server_address[0] == "127.0.0.1"


@pytest.mark.filterwarnings("ignore")
def test_no_value_of_a_patient_reaches_log_or_terminal(tmp_path, instance, multipart):
    ready_file = tmp_path / "ready.json"
    process, ready = start(tmp_path / "practice", ready_file)
    odd = instance(
        PatientName="Topsecret^Name",
        PatientID="Topsecret",
        StudyDate="Topsecret",
        SeriesInstanceUID="Topsecret",
    )
    try:
        headers = {"Content-Type": "multipart/related; boundary=frontier"}
        url = f"{ready['upv']['dicomweb']}/studies"
        who = {"auth": signed_in(ready), "timeout": 10}
        texts = [requests.post(url, multipart(odd), headers=headers, **who).text]
        requests.get(f"{url}?PatientName=Topsecret", **who)
        texts.append(requests.get(f"{ready['control']}/log", timeout=10).text)
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=10)
    assert "Topsecret" not in "".join(texts) + errors.decode()


def test_no_other_file_is_left_readable(tmp_path):
    PracticeNodes(tmp_path / "practice").stop()
    assert stat.S_IMODE(os.stat(tmp_path / "practice").st_mode) == 0o700

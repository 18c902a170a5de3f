"""Every way in which the practice node can be told to misbehave does what it says, and only when it says."""

import time

import pytest
import requests

from eucaim_nb.practice import FaultSpec, PracticeNodes, grammar

from .conftest import account


def listed(response, tag="00081199"):
    return len(response.json().get(tag, {}).get("Value", []))


def arm(node, *specs):
    response = requests.put(node.control, json=list(specs), timeout=10)
    assert response.status_code == 200, response.text


def fired(node):
    return [fault["fired"] for fault in requests.get(node.control, timeout=10).json()["faults"]]


@pytest.mark.parametrize(
    "text",
    [
        "stow:status=503@3",
        "stow:status=503@3-5",
        "stow:status=429,retry-after=1@2",
        "stow:drop-before@2",
        "stow:drop-after@2",
        "stow:delay=2.5",
        "stow:lost@2",
        "stow:partial=2@1",
        "stow:disk-full@4-",
        "qido:status=500@1,3-4,9-",
        "wado:cut=1000",
        "clinical:partial=2@1",
        "catalogue:status=503,retry-after=1",
        "helpdesk:session-expired@2",
    ],
)
def test_text_of_a_fault_survives_reading(text):
    assert str(FaultSpec.parse(text)) == text
    assert text.partition(":")[2].partition("@")[0].partition("=")[0] in grammar()


@pytest.mark.parametrize(("text", "size"), [("10MB", 10**7), ("1MiB", 2**20), ("1.5kb", 1500), ("70", 70)])
def test_sizes_have_units(text, size):
    assert FaultSpec.parse(f"stow:max-body={text}").value == size


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "known: stow, qido, wado"),
        ("smtp:drop-after", "known: stow, qido, wado"),
        ("stow:explode", "known for stow: status, delay"),
        ("qido:lost", "known for qido"),
        ("catalogue:session-expired", "known for catalogue"),
        ("helpdesk:partial=1", "known for helpdesk"),
        ("stow:status", "needs a value"),
        ("stow:status=999", "not an HTTP error"),
        ("stow:lost=3", "takes no value"),
        ("stow:delay=soon", "seconds"),
        ("stow:max-body=10XB", "size"),
        ("stow:partial=0", "number of instances"),
        ("qido:damaged=0", "place of an address"),
        ("stow:status=503,again=1", "known: retry-after"),
        ("stow:lost@0", "request number"),
        ("stow:lost@", "request number"),
        ("stow:lost@5-3", "ends before it begins"),
    ],
)
def test_what_is_no_fault_is_refused_with_what_is_known(node, text, says):
    with pytest.raises(ValueError, match=says):
        FaultSpec.parse(text)
    if text:
        response = requests.post(node.control, json=["stow:lost@9", text], timeout=10)
        assert response.status_code == 400
        assert says in response.json()["error"]
    assert fired(node) == []  # all or none


def test_status_hits_only_its_requests_and_carries_retry_after(node, instance, store, held):
    arm(node, "stow:status=429,retry-after=1@2-3")
    answers = [store(node, instance()) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["Retry-After"] == "1"
    assert len(held(node)) == 2
    assert fired(node) == [2]


def test_drop_before_stores_nothing_and_drop_after_stores_everything(node, instance, store, held):
    arm(node, "stow:drop-before@1", "stow:drop-after@2")
    with pytest.raises(requests.ConnectionError):
        store(node, instance())
    assert held(node) == {}
    with pytest.raises(requests.ConnectionError):
        store(node, instance())
    assert len(held(node)) == 1
    assert store(node, instance()).status_code == 200


def test_drop_at_keeps_what_was_complete(node, instance, store, held, tmp_path):
    arm(node, "stow:drop-at=25KB@1")
    with pytest.raises(requests.ConnectionError):
        store(node, *(instance(pixels=10_000) for _ in range(4)))
    assert len(held(node)) == 2
    assert not list((tmp_path / "practice/upv/incoming").iterdir())


def test_delay_and_rate_take_their_time(node, instance, store):
    arm(node, "stow:delay=0.3@1", "stow:rate=100KB@2")
    for pixels in (100, 40_000):
        start = time.monotonic()
        assert store(node, instance(pixels=pixels)).status_code == 200
        assert 0.3 <= time.monotonic() - start < 3


def test_lost_claims_success_and_empty_says_nothing_but_neither_stores(node, instance, store, held):
    arm(node, "stow:lost@1", "stow:empty@2")
    lost, empty = store(node, instance(), instance()), store(node, instance())
    assert (lost.status_code, listed(lost)) == (200, 2)
    assert (empty.status_code, listed(empty)) == (200, 0)
    assert held(node) == {}


def test_partial_lets_the_last_instances_fail(node, instance, store, held):
    arm(node, "stow:partial=2@1-2")
    some, none = store(node, *(instance() for _ in range(5))), store(node, instance())
    assert (some.status_code, listed(some), listed(some, "00081198")) == (202, 3, 2)
    assert [item["00081197"]["Value"] for item in some.json()["00081198"]["Value"]] == [[0x0110]] * 2
    assert (none.status_code, listed(none, "00081198")) == (409, 1)
    assert len(held(node)) == 3


def test_full_disk_is_reason_a700(node, instance, store, held):
    arm(node, "stow:disk-full@2-")
    assert store(node, instance()).status_code == 200
    full = store(node, instance(), instance())
    assert full.status_code == 409
    assert [item["00081197"]["Value"] for item in full.json()["00081198"]["Value"]] == [[0xA700]] * 2
    assert len(held(node)) == 1


def test_max_body_counts_only_what_it_refused(node, instance, store):
    arm(node, "stow:max-body=10KB")
    assert store(node, instance(pixels=1000)).status_code == 200
    assert store(node, instance(pixels=20_000)).status_code == 413
    assert fired(node) == [1]


def test_searching_and_retrieving_misbehave_on_their_own(node, instance, store):
    item = store(node, instance()).json()["00081199"]["Value"][0]
    arm(node, "qido:status=500@1", "wado:cut=100@1", "qido:cut=1@2")
    assert requests.get(f"{node.dicomweb}/studies", auth=account(node), timeout=10).status_code == 500
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        requests.get(f"{node.dicomweb}/studies", auth=account(node), timeout=10)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        requests.get(item["00081190"]["Value"][0], auth=account(node), timeout=10)
    assert requests.get(item["00081190"]["Value"][0], auth=account(node), timeout=10).status_code == 200
    assert store(node, instance()).status_code == 200
    assert fired(node) == [1, 1, 1]


def test_faults_are_set_at_start_added_replaced_and_cleared(tmp_path):
    with PracticeNodes(tmp_path, faults=["stow:lost@3"]) as node:
        requests.post(node.control, data="stow:delay=1\nqido:drop-after@2\n", timeout=10)
        wado = {"service": "wado", "effect": "status", "value": 503, "retry-after": 2, "when": "3-5"}
        requests.post(node.control, json={"faults": [wado]}, timeout=10)
        state = requests.get(node.control, timeout=10).json()
        assert [fault["spec"] for fault in state["faults"]] == [
            "stow:lost@3",
            "stow:delay=1",
            "qido:drop-after@2",
            "wado:status=503,retry-after=2@3-5",
        ]
        assert "partial" in state["known"]["effects"]
        assert requests.delete(node.control, timeout=10).json()["faults"] == []
    with pytest.raises(ValueError, match="known"):
        PracticeNodes(tmp_path, faults=["stow:nonsense"])


def test_wipe_empties_the_node(node, instance, store, held):
    content = instance()
    store(node, content)
    assert requests.post(f"{node.control}/wipe", timeout=10).json()["wiped"] == 1
    assert held(node) == {}
    assert store(node, content).status_code == 200


def test_log_tells_what_was_asked_without_the_query(node, instance, store):
    store(node, instance(), instance())
    requests.get(f"{node.dicomweb}/studies?PatientName=Secret", auth=account(node), timeout=10)
    log = requests.get(f"{node.control}/log", timeout=10)
    assert "Secret" not in log.text
    first, second = log.json()["requests"]
    assert (first["method"], first["path"], first["status"], first["stored"]) == (
        "POST",
        "/upv/dicom-web/studies",
        200,
        2,
    )
    assert first["bytes"] > 4000
    assert (second["method"], second["status"], second["bytes"]) == ("GET", 200, 0)


@pytest.mark.parametrize(
    "wanted", [{"on_conflict": "argue"}, {"colour": 1}, {"max_body": "1"}, [1], {"max_body": -1}]
)
def test_policy_takes_only_what_it_knows(node, wanted):
    assert requests.put(f"{node.control}/policy", json=wanted, timeout=10).status_code == 400
    good = requests.put(f"{node.control}/policy", json={"on_conflict": "refuse"}, timeout=10).json()
    assert good["policy"]["on_conflict"] == "refuse"


def test_damaged_address_answers_500_each_time_and_no_other_does(node):
    arm(node, "qido:damaged=2")
    root = node.ready()["upv"]["dicomweb"]
    asked = [f"{root}/{level}" for level in ("studies", "series", "studies", "series", "instances")]
    answers = [requests.get(url, auth=account(node), timeout=10).status_code for url in asked]
    assert answers == [200, 500, 200, 500, 200]
    assert fired(node) == [2]

"""What the person in control can see and empty: every service of the practice nodes."""

import hashlib
import io
import zipfile

import requests

from eucaim_nb.practice import PracticeNodes

from .central.conftest import ask, register, ticket
from .conftest import account

NODES = "upv", "health-ri"


def instances(nodes, node=None):
    answer = requests.get(
        f"{nodes.control}/instances", params={"node": node} if node else {}, timeout=30
    ).json()
    assert answer["count"] == len(answer["instances"])
    return answer["instances"]


def send_to_xnat(nodes, content, **query):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("a", content)
    answer = requests.post(
        f"{nodes.health_ri}/data/services/import",
        params={"import-handler": "DICOM-zip", "project": "PRACTICE"} | query,
        data=buffer.getvalue(),
        headers={"Content-Type": "application/zip"},
        auth=account(nodes),
        timeout=30,
    )
    assert answer.status_code == 200, answer.text


def fill(nodes, instance, store):
    assert store(nodes, instance(), instance()).status_code == 200
    subjects = f"{nodes.ready()['upv']['clinical']}/projects/PRACTICE/subjects"
    form = [{"subjectName": "EU-0007", "eForm": {}}]
    assert requests.post(subjects, json=form, auth=account(nodes), timeout=10).status_code == 200
    wanted = {"name": "Set", "description": "d"}
    assert requests.post(f"{nodes.control}/export-dataset", json=wanted, timeout=10).status_code == 201
    assert register(nodes).status_code == 201
    assert ask(nodes, "POST", "/tickets", json=ticket()).status_code == 201
    send_to_xnat(nodes, instance(), subject="EU-0007", session="CT1")
    own = f"{nodes.health_ri}/data/projects/OWN?xsiType=xnat:projectData"
    assert requests.put(own, auth=account(nodes), timeout=10).status_code == 201


def holdings(nodes):
    """Return how much of everything the clients see, by asking as they do."""
    ready, who = nodes.ready(), {"auth": account(nodes), "timeout": 10}
    projects = requests.get(f"{nodes.health_ri}/data/projects", **who).json()["ResultSet"]["Result"]
    sessions = requests.get(f"{nodes.health_ri}/data/experiments", **who).json()["ResultSet"]["Result"]
    token = requests.post(
        f"{ready['upv']['issuer']}/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": ready["upv"]["client_id"],
            "username": nodes.username,
            "password": nodes.password,
        },
        timeout=10,
    ).json()["access_token"]
    datasets = requests.get(
        f"{ready['upv']['dataset_service']}/datasets",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    return {
        "studies": len(requests.get(f"{nodes.dicomweb}/studies", **who).json()),
        "subjects": len(requests.get(f"{ready['upv']['clinical']}/projects/PRACTICE/subjects", **who).json()),
        "datasets": datasets.json()["total"],
        "entries": len(requests.get(f"{ready['catalogue']}/Eucaim/api/json/Collections", timeout=10).json()),
        "tickets": len(ask(nodes, "GET", "/tickets").json()),
        "projects": [one["ID"] for one in projects],
        "sessions": len(sessions),
    }


def test_wipe_empties_every_service_and_counts_what_was_there(node, instance, store):
    fill(node, instance, store)
    full = holdings(node)
    assert full == {
        "studies": 1,
        "subjects": 1,
        "datasets": 1,
        "entries": 1,
        "tickets": 1,
        "projects": ["PRACTICE", "OWN"],
        "sessions": 1,
    }
    wiped = requests.post(f"{node.control}/wipe", timeout=10).json()
    assert wiped == {
        "wiped": 2,
        "datasets": 1,
        "subjects": 1,
        "entries": 1,
        "tickets": 1,
        "health_ri_files": 1,
    }
    empty = dict.fromkeys(full, 0) | {"projects": ["PRACTICE"]}
    assert holdings(node) == empty
    assert [instances(node, name) for name in NODES] == [[], []]
    fill(node, instance, store)
    assert holdings(node) == full


def test_emptied_nodes_are_empty_after_a_restart(tmp_path, instance, store):
    with PracticeNodes(tmp_path) as node:
        fill(node, instance, store)
        requests.post(f"{node.control}/wipe", timeout=10)
    with PracticeNodes(tmp_path) as node:
        assert holdings(node)["entries"] == holdings(node)["datasets"] == holdings(node)["sessions"] == 0
    assert not list((tmp_path / "health-ri/files").iterdir())


def test_instances_of_the_other_node_carry_their_labels(node, instance):
    archived, waiting = instance(), instance(StudyInstanceUID="1.2.3.4")
    send_to_xnat(node, archived, subject="EU-0007", session="CT1")
    send_to_xnat(node, waiting, subject="EU-0008", session="CT2", dest="/prearchive")
    file = f"{node.health_ri}/data/projects/PRACTICE/resources/tables/files/a.csv"
    assert requests.put(file, data=b"a,b", auth=account(node), timeout=10).status_code == 200
    one, other = sorted(instances(node, "health-ri"), key=lambda found: found["subject"])
    assert list(one) == [
        "study",
        "series",
        "sop",
        "sha256",
        "bytes",
        "project",
        "subject",
        "session",
        "archived",
    ]
    assert (one["sha256"], one["bytes"]) == (hashlib.sha256(archived).hexdigest(), len(archived))
    labels = [
        (found["project"], found["subject"], found["session"], found["archived"]) for found in (one, other)
    ]
    assert labels == [("PRACTICE", "EU-0007", "CT1", True), ("PRACTICE", "EU-0008", "CT2", False)]
    assert other["study"] == "1.2.3.4"
    assert instances(node) == instances(node, "upv") == []


def test_unknown_node_is_refused_by_name(node):
    answer = requests.get(f"{node.control}/instances?node=mars", timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "unknown node 'mars'; known: upv, health-ri")


def test_ready_says_where_everything_is(node):
    ready = node.ready()
    for address in (ready["upv"]["clinical"], ready["catalogue"], ready["helpdesk"]):
        assert address.startswith(node.url)
    assert requests.get(f"{ready['catalogue']}/", timeout=10).status_code == 200
    assert ask(node, "GET", "/groups").status_code == 200

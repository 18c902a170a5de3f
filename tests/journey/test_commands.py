"""The way to each node by commands alone, and a password that is found nowhere afterwards."""

import time
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest
import requests

from eucaim_nb import workspace as workspaces

from .conftest import CANARY

NODES = {"practice-upv": "upv", "practice-health-ri": "health-ri"}


@pytest.fixture
def cohort_folder(commands, tmp_path):
    status, _ = commands.run("sample", tmp_path / "cohort", "--patients", 4)
    assert status == 0
    return tmp_path / "cohort"


@pytest.mark.parametrize("node", NODES)
def test_from_nothing_to_verified_at_the_node(node, commands, practice, cohort_folder, tmp_path):
    began = time.monotonic()
    run, ws = commands.run, tmp_path / "ws"
    status, made = run("init", ws, "--node", node, "--practice", tmp_path / "ready.json")
    assert (status, made["node"]) == (0, node)

    status, account = run("login", ws)
    assert (status, account["signed_in"], account["missing"]) == (0, True, [])
    assert {"roles", "projects"} <= set(account)
    status, account = run("node", ws)
    assert (status, account["username"]) == (0, "practice")

    assert run("scan", ws, cohort_folder)[0] == 1  # the sample has planted findings
    upload = ("upload", ws, "images", "--source", cohort_folder, "--override", "invented people")
    status, planned = run(*upload, "--dry-run")
    assert (status, planned["already_there"]) == (0, 0)
    status, sent = run(*upload)
    assert status == 0
    assert sent["verified"] == sent["sent"] == sent["queued"] == planned["queued"] > 0
    status, again = run(*upload)
    assert (status, again["sent"], again["already_there"]) == (0, 0, sent["queued"])
    status, compared = run("verify", ws, "--readback", 100)
    assert (status, compared["present"], compared["different"]) == (0, sent["queued"], 0)

    held = requests.get(f"{practice['control']}/instances", params={"node": NODES[node]}, timeout=10).json()
    assert held["count"] == sent["queued"]

    status, board = run("status", ws)
    assert (status, len(board["phases"]), len(board["actions"])) == (0, 14, 18)
    states = {action["id"]: action["state"] for action in board["actions"]}
    assert (states["upload-images"], states["catalogue-entry"]) == ("done", "blocked")
    assert time.monotonic() - began < 180


def test_an_action_is_recorded_with_its_proof_and_withdrawn(commands, tmp_path):
    run, ws = commands.run, tmp_path / "ws"
    run("init", ws, "--node", "upv")
    (tmp_path / "dta.pdf").write_bytes(b"%PDF-1.7 signed")
    status, recorded = run("record", ws, "dta", "--note", "signed on paper", "--file", tmp_path / "dta.pdf")
    assert status == 0, recorded
    states = {action["id"]: action for action in run("status", ws)[1]["actions"]}
    assert (states["dta"]["state"], states["dta"]["note"]) == ("done", "signed on paper")
    assert Path(ws, states["dta"]["file"]).read_bytes() == b"%PDF-1.7 signed"
    assert run("record", ws, "dta", "--withdraw")[0] == 0
    states = {action["id"]: action["state"] for action in run("status", ws)[1]["actions"]}
    assert states["dta"] != "done"


# A node that is no practice node, so that the password must come from outside


def real_workspace(node, practice, folder):
    """A workspace for a real node whose addresses are those of the practice node."""
    ready = practice["health_ri" if node == "health-ri" else "upv"]
    made = workspaces.create(folder, node=node, project=ready["project"])
    if node == "health-ri":
        return made.change(node_options={"site": ready["url"]})
    return made.change(node_options={key: ready[key] for key in ("dicomweb", "issuer", "client_id")})


class Watcher:
    """Looks at the arguments and environment of every process of this user while something goes on."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._ended = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            for process in psutil.process_iter():
                try:
                    told = " ".join([*process.cmdline(), *process.environ().values()])
                except psutil.Error:
                    continue
                if CANARY in told:
                    self.found.append(process.name())


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_password_of_a_real_node_is_found_nowhere(node, commands, practice, cohort_folder, tmp_path):
    run = commands.run
    made = real_workspace(node, practice, tmp_path / "ws")
    (tmp_path / "password").write_text(CANARY)
    secret = {"EUCAIM_NB_USER": "practice", "EUCAIM_NB_PASSWORD_FILE": str(tmp_path / "password")}
    run("scan", made.folder, cohort_folder)
    upload = ("upload", made.folder, "images", "--source", cohort_folder, "--override", "invented people")
    with Watcher() as watcher:
        status, refused = run(*upload)
        assert (status, list(refused)) == (2, ["error"])
        assert run("login", made.folder, **secret)[0] == 0
        status, sent = run(*upload, **secret)
        assert (status, sent["verified"]) == (0, sent["queued"])
        assert run("verify", made.folder, **secret)[0] == 0
    assert watcher.found == []
    assert CANARY not in commands.printed
    ours = {tmp_path / "password", tmp_path / "ready.json", tmp_path / "practice-nodes" / "credentials.json"}
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or path in ours or CANARY.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_wrong_password_stops_before_anything_is_sent(node, commands, practice, cohort_folder, tmp_path):
    made = real_workspace(node, practice, tmp_path / "ws")
    (tmp_path / "password").write_text("wrong-Pa55word")
    secret = {"EUCAIM_NB_USER": "practice", "EUCAIM_NB_PASSWORD_FILE": str(tmp_path / "password")}
    commands.run("scan", made.folder, cohort_folder)
    status, answer = commands.run(
        "upload", made.folder, "images", "--source", cohort_folder, "--override", "invented people", **secret
    )
    assert status == 2
    assert "sign-in" in answer["error"]
    assert "wrong-Pa55word" not in commands.printed
    assert requests.get(f"{practice['control']}/instances", timeout=10).json()["count"] == 0

"""In a training session there are practice nodes only, however one asks for another."""

import json
import subprocess
import sys

import pytest
import tomlkit

from eucaim_nb import nodes
from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.training import practice_only

REAL = [name for name, node in node_defaults().items() if not node["practice"]]


@pytest.fixture
def training(monkeypatch):
    monkeypatch.setenv("EUCAIM_NB_PRACTICE_ONLY", "1")


@pytest.mark.parametrize(
    ("value", "on"), [("1", True), ("true", True), ("yes", True), ("on", True), ("0", False), ("", False)]
)
def test_the_switch_is_on_for_every_value_that_does_not_say_no(monkeypatch, value, on):
    monkeypatch.setenv("EUCAIM_NB_PRACTICE_ONLY", value)
    assert practice_only() is on


def test_without_the_switch_real_nodes_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.delenv("EUCAIM_NB_PRACTICE_ONLY", raising=False)
    assert not practice_only()
    for name in REAL:
        assert workspaces.create(tmp_path / name, node=name).settings.node == name


@pytest.mark.usefixtures("training")
@pytest.mark.parametrize("name", REAL)
def test_workspace_for_a_real_node_is_not_made(tmp_path, name):
    with pytest.raises(SettingsError, match=r"training session on a public server.*Choose a practice node"):
        workspaces.create(tmp_path / "w", node=name)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("name", REAL)
def test_workspace_of_a_real_node_is_not_opened(tmp_path, monkeypatch, name):
    made = workspaces.create(tmp_path / "w", node=name)
    workspaces.remember(made)
    monkeypatch.setenv("EUCAIM_NB_PRACTICE_ONLY", "1")
    with pytest.raises(SettingsError, match="public server"):
        workspaces.open_workspace(made.folder)
    assert workspaces.current() is None


@pytest.mark.usefixtures("training")
@pytest.mark.parametrize("name", REAL)
def test_practice_workspace_does_not_become_a_real_one(workspace, name):
    with pytest.raises(SettingsError, match="public server"):
        workspace.change(node=name)
    file = workspace.folder / workspaces.SETTINGS_FILE
    document = tomlkit.parse(file.read_text())
    assert document["node"]["name"] == "practice-upv"
    document["node"]["name"] = name  # by hand
    file.write_text(tomlkit.dumps(document))
    with pytest.raises(SettingsError, match="public server"):
        workspaces.open_workspace(workspace.folder)


@pytest.mark.usefixtures("training")
@pytest.mark.parametrize("name", ["practice-upv", "practice-health-ri"])
def test_practice_node_with_an_address_elsewhere_is_not_asked(tmp_path, name):
    away, account = "https://node.example", {"username": "u", "password": "p"}
    room = {**account, "dicomweb": away, "issuer": away, "token_endpoint": away, "url": away, "project": "P"}
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"upv": room, "health_ri": room}))
    made = workspaces.create(tmp_path / "w", node=name, project="P", practice=str(ready))
    node = nodes.connect(made)
    for ask in (node.account, node.images):
        with pytest.raises(SettingsError, match=r"address.* cannot be used here: this is a training session"):
            ask()


@pytest.mark.usefixtures("training")
def test_command_line_refuses_in_words(tmp_path):
    command = [sys.executable, "-m", "eucaim_nb", "init", str(tmp_path / "w"), "--node", REAL[0]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "training session on a public server" in done.stderr
    assert "Traceback" not in done.stderr

"""`login` and `node`: each way to sign in from the command line, and what a node says of the account and itself."""

import re
from threading import Thread

import pytest

from tests.nodes.people import real_workspace, say_yes, type_code


@pytest.fixture
def real(nodes, tmp_path, own_computer):
    """Make folders of workspaces of the real nodes, at the practice nodes' addresses."""
    return lambda node: real_workspace(nodes, tmp_path / node, node).folder


def test_login_in_the_browser_opens_the_page_and_waits_for_it(run, real, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "webbrowser.open", lambda page: Thread(target=lambda: opened.append(say_yes(page))).start()
    )
    status, said = run("login", real("upv"), "--browser")
    assert (status, said["signed_in"], said["missing"]) == (0, True, [])
    assert {need["what"] for need in said["needs"]} >= {"The role Data ingester", "The role Dataset manager"}


def test_login_with_a_code_prints_where_to_type_it(run, real, nodes, monkeypatch):
    nodes.policy.change({"device_flow": True})

    def typed(_console, text):
        address, code = re.search(r"Open (\S+) .* code (\S+) there", text).groups()
        type_code(address, code)

    monkeypatch.setattr("eucaim_nb.cli._console.Console.say", typed)
    status, said = run("login", real("upv"), "--device")
    assert (status, said["username"]) == (0, "practice")


def test_login_by_netrc_is_remembered_for_later_commands_until_it_is_forgotten(
    run, real, nodes, tmp_path, monkeypatch
):
    file = tmp_path / "netrc"
    file.write_text(f"machine 127.0.0.1 login practice password {nodes.password}")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    folder = real("health-ri")
    assert run("node", folder)[0] == 2
    assert run("login", folder, "--netrc")[0] == 0
    status, said = run("node", folder)
    assert (status, said["missing"]) == (0, [])
    assert said["tool"]["title"].startswith("Clinical Trial Processor")
    run("login", folder, "--forget")
    assert run("node", folder)[0] == 2


def test_node_says_why_it_cannot_be_used(run, real, nodes, monkeypatch, tmp_path):
    (tmp_path / "password").write_text("canary-Pa55word")
    monkeypatch.setenv("EUCAIM_NB_USER", "practice")
    monkeypatch.setenv("EUCAIM_NB_PASSWORD_FILE", str(tmp_path / "password"))
    status, said = run("node", real("upv"))
    assert status == 2
    assert "does not accept this user name and password" in said["error"]
    assert "canary" not in said["error"]

"""Whatever way one signs in, no secret is left anywhere: not in a file, an argument, the environment or a widget."""

import html
import json
import os
import re
import time
from pathlib import Path
from threading import Thread

import psutil
import pytest
from ipywidgets.widgets.widget import _instances

from eucaim_nb import jobs
from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.jobs import JobState
from eucaim_nb.ui import components as c
from eucaim_nb.ui.pages._sign_in import SignIn
from tests.nodes.people import alias_token, real_workspace, say_yes, tokens, type_code

JWT = "eyJhbGciOi"
"""How every token that is signed begins."""


@pytest.fixture(scope="module")
def few(cohort):
    """A folder with one series of the sample cohort."""
    return next(folder for folder in sorted(cohort.folder.rglob("*")) if len(list(folder.glob("*.dcm"))) >= 3)


@pytest.fixture
def signed_in(nodes, few, tmp_path, monkeypatch, own_computer):
    """Sign in at the panel by one way; return workspace, panel and everything that must stay secret."""
    nodes.policy.change({"device_flow": True})

    def sign_in(node, way):
        made = real_workspace(nodes, tmp_path / "ws", node)
        scan(made, [few])
        notice = c.Notice(made.logs / "ui.log")
        panel = SignIn(made, notice)
        panel.form.way.value = way
        secrets = {nodes.password}
        if way == "password":
            panel.form.name.value, panel.form.secret.value = "practice", nodes.password
        elif way == "token":
            panel.form.secret.value = tokens(nodes)["refresh_token"]
            secrets.add(panel.form.secret.value)
        elif way == "alias":
            panel.form.name.value, panel.form.secret.value = alias_token(nodes)
            secrets.add(panel.form.secret.value)
        elif way == "netrc":
            file = tmp_path / "netrc"
            file.write_text(f"machine 127.0.0.1 login practice password {nodes.password}")
            file.chmod(0o600)
            monkeypatch.setenv("NETRC", str(file))
        clicked = Thread(target=panel._sign_in)
        clicked.start()
        if way in ("browser", "device"):
            _at_the_page_of_the_node(panel, way)
        clicked.join(20)
        assert "Signed in" in panel._said.value
        if panel._typed is not None:
            secrets |= {panel._typed.grant.refresh, panel._typed.grant.access} - {""}
        return made, panel, secrets

    return sign_in


def _at_the_page_of_the_node(panel, way):
    until = time.monotonic() + 10
    while "href" not in panel.form._under_way.value and time.monotonic() < until:
        time.sleep(0.05)
    address = html.unescape(re.search(r'href="(http[^"]*)"', panel.form._under_way.value)[1])
    if way == "browser":
        say_yes(address)
    else:
        type_code(address.partition("?")[0], address.rpartition("=")[2])


@pytest.mark.parametrize(("node", "way"), [("upv", "password"), ("upv", "browser"), ("health-ri", "alias")])
def test_worker_of_an_upload_leaves_no_secret_anywhere(signed_in, few, node, way):
    workspace, panel, secrets = signed_in(node, way)
    job = jobs.start(workspace, "upload", _arguments(few), panel.secrets())
    workers = [
        one for one in psutil.Process().children(recursive=True) if str(workspace.folder) in one.cmdline()
    ]
    assert workers
    told = [json.dumps([one.cmdline(), one.environ()]) for one in workers]
    *_, ended = jobs.follow(workspace, job.id)
    _assert_nothing_is_left(workspace, ended, secrets, " ".join(told))


@pytest.mark.parametrize(
    ("node", "way"), [("upv", "token"), ("upv", "device"), ("health-ri", "password"), ("health-ri", "netrc")]
)
def test_upload_leaves_no_secret_anywhere(signed_in, few, node, way):
    workspace, panel, secrets = signed_in(node, way)
    ended = jobs.run(workspaces.open_workspace(workspace.folder), "upload", _arguments(few), panel.secrets())
    _assert_nothing_is_left(workspace, ended, secrets)


def _arguments(folder):
    return {"source": str(folder), "override": "invented people"}


def _assert_nothing_is_left(workspace, ended, secrets, told=""):
    assert ended.state is JobState.DONE, ended.error
    assert ended.result["verified"] == ended.result["queued"] > 0
    widgets = json.dumps([one.get_state() for one in _instances.values()], default=str)
    places = {"arguments and environment": told, "widgets": widgets}
    for folder in (workspace.folder, Path(os.environ["EUCAIM_NB_STATE"])):
        places |= {
            str(file): file.read_bytes().decode("latin-1") for file in folder.rglob("*") if file.is_file()
        }
    for place, content in places.items():
        assert JWT not in content, place
        assert not [one for one in secrets if one in content], place

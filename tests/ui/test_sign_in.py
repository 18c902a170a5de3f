"""The sign-in panel: what it asks for, what it says, and that it empties the field of the secret at once."""

import json

import ipywidgets as w
import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.nodes import Credentials
from eucaim_nb.ui import components as c
from eucaim_nb.ui.pages._sign_in import SignIn

WRONG = "canary-wrong-Pa55"


@pytest.fixture
def made(nodes, tmp_path):
    """Make the panel of a workspace; real nodes get the addresses of the practice nodes."""

    def make(node, **options):
        ready = nodes.ready()["health_ri" if node.endswith("health-ri") else "upv"]
        practice = str(tmp_path / "ready.json") if node.startswith("practice") else ""
        workspace = workspaces.create(tmp_path / node, node=node, project=ready["project"], practice=practice)
        if not practice:
            known = ("url", "site") if node == "health-ri" else None
            addresses = (
                {"site": ready["url"]} if known else {k: ready[k] for k in ("dicomweb", "issuer", "client_id")}
            )
            workspace = workspace.change(node_options={**addresses, **options})
        notice = c.Notice()
        panel = SignIn(workspace, notice)
        return panel, notice

    return make


def told(widget):
    """All text that a widget and its children show."""
    parts = [widget.value] if isinstance(widget, w.HTML) and widget.layout.display != "none" else []
    parts += [told(child) for child in getattr(widget, "children", ())]
    return " ".join(parts)


def press(panel, button, work):
    """Do what the click on a slow button does, here and now."""
    assert button.layout.display != "none"
    with panel._notice.reports():
        work()


@pytest.mark.parametrize("node", ["practice-upv", "practice-health-ri"])
def test_practice_node_asks_for_nothing_and_tells_what_the_account_may_do(made, node):
    panel, notice = made(node)
    assert "nothing to type" in told(panel.root)
    assert panel.secrets() == {}
    press(panel, panel.test, panel._test)
    assert "takes images at" in told(notice.root)
    assert "everything that is needed" in told(panel.root)


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_sign_in_shows_the_account_and_hands_the_secret_to_jobs_only(made, nodes, node):
    panel, _notice = made(node)
    assert "Nobody is signed in" in told(panel.root)
    panel.username.value, panel.password.value = nodes.username, nodes.password
    press(panel, panel.sign_in, panel._sign_in)
    assert "Signed in as practice" in told(panel.root)
    assert "everything that is needed" in told(panel.root)
    assert panel.password.value == ""
    assert Credentials.from_job(panel.secrets()["credentials"]) == Credentials(nodes.username, nodes.password)
    states = json.dumps([one.get_state() for one in w.Widget.widgets.values()], default=str)
    assert nodes.password not in states
    panel._sign_out()
    assert panel.secrets() == {}
    assert "Nobody is signed in" in told(panel.root)


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_wrong_password_is_said_in_words_and_gone_from_the_field(made, node):
    panel, notice = made(node)
    panel.username.value, panel.password.value = "practice", WRONG
    press(panel, panel.sign_in, panel._sign_in)
    assert "user name and password" in told(notice.root)
    assert panel.password.value == ""
    assert panel.secrets() == {}
    assert WRONG not in told(panel.root) + told(notice.root)


def test_empty_fields_are_said_before_anything_is_asked(made, nodes):
    panel, notice = made("upv", issuer="https://no.such.host.invalid")
    press(panel, panel.sign_in, panel._sign_in)
    assert "are empty" in told(notice.root)


def test_token_can_be_pasted_at_upv_and_only_there(made):
    panel, notice = made("upv")
    assert panel.way.layout.display is None
    panel.way.value = "token"
    assert (panel.password.layout.display, panel.token.layout.display) == ("none", None)
    panel.token.value = "copied wrong"
    press(panel, panel.sign_in, panel._sign_in)
    assert "whole token" in told(notice.root)
    assert panel.token.value == ""
    other, _ = made("health-ri")
    assert other.way.layout.display == "none"


def test_missing_roles_are_listed(made, nodes):
    panel, _ = made("upv")
    panel.username.value, panel.password.value = "practice-newcomer", nodes.password
    press(panel, panel.sign_in, panel._sign_in)
    assert "Still needed" in told(panel.root)
    assert "Data ingester" in told(panel.root)

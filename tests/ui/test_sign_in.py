"""The sign-in panel: what it asks for, what it says, and that it empties the field of the secret at once."""

import html
import json
import re
import time
from threading import Thread

import ipywidgets as w
import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import SettingsError
from eucaim_nb.nodes import Credentials
from eucaim_nb.ui import components as c
from eucaim_nb.ui.pages._sign_in import SignIn
from tests.nodes.people import alias_token, say_yes, tokens

pytestmark = pytest.mark.usefixtures("own_computer")
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
                {"site": ready["url"]}
                if known
                else {k: ready[k] for k in ("dicomweb", "issuer", "client_id")}
            )
            workspace = workspace.change(node_options={**addresses, **options})
        notice = c.Notice()
        panel = SignIn(workspace, notice)
        return panel, panel._notice

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


def enter(panel, username, password):
    """Choose the way by password and type both."""
    panel.form.way.value = "password"
    panel.form.name.value, panel.form.secret.value = username, password


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
    enter(panel, nodes.username, nodes.password)
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "Signed in as practice" in told(panel.root)
    assert "everything that is needed" in told(panel.root)
    assert panel.form.secret.value == ""
    assert Credentials.from_job(panel.secrets()["credentials"]) == Credentials(nodes.username, nodes.password)
    states = json.dumps([one.get_state() for one in w.Widget.widgets.values()], default=str)
    assert nodes.password not in states
    panel._sign_out()
    assert panel.secrets() == {}
    assert "Nobody is signed in" in told(panel.root)


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_wrong_password_is_said_in_words_and_gone_from_the_field(made, node):
    panel, notice = made(node)
    enter(panel, "practice", WRONG)
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "user name and password" in told(notice.root)
    assert panel.form.secret.value == ""
    assert panel.secrets() == {}
    assert WRONG not in told(panel.root) + told(notice.root)


def test_empty_fields_are_said_before_anything_is_asked(made, nodes):
    panel, notice = made("upv", issuer="https://no.such.host.invalid")
    panel.form.way.value = "password"
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "are empty" in told(notice.root)


def test_token_can_be_pasted_at_upv_and_only_there(made):
    panel, notice = made("upv")
    panel.form.way.value = "token"
    assert (panel.form.name.layout.display, panel.form.secret.layout.display) == ("none", None)
    panel.form.secret.value = "copied wrong"
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "whole token" in told(notice.root)
    assert panel.form.secret.value == ""
    other, _ = made("health-ri")
    assert "token" not in [way for _, way in other.form.way.options]


def test_missing_roles_are_listed(made, nodes):
    panel, _ = made("upv")
    enter(panel, "practice-newcomer", nodes.password)
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "Something is still needed" in told(panel.root)
    assert "Data ingester" in told(panel.root)


# Ways without a password


def shown_address(panel):
    """The first address that the panel shows while it waits for a person."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if found := re.search(r'href="(http[^"]*)"', panel.form._under_way.value):
            return html.unescape(found[1])
        time.sleep(0.05)
    raise AssertionError(panel.form._under_way.value)


@pytest.mark.parametrize("node", ["upv", "practice-upv"])
def test_panel_shows_the_address_and_goes_on_when_the_browser_comes_back(made, node):
    panel, _notice = made(node)
    panel.form.way.value = "browser"
    clicked = Thread(target=press, args=(panel, panel.form.sign_in, panel._sign_in))
    clicked.start()
    say_yes(shown_address(panel))
    clicked.join(10)
    assert "Signed in as practice" in told(panel.root)
    assert "everything that is needed" in told(panel.root)
    assert panel.form._under_way.value == ""


def test_code_for_another_device_is_shown_and_can_be_given_up(made, nodes):
    nodes.policy.change({"device_flow": True})
    panel, notice = made("upv")
    panel.form.way.value = "device"
    clicked = Thread(target=press, args=(panel, panel.form.sign_in, panel._sign_in))
    clicked.start()
    assert "user_code=" in shown_address(panel)
    assert panel.form.give_up.layout.display is None
    panel.form._given_up.set()
    clicked.join(10)
    assert "Nobody is signed in" in told(notice.root)
    assert panel.form.give_up.layout.display == "none"


def test_way_that_is_switched_off_at_the_node_says_so_and_names_others(made):
    panel, notice = made("upv")
    panel.form.way.value = "device"
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "no codes for another device" in told(notice.root)
    assert "browser or paste a token" in told(notice.root)


def test_program_on_another_computer_offers_the_browser_last_and_says_why_it_fails(made, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ana/")
    panel, _ = made("upv")
    assert panel.form.way.value == "password"
    panel.form.way.value = "browser"
    assert "JupyterHub" in told(panel.root)
    assert panel.form.sign_in.layout.display == "none"


def test_token_goes_with_the_work_and_the_page_asks_again_when_its_own_has_ended(made, nodes):
    panel, _notice = made("upv")
    nodes.policy.change({"token_lifetime": 1})
    panel.form.way.value = "token"
    panel.form.secret.value = tokens(nodes)["refresh_token"]
    press(panel, panel.form.sign_in, panel._sign_in)
    assert panel.secrets()["credentials"]["token"]
    assert "goes on with this sign-in" in told(panel.root)
    time.sleep(1.1)
    with pytest.raises(SettingsError, match="Sign in again"):
        panel.secrets()
    assert panel.form.root.layout.display is None
    assert "The sign-in has ended" in told(panel.root)


def test_alias_token_and_netrc_file_sign_in_at_xnat(made, nodes, tmp_path, monkeypatch):
    panel, _notice = made("health-ri")
    panel.form.way.value = "alias"
    panel.form.name.value, panel.form.secret.value = alias_token(nodes)
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "Signed in as practice" in told(panel.root)
    panel._sign_out()
    file = tmp_path / "netrc"
    file.write_text(f"machine 127.0.0.1 login practice password {nodes.password}")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    panel.form.way.value = "netrc"
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "netrc file" in told(panel.root)
    assert panel.secrets() == {}
    file.unlink()
    panel.look()
    assert "There is no file" in told(panel.root)
    panel._sign_out()
    assert "Nobody is signed in" in told(panel.root)


def test_netrc_file_that_the_node_refuses_is_not_used_from_then_on(made, tmp_path, monkeypatch):
    panel, notice = made("health-ri")
    file = tmp_path / "netrc"
    file.write_text(f"machine 127.0.0.1 login practice password {WRONG}")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    panel.form.way.value = "netrc"
    press(panel, panel.form.sign_in, panel._sign_in)
    assert "did not accept the sign-in" in told(notice.root)
    assert "Nobody is signed in" in told(panel.root)


def test_connection_test_says_what_fails_beside_what_works(made, nodes):
    panel, notice = made("upv", dicomweb=f"{nodes.url}/nowhere")
    enter(panel, nodes.username, nodes.password)
    press(panel, panel.form.sign_in, panel._sign_in)
    press(panel, panel.test, panel._test)
    assert "no DICOMweb service" in told(notice.root)
    assert "everything that is needed" in told(panel.root)

"""Ways to sign in besides a password: through the browser, with a code, with tokens, with a netrc file."""

import os
import time
from contextlib import closing
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

import keyring
import keyring.backends.chainer
import pytest
import requests

from eucaim_nb import nodes as rooms
from eucaim_nb.errors import SettingsError
from eucaim_nb.nodes import Credentials, Failure, connect

from .people import SOMEWHERE_ELSE, alias_token, real_workspace, say_yes, tokens, type_code
from .test_sign_in import MemoryKeyring

PASSWORD = "canary-Pa55word"
pytestmark = pytest.mark.usefixtures("own_computer")


@pytest.fixture
def upv(nodes, tmp_path):
    """A workspace of the real UPV node, at the practice node's addresses."""
    return real_workspace(nodes, tmp_path / "upv", "upv")


@pytest.fixture
def health_ri(nodes, tmp_path):
    """A workspace of the real Health-RI node, at the practice node's address."""
    return real_workspace(nodes, tmp_path / "health-ri", "health-ri")


# Through the browser


def test_browser_brings_the_sign_in_back_and_no_secret_is_in_any_address(upv, nodes):
    with closing(rooms.browser_sign_in(upv)) as under_way:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(under_way.address).query).items()}
        assert urlsplit(asked["redirect_uri"]).hostname == "127.0.0.1"
        assert asked["code_challenge_method"] == "S256"
        assert under_way._verifier not in under_way.address
        assert "Close this window" in say_yes(under_way.address)
        credentials = under_way.wait(5)
    node = connect(upv, credentials)
    assert node.account().missing == ()
    node.images().check()


def test_answer_of_another_sign_in_is_not_taken(upv):
    with closing(rooms.browser_sign_in(upv)) as under_way:
        back = parse_qs(urlsplit(under_way.address).query)["redirect_uri"][0]
        assert requests.get(back, params={"code": "x", "state": "guessed"}, timeout=5).status_code == 400
        assert requests.get(back.replace("/signed-in", "/"), timeout=5).status_code == 404
        with pytest.raises(Failure) as failed:
            under_way.wait(0.1)
        assert failed.value.cause == "not-finished"


def test_answer_that_names_another_issuer_is_not_redeemed(upv, nodes):
    nodes_log = requests.delete(f"{nodes.control}/log", timeout=5)
    assert nodes_log.ok
    with closing(rooms.browser_sign_in(upv)) as under_way:
        asked = parse_qs(urlsplit(under_way.address).query)
        answer = {"code": "x", "state": asked["state"][0], "iss": "https://attacker.example/"}
        requests.get(asked["redirect_uri"][0], params=answer, timeout=5)
        with pytest.raises(Failure):
            under_way.wait(5)
    asked_for = requests.get(f"{nodes.control}/log", timeout=5).json()["requests"]
    assert not [one for one in asked_for if one["path"].endswith("/token")]


def test_waiting_can_be_given_up_and_nothing_listens_afterwards(upv):
    given_up = Event()
    with closing(rooms.browser_sign_in(upv)) as under_way:
        back = parse_qs(urlsplit(under_way.address).query)["redirect_uri"][0]
        Thread(target=lambda: (time.sleep(0.2), given_up.set())).start()
        assert under_way.wait(30, given_up) is None
    with pytest.raises(requests.ConnectionError):
        requests.get(back, timeout=1)


@pytest.mark.parametrize("where", [*SOMEWHERE_ELSE, "EUCAIM_NB_PRACTICE_ONLY"])
def test_program_on_another_computer_says_why_the_browser_cannot_come_back(upv, monkeypatch, where):
    assert rooms.why_no_browser() == ""
    monkeypatch.setenv(where, "1")
    assert "not on the computer before you" in rooms.why_no_browser()
    with pytest.raises(SettingsError, match="another way"):
        rooms.browser_sign_in(upv)


def test_xnat_has_neither_browser_nor_device_sign_in(health_ri):
    for begin in (rooms.browser_sign_in, rooms.device_sign_in):
        with pytest.raises(SettingsError, match="user name and password"):
            begin(health_ri)


# With a code on another device


def test_code_typed_on_another_device_signs_in(upv, nodes):
    nodes.policy.change({"device_flow": True})
    under_way = rooms.device_sign_in(upv)
    assert under_way.code in under_way.complete
    Thread(target=lambda: (time.sleep(0.3), type_code(under_way.address, under_way.code))).start()
    assert connect(upv, under_way.wait()).account().missing == ()


# Tokens that are good once


def test_sign_in_with_a_refresh_token_outlives_its_first_use_on_this_computer(upv, nodes):
    """The issuer ends the sign-in of whoever uses a refresh token twice."""
    credentials = Credentials(token=tokens(nodes)["refresh_token"])
    nodes.policy.change({"token_lifetime": 1})
    for _ in range(3):
        connect(upv, credentials).account()
        time.sleep(0.8)


def test_job_takes_the_sign_in_along_and_the_page_keeps_only_what_soon_ends(upv, nodes):
    nodes.policy.change({"token_lifetime": 2})
    page = Credentials(token=tokens(nodes)["refresh_token"])
    connect(upv, page).account()
    job = Credentials.from_job(page.secrets()["credentials"])
    assert not page.lasting
    connect(upv, job).account()
    connect(upv, page).images().check()  # with the access token that it has
    time.sleep(2.1)
    assert not page.usable
    connect(upv, job).account()
    with pytest.raises(Failure) as failed:
        connect(upv, page).account()
    assert failed.value.cause == "session-ended"
    connect(upv, job).account()  # the page did not end the sign-in of the job


def test_issuer_that_is_away_for_a_moment_stops_nothing_while_the_token_is_good(upv, nodes, monkeypatch):
    monkeypatch.setattr("eucaim_nb.nodes._asking._FIRST_WAIT", 0.01)
    nodes.policy.change({"token_lifetime": 6})
    images = connect(upv, Credentials(nodes.username, nodes.password)).images()
    images.check()
    nodes.faults.set(["auth:status=503"])
    time.sleep(4.2)  # it would be renewed now
    images.check()
    time.sleep(2)
    with pytest.raises(Failure) as failed:
        images.check()
    assert failed.value.cause == "server-error"
    nodes.faults.set([])
    images.check()


def test_session_that_was_ended_at_the_node_is_begun_anew_with_the_password(upv, nodes):
    credentials = Credentials(nodes.username, nodes.password)
    images = connect(upv, credentials).images()
    images.check()
    credentials.grant.refresh = "ended"
    credentials.grant.renew_at = 0.0
    images.check()


# At XNAT


def test_alias_token_signs_in_and_its_wrong_secret_does_not(health_ri, nodes):
    alias, secret = alias_token(nodes)
    assert connect(health_ri, Credentials(alias, secret)).account().missing == ()
    with pytest.raises(Failure) as failed:
        connect(health_ri, Credentials(alias, PASSWORD)).account()
    assert failed.value.cause == "wrong-xnat-password"


@pytest.fixture
def netrc(tmp_path, monkeypatch, nodes):
    """A netrc file with the login of the practice node."""
    file = tmp_path / "home-netrc"
    file.write_text(f"machine 127.0.0.1 login practice password {nodes.password}\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    return file


def test_netrc_is_read_only_where_a_person_wants_it_and_never_written(health_ri, netrc):
    before = netrc.read_bytes()
    assert rooms.credentials_of(health_ri) is None
    assert connect(health_ri, rooms.netrc_credentials(health_ri)).account().missing == ()
    wanted = rooms.use_netrc(health_ri, True)
    assert connect(wanted).account().username == "practice"
    assert rooms.credentials_of(rooms.forget(wanted)) is None
    assert netrc.read_bytes() == before


def test_issuer_gets_no_login_of_a_netrc_file_that_nobody_asked_for(upv, nodes, netrc, monkeypatch):
    """requests would send it by itself."""
    from eucaim_nb.nodes._session import make_session

    session = make_session(timeout=5)
    prepared = session.prepare_request(requests.Request("GET", nodes.ready()["upv"]["issuer"]))
    assert "Authorization" not in prepared.headers


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (None, 0o600, "There is no file"),
        ("machine elsewhere.example login a password b", 0o600, "no user name and password for"),
        (f"machine 127.0.0.1 login a pass word {PASSWORD}", 0o600, "cannot be read as a netrc file"),
        *(
            [(f"machine 127.0.0.1 login a password {PASSWORD}", 0o644, "Others may read")]
            if os.name == "posix"
            else []
        ),
    ],
)
def test_netrc_that_cannot_be_used_is_said_without_its_content(health_ri, netrc, content, mode, words):
    netrc.unlink()
    if content is not None:
        netrc.write_text(content)
        netrc.chmod(mode)
    with pytest.raises(SettingsError, match=words) as refused:
        rooms.netrc_credentials(health_ri)
    assert PASSWORD not in str(refused.value)


# The keyring


class FileKeyring(MemoryKeyring):
    """As the keyrings of `keyrings.alt`, which keep texts in files."""


FileKeyring.__module__ = "keyrings.alt.file"


class Chain(keyring.backends.chainer.ChainerBackend):
    """Asks several keyrings, as the `keyring` package does where more than one is installed."""

    priority = 10
    backends = ()


def test_keyring_that_is_a_file_is_none_even_behind_a_chain(upv):
    before = keyring.get_keyring()
    plain, real, chain = FileKeyring(), MemoryKeyring(), Chain()
    try:
        keyring.set_keyring(plain)
        assert not rooms.keyring_usable()
        keyring.set_keyring(chain)
        chain.backends = [plain]
        assert not rooms.keyring_usable()
        chain.backends = [plain, real]
        rooms.keep(upv, Credentials("ana", PASSWORD))
        assert (plain.kept, len(real.kept)) == ({}, 1)
    finally:
        keyring.set_keyring(before)


def test_token_is_not_remembered(upv, nodes):
    before = keyring.get_keyring()
    keyring.set_keyring(kept := MemoryKeyring())
    try:
        with pytest.raises(SettingsError, match="soon ends"):
            rooms.keep(upv, Credentials(token=tokens(nodes)["refresh_token"]))
        assert kept.kept == {}
    finally:
        keyring.set_keyring(before)

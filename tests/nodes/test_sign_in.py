"""Signing in at both nodes: what the account may do, each refusal in words, and never a secret anywhere."""

import json
import time

import keyring
import pytest
from keyring.backend import KeyringBackend

from eucaim_nb import nodes as rooms
from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import NodeError, SettingsError
from eucaim_nb.nodes import Credentials
from eucaim_nb.nodes._settings import NodeSettings
from eucaim_nb.nodes.health_ri import HealthRiNode
from eucaim_nb.nodes.upv import UpvNode

PASSWORD = "canary-Pa55word"


@pytest.fixture
def upv(nodes):
    """Make the UPV node as a real one would be configured, at the practice node's addresses."""
    ready = nodes.ready()["upv"]

    def make(credentials, project="PRACTICE|MAIN", **options):
        addresses = {key: ready[key] for key in ("issuer", "client_id", "dicomweb")}
        settings = NodeSettings("upv", "The node", "upv", False, project, {**addresses, **options})
        return UpvNode(settings, credentials)

    return make


@pytest.fixture
def health_ri(nodes):
    """Make the Health-RI node as a real one would be configured, at the practice node's address."""

    def make(username="practice", password=None, project="PRACTICE", **options):
        options = {"site": nodes.ready()["health_ri"]["url"], **options}
        settings = NodeSettings("health-ri", "The node", "health-ri", False, project, options)
        return HealthRiNode(settings, Credentials(username, password or nodes.password))

    return make


def test_both_nodes_keep_the_one_protocol(upv, health_ri):
    assert isinstance(upv(None), rooms.Node)
    assert isinstance(health_ri(), rooms.Node)


# What an account may do


def test_account_of_the_upv_practice_node_is_complete(upv, nodes):
    account = upv(Credentials(nodes.username, nodes.password)).account()
    assert account.username == nodes.username
    assert "PRACTICE" in account.projects
    assert account.missing == ()


def test_newcomer_at_upv_is_told_every_role_that_is_missing(upv, nodes):
    account = upv(Credentials("practice-newcomer", nodes.password)).account()
    said = " ".join(account.missing)
    assert len(account.missing) == 3
    for word in ("Data ingester", "Dataset manager", "project PRACTICE"):
        assert word in said


def test_workspace_without_project_is_named_as_missing(upv, health_ri, nodes):
    for node in (upv(Credentials(nodes.username, nodes.password), project=""), health_ri(project="")):
        assert "name of the project" in " ".join(node.account().missing)


def test_owner_at_health_ri_has_all_that_is_needed(health_ri):
    account = health_ri().account()
    assert (account.username, account.projects, account.missing) == ("practice", ("PRACTICE",), ())


@pytest.mark.parametrize(
    ("username", "words"),
    [("practice-collaborator", "role of this account is Collaborator"), ("practice-stranger", "Access to the project")],
)
def test_role_that_may_not_write_at_health_ri_is_said(health_ri, username, words):
    assert words in " ".join(health_ri(username).account().missing)


# Refusals in words


def test_wrong_password_is_refused_in_words_without_quoting_it(upv, health_ri):
    for node in (upv(Credentials("practice", PASSWORD)), health_ri(password=PASSWORD)):
        with pytest.raises(NodeError, match=r"not accept|did not accept") as refused:
            node.account()
        assert PASSWORD not in str(refused.value)


def test_node_that_takes_no_passwords_from_programs_says_what_else_to_do(upv, nodes):
    nodes.policy.change({"direct_grants": False})
    with pytest.raises(NodeError, match="paste a token"):
        upv(Credentials(nodes.username, nodes.password)).account()


@pytest.mark.parametrize("issuer", ["/nowhere", "/health-ri"])
def test_address_that_is_no_issuer(upv, nodes, issuer):
    with pytest.raises(NodeError, match=r"no OpenID Connect issuer|not OpenID Connect"):
        upv(Credentials("practice", PASSWORD), issuer=nodes.url + issuer).account()


def test_address_that_is_no_xnat(health_ri, nodes):
    with pytest.raises(NodeError):
        health_ri(site=nodes.ready()["upv"]["issuer"]).account()


def test_nobody_is_signed_in(upv):
    with pytest.raises(SettingsError, match="Sign in first"):
        upv(None).account()
    settings = NodeSettings("health-ri", "The node", "health-ri", False, "P", {"site": "https://x.example"})
    with pytest.raises(SettingsError, match="Sign in"):
        HealthRiNode(settings, None).images()


def test_password_never_leaves_unencrypted_for_another_computer(health_ri, upv):
    with pytest.raises(SettingsError, match="https"):
        health_ri(site="http://xnat.example").account()
    with pytest.raises(SettingsError, match="https"):
        upv(Credentials("a", PASSWORD), issuer="http://node.example/realm").account()


def test_health_ri_answers_503_for_a_moment(health_ri, nodes):
    nodes.faults.set(["xnat-login:status=503@1-2"])
    assert health_ri().account().username == "practice"


# Tokens


def test_pasted_tokens_sign_in_and_rubbish_does_not(upv, nodes):
    import requests

    ready = nodes.ready()["upv"]
    answer = requests.post(
        f"{ready['issuer']}/protocol/openid-connect/token",
        data={
            "grant_type": "password",
            "client_id": ready["client_id"],
            "username": nodes.username,
            "password": nodes.password,
        },
        timeout=10,
    ).json()
    for token in (answer["access_token"], answer["refresh_token"]):
        node = upv(Credentials(token=token))
        assert node.account().username == nodes.username
        node.images().check()
    with pytest.raises(SettingsError, match="whole token"):
        upv(Credentials(token="copied wrong")).account()


def test_token_is_renewed_before_it_ends_and_requests_go_on(upv, nodes):
    nodes.policy.change({"token_lifetime": 1})
    images = upv(Credentials(nodes.username, nodes.password)).images()
    images.check()
    first = images.tokens.access()
    time.sleep(1.2)
    images.check()
    assert images.tokens.access() != first


def test_token_that_ends_too_early_is_replaced_after_a_401(upv, nodes):
    images = upv(Credentials(nodes.username, nodes.password)).images()
    images.check()
    nodes.faults.set(["qido:status=401@1"])
    images.check()


def test_expired_access_token_that_was_pasted_says_sign_in_again(upv, nodes):
    nodes.policy.change({"token_lifetime": 1})
    token = upv(Credentials(nodes.username, nodes.password))
    pasted = token._signed_in(token._credentials).access()
    time.sleep(1.2)
    with pytest.raises(NodeError, match="expired"):
        upv(Credentials(token=pasted)).account()


# Where credentials come from, and where they never go


class MemoryKeyring(KeyringBackend):
    """A keyring that works, as a desktop has one."""

    priority = 9

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError
        del self.kept[service, username]


@pytest.fixture
def own_keyring():
    before = keyring.get_keyring()
    keyring.set_keyring(made := MemoryKeyring())
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def real(tmp_path):
    return workspaces.create(tmp_path / "real", node="upv")


def test_credentials_come_from_the_environment_and_a_file(real, tmp_path, monkeypatch):
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    monkeypatch.setenv("EUCAIM_NB_USER", "ana")
    monkeypatch.setenv("EUCAIM_NB_PASSWORD_FILE", str(tmp_path / "password"))
    assert rooms.credentials_of(real) == Credentials("ana", PASSWORD)
    monkeypatch.setenv("EUCAIM_NB_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="EUCAIM_NB_PASSWORD_FILE"):
        rooms.credentials_of(real)


def test_keyring_keeps_them_only_when_asked_and_forgets(real, own_keyring):
    assert rooms.credentials_of(real) is None
    rooms.keep(real, Credentials("ana", PASSWORD))
    assert rooms.credentials_of(real) == Credentials("ana", PASSWORD)
    rooms.forget(real)
    rooms.forget(real)
    assert own_keyring.kept == {}
    assert rooms.credentials_of(real) is None


def test_computer_without_keyring_says_so(real):
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    try:
        assert not rooms.keyring_usable()
        assert rooms.credentials_of(real) is None
        with pytest.raises(SettingsError, match="no keyring"):
            rooms.keep(real, Credentials("ana", PASSWORD))
        rooms.forget(real)
    finally:
        keyring.set_keyring(before)


def test_secrets_are_not_part_of_any_text(health_ri, upv):
    credentials = Credentials("ana", PASSWORD, token=PASSWORD)
    node = health_ri(password=PASSWORD)
    for thing in (credentials, node.images(), node.settings, upv(credentials)):
        assert PASSWORD not in repr(thing)
    assert json.loads(json.dumps(credentials.secrets()))["credentials"]["password"] == PASSWORD
    for one in (Credentials("ana", PASSWORD), Credentials(token=PASSWORD)):
        assert Credentials.from_job(one.secrets()["credentials"]) == one

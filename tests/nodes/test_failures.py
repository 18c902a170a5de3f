"""Every cause for which a node cannot be used is provoked for real, and each is told in words of its own."""

import datetime as dt
import re
import ssl
import warnings
from contextlib import ExitStack, closing
from dataclasses import asdict
from email.utils import format_datetime
from itertools import count
from threading import Event
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from eucaim_nb import workspace as workspaces
from eucaim_nb.nodes import (
    Credentials,
    Failure,
    browser_sign_in,
    connect,
    device_sign_in,
    try_connection,
)
from eucaim_nb.practice import PracticeNodes
from eucaim_nb.reference import causes

from .scripted import Authority, Reply, answering, as_json, closed_port, hanging_up

PASSWORD = "canary-Pa55word"
CONNECTING = [cause.id for cause in causes().values() if cause.when == "connect"]


class World:
    """What a test may set up, and a real node as a workspace describes it."""

    def __init__(self, folder, nodes):
        self.folder, self.nodes, self.password = folder, nodes, nodes.password
        self.stack, self.numbers = ExitStack(), count()

    def workspace(self, node, project="PRACTICE", **options):
        made = workspaces.create(self.folder / f"ws{next(self.numbers)}", node=node, project=project)
        return made.change(node_options=options)

    def upv(self, **options):
        ready = self.nodes.ready()["upv"]
        return self.workspace(
            "upv", **{key: ready[key] for key in ("issuer", "client_id", "dicomweb")} | options
        )

    def images(self, url, **options):
        """Ask the image service of a UPV node at an address, for which nobody signs in."""
        connect(self.workspace("upv", dicomweb=url, dicomweb_sign_in="none", **options)).images().check()

    def account(self, username="practice", **options):
        connect(self.upv(**options), Credentials(username, self.password)).account()

    def xnat(self, site, username="practice"):
        credentials = Credentials(username, self.password)
        return connect(self.workspace("health-ri", site=site), credentials)

    def server(self, reply, tls=None):
        answer = reply if callable(reply) else lambda method, path: reply
        return self.stack.enter_context(answering(answer, tls))

    def issuer(self, answer, **discovery):
        """An issuer whose other addresses answer alike."""

        def reply(method, path):
            if "openid-configuration" not in path:
                return answer(path) if callable(answer) else answer
            return as_json(
                {"token_endpoint": f"{url}/token", "authorization_endpoint": f"{url}/auth", **discovery}
            )

        url = self.server(reply)
        return url

    def authority(self):
        return Authority(self.folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with PracticeNodes(tmp_path_factory.mktemp("nodes")) as nodes:
        yield nodes


@pytest.fixture
def world(tmp_path, running):
    made = World(tmp_path, running)
    before = asdict(running.policy)
    with made.stack:
        yield made
    running.faults.set([])
    running.policy.change(before)


def by_tls(**certificate):
    def provoke(world):
        authority = world.authority()
        url = world.server(Reply(), authority.server(**certificate))
        world.images(url, ca_file=str(authority.file))

    return provoke


def through_proxy(status):
    return lambda world: world.images("https://node.example", proxy=world.server(Reply(status)))


def refused(error, description="", status=400):
    answer = as_json({"error": error, "error_description": description}, status)
    return lambda world: world.account(issuer=world.issuer(answer))


def at_image_service(username, fault):
    def provoke(world):
        images = connect(world.upv(), Credentials(username, world.password)).images()
        world.nodes.faults.set([fault])
        images.check()

    return provoke


def silent(world):
    authority = world.authority()
    release = Event()
    world.stack.callback(release.set)
    url = world.server(lambda method, path: release.wait(10) and Reply(), authority.server())
    world.images(url, ca_file=str(authority.file), timeout_s=0.3)


def old_encryption(world):
    authority = world.authority()
    context = authority.server()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    world.images(world.server(Reply(), context), ca_file=str(authority.file))


def without_authority(world):
    world.images(world.server(Reply(), world.authority().server()))


def wrong_clock(world):
    late = format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(hours=3), usegmt=True)
    url = world.server(Reply(headers={"Date": late}))
    raise try_connection(world.upv(dicomweb=url), Credentials("practice", world.password)).failures[0]


def expired_xnat_password(world):
    def answer(method, path):
        said = {"PUT": b"0123", "GET": b"Your password has expired"}
        return Reply(200, said.get(method, b""), "text/plain")

    world.xnat(world.server(answer)).account()


def switched_off(**policy):
    def provoke(world):
        world.nodes.policy.change(policy)
        world.account()

    return provoke


def on_the_page(answer):
    return lambda world: browser_sign_in(world.upv(issuer=world.issuer(answer)))


def refused_on_the_way_back(path):
    back = parse_qs(urlsplit(path).query)["redirect_uri"][0]
    return Reply(302, b"", headers={"Location": f"{back}?error=unauthorized_client"})


def denied_in_the_browser(world):
    with closing(browser_sign_in(world.upv())) as under_way:
        asked = parse_qs(urlsplit(under_way.address).query)
        answer = {"error": "access_denied", "state": asked["state"][0]}
        requests.get(asked["redirect_uri"][0], params=answer, timeout=10)
        under_way.wait(5)


def left_alone(world):
    with closing(browser_sign_in(world.upv())) as under_way:
        under_way.wait(0.1)


def ended_session(world):
    ready = world.nodes.ready()["upv"]
    form = {"client_id": ready["client_id"], "username": "practice", "password": world.password}
    address = f"{ready['issuer']}/protocol/openid-connect"
    given = requests.post(f"{address}/token", data={"grant_type": "password", **form}, timeout=10).json()
    requests.post(f"{address}/logout", data={"refresh_token": given["refresh_token"]}, timeout=10)
    connect(world.upv(), Credentials(token=given["refresh_token"])).account()


def unknown_project(world):
    world.xnat(world.nodes.ready()["health_ri"]["url"], "practice-stranger").images().check()


PROVOKED = {
    "no-such-name": lambda world: world.images("https://no.such.host.invalid"),
    "nothing-answers": lambda world: world.images(f"https://127.0.0.1:{closed_port()}"),
    "no-answer-in-time": silent,
    "cut-off": lambda world: world.images(world.stack.enter_context(hanging_up())),
    "other": lambda world: world.images(world.server(Reply(headers={"Content-Encoding": "gzip"}))),
    "proxy-not-there": lambda world: world.images(
        "https://node.example", proxy=f"http://127.0.0.1:{closed_port()}"
    ),
    "proxy-refuses": through_proxy(403),
    "proxy-password": through_proxy(407),
    "unknown-authority": without_authority,
    "certificate-expired": by_tls(begins=-3, ends=-2),
    "certificate-too-new": by_tls(begins=2, ends=3),
    "other-name": by_tls(address="127.0.0.2"),
    "old-encryption": old_encryption,
    "not-encrypted": lambda world: world.images(world.server(Reply()).replace("http:", "https:")),
    "clock": wrong_clock,
    "web-page": lambda world: world.images(world.server(Reply(200, b"<html>Welcome, guest", "text/html"))),
    "sent-elsewhere": lambda world: world.images(
        world.server(Reply(302, b"", headers={"Location": "https://login.example/?next=x"}))
    ),
    "other-form": lambda world: world.images(world.server(Reply(200, b"studies: 1"))),
    "no-issuer": lambda world: world.account(issuer=f"{world.nodes.url}/nowhere"),
    "no-xnat": lambda world: world.xnat(world.server(Reply(404, b"", "text/plain"))).account(),
    "no-dicomweb": lambda world: world.images(world.server(Reply(404))),
    "wrong-password": lambda world: connect(world.upv(), Credentials("practice", PASSWORD)).account(),
    "wrong-xnat-password": lambda world: connect(
        world.workspace("health-ri", site=world.nodes.ready()["health_ri"]["url"]),
        Credentials("practice", PASSWORD),
    ).account(),
    "password-expired": expired_xnat_password,
    "account-disabled": refused("invalid_grant", "Account disabled"),
    "account-unfinished": refused("invalid_grant", "Account is not fully set up"),
    "wrong-client": lambda world: world.account(client_id="somebody-else"),
    "password-switched-off": switched_off(direct_grants=False),
    "device-switched-off": lambda world: device_sign_in(world.upv()),
    "device-unknown": lambda world: device_sign_in(world.upv(issuer=world.issuer(as_json({})))),
    "browser-switched-off": on_the_page(refused_on_the_way_back),
    "address-not-allowed": on_the_page(Reply(400, b"<p>Invalid parameter: redirect_uri</p>", "text/html")),
    "denied": denied_in_the_browser,
    "not-finished": left_alone,
    "session-ended": ended_session,
    "no-token": refused("unheard_of"),
    "not-known": at_image_service("practice", "qido:status=401"),
    "role-missing": at_image_service("practice-newcomer", "qido:status=401"),
    "not-allowed": at_image_service("practice", "qido:status=403"),
    "no-project": unknown_project,
    "server-error": at_image_service("practice", "qido:status=500"),
}


@pytest.mark.parametrize("cause", CONNECTING)
def test_each_cause_is_told_apart_and_says_what_to_do_without_any_secret(world, cause, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "SSH_CONNECTION", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Failure) as failed:
        PROVOKED[cause](world)
    assert failed.value.cause == cause
    assert str(failed.value) == f"{failed.value.happened} {failed.value.do}"
    for secret in (PASSWORD, world.password, "next=x"):
        assert secret not in str(failed.value)


@pytest.mark.parametrize(
    ("cause", "site"),
    [
        ("web-page", lambda world: world.server(Reply(200, b"<html>Welcome, guest", "text/html"))),
        (
            "sent-elsewhere",
            lambda world: world.server(Reply(302, headers={"Location": "https://login.example/"})),
        ),
        ("nothing-answers", lambda world: f"https://127.0.0.1:{closed_port()}"),
        ("unknown-authority", lambda world: world.server(Reply(), world.authority().server())),
    ],
)
def test_an_xnat_that_is_not_reached_is_told_as_precisely_as_a_dicomweb_service(world, cause, site):
    with pytest.raises(Failure) as failed:
        world.xnat(site(world)).account()
    assert failed.value.cause == cause
    assert world.password not in str(failed.value)


def test_every_cause_has_words_of_its_own():
    for half in ("happened", "do"):
        assert all(getattr(cause, half).endswith((".", "?", ")")) for cause in causes().values())
    told = [re.sub(r"\{\w+\}", "", cause.happened) for cause in causes().values()]
    assert len(set(told)) == len(told) >= 45


def test_answers_of_several_services_give_one_trial_with_all_that_fails(world):
    url = world.server(Reply(404))
    trial = try_connection(world.upv(dicomweb=url), Credentials("practice", PASSWORD))
    assert [one.cause for one in trial.failures] == ["wrong-password"]
    trial = try_connection(world.upv(dicomweb=url), Credentials("practice", world.password))
    assert trial.account is not None
    assert trial.account.missing == ()
    assert [one.cause for one in trial.failures] == ["no-dicomweb"]
    assert [one.status for one in trial.answers] == [404, 404]

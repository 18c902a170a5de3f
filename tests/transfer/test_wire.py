"""The connection that images flow through: every byte arrives, an early answer is heard, silence ends it."""

import io
import os
import select
import ssl
import time
from contextlib import closing

import pytest
import requests

from eucaim_nb.errors import SettingsError
from eucaim_nb.jobs import Progress, Stopped
from eucaim_nb.nodes import explain
from eucaim_nb.nodes._session import make_session
from eucaim_nb.transfer._body import Body, FileChanged, Part
from eucaim_nb.transfer._flow import Flow
from eucaim_nb.transfer._wire import Wire

from .servers import ForwardProxy, Scripted, TestAuthority

BIG = 8 * 2**20


@pytest.fixture
def big(tmp_path):
    path = tmp_path / "big"
    path.write_bytes(os.urandom(BIG))
    return path


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return TestAuthority(tmp_path_factory.mktemp("ca"))


def part(path, size=None):
    return Part(lambda: path.open("rb"), path.stat().st_size if size is None else size)


def wire(server, silence=10, **session):
    return closing(Wire(make_session(timeout=silence, **session), server.url, silence))


def post(opened, server, *pieces, flow=None):
    return opened.post(f"{server.url}/studies", Body(pieces), {"Content-Type": "x/y"}, flow or Flow(Progress()))


def keeps(received):
    """A script that takes in one request after the other."""

    def script(talk):
        while True:
            head, body = talk.request()
            received.append((head, body))
            talk.answer(200, str(len(body)).encode())

    return script


@pytest.mark.parametrize("way", ["sendfile", "no sendfile", "no poll", "TLS", "slow"])
def test_every_byte_arrives_in_order_and_the_connection_is_used_again(way, big, authority, monkeypatch):
    if way == "no sendfile":
        monkeypatch.delattr(os, "sendfile")
    if way == "no poll":
        monkeypatch.delattr(select, "poll")
    received = []
    flow = Flow(Progress(), 32 * 2**20) if way == "slow" else None
    tls = way == "TLS"
    with Scripted(keeps(received), context=authority.context() if tls else None) as server:
        session = {"ca_file": str(authority.file)} if tls else {"local": True}
        with wire(server, **session) as opened:
            for _ in range(2):
                member = Part(lambda: io.BytesIO(b"of an archive"), 13)
                reply = post(opened, server, b"head", part(big), b"between", member, b"end", flow=flow)
                assert (reply.status, reply.content) == (200, str(BIG + 27).encode())
    expected = b"head" + big.read_bytes() + b"between" + b"of an archive" + b"end"
    assert [body == expected for _, body in received] == [True, True]
    assert [head["content-length"] for head, _ in received] == [str(len(expected))] * 2
    assert server.connections == 1


@pytest.mark.parametrize("status", [413, 401, 503])
def test_answer_that_comes_before_the_body_is_through_is_read_and_not_lost_in_a_broken_pipe(status, big):
    def refuses(talk):
        talk.head()
        talk.sock.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")  # no answer yet
        talk.body(1000)
        talk.answer(status, b"too much", close=True)

    with Scripted(refuses) as server, wire(server, local=True) as opened:
        reply = post(opened, server, *[part(big)] * 4)
    assert (reply.status, reply.content) == (status, b"too much")


def refuses_half_way(talk):
    talk.head()
    talk.body(1000)
    talk.answer(413, close=True)


def test_server_that_refused_half_way_is_asked_first_and_gets_no_byte_of_the_next_body(big):
    got = []

    def refuses(talk):
        head = talk.head()
        assert head["expect"] == "100-continue"
        talk.answer(401)
        got.append(talk.body(BIG))

    with Scripted(refuses_half_way, refuses) as server, wire(server, local=True) as opened:
        assert post(opened, server, part(big)).status == 413
        assert post(opened, server, part(big)).status == 401
        wait_for(got)
    assert got == [b""]


def test_server_that_refuses_to_invite_gets_the_request_without_asking(big):
    received = []

    def refuses(talk):
        talk.head()
        talk.answer(417)

    with Scripted(refuses_half_way, refuses, keeps(received)) as server, wire(server, local=True) as opened:
        assert post(opened, server, part(big)).status == 413
        assert post(opened, server, part(big)).status == 200
    assert "expect" not in received[0][0]
    assert received[0][1] == big.read_bytes()


def test_server_that_knows_no_invitation_gets_the_body_after_a_moment(big):
    received = []

    def silent(talk):
        head = talk.head()
        received.append(talk.body(int(head["content-length"])))
        talk.answer(200)

    with Scripted(refuses_half_way, silent) as server, wire(server, local=True) as opened:
        assert post(opened, server, part(big)).status == 413
        assert post(opened, server, part(big)).status == 200
    assert received == [big.read_bytes()]


def test_connection_that_the_server_closed_meanwhile_is_noticed_before_it_is_used(big):
    received = []

    def once(talk):
        received.append(talk.request())
        talk.answer(200)

    with Scripted(once) as server, wire(server, local=True) as opened:
        post(opened, server, part(big))
        time.sleep(0.1)
        assert post(opened, server, part(big)).status == 200
    assert (len(received), server.connections) == (2, 2)


@pytest.mark.parametrize("length", [None, 100])
def test_connection_that_ends_without_a_whole_answer_is_an_error_of_the_network(length, big):
    def drops(talk):
        talk.request()
        if length:
            talk.answer(200, b"half", length=length)

    with Scripted(drops) as server, wire(server, local=True) as opened, pytest.raises(requests.ConnectionError):
        post(opened, server, part(big))


def test_interim_answer_is_not_taken_for_the_final_one(big):
    def takes_its_time(talk):
        talk.request()
        for _ in range(3):
            talk.sock.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
            time.sleep(0.2)
        talk.answer(200)

    with Scripted(takes_its_time) as server, wire(server, silence=0.5, local=True) as opened:
        assert post(opened, server, part(big)).status == 200


def test_nobody_there_is_an_error_of_the_network():
    with Scripted(lambda talk: None) as server:
        gone = server.url
    with closing(Wire(make_session(timeout=5, local=True), gone, 5)) as opened, pytest.raises(requests.ConnectionError):
        opened.post(gone, Body([b"x"]), {}, Flow(Progress()))


@pytest.mark.parametrize("reads", [True, False])
def test_server_that_falls_silent_is_given_up(reads, big):
    def sleeps(talk):
        if reads:
            talk.request()
        time.sleep(8)

    began = time.monotonic()
    with (
        Scripted(sleeps) as server,
        wire(server, silence=0.3, local=True) as opened,
        pytest.raises(requests.Timeout),
    ):
        post(opened, server, *[part(big)] * 4)
    assert time.monotonic() - began < 6


def test_slow_server_is_waited_for_as_long_as_something_moves(tmp_path):
    """The whole exchange takes longer than the silence that is allowed."""
    small = tmp_path / "small"
    small.write_bytes(b"x" * 1000)

    def trickles(talk):
        talk.request()
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}":
            talk.sock.sendall(bytes([byte]))
            time.sleep(0.04)

    with Scripted(trickles) as server, wire(server, silence=1, local=True) as opened:
        assert post(opened, server, part(small)).content == b"{}"


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("change", [-1, 1])
def test_file_that_changes_while_it_is_sent_breaks_the_request_and_is_never_padded(change, encrypted, big, authority):
    got = []

    def counts(talk):
        head = talk.head()
        got.append((int(head["content-length"]), len(talk.body(int(head["content-length"])))))

    class Changing:
        """Stands for a file that somebody writes to in the middle."""

        def __call__(self):
            file = big.open("rb")
            os.truncate(big, BIG + change * 1000)
            return file

    context = authority.context() if encrypted else None
    session = {"ca_file": str(authority.file)} if encrypted else {"local": True}
    with Scripted(counts, context=context) as server, wire(server, **session) as opened:
        with pytest.raises(FileChanged):
            post(opened, server, b"head", Part(Changing(), BIG), b"end")
        wait_for(got)
    announced, arrived = got[0]
    assert arrived < announced


def test_file_that_shrinks_under_the_hand_over_breaks_the_request(big, monkeypatch):
    monkeypatch.setattr(Part, "_check", lambda *_: None)
    got = []

    def counts(talk):
        head = talk.head()
        got.append(int(head["content-length"]) - len(talk.body(int(head["content-length"]))))

    with Scripted(counts) as server, wire(server, local=True) as opened:
        with pytest.raises(FileChanged):
            post(opened, server, part(big, BIG + 5000), b"end")
        wait_for(got)
    assert got == [5003]


def test_stop_ends_a_request_in_the_middle_and_while_waiting_for_the_answer(big):
    progress = Progress()

    def asks_to_stop(talk):
        talk.request()
        progress.stop.set()
        time.sleep(5)

    with Scripted(asks_to_stop) as server, wire(server, local=True) as opened:
        for _ in range(2):  # the second time before anything left
            with pytest.raises(Stopped):
                post(opened, server, part(big), flow=Flow(progress))


# Who is trusted, and through whom it goes


def test_certificate_of_the_organisation_is_accepted_when_its_authority_is_named(authority):
    received = []
    with (
        Scripted(keeps(received), context=authority.context()) as server,
        wire(server, ca_file=str(authority.file)) as opened,
    ):
        assert post(opened, server, b"x").status == 200


@pytest.mark.parametrize(
    ("host", "days", "named", "words"),
    [
        ("localhost", 1, False, "ca_file"),
        ("other.example", 1, True, "another name"),
        ("localhost", -1, True, "clock"),
    ],
)
def test_certificate_that_is_not_to_be_trusted_ends_it_in_words(host, days, named, words, authority):
    received = []
    with Scripted(keeps(received), context=authority.context(host, days)) as server:
        with (
            wire(server, **({"ca_file": str(authority.file)} if named else {})) as opened,
            pytest.raises(requests.exceptions.SSLError) as caught,
        ):
            post(opened, server, b"secret")
        with pytest.raises(requests.exceptions.SSLError) as asked:
            make_session(timeout=5, ca_file=str(authority.file) if named else "").get(server.url)
    assert received == []
    assert words in str(explain(caught.value, "The node"))
    assert words in str(explain(asked.value, "The node"))


def test_line_that_breaks_during_the_handshake_is_not_taken_for_a_matter_of_trust(authority):
    with Scripted(lambda talk: talk.sock.recv(10)) as server:
        secure = server.url.replace("http:", "https:")
        opened = Wire(make_session(timeout=5, ca_file=str(authority.file)), secure, 5)
        with closing(opened), pytest.raises(requests.ConnectionError) as caught:
            opened.post(secure, Body([b"x"]), {}, Flow(Progress()))
    assert not isinstance(caught.value, requests.exceptions.SSLError)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_older_than_1_2_is_refused(authority):
    context = authority.context()
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    received = []
    with (
        Scripted(keeps(received), context=context) as server,
        wire(server, ca_file=str(authority.file)) as opened,
        pytest.raises(requests.exceptions.SSLError),
    ):
        post(opened, server, b"x")
    assert received == []


@pytest.fixture
def through(authority):
    """A TLS server, and what reaches it."""
    received = []
    with Scripted(keeps(received), context=authority.context()) as server:
        yield server, received


def test_proxy_of_the_settings_carries_a_tunnel_and_gets_its_own_credentials_only(through, authority, big):
    server, received = through
    with ForwardProxy("someone:p@ss") as proxy:
        address = f"http://someone:p%40ss@127.0.0.1:{proxy.port}"
        with wire(server, ca_file=str(authority.file), proxy=address) as opened:
            assert post(opened, server, part(big)).status == 200
    assert proxy.asked == [f"CONNECT localhost:{server.port}"]
    assert received[0][1] == big.read_bytes()
    assert "proxy-authorization" not in received[0][0]


def test_proxy_of_the_environment_is_used_unless_no_proxy_names_the_node(through, authority, monkeypatch):
    server, _ = through
    with ForwardProxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with wire(server, ca_file=str(authority.file)) as opened:
            assert post(opened, server, b"x").status == 200
        monkeypatch.setenv("NO_PROXY", "localhost")
        with wire(server, ca_file=str(authority.file)) as opened:
            assert post(opened, server, b"x").status == 200
    assert len(proxy.asked) == 1


def test_proxy_that_refuses_is_told_from_the_node(through, authority):
    server, _ = through
    with ForwardProxy("a:b") as proxy:
        address = f"http://a:wrong@127.0.0.1:{proxy.port}"
        with (
            wire(server, ca_file=str(authority.file), proxy=address) as opened,
            pytest.raises(requests.exceptions.ProxyError) as caught,
        ):
            post(opened, server, b"x")
    said = str(explain(caught.value, "The node"))
    assert "proxy" in said
    assert "wrong" not in said


def test_plain_request_names_its_whole_address_to_a_proxy():
    with ForwardProxy() as proxy, Scripted(lambda talk: None) as server:
        with wire(server, local=True, proxy=f"http://127.0.0.1:{proxy.port}") as opened:
            reply = post(opened, server, b"12345")
        assert reply.content == f"{server.url}/studies 5".encode()


def test_kind_of_proxy_that_cannot_be_used_is_said():
    with pytest.raises(SettingsError, match="socks5"):
        Wire(make_session(timeout=5, proxy="socks5://127.0.0.1:9"), "https://node.example/x", 5)


def wait_for(got):
    end = time.monotonic() + 5
    while not got and time.monotonic() < end:
        time.sleep(0.01)

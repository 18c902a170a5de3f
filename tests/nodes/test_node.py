"""What a node says when it cannot be used: each cause in words of its own, and never a secret."""

import http.server
import io
import json
import ssl
import subprocess
import threading
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import NodeError, SettingsError
from eucaim_nb.nodes import connect
from eucaim_nb.nodes.upv._multipart import save_single_part


@contextmanager
def server(status=200, body=b"[]", tls=None, wait=None, answer=None):
    """A server that answers every GET alike, or with what `answer` makes of its path."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if wait:
                wait.wait(20)
            content = answer(self.path) if answer else body
            self.send_response(status)
            self.send_header("Content-Type", "application/dicom+json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        running.socket = tls.wrap_socket(running.socket, server_side=True)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{running.server_port}/dicom-web"
    finally:
        running.shutdown()
        running.server_close()


@pytest.fixture
def service(tmp_path):
    """Make the DICOMweb service of a UPV workspace with some settings."""

    def make(**options):
        made = workspaces.create(tmp_path / "ws", node="upv")
        return connect(made.change(node_options=options)).images()

    return make


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "does not know you"),
        (403, "may not do this"),
        (404, "no DICOMweb service"),
        (500, "try again later"),
        (503, "try again later"),
    ],
)
def test_status_of_the_node_is_said_in_words(service, status, words):
    with server(status) as url, pytest.raises(NodeError, match=words):
        service(dicomweb=url).check()


def test_answer_that_is_no_dicom_json(service):
    with server(body=b"<html>sign in</html>") as url, pytest.raises(NodeError, match="not DICOM JSON"):
        service(dicomweb=url).check()


def test_nothing_answers(service):
    with pytest.raises(NodeError, match="nothing answers"):
        service(dicomweb="http://127.0.0.1:9/dicom-web").check()


def test_node_that_keeps_silent_is_given_up(service):
    released = threading.Event()
    with server(wait=released) as url:
        slow = service(dicomweb=url, timeout_s=0.3)
        with pytest.raises(NodeError, match="in time"):
            slow.check()
        released.set()


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 that no authority knows."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert


def test_certificate_nobody_vouches_for_is_refused_unless_its_authority_is_set(service, certificate, tmp_path):
    context, cert = certificate
    with server(tls=context) as url:
        with pytest.raises(NodeError, match="certificate could not be verified"):
            service(dicomweb=url).check()
        own = workspaces.create(tmp_path / "own", node="upv")
        own = own.change(node_options={"dicomweb": url, "ca_file": str(cert)})
        connect(own).images().check()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "address of .* is not set"),
        ({"dicomweb": "http://node.example/dicom-web"}, "must begin with https"),
        ({"dicomweb": "ftp://node.example/"}, "must begin with https"),
        ({"dicomweb": "https://me:secret@node.example/"}, "must not contain a password"),
        ({"dicomweb": "https://"}, "is no address"),
        ({"dicomweb": "https://[::1"}, "is no address"),
        ({"dicomweb": "https://node.example/", "ca_file": "/no/such/ca.pem"}, "no file /no/such/ca.pem"),
        ({"dicomweb": "https://node.example/", "timeout_s": "abc"}, "timeout_s"),
        ({"dicomweb": "https://node.example/", "timeout_s": 0}, "timeout_s"),
        ({"dicomweb": "https://node.example/", "max_batch_mb": -1}, "max_batch_mb"),
    ],
)
def test_address_that_may_not_be_used(service, options, words):
    with pytest.raises(SettingsError, match=words) as refused:
        service(**options)
    assert "secret" not in str(refused.value)


def test_practice_nodes_that_do_not_run(workspace):
    with pytest.raises(NodeError, match="not running"):
        connect(workspace).images()


def test_practice_credentials_stay_out_of_the_workspace(workspace, nodes):
    connect(workspace).images().check()
    for path in workspace.folder.rglob("*"):
        assert not path.is_file() or nodes.password.encode() not in path.read_bytes()


def test_no_proxy_is_asked_for_this_computer(workspace, nodes, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    connect(workspace).images().check()


@pytest.mark.parametrize("body", [b"", b"--x\r\n\r\n", b"--x\r\nContent-Type: application/dicom\r\n\r\nDATA"])
def test_incomplete_multipart_is_not_taken_for_an_instance(body):
    with pytest.raises(NodeError, match="incomplete"):
        save_single_part([body], 'multipart/related; boundary="x"', io.BytesIO())


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_part_keeps_bytes_that_look_like_a_boundary_however_they_arrive(size):
    content = b"\r\n--x\r\n--x--" * 40
    body = b"--x\r\nContent-Type: application/dicom\r\n\r\n" + content + b"\r\n--x--\r\n"
    file = io.BytesIO()
    save_single_part([body[n : n + size] for n in range(0, len(body), size)], "multipart/related; boundary=x", file)
    assert file.getvalue() == content


@pytest.mark.parametrize("obeys_offset", [True, False])
def test_listing_is_complete_however_the_server_pages(service, obeys_offset):
    """One server gives 10 at once and obeys the offset; another gives all every time."""
    everything = [{"00080018": {"vr": "UI", "Value": [f"1.2.{n}"]}} for n in range(25)]
    asked = []

    def page(path):
        offset = int(parse_qs(urlsplit(path).query).get("offset", ["0"])[0])
        asked.append(offset)
        return json.dumps(everything[offset : offset + 10] if obeys_offset else everything).encode()

    with server(answer=page) as url:
        listed = service(dicomweb=url).instance_uids("1.2", "1.3")
    assert listed == {f"1.2.{n}" for n in range(25)}
    assert asked == ([0, 10, 20, 25] if obeys_offset else [0, 25])


def test_password_of_a_proxy_does_not_belong_in_the_settings(workspace, nodes):
    kept = workspace.change(node_options={"proxy": "http://someone:secret@proxy:3128"})
    with pytest.raises(SettingsError, match="HTTPS_PROXY") as caught:
        connect(kept).images()
    assert "secret" not in str(caught.value)

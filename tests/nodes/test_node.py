"""What a node says when it cannot be used: each cause in words of its own, and never a secret."""

import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import NodeError, SettingsError
from eucaim_nb.nodes import connect
from eucaim_nb.nodes.upv._multipart import save_single_part

from .scripted import Authority, Reply, answering


@pytest.fixture
def service(tmp_path):
    """Make the DICOMweb service of a UPV workspace with some settings."""

    def make(**options):
        made = workspaces.create(tmp_path / "ws", node="upv")
        return connect(made.change(node_options=options)).images()

    return make


def test_certificate_of_an_own_authority_is_trusted_where_the_settings_name_it(service, tmp_path):
    authority = Authority(tmp_path)
    with answering(lambda method, path: Reply(), authority.server()) as url:
        with pytest.raises(NodeError, match="certificate could not be verified"):
            service(dicomweb=url).check()
        own = workspaces.create(tmp_path / "own", node="upv")
        own = own.change(node_options={"dicomweb": url, "ca_file": str(authority.file)})
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

    def page(_method, path):
        offset = int(parse_qs(urlsplit(path).query).get("offset", ["0"])[0])
        asked.append(offset)
        found = everything[offset : offset + 10] if obeys_offset else everything
        return Reply(body=json.dumps(found).encode())

    with answering(page) as url:
        listed = service(dicomweb=url).instance_uids("1.2", "1.3")
    assert listed == {f"1.2.{n}" for n in range(25)}
    assert asked == ([0, 10, 20, 25] if obeys_offset else [0, 25])


def test_password_of_a_proxy_does_not_belong_in_the_settings(workspace, nodes):
    kept = workspace.change(node_options={"proxy": "http://someone:secret@proxy:3128"})
    with pytest.raises(SettingsError, match="HTTPS_PROXY") as caught:
        connect(kept).images()
    assert "secret" not in str(caught.value)

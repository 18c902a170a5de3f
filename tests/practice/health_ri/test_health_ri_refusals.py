"""Who may not, what may not be named so, archives that mean harm, and faults that were ordered."""

import io
import tarfile
import zipfile

import pytest
import requests
import xnat

from eucaim_nb.practice import PracticeNodes

from .conftest import digests, md5, zipped

Refused = xnat.exceptions.XNATResponseError


def status_of(call, *arguments, **options):
    with pytest.raises(Refused) as caught:
        call(*arguments, **options)
    return caught.value.status_code


def test_request_without_or_with_an_ended_session_is_401(node, session):
    session.delete("/data/JSESSION")
    assert status_of(session.get, "/data/projects") == 401
    answer = requests.get(f"{node.health_ri}/data/projects", timeout=10)
    assert (answer.status_code, answer.text[:6]) == (401, "<html>")


def test_collaborator_reads_but_changes_nothing(connect, session, subject, instance, upload):
    made = upload(zipped(instance()), subject="EU-0007", experiment="CT1")
    other = connect("collaborator")
    assert digests(other, made) == digests(session, made)
    refused = [
        status_of(other.put, "/data/projects/PRACTICE/subjects/EU-9?xsiType=xnat:subjectData"),
        status_of(other.put, f"/data/subjects/{subject.id}/resources/R/files/a.csv", data=b"1"),
        status_of(other.put, "/data/projects/PRACTICE/accessibility/public"),
        status_of(other.put, "/xapi/custom-fields/projects/PRACTICE/fields", json={}),
        status_of(other.get, "/data/prearchive/projects/PRACTICE"),
        status_of(other.delete, f"/data/experiments/{made.id}"),
    ]
    assert refused == [403] * 6
    with pytest.raises(xnat.exceptions.XNATUploadError, match="403"):
        other.services.import_(data=zipped(instance()), content_type="application/zip", project="PRACTICE")


def test_member_uploads_but_neither_publishes_nor_deletes(connect, subject, instance):
    member = connect("member")
    made = member.services.import_(
        data=zipped(instance()),
        content_type="application/zip",
        import_handler="DICOM-zip",
        project="PRACTICE",
        subject="EU-0007",
        experiment="CT1",
    )
    assert status_of(member.put, "/data/projects/PRACTICE/accessibility/public") == 403
    assert status_of(member.delete, f"/data/experiments/{made.id}") == 403


def test_stranger_cannot_tell_a_private_project_from_none(connect, subject):
    stranger = connect("stranger")
    addresses = ["/data/projects/PRACTICE", "/data/projects/NOWHERE", "/data/projects/PRACTICE/subjects"]
    addresses += [f"/data/subjects/{subject.id}", "/data/projects/PRACTICE/accessibility"]
    assert [status_of(stranger.get, one) for one in addresses] == [404] * 5


@pytest.mark.parametrize("label", ["EU 7", "EU.7", "ΕΛ7", "EU#7", "a'b", "<b>", "x" * 65])
def test_label_with_other_characters_is_417(session, label):
    quoted = requests.utils.quote(label, safe="")
    for address in (f"projects/PRACTICE/subjects/{quoted}", f"projects/{quoted}"):
        assert status_of(session.put, f"/data/{address}?xsiType=xnat:subjectData") == 417


def test_name_in_use_is_409(session, project, subject):
    subject.create_resource("clinical")
    assert status_of(session.put, f"{subject.uri}/resources/clinical") == 409
    session.classes.CtSessionData(parent=subject, label="CT1")
    other = session.classes.SubjectData(parent=project, label="EU-0008")
    address = f"{other.uri}/experiments/CT1?xsiType=xnat:ctSessionData"
    assert status_of(session.put, address) == 409


def test_unknown_attribute_is_400_and_missing_item_404(session, subject):
    query = {"xsiType": "xnat:subjectData", "xnat:subjectData/colour": "red"}
    assert status_of(session.put, subject.uri, query=query) == 400
    assert status_of(session.get, "/data/projects/PRACTICE/subjects/NOBODY") == 404
    assert status_of(session.get, f"{subject.uri}/resources/R/files/a") == 404


def bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target, target.open("big", "w") as file:
        for _ in range(110):
            file.write(bytes(1 << 20))
    return buffer.getvalue()


def linked():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as target:
        link = tarfile.TarInfo("passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        target.addfile(link)
    return buffer.getvalue()


HOSTILE = {
    "climbs": zipped(b"x", names=["../../evil.dcm"]),
    "absolute": zipped(b"x", names=["/tmp/evil.dcm"]),
    "backslash": zipped(b"x", names=["a\\..\\evil.dcm"]),
    "drive": zipped(b"x", names=["C:/evil.dcm"]),
    "bomb": bomb(),
    "link": linked(),
    "cut": zipped(b"x" * 100)[:-30],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archive_is_refused_and_leaves_nothing(session, subject, folder, name):
    sent = HOSTILE[name]
    for send, address in (
        (session.post, "/data/services/import?import-handler=DICOM-zip&project=PRACTICE&subject=S&session=E"),
        (session.put, f"{subject.uri}/resources/R/files/a.zip?extract=true"),
    ):
        assert status_of(send, address, data=sent, headers={"Content-Type": "application/zip"}) == 400
    assert not list((folder / "files").iterdir())
    assert not list((folder / "incoming").iterdir())
    assert not list(folder.parent.parent.rglob("evil*"))


@pytest.mark.parametrize("path", ["%2e%2e/%2e%2e/evil", "a/%2e%2e/b", "a%5Cb", "%00", "x" * 300])
def test_hostile_file_name_is_400(node, subject, folder, path):
    request = requests.Request("PUT", "http://x", data=b"1", auth=(node.username, node.password)).prepare()
    request.url = f"{node.health_ri}{subject.uri}/resources/R/files/{path}"
    assert requests.Session().send(request, timeout=10).status_code == 400
    assert not list((folder / "files").iterdir())


def test_file_names_with_markup_and_other_scripts_come_back(session, subject):
    resource = subject.create_resource("clinical")
    for name in ("<script>&.csv", "αβγ.csv", "100%.csv", "'; DROP TABLE item;--"):
        resource.upload_data(name.encode(), requests.utils.quote(name))
        answer = session.get(f"{resource.uri}/files/{requests.utils.quote(name)}")
        assert answer.content == name.encode()
    assert "<script>" not in session.get(resource.uri).text


def test_everything_but_sessions_survives_a_restart(tmp_path, instance, connect):
    content = [instance(), instance()]
    with PracticeNodes(tmp_path / "own") as first:
        session = connect(at=first)
        options = {"project": "PRACTICE", "subject": "EU-1", "content_type": "application/zip"}
        made = session.services.import_(data=zipped(*content), experiment="CT1", **options)
        session.services.import_(
            data=zipped(*content), experiment="CT2", destination="/prearchive", **options
        )
        session.put("/data/projects/PRACTICE/accessibility/protected")
        made.create_resource("notes").upload_data(b"note", "a.txt")
    with PracticeNodes(tmp_path / "own") as second:
        assert (second.username, second.password) == (first.username, first.password)
        cookie = {"JSESSIONID": session.jsession}
        assert (
            requests.get(f"{second.health_ri}/data/JSESSION", cookies=cookie, timeout=10).status_code == 401
        )
        again = connect(at=second)
        found = again.projects["PRACTICE"].experiments["CT1"]
        assert digests(again, found) == sorted(map(md5, content))
        assert found.resources["notes"].files["a.txt"].open().read() == b"note"
        assert again.get("/data/projects/PRACTICE/accessibility").text == "protected"
        assert len(again.prearchive.sessions()[0].scans["3"].files) == 2


def test_bytes_that_a_killed_node_left_are_tidied_up(tmp_path, connect):
    left = tmp_path / "own/health-ri/files/left"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    with PracticeNodes(tmp_path / "own") as node:
        connect(at=node)
        assert not left.exists()


def test_ready_file_names_the_node(node, folder):
    assert node.ready()["health_ri"] == {
        "url": f"{node.url}/health-ri",
        "username": node.username,
        "password": node.password,
        "project": "PRACTICE",
        "inbox": str(folder / "inbox"),
    }


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("xnat-import:session-expired@1", 401),
        ("xnat:conflict@1", 409),
        ("xnat:label-refused@1", 417),
        ("xnat-import:wrong-role@1", 403),
        ("xnat-import:status=503,retry-after=1@1", 503),
        ("xnat-import:max-body=100", 413),
    ],
)
def test_ordered_refusal_of_an_import_stores_nothing(session, arm, instance, folder, fault, status):
    arm(fault)
    address = "/data/services/import?import-handler=DICOM-zip&project=PRACTICE"
    headers = {"Content-Type": "application/zip"}
    assert status_of(session.post, address, data=zipped(instance()), headers=headers) == status
    assert not list((folder / "files").iterdir())


def test_ordered_end_of_session_is_a_real_one(session, arm):
    arm("xnat:session-expired@1")
    assert [status_of(session.get, "/data/projects") for _ in range(2)] == [401, 401]


def test_lost_and_partial_imports_claim_success(session, upload, arm, instance):
    arm("xnat-import:lost@1", "xnat-import:partial=2@2")
    lost = upload(zipped(instance(), instance()), subject="EU-1", experiment="CT1")
    part = upload(
        zipped(instance(), instance(), instance()), subject="EU-1", experiment="CT2", overwrite="none"
    )
    assert [len(digests(session, one)) for one in (lost, part)] == [0, 1]


def test_dropped_connection_after_an_import_has_stored_it(session, upload, arm, instance):
    arm("xnat-import:drop-after@1")
    with pytest.raises(requests.ConnectionError):
        upload(zipped(instance()), subject="EU-1", experiment="CT1")
    session.clearcache()
    assert len(digests(session, session.projects["PRACTICE"].experiments["CT1"])) == 1


def test_upload_cut_short_leaves_nothing(session, subject, arm, folder):
    arm("xnat:drop-at=200KB@1")
    with pytest.raises(requests.ConnectionError):
        session.put(f"{subject.uri}/resources/R/files/big.bin", data=bytes(5_000_000))
    assert not list((folder / "files").iterdir())
    assert not list((folder / "incoming").iterdir())


def test_labels_and_file_names_reach_no_log(node, session, subject, upload, instance):
    subject.create_resource("clinical").upload_data(b"1", "Topsecret.csv")
    upload(zipped(instance()), subject="Topsecret", experiment="Topsecret")
    made = session.projects["PRACTICE"].subjects["Topsecret"]
    session.classes.CtSessionData(parent=made, label="Topsecret2")
    waiting = upload(zipped(instance()), destination="/prearchive", subject="A", experiment="Topsecret")
    assert len(waiting.scans) == 1
    log = requests.get(f"{node.control}/log", timeout=10).text
    assert "Topsecret" not in log
    assert all(f"/{kind}/*" in log for kind in ("subjects", "experiments", "files"))

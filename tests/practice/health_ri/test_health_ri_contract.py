"""Every operation of the XNAT REST that the `xnat` client offers a contributor, done with the real client.

Every operation has a test whose name begins with it; those that come first are about signing in.
"""

import time
import zipfile

import pytest
import requests
import xnat

from .conftest import digests, md5, zipped

OPERATIONS = (
    *("projects", "subjects", "experiments", "scans", "item"),
    *("create_project", "create_subject", "create_session", "create_scan"),
    *("set_attribute", "nested_attribute", "custom_variable"),
    *("resources", "create_resource", "resource_item"),
    *("files", "upload_file", "read_and_download", "read_only_the_size", "delete"),
    *("import_zip", "inbox", "prearchive", "archive", "prearchive_delete_move_rebuild"),
    *("accessibility", "custom_forms", "users_and_access"),
)


def test_no_operation_is_without_a_test():
    tests = [name for name in globals() if name.startswith("test_")]
    assert [one for one in OPERATIONS if not any(name.startswith(f"test_{one}") for name in tests)] == []


def test_connect_signs_in_and_disconnect_ends_the_session(session, node):
    assert session.logged_in_user == node.username
    assert session.xnat_version == "1.9.2"
    cookie = {"JSESSIONID": session.jsession}
    assert (
        requests.get(f"{node.health_ri}/data/JSESSION", cookies=cookie, timeout=10).text == session.jsession
    )
    session.disconnect()
    assert requests.get(f"{node.health_ri}/data/JSESSION", cookies=cookie, timeout=10).status_code == 401


def test_wrong_password_is_a_login_failure_in_words(node):
    with pytest.raises(xnat.exceptions.XNATLoginFailedError, match="Login attempt failed"):
        xnat.connect(node.health_ri, user=node.username, password="wrong", loglevel="CRITICAL")


def test_connect_with_jsession_and_with_alias_token(session, node):
    token = session.services.issue_token()
    for account in ({"jsession": session.jsession}, {"user": token.alias, "password": token.secret}):
        with xnat.connect(node.health_ri, loglevel="ERROR", **account) as other:
            assert other.logged_in_user == node.username
            assert "PRACTICE" in other.projects


def test_basic_login_gives_the_session_identifier_as_text(node):
    account = (node.username, node.password)
    answer = requests.get(f"{node.health_ri}/data/JSESSION", auth=account, timeout=10)
    assert answer.text == answer.cookies["JSESSIONID"]


def test_projects_lists_those_one_may_see_by_id_and_name(session, connect):
    session.classes.ProjectData(parent=session, id_="EUCAIMTEST", name="Test of a site")
    session.clearcache()
    assert list(session.projects.keys()) == ["PRACTICE", "EUCAIMTEST"]
    assert session.projects["Test of a site"].id == "EUCAIMTEST"
    assert list(connect("member").projects.keys()) == ["PRACTICE"]


def test_subjects_lists_those_of_a_project_and_of_all(session, project, subject):
    assert project.subjects["EU-0007"].id == subject.id
    assert session.subjects[subject.id].label == "EU-0007"


def test_experiments_lists_sessions_with_their_type(session, project, subject):
    experiment = session.classes.CtSessionData(parent=subject, label="EU-0007_CT1")
    project.clearcache()  # the client keeps listings
    assert project.experiments["EU-0007_CT1"].id == experiment.id
    assert subject.experiments["EU-0007_CT1"].id == experiment.id
    assert session.experiments[experiment.id].subject.label == "EU-0007"
    assert type(project.experiments["EU-0007_CT1"]).__name__ == "CtSessionData"


def test_scans_lists_by_id_and_type(session, subject):
    experiment = session.classes.CtSessionData(parent=subject, label="EU-0007_CT1")
    session.classes.CtScanData(parent=experiment, id="3", type="Thorax", series_description="Thorax 1.0")
    assert list(experiment.scans.keys()) == ["3"]
    assert experiment.scans["3"].type == "Thorax"
    assert experiment.scans["Thorax"].series_description == "Thorax 1.0"
    assert type(experiment.scans["3"]).__name__ == "CtScanData"


def test_item_shows_attributes_and_children(session, project, subject):
    subject.demographics.gender = "female"
    told = session.get_json(subject.uri)["items"][0]
    assert told["meta"]["xsi:type"] == "xnat:subjectData"
    assert told["meta"]["isHistory"] is False
    assert told["meta"]["start_date"]
    assert told["data_fields"]["label"] == "EU-0007"
    assert [child["field"] for child in told["children"]] == ["demographics"]
    assert session.create_object(subject.uri).label == "EU-0007"
    assert project.subjects["EU-0007"].data["project"] == "PRACTICE"


def test_create_project_makes_its_creator_the_owner(session):
    session.classes.ProjectData(parent=session, id_="EUCAIMTEST", name="Test of a site")
    session.clearcache()
    made = session.projects["EUCAIMTEST"]
    assert (made.name, made.access_level) == ("Test of a site", "owner")


def test_create_subject_gives_an_accession_number(session, project):
    made = session.classes.SubjectData(parent=project, label="EU-0009")
    assert (made.label, made.id.startswith("PRACTICE_S")) == ("EU-0009", True)
    session.clearcache()
    assert [one.id for one in session.projects["PRACTICE"].subjects.values()] == [made.id]


def test_create_session_once(session, subject):
    made = session.classes.MrSessionData(parent=subject, label="MR1")
    assert made.id.startswith("PRACTICE_E")
    session.clearcache()
    with pytest.raises(xnat.exceptions.XNATObjectAlreadyExistsError):
        session.classes.MrSessionData(parent=subject, label="MR1")


def test_create_scan_of_every_type_the_client_has(session, subject):
    for modality in ("Ct", "Mr", "Pet", "Mg", "Us", "OtherDicom"):
        parent = getattr(session.classes, f"{modality}SessionData")(parent=subject, label=modality)
        getattr(session.classes, f"{modality}ScanData")(parent=parent, id="1", type="x")
        session.clearcache()
        again = session.projects["PRACTICE"].experiments[modality]
        assert [type(one).__name__ for one in again.scans.values()] == [f"{modality}ScanData"]


def test_set_attribute_of_project(session, project):
    project.description = "Colon cancer, CT, 2019–2021"
    project.keywords = "colon, healthdata_catalog"
    session.clearcache()
    again = session.projects["PRACTICE"]
    assert (again.description, again.keywords) == ("Colon cancer, CT, 2019–2021", "colon, healthdata_catalog")


def test_set_attribute_label_of_subject(session, subject):
    subject.label = "EU-0008"
    session.clearcache()
    assert [one.label for one in session.projects["PRACTICE"].subjects.values()] == ["EU-0008"]


def test_nested_attribute_of_project_and_subject(session, project, subject):
    project.pi.firstname, project.pi.lastname = "Ada", "Λάμδα"
    subject.demographics.gender = "female"
    subject.demographics.age = 61
    session.clearcache()
    again = session.projects["PRACTICE"]
    assert (again.pi.firstname, again.pi.lastname) == ("Ada", "Λάμδα")
    demographics = again.subjects["EU-0007"].demographics
    assert (demographics.gender, demographics.age) == ("female", 61)


def test_custom_variable_is_set_and_removed(session, subject):
    subject.fields["diagnosis"] = "C50"
    subject.fields["stage"] = "II"
    del subject.fields["stage"]
    session.clearcache()
    again = session.projects["PRACTICE"].subjects["EU-0007"]
    assert dict(again.fields) == {"diagnosis": "C50"}


def levels(session, subject):
    experiment = session.classes.CtSessionData(parent=subject, label="CT1")
    scan = session.classes.CtScanData(parent=experiment, id="1", type="Thorax")
    return [session.projects["PRACTICE"], subject, experiment, scan]


def test_resources_lists_count_and_size_at_every_level(session, subject):
    for item in levels(session, subject):
        item.create_resource("clinical").upload_data(b"a,b\n", "a.csv", content_type="text/csv")
        session.clearcache()
        listed = session.create_object(item.uri).resources["clinical"]
        assert (listed.label, listed.file_count, listed.file_size) == ("clinical", 1, 4)
        assert type(listed).__name__ == "ResourceCatalog"


def test_create_resource_with_format(session, subject):
    made = session.classes.ResourceCatalog(parent=subject, label="NIFTI", format="NIFTI")
    assert made.format == "NIFTI"
    assert subject.create_resource("clinical").label == "clinical"
    session.clearcache()
    again = session.projects["PRACTICE"].subjects["EU-0007"]
    assert {one.label for one in again.resources.values()} == {"NIFTI", "clinical"}


def test_resource_item_is_xml_whatever_was_asked_for(session, subject):
    resource = subject.create_resource("clinical")
    answer = session.get(resource.uri, query={"format": "json"})
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<cat:Catalog')
    assert session.create_object(resource.uri).label == "clinical"


def test_resource_item_catalog_is_refreshed(session, subject):
    resource = subject.create_resource("clinical")
    resource.refresh_catalog()
    session.services.refresh_catalog(resource, checksum=True, populate_stats=True)


def test_files_lists_path_size_digest_and_content(session, subject):
    for item in levels(session, subject):
        content = f"a,b\n{item.id},é\n".encode()
        resource = item.create_resource("clinical")
        resource.upload_data(
            content, "tables/clinical data.csv", content_type="text/csv", file_content="TABLE", file_tags="x"
        )
        [file] = resource.files.values()
        assert (file.path, file.digest) == ("tables/clinical data.csv", md5(content))
        assert (file.file_size, file.file_content, file.file_tags) == (str(len(content)), "TABLE", "x")


@pytest.mark.parametrize("method", ["per_file", "tar_memory", "tgz_memory", "tar_file", "tgz_file"])
def test_upload_file_and_folder(subject, tmp_path, method):
    folder = tmp_path / "masks"
    (folder / "sub").mkdir(parents=True)
    wanted = {"a.nii": b"\x00\x01" * 1000, "sub/ä b.json": b"{}"}
    for name, content in wanted.items():
        (folder / name).write_bytes(content)
    resource = subject.create_resource("masks")
    if method == "per_file":
        for name in wanted:
            resource.upload(folder / name, name)
    else:
        resource.upload_dir(folder, method=method)
    assert {one.path: one.digest for one in resource.files.values()} == {
        name: md5(content) for name, content in wanted.items()
    }


def test_upload_file_over_existing_one_is_silently_not_done_without_overwrite(session, subject):
    resource = subject.create_resource("clinical")
    resource.upload_data(b"old", "a.csv")
    resource.upload_data(b"new", "a.csv")
    assert resource.files["a.csv"].open().read() == b"old"
    answer = session.put(f"{resource.uri}/files/a.csv", data=b"new")
    assert answer.json() == {"duplicates": ["a.csv"]}
    resource.upload_data(b"new", "a.csv", overwrite=True)
    session.clearcache()
    assert session.create_object(resource.uri).files["a.csv"].open().read() == b"new"


def test_read_and_download_file_resource_and_scans(session, subject, upload, instance, tmp_path):
    wanted = {"a.nii": b"\x00\x01" * 1000, "sub/ä b.json": b"{}"}
    resource = subject.create_resource("masks")
    for name, content in wanted.items():
        resource.upload_data(content, name)
        assert resource.files[name].open().read() == content
        resource.files[name].download(tmp_path / "one", verbose=False)  # compares the digest
        assert (tmp_path / "one").read_bytes() == content
    resource.download(tmp_path / "all.zip", verbose=False)
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert {name.partition("/files/")[2]: packed.read(name) for name in packed.namelist()} == wanted
    sent = [instance(), instance()]
    made = upload(zipped(*sent), subject="EU-0007", experiment="CT1")
    made.download(tmp_path / "scans.zip", verbose=False)
    with zipfile.ZipFile(tmp_path / "scans.zip") as packed:
        assert sorted(md5(packed.read(name)) for name in packed.namelist()) == sorted(map(md5, sent))
    assert digests(session, made) == sorted(map(md5, sent))


def test_read_only_the_size_of_a_file(session, subject, node):
    resource = subject.create_resource("clinical")
    resource.upload_data(b"x" * 300_000, "a.csv")
    assert resource.files["a.csv"].size == "300000"
    # Nothing of the other answer is in the way on this connection.
    assert resource.files["a.csv"].open().read() == b"x" * 300_000
    with pytest.raises(xnat.exceptions.XNATResponseError):
        session.head(f"{resource.uri}/files/b.csv")
    log = requests.get(f"{node.control}/log", timeout=10).json()["requests"]
    assert [entry["status"] for entry in log if entry["method"] == "HEAD"] == [200, 404]


def test_delete_file_resource_scan_session_subject_and_project(session, subject):
    session.classes.ProjectData(parent=session, id_="EUCAIMTEST", name="Test of a site")
    session.clearcache()
    session.projects["EUCAIMTEST"].delete()
    resource = subject.create_resource("clinical")
    resource.upload_data(b"1", "a.csv")
    resource.files["a.csv"].delete()
    session.clearcache()
    resource = session.create_object(resource.uri)
    assert len(resource.files) == 0
    resource.delete()
    experiment = session.classes.CtSessionData(parent=subject, label="CT1")
    session.classes.CtScanData(parent=experiment, id="3", type="Thorax")
    experiment.scans["3"].delete()
    session.clearcache()
    again = session.projects["PRACTICE"].subjects["EU-0007"]
    assert (len(again.resources), len(again.experiments["CT1"].scans)) == (0, 0)
    again.experiments["CT1"].delete()
    session.clearcache()
    assert len(session.projects["PRACTICE"].experiments) == 0
    session.projects["PRACTICE"].subjects["EU-0007"].delete()
    session.clearcache()
    assert len(session.projects["PRACTICE"].subjects) == 0
    assert list(session.projects.keys()) == ["PRACTICE"]


def test_import_zip_becomes_a_session_byte_for_byte(session, upload, instance):
    sent = [instance(), instance()]
    made = upload(zipped(*sent), subject="EU-0007", experiment="CT1", overwrite="none")
    assert (made.label, made.subject.label, type(made).__name__) == ("CT1", "EU-0007", "CtSessionData")
    assert digests(session, made) == sorted(map(md5, sent))


def ended(request):
    """Poll an import request as a user of the client would."""
    end = time.monotonic() + 20
    while (status := request.status) not in ("Completed", "Failed"):
        assert time.monotonic() < end, status
        time.sleep(0.02)
    return status


def fill(folder, *contents, name="study"):
    (folder / "inbox" / name / "deep").mkdir(parents=True)
    for number, content in enumerate(contents):
        (folder / "inbox" / name / "deep" / f"IM{number}").write_bytes(content)
    (folder / "inbox" / name / "readme.txt").write_text("no image")
    return folder / "inbox" / name


def test_inbox_folder_is_imported_while_the_client_polls(session, node, folder, instance):
    sent = [instance(), instance()]
    path = fill(folder, *sent)
    request = session.services.import_dicom_inbox(
        path, project="PRACTICE", subject="EU-0007", experiment="CT1"
    )
    assert request.uri.startswith("/xapi/dicom/")
    assert (request.username, request.project_id, request.subject_id) == (
        node.username,
        "PRACTICE",
        "EU-0007",
    )
    assert (request.session_path, request.enabled) == (str(path), True)
    assert request.created <= request.timestamp
    assert ended(request) == "Completed"
    made = session.projects["PRACTICE"].experiments["CT1"]
    assert digests(session, made) == sorted(map(md5, sent))
    assert sum(one.is_file() for one in path.rglob("*")) == 3  # nothing was cleaned up


def test_inbox_folder_is_removed_after_the_import_if_asked(session, folder, instance):
    path = fill(folder, instance())
    request = session.services.import_dicom_inbox(path, cleanup=True, project="PRACTICE", experiment="CT1")
    assert ended(request) == "Completed"
    assert not path.exists()
    assert (folder / "inbox").is_dir()


def test_prearchive_lists_sessions_scans_and_files(session, upload, instance):
    sent = [instance(), instance()]
    waiting = upload(zipped(*sent), destination="/prearchive", subject="EU-1", experiment="CT1")
    assert [one.uri for one in session.prearchive.sessions("PRACTICE")] == [waiting.uri]
    [found] = session.prearchive.find(subject="EU-1", session="CT1", status="READY")
    assert found.uploaded == waiting.uploaded
    assert sorted(md5(file.open().read()) for scan in waiting.scans for file in scan.files) == sorted(
        map(md5, sent)
    )


def test_archive_moves_a_session_out_of_the_prearchive(session, upload, instance):
    sent = [instance(), instance()]
    waiting = upload(zipped(*sent), destination="/prearchive", subject="EU-1", experiment="CT1")
    made = waiting.archive(subject="EU-2", experiment="CT2")
    assert (made.label, made.subject.label) == ("CT2", "EU-2")
    assert digests(session, made) == sorted(map(md5, sent))
    assert session.prearchive.sessions() == []


def test_prearchive_delete_move_rebuild(session, upload, instance):
    session.classes.ProjectData(parent=session, id_="OTHER", name="Other")
    waiting = upload(zipped(instance()), destination="/prearchive", subject="EU-1", experiment="CT1")
    waiting.rebuild()
    waiting.move("OTHER")
    assert session.prearchive.sessions("PRACTICE") == []
    [moved] = session.prearchive.sessions("OTHER")
    assert moved.name == "CT1"
    moved.delete()
    assert session.prearchive.sessions() == []


def test_accessibility_is_private_until_the_owner_says_otherwise(session, project, connect):
    def seen_by_stranger():
        other = connect("stranger")
        return "PRACTICE" in other.projects, other.projects.get("PRACTICE") and len(other.subjects)

    session.classes.SubjectData(parent=project, label="EU-0007")
    address = "/data/projects/PRACTICE/accessibility"
    seen = {}
    for level in ("private", "protected", "public"):
        session.put(f"{address}/{level}")
        assert session.get(address).text == level
        seen[level] = seen_by_stranger()
    assert seen == {"private": (False, None), "protected": (True, 0), "public": (True, 1)}


def test_custom_forms_of_project_subject_and_experiment(session, subject):
    experiment = session.classes.CtSessionData(parent=subject, label="CT1")
    form = {"0d1f-form": {"publisher": {"name": "A hospital"}, "theme": ["HEAL"]}}
    for below in ("", f"/subjects/{subject.id}", f"/experiments/{experiment.id}"):
        address = f"/xapi/custom-fields/projects/PRACTICE{below}/fields"
        assert session.get(address).json() == {}
        session.put(address, json=form)
        session.put(address, json={"0d1f-form": {"theme": ["OTHER"]}})
        assert session.get(address).json()["0d1f-form"] == form["0d1f-form"] | {"theme": ["OTHER"]}


def test_users_and_access_show_roles(session, project, connect, node):
    assert {
        one.login.removeprefix(node.username): one.access_level for one in project.users.data.values()
    } == {
        "": "Owners",
        "-member": "Members",
        "-collaborator": "Collaborators",
    }
    project.set_access(f"{node.username}-stranger", "collaborator")
    stranger = connect("stranger")
    assert stranger.access_levels == {"PRACTICE": "collaborator"}
    assert len(session.users) == 0  # only administrators may list everybody
    assert f"{node.username}-admin" in connect("admin").users

"""Every operation of the XNAT REST that the `xnat` client offers a contributor, done with the real client."""

import zipfile

import pytest
import requests
import xnat

from .conftest import md5


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


def test_create_list_and_delete_project(session):
    session.classes.ProjectData(parent=session, id_="EUCAIMTEST", name="Test of a site")
    session.clearcache()
    made = session.projects["EUCAIMTEST"]
    assert (made.name, made.access_level) == ("Test of a site", "owner")
    assert session.projects["Test of a site"].id == "EUCAIMTEST"
    made.delete()
    session.clearcache()
    assert list(session.projects.keys()) == ["PRACTICE"]


def test_set_attribute_and_nested_attribute_of_project(session, project):
    project.description = "Colon cancer, CT, 2019–2021"
    project.keywords = "colon, healthdata_catalog"
    project.pi.firstname, project.pi.lastname = "Ada", "Λάμδα"
    session.clearcache()
    again = session.projects["PRACTICE"]
    assert (again.description, again.keywords) == ("Colon cancer, CT, 2019–2021", "colon, healthdata_catalog")
    assert (again.pi.firstname, again.pi.lastname) == ("Ada", "Λάμδα")


def test_create_list_and_delete_subject(session, project, subject):
    assert project.subjects["EU-0007"].id == subject.id
    assert session.subjects[subject.id].label == "EU-0007"
    subject.delete()
    session.clearcache()
    assert len(session.projects["PRACTICE"].subjects) == 0


def test_set_demographics_and_custom_variable_of_subject(session, subject):
    subject.demographics.gender = "female"
    subject.demographics.age = 61
    subject.fields["diagnosis"] = "C50"
    subject.fields["stage"] = "II"
    del subject.fields["stage"]
    session.clearcache()
    again = session.projects["PRACTICE"].subjects["EU-0007"]
    assert (again.demographics.gender, again.demographics.age) == ("female", 61)
    assert dict(again.fields) == {"diagnosis": "C50"}


def test_relabel_subject(session, subject):
    subject.label = "EU-0008"
    session.clearcache()
    assert [one.label for one in session.projects["PRACTICE"].subjects.values()] == ["EU-0008"]


def test_create_list_and_delete_session_and_scan(session, project, subject):
    experiment = session.classes.CtSessionData(parent=subject, label="EU-0007_CT1")
    session.classes.CtScanData(parent=experiment, id="3", type="Thorax", series_description="Thorax 1.0")
    project.clearcache()  # the client keeps listings
    assert project.experiments["EU-0007_CT1"].id == experiment.id
    assert session.experiments[experiment.id].subject.label == "EU-0007"
    assert (experiment.scans["3"].type, experiment.scans["Thorax"].series_description) == (
        "Thorax",
        "Thorax 1.0",
    )
    experiment.scans["3"].delete()
    session.clearcache()
    again = session.projects["PRACTICE"].experiments["EU-0007_CT1"]
    assert len(again.scans) == 0
    again.delete()
    session.clearcache()
    assert len(session.projects["PRACTICE"].experiments) == 0


def test_existing_session_is_not_made_again(session, subject):
    session.classes.CtSessionData(parent=subject, label="CT1")
    session.clearcache()
    with pytest.raises(xnat.exceptions.XNATObjectAlreadyExistsError):
        session.classes.CtSessionData(parent=subject, label="CT1")


def levels(session, subject):
    experiment = session.classes.CtSessionData(parent=subject, label="CT1")
    scan = session.classes.CtScanData(parent=experiment, id="1", type="Thorax")
    return [session.projects["PRACTICE"], subject, experiment, scan]


def test_create_resource_upload_list_and_read_file_at_every_level(session, subject):
    for item in levels(session, subject):
        content = f"a,b\n{item.id},é\n".encode()
        resource = item.create_resource("clinical")
        resource.upload_data(
            content, "tables/clinical data.csv", content_type="text/csv", file_content="TABLE"
        )
        file = resource.files[0]
        assert (file.path, file.digest) == ("tables/clinical data.csv", md5(content))
        assert (file.file_size, file.file_content) == (str(len(content)), "TABLE")
        assert file.open().read() == content
        session.clearcache()
        listed = session.create_object(item.uri).resources["clinical"]
        assert (listed.file_count, listed.file_size) == (1, len(content))


def test_resource_with_format_and_xml_answer(session, subject, node):
    resource = session.classes.ResourceCatalog(parent=subject, label="NIFTI", format="NIFTI")
    assert resource.format == "NIFTI"
    answer = session.get(resource.uri, query={"format": "json"})
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<cat:Catalog')


def test_upload_over_existing_file_is_silently_not_done_without_overwrite(session, subject):
    resource = subject.create_resource("clinical")
    resource.upload_data(b"old", "a.csv")
    resource.upload_data(b"new", "a.csv")
    assert resource.files["a.csv"].open().read() == b"old"
    answer = session.put(f"{resource.uri}/files/a.csv", data=b"new")
    assert answer.json() == {"duplicates": ["a.csv"]}
    resource.upload_data(b"new", "a.csv", overwrite=True)
    session.clearcache()
    assert session.create_object(resource.uri).files["a.csv"].open().read() == b"new"


@pytest.mark.parametrize("method", ["per_file", "tar_memory", "tgz_file"])
def test_upload_folder_and_download_zip(subject, tmp_path, method):
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
    resource.download(tmp_path / "all.zip", verbose=False)
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert {name.partition("/files/")[2]: packed.read(name) for name in packed.namelist()} == wanted


def test_delete_file_and_resource(session, subject):
    resource = subject.create_resource("clinical")
    resource.upload_data(b"1", "a.csv")
    resource.files["a.csv"].delete()
    session.clearcache()
    resource = session.create_object(resource.uri)
    assert len(resource.files) == 0
    resource.delete()
    session.clearcache()
    assert len(session.projects["PRACTICE"].subjects["EU-0007"].resources) == 0


def test_catalog_refresh(session, subject):
    resource = subject.create_resource("clinical")
    resource.refresh_catalog()
    session.services.refresh_catalog(resource, checksum=True, populate_stats=True)


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


def test_users_and_roles(session, project, connect, node):
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

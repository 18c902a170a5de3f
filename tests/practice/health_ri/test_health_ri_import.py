"""Studies of the sample cohort arrive whole, where they were sent, and what cannot be right is refused."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import xnat

from .conftest import digests, md5, zipped


def test_every_study_of_the_cohort_is_archived_byte_for_byte(session, upload, studies):
    assert len(studies) > 1
    for number, (uid, files) in enumerate(studies.items()):
        label = f"EU-{number:04d}_1"
        made = upload(zipped(*files), subject=f"EU-{number:04d}", experiment=label, overwrite="none")
        assert (made.label, made.project, made.uid) == (label, "PRACTICE", uid)
        assert digests(session, made) == sorted(map(md5, files))
        assert type(made).__name__.endswith("SessionData")
    session.clearcache()
    assert len(session.projects["PRACTICE"].subjects) == len(studies)


def test_direct_archive_falls_back_to_the_prearchive_when_the_session_exists(upload, instance):
    first = upload(zipped(instance()), subject="EU-1", experiment="CT1", direct_archive=True)
    second = upload(zipped(instance()), subject="EU-1", experiment="CT1", direct_archive=True)
    assert (first.label, second.status) == ("CT1", "CONFLICT")


def test_import_into_prearchive_list_read_archive(session, upload, studies):
    uid, files = max(studies.items(), key=lambda one: len(one[1]))
    waiting = upload(zipped(*files), destination="/prearchive", subject="EU-1", experiment="CT1")
    assert re.fullmatch(r"/data/prearchive/projects/PRACTICE/\d{8}_\d{9}/CT1", waiting.uri)
    assert [one.uri for one in session.prearchive.sessions("PRACTICE")] == [waiting.uri]
    assert session.prearchive.find(subject="EU-1", session="CT1", status="READY")[0].tag == uid
    assert waiting.uploaded > waiting.timestamp.replace(year=2000)
    sent = sorted(map(md5, files))
    assert sorted(md5(file.open().read()) for scan in waiting.scans for file in scan.files) == sent
    made = waiting.archive(subject="EU-2", experiment="CT2")
    assert (made.label, made.subject.label) == ("CT2", "EU-2")
    assert digests(session, made) == sent
    assert session.prearchive.sessions() == []


def test_prearchive_and_archive_download(session, upload, instance, tmp_path):
    waiting = upload(zipped(instance(), instance()), destination="/prearchive", subject="A", experiment="B")
    waiting.download(tmp_path / "waiting.zip")
    made = waiting.archive()
    made.download(tmp_path / "made.zip", verbose=False)
    made.download_dir(tmp_path / "made", verbose=False)
    stored = [md5(one.read_bytes()) for one in (tmp_path / "made").rglob("*.dcm")]
    assert sorted(stored) == digests(session, made)


def test_labels_come_from_the_routing_tags_and_are_cleaned(upload, instance):
    comments = "Project:PRACTICE;Subject:Site A.EU-1;Session:CT#1"
    made = upload(zipped(instance(PatientComments=comments)), project=None, destination="/archive")
    assert (made.subject.label, made.label) == ("Site", "CT_1")
    assert upload(zipped(instance(PatientID="X/Ä 1")), subject="S").label == "X___1"


def test_study_without_a_project_waits_where_only_administrators_look(session, connect, node, instance):
    answer = session.post(
        "/data/services/import?import-handler=DICOM-zip&dest=/archive",
        data=zipped(instance()),
        headers={"Content-Type": "application/zip"},
    )
    assert answer.text.startswith("/data/prearchive/projects/Unassigned/")
    assert session.prearchive.sessions() == []
    assert [one.project for one in connect("admin").prearchive.sessions()] == ["Unassigned"]


def test_one_file_at_a_time_goes_to_the_prearchive(session, instance):
    address = "/data/services/import?import-handler=gradual-DICOM&project=PRACTICE&session=CT1"
    answer = session.post(address, data=instance(), headers={"Content-Type": "application/dicom"})
    assert "/data/prearchive/projects/PRACTICE/" in answer.text


def test_several_studies_in_one_zip_give_one_line_each(session, instance):
    other = instance(StudyInstanceUID="1.2.3.4", PatientID="EU-0008")
    answer = session.post(
        "/data/services/import?import-handler=DICOM-zip&project=PRACTICE",
        data=zipped(instance(), other),
        headers={"Content-Type": "application/zip"},
    )
    lines = answer.text.split("\r\n")
    assert len(lines) == 3
    assert all(line.startswith("/data/archive/projects/PRACTICE/") for line in lines[:2])


def test_existing_session_is_a_conflict_unless_overwrite_says_how(session, upload, instance):
    one, two = instance(), instance()
    upload(zipped(one), subject="EU-1", experiment="CT1")
    for overwrite in (None, "none"):
        with pytest.raises(xnat.exceptions.XNATUploadError, match="409"):
            upload(zipped(one, two), subject="EU-1", experiment="CT1", overwrite=overwrite)
    assert [one.status for one in session.prearchive.sessions("PRACTICE")] == ["CONFLICT"] * 2
    made = upload(zipped(one, two), subject="EU-1", experiment="CT1", overwrite="append")
    assert digests(session, made) == sorted([md5(one), md5(two)])


def test_append_keeps_old_files_and_delete_replaces_them(session, upload, instance):
    old = instance(SOPInstanceUID="1.2.3", InstanceNumber=1)
    new = instance(SOPInstanceUID="1.2.3", InstanceNumber=1, PatientName="Changed")
    for content, overwrite, kept in ((old, "none", old), (new, "append", old), (new, "delete", new)):
        made = upload(zipped(content), subject="EU-1", experiment="CT1", overwrite=overwrite)
        assert digests(session, made) == [md5(kept)]


@pytest.mark.parametrize(
    "other",
    [{"StudyInstanceUID": "1.2.3.4"}, {"Modality": "MR"}, {"SeriesInstanceUID": "1.2.3.4"}],
    ids=["another study", "another modality", "same scan number in another series"],
)
def test_append_of_something_else_is_a_conflict_and_changes_nothing(session, upload, instance, other):
    first = instance()
    made = upload(zipped(first), subject="EU-1", experiment="CT1")
    for options in ({"subject": "EU-1"}, {"subject": "EU-2"}):
        with pytest.raises(xnat.exceptions.XNATUploadError, match="409"):
            upload(zipped(instance(**other)), experiment="CT1", overwrite="append", **options)
    assert digests(session, made) == [md5(first)]
    session.clearcache()
    assert len(session.projects["PRACTICE"].subjects) == 1


def test_two_series_with_one_number_become_two_scans(upload, instance):
    made = upload(zipped(instance(), instance(SeriesInstanceUID="1.2.3.4")), subject="A", experiment="B")
    assert sorted(made.scans.keys()) == ["3", "3-CT1"]


def test_file_that_is_not_dicom_is_refused_and_files_before_it_stay(session, upload, instance):
    with pytest.raises(xnat.exceptions.XNATUploadError, match="400"):
        upload(zipped(instance(), b"readme"), subject="EU-1", experiment="CT1")
    assert [len(one.scans) for one in session.prearchive.sessions("PRACTICE")] == [1]
    made = upload(zipped(instance(), b"readme"), subject="EU-1", experiment="CT2", ignore_unparsable=True)
    assert len(digests(session, made)) == 1


@pytest.mark.parametrize(
    ("content", "query", "status"),
    [
        (b"no zip", "import-handler=DICOM-zip&project=PRACTICE", 400),
        (zipped(), "import-handler=DICOM-zip&project=PRACTICE", 400),
        (zipped(b"x"), "import-handler=XAR&project=PRACTICE", 400),
        (zipped(b"x"), "import-handler=DICOM-zip&project=PRACTICE&overwrite=maybe", 400),
        (zipped(b"x"), "import-handler=DICOM-zip&project=NOWHERE", 404),
    ],
)
def test_bad_import_is_refused_with_a_page(node, content, query, status):
    answer = requests.post(
        f"{node.health_ri}/data/services/import?{query}",
        data=content,
        headers={"Content-Type": "application/zip"},
        auth=(node.username, node.password),
        timeout=10,
    )
    assert answer.status_code == status
    assert answer.text.startswith("<html>")


def test_studies_that_arrive_at_once_for_one_new_subject_are_all_kept(node, session, instance):
    def send(number):
        return requests.post(
            f"{node.health_ri}/data/services/import?project=PRACTICE&subject=EU-1&session=CT{number}",
            data=zipped(
                instance(StudyInstanceUID=f"1.2.{number}"), instance(StudyInstanceUID=f"1.2.{number}")
            ),
            headers={"Content-Type": "application/zip"},
            auth=(node.username, node.password),
            timeout=30,
        ).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(8))) == {200}
    assert len(session.projects["PRACTICE"].subjects) == 1
    found = session.projects["PRACTICE"].experiments.values()
    assert [len(digests(session, one)) for one in found] == [2] * 8


def test_upload_that_waits_for_its_commit(session, instance):
    address = "/data/services/import?import-handler=DICOM-zip&prevent_auto_commit=true"
    labels = "&PROJECT_ID=PRACTICE&SUBJECT_ID=EU-1&EXPT_LABEL=CT1"
    headers = {"Content-Type": "application/zip"}
    waiting = session.post(address + labels, data=zipped(instance()), headers=headers).text.strip()
    assert waiting.startswith("/data/prearchive/")
    assert "/data/archive/projects/PRACTICE/" in session.post(f"{waiting}?action=commit").text


def test_project_can_ask_that_everything_waits(session, upload, instance):
    session.put("/data/projects/PRACTICE/prearchive_code/0")
    assert upload(zipped(instance()), subject="EU-1", experiment="CT1").status == "READY"


def test_ctp_is_told_ok_for_one_file(node, instance):
    answer = requests.post(
        f"{node.health_ri}/data/services/import?project=PRACTICE",
        data=instance(),
        headers={"Content-Type": "application/x-mirc"},
        auth=(node.username, node.password),
        timeout=10,
    )
    assert (answer.status_code, answer.text) == (200, "OK")

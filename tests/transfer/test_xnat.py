"""Upload to the Health-RI practice node: each study arrives once, faults lose nothing, nothing is claimed in vain."""

import hashlib
import os

import pytest
import requests
import xnat
from pydicom import dcmread
from pydicom.data import get_testdata_file

from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.errors import NodeError, SettingsError
from eucaim_nb.nodes import Credentials, connect
from eucaim_nb.nodes.health_ri import Xnat, labels_of
from eucaim_nb.transfer import _patience, decide_conflicts, plan, upload, verify
from eucaim_nb.transfer._carrier import carrier_of

from .conftest import control, sendable


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(_patience, "FIRST_WAIT", 0.01)


@pytest.fixture
def workspace(tmp_path):
    return workspaces.create(
        tmp_path / "submission",
        node="practice-health-ri",
        project="PRACTICE",
        practice=str(tmp_path / "ready.json"),
    )


@pytest.fixture
def archive(nodes):
    """The real client, signed in at the node."""
    ready = nodes.ready()["health_ri"]
    with xnat.connect(ready["url"], user=ready["username"], password=ready["password"], loglevel="ERROR") as session:
        yield session


@pytest.fixture
def digests(archive):
    """Digests of everything in the practice project, by its own account."""

    def of_all() -> list[str]:
        archive.clearcache()
        found = []
        for experiment in archive.projects["PRACTICE"].experiments.values():
            rows = archive.get_json(f"{experiment.uri}/scans/ALL/files")["ResultSet"]["Result"]
            found += [row["digest"] for row in rows]
        return sorted(found)

    return of_all


def here(workspace) -> list[str]:
    """Digests of what an upload of everything must bring to the server."""
    from eucaim_nb.transfer._carrier import place

    ids = [number for number, _, _ in workspace.ledger.index.sources()]
    uploads = workspace.ledger.uploads
    items = [i for pair in uploads.candidate_series(ids) for i in uploads.candidates(ids, *pair)]
    found = []
    for item in items:
        with place(workspace.folder, item).open() as file:
            found.append(hashlib.md5(file.read()).hexdigest())
    return sorted(found)


def imports(nodes):
    return [r for r in control(nodes, "/log")["requests"] if r["path"].endswith("/data/services/import")]


def test_everything_sendable_arrives_once_byte_for_byte_and_is_verified(send, scanned, nodes, digests):
    done = send()
    assert digests() == here(scanned)
    assert done.verified == done.queued == done.sent == len(sendable(scanned))
    assert (done.failed, done.already_there) == (0, 0)


def test_each_study_is_one_session_with_its_own_series_as_scans(send, scanned, archive):
    send()
    rows = scanned.ledger.index.series()
    studies = {row.study_uid for row in rows if row.instances > row.held_back}
    experiments = archive.projects["PRACTICE"].experiments
    assert len(experiments) == len(studies)
    assert {e.label for e in experiments.values()} == {
        labels_of(min(r.patient_id for r in rows if r.study_uid == study), study).session for study in studies
    }


def test_rerun_sends_nothing_that_is_there(send, nodes):
    first = send()
    before = len(imports(nodes))
    second = send()
    assert (second.sent, second.bytes, second.already_there) == (0, 0, first.queued)
    assert len(imports(nodes)) == before


def test_parallel_studies_arrive_once_each(send, scanned, digests):
    done = send(connections=4)
    assert done.failed == 0
    assert digests() == here(scanned)


FAULTS = [
    "xnat-import:status=503@1-2",
    "xnat-import:drop-before@2",
    "xnat-import:drop-after@2",
    "xnat-import:lost@1",
    "xnat-import:partial=2@1",
    "xnat-import:session-expired@2",
    "xnat:status=503@3",
    "xnat:session-expired@4",
    "xnat-login:status=503@1",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_loses_nothing_and_nothing_is_claimed_in_vain(fault, send, scanned, nodes, digests):
    nodes.faults.set([fault])
    done = send()
    if done.failed:
        done = send()
    assert sum(fault["fired"] for fault in control(nodes)["faults"]) >= 1
    nodes.faults.set([])
    assert digests() == here(scanned)
    assert (done.verified, done.failed) == (len(sendable(scanned)), 0)


def test_server_that_always_claims_success_is_not_believed(send, nodes, digests):
    nodes.faults.set(["xnat-import:lost"])
    done = send()
    nodes.faults.set([])
    assert digests() == []
    assert (done.verified, done.failed) == (0, done.queued)


@pytest.mark.parametrize(
    ("fault", "words"), [("conflict", "session of this label"), ("label-refused", "does not take the label")]
)
def test_session_that_is_refused_is_said_in_words_and_the_others_go_on(fault, words, send, scanned, nodes):
    nodes.faults.set([f"xnat-import:{fault}@1"])
    done = send()
    assert 0 < done.failed < done.queued
    assert done.verified == done.queued - done.failed
    messages = {row["message"] for row in scanned.ledger.uploads.failures("practice-health-ri")}
    assert len(messages) == 1
    assert words in messages.pop()


def test_role_that_only_reads_ends_the_upload_in_words(scanned, cohort, nodes, digests):
    with pytest.raises(NodeError, match="403"):
        upload(
            scanned,
            source=str(cohort.folder),
            override="invented people",
            credentials=Credentials("practice-collaborator", nodes.password),
        )
    assert digests() == []


def test_project_that_does_not_exist_is_said_before_anything_is_sent(scanned, cohort, nodes):
    wrong = scanned.change(project="NOWHERE")
    with pytest.raises(NodeError, match="no such project"):
        upload(wrong, source=str(cohort.folder), override="invented people")
    assert imports(nodes) == []
    with pytest.raises(SettingsError, match="name of the project"):
        plan(scanned.change(project=""), source=str(cohort.folder))


def test_dry_run_sends_nothing_and_counts_what_is_there(scanned, cohort, nodes, send):
    before = plan(scanned, source=str(cohort.folder))
    assert imports(nodes) == []
    assert (before.already_there, before.to_send) == (0, len(sendable(scanned)))
    send()
    after = plan(scanned, source=str(cohort.folder))
    assert (after.already_there, after.to_send, after.bytes) == (before.queued, 0, 0)


def test_session_removed_at_the_server_is_missed_by_verify_and_sent_again(send, scanned, archive, digests):
    first = send()
    gone = next(iter(archive.projects["PRACTICE"].experiments.values()))
    gone.delete()
    found = verify(scanned)
    assert (found.expected, found.present) == (first.queued, first.queued - found.missing)
    assert found.missing > 0
    again = send()
    assert again.sent == found.missing
    assert digests() == here(scanned)


def test_what_was_sent_can_be_compared_after_the_files_are_gone(scanned, nodes, tmp_path, cohort):
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in sorted(cohort.folder.rglob("*.dcm"))[:20]:
        (copy / file.name).write_bytes(file.read_bytes())
    scan(scanned, [copy])
    done = upload(scanned, source=str(copy), override="invented people")
    for file in copy.iterdir():
        file.unlink()
    scan(scanned, [copy])
    found = verify(scanned)
    assert (found.expected, found.present) == (done.queued, done.queued)


def test_same_uid_with_other_bytes_at_the_server_is_not_called_verified(scanned, nodes, tmp_path, cohort):
    copy = tmp_path / "copy"
    copy.mkdir()
    original = next(p for p in sorted(cohort.folder.rglob("*")) if p.is_file() and p.read_bytes()[128:132] == b"DICM")
    changed = dcmread(original)
    changed.ImageComments = "another version"
    changed.save_as(copy / "one.dcm")
    scan(scanned, [copy])
    assert upload(scanned, source=str(copy), override="invented people").verified == 1
    (copy / "one.dcm").write_bytes(original.read_bytes())
    os.utime(copy / "one.dcm")
    scan(scanned, [copy])
    done = upload(scanned, source=str(copy), override="invented people")
    assert (done.verified, done.failed) == (0, 1)


def test_password_is_in_no_file_of_the_workspace(send, scanned, nodes):
    send()
    for path in scanned.folder.rglob("*"):
        assert not path.is_file() or nodes.password.encode() not in path.read_bytes()


# Labels


@pytest.mark.parametrize("patient", ["EU-0001", "a_b-C9"])
def test_patient_id_that_is_a_label_stays_as_it_is(patient):
    assert labels_of(patient, "1.2.3").subject == patient


def test_no_two_patients_or_studies_share_a_label():
    patients = ["A B", "A_B", "A.B", "A/B", "Ä", "Ö", "", "X" * 60, "X" * 61, "Ελένη"]
    made = [labels_of(patient, f"1.2.{study}") for patient in patients for study in range(40)]
    assert len({label.session for label in made}) == len(made)
    assert len({label.subject for label in made if not label.subject.startswith("no-patient-id")}) == len(patients) - 1
    assert all(all(c.isascii() and (c.isalnum() or c in "_-") for c in label.session) for label in made)


def test_session_number_is_the_one_that_ctp_gives():
    # @hash(e, 8) of CTP's anonymizer: the first eight digits of the MD5 read as a decimal number.
    assert labels_of("P", "1.2.3").session == f"P_{str(int(hashlib.md5(b'1.2.3').hexdigest(), 16))[:8]}"


def test_wipe_of_the_practice_node_is_seen_by_the_next_run(send, nodes, scanned):
    first = send()
    requests.post(f"{nodes.control}/wipe", timeout=10).raise_for_status()
    assert send().sent == first.queued


# What XNAT is told, and what is decided


def test_dry_run_says_which_labels_and_which_would_collide(scanned, tmp_path, nodes):
    folder = tmp_path / "odd"
    folder.mkdir()
    for number, patient in enumerate(["A B", "A.B", "plain-1"]):
        one = dcmread(get_testdata_file("CT_small.dcm"))
        one.PatientID, one.StudyInstanceUID = patient, f"1.2.3.{number}"
        one.SeriesInstanceUID, one.SOPInstanceUID = f"1.2.4.{number}", f"1.2.5.{number}"
        one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
        one.save_as(folder / f"{number}.dcm")
    scan(scanned, [folder])
    found = plan(scanned, source=str(folder))
    assert len({label["session"] for label in found.labels}) == 3
    assert [bool(label["why"]) for label in sorted(found.labels, key=lambda one: one["study"])] == [True, True, False]
    assert found.collisions == [{"label": "A_B", "of": 2, "kind": "subject", "kept_apart": True}]


def test_session_is_kept_signed_in_while_a_long_request_is_under_way(send, nodes, monkeypatch):
    real = Xnat.__init__
    monkeypatch.setattr(Xnat, "__init__", lambda self, **given: real(self, **{**given, "keep_alive": 0.1}))
    nodes.faults.set(["xnat-import:delay=0.6@1"])
    assert send().failed == 0
    log = control(nodes, "/log")["requests"]
    first = next(n for n, r in enumerate(log) if r["path"].endswith("/data/services/import"))
    beats = [r for r in log[: first + 1] if r["path"].endswith("/data/JSESSION")]
    assert len(beats) >= 4  # signing in asks twice


def test_conflict_is_counted_and_nothing_is_replaced_before_somebody_decides(scanned, nodes, archive, tmp_path):
    taken, folder = _occupied(scanned, archive, tmp_path)
    done = upload(scanned, source=str(folder), override="invented people")
    assert (done.verified, done.failed, done.conflicts) == (0, 1, 1)
    assert _uid_of(archive, taken) == "9.9.9"
    again = upload(scanned, source=str(folder), override="invented people")
    assert (again.verified, again.conflicts) == (0, 1)


def test_decision_to_keep_is_remembered_and_leaves_the_session(scanned, nodes, archive, tmp_path):
    taken, folder = _occupied(scanned, archive, tmp_path)
    decided = decide_conflicts(scanned, "keep")
    assert workspaces.open_workspace(scanned.folder).settings.node_options["on_conflict"] == "keep"
    done = upload(decided, source=str(folder), override="invented people")
    assert (done.failed, _uid_of(archive, taken)) == (1, "9.9.9")
    assert "decided to keep" in scanned.ledger.uploads.failures("practice-health-ri")[0]["message"]


def test_wrong_decision_is_refused(scanned):
    with pytest.raises(SettingsError, match="keep, replace"):
        decide_conflicts(scanned, "perhaps")


def test_replace_deletes_only_the_session_that_the_node_said_conflicts(scanned, cohort, nodes, monkeypatch):
    real, asked = Xnat.import_zip, []

    def noted(self, body, labels, *, overwrite=""):
        asked.append((labels.session, overwrite))
        return real(self, body, labels, overwrite=overwrite)

    monkeypatch.setattr(Xnat, "import_zip", noted)
    decided = decide_conflicts(scanned, "replace")
    nodes.faults.set(["xnat-import:conflict@1"])
    done = upload(decided, source=str(cohort.folder), override="invented people")
    assert (done.failed, done.conflicts) == (0, 0)
    assert [session for session, overwrite in asked if overwrite == "delete"] == [asked[0][0]]


def test_session_in_which_anything_of_ours_is_confirmed_is_never_replaced(send, scanned, cohort, nodes, monkeypatch):
    first = send()
    nodes.faults.set(["xnat-import:conflict"])
    uploads, node = scanned.ledger.uploads, "practice-health-ri"
    items = [item for pair in uploads.series(node) for item in uploads.items(node, *pair)]
    assert first.verified == len(items)
    decided = decide_conflicts(scanned, "replace")
    with carrier_of(connect(decided), decided.folder) as carrier:
        study = [i for i in items if i.study_uid == items[0].study_uid]
        assert carrier.arrived(study)
        answer = carrier.store(study[:1], lambda count=0: None)
    assert answer.status == 409
    assert study[0].sop_uid in answer.refused


@pytest.mark.parametrize("destination", ["direct", "archive"])
def test_each_destination_brings_everything_into_the_archive(destination, scanned, cohort, digests):
    chosen = scanned.change(node_options={"destination": destination})
    done = upload(chosen, source=str(cohort.folder), override="invented people")
    assert done.failed == 0
    assert digests() == here(scanned)


def test_what_waits_in_the_prearchive_is_not_verified_and_not_sent_twice(scanned, cohort, nodes, archive):
    chosen = scanned.change(node_options={"destination": "prearchive"})
    first = upload(chosen, source=str(cohort.folder), override="invented people")
    assert (first.verified, first.failed) == (0, first.queued)
    sent = len(imports(nodes))
    second = upload(chosen, source=str(cohort.folder), override="invented people")
    assert (second.sent, len(imports(nodes))) == (0, sent)
    for session in archive.prearchive.sessions():
        session.archive()
    third = upload(chosen, source=str(cohort.folder), override="invented people")
    assert (third.sent, third.verified) == (0, first.queued)


def test_destination_that_does_not_exist_is_refused_in_words(scanned, cohort, nodes):
    with pytest.raises(SettingsError, match="archive, direct or prearchive"):
        upload(scanned.change(node_options={"destination": "moon"}), source=str(cohort.folder), override="x")


def _occupied(scanned, archive, tmp_path):
    """Put a session of the same label, of another study, where one of ours must go."""
    folder = tmp_path / "one"
    folder.mkdir()
    original = dcmread(get_testdata_file("CT_small.dcm"))
    original.PatientID = "EU-7"
    original.save_as(folder / "one.dcm")
    scan(scanned, [folder])
    labels = labels_of("EU-7", original.StudyInstanceUID)
    project = archive.projects["PRACTICE"]
    subject = archive.classes.SubjectData(parent=project, label=labels.subject)
    archive.classes.CtSessionData(parent=subject, label=labels.session, uid="9.9.9")
    return labels.session, folder


def _uid_of(archive, label):
    archive.clearcache()
    return archive.projects["PRACTICE"].experiments[label].uid


def test_session_that_the_node_cannot_list_fails_alone_and_is_taken_again(send, scanned, nodes, digests):
    nodes.faults.set(["xnat:damaged=6"])
    done = send()
    studies = {failure["study_instance_uid"] for failure in scanned.ledger.uploads.failures("practice-health-ri")}
    assert (len(studies), done.verified) == (1, done.queued - done.failed)
    assert 0 < done.failed < done.queued
    nodes.faults.set([])
    again = send(failed_only=True)
    assert (again.sent, again.failed) == (done.failed, 0)
    assert digests() == here(scanned)

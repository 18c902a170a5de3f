"""The de-identification run: all or nothing per file, nothing twice, nothing lost, whatever interrupts it."""

import csv
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest
from pydicom import dcmread

from eucaim_nb import jobs, workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.deid import _treat, change_answers, deidentify, findings, load_profile
from eucaim_nb.dicom import scan
from eucaim_nb.errors import ProfileError, Refused, WorkspaceError
from eucaim_nb.identity import key_of
from eucaim_nb.jobs import Progress, Stopped
from eucaim_nb.ledger import DeidState
from eucaim_nb.transfer import upload


@pytest.fixture
def scanned(workspace, cohort):
    """The workspace, with the sample cohort in its index."""
    scan(workspace, [cohort.folder])
    return workspace


@pytest.fixture
def folder(cohort, tmp_path):
    """Four planes of one CT, which a test may change."""
    path = tmp_path / "originals"
    path.mkdir()
    for number, plane in enumerate(sorted((cohort.folder / "dicom").rglob("SE001/IM000[1-4]*"))[:4]):
        shutil.copyfile(plane, path / f"{number}.dcm")
    return path


@pytest.fixture
def few(workspace, folder):
    """The workspace, with these four planes in its index."""
    scan(workspace, [folder])
    return workspace


def tree(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def images(workspace) -> list[Path]:
    return sorted(workspace.deidentified.rglob("*.dcm"))


def twin(workspace, folder: Path, original: Path):
    """A second workspace with the same key and the same originals."""
    made = workspaces.create(folder, node="practice-upv")
    shutil.copyfile(workspace.folder / "private" / "pseudonym.key", made.folder / "private" / "pseudonym.key")
    scan(made, [original])
    return made


def kinds(workspace) -> set[str]:
    return {found.kind for found in findings(workspace)}


def rewrite(path: Path, **values) -> None:
    """Change attributes of a file in place."""
    dataset = dcmread(path)
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(path)


def test_every_usable_original_has_one_verified_output_and_the_others_a_reason(scanned, cohort):
    before = tree(cohort.folder)
    done = deidentify(scanned)
    assert tree(cohort.folder) == before
    assert done.written == done.outputs == done.verified == len(images(scanned)) > 100
    assert (done.skipped, done.already) == (done.findings.get("exact duplicate", 0), 0)
    rows = list(scanned.ledger.deidentified.rows())
    assert done.outputs + done.skipped + done.quarantined == len(rows)
    assert all(row.reason and row.kind for row in rows if row.state is not DeidState.WRITTEN)
    assert done.quarantined == done.errors == 3  # no preamble, cut off, same UID with other content
    assert done.other_files > 0
    assert {row.output for row in rows if row.output} == {
        path.relative_to(scanned.deidentified).as_posix() for path in images(scanned)
    }
    for row in scanned.ledger.deidentified.rows(DeidState.WRITTEN):
        data = (scanned.deidentified / row.output).read_bytes()
        assert (row.size, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert row.counts["00100020 pseudonym"] == 1
        assert row.verified_at is not None


def test_outputs_are_closed_to_other_users_and_named_by_what_they_hold(few):
    deidentify(few)
    for path in images(few):
        dataset = dcmread(path)
        patient, study, series, name = path.relative_to(few.deidentified).parts
        assert patient == dataset.PatientID
        for part, uid in ((study, dataset.StudyInstanceUID), (series, dataset.SeriesInstanceUID)):
            assert part == hashlib.sha256(uid.encode()).hexdigest()[:10]
        assert name == hashlib.sha256(dataset.SOPInstanceUID.encode()).hexdigest()[:12] + ".dcm"
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert {stat.S_IMODE(up.stat().st_mode) for up in list(path.parents)[:3]} == {0o700}


def test_second_run_does_nothing(scanned):
    first = deidentify(scanned)
    before = {path: path.stat().st_mtime_ns for path in images(scanned)}
    again = deidentify(scanned)
    assert (again.written, again.unchanged, again.actions) == (0, first.written, {})
    assert (again.quarantined, again.verified) == (first.quarantined, first.verified)
    assert {path: path.stat().st_mtime_ns for path in images(scanned)} == before


def test_two_processes_write_the_same_as_one(scanned, cohort, tmp_path):
    deidentify(scanned, workers=1)
    other = twin(scanned, tmp_path / "twin", cohort.folder)
    assert deidentify(other, workers=2).verified == len(images(other))
    assert tree(other.deidentified) == tree(scanned.deidentified)
    for name in ("private/patient_mapping.csv", "private/uid_mapping.csv", "clinical/relative_days.csv"):
        assert (other.folder / name).read_bytes() == (scanned.folder / name).read_bytes()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_check_finds_in_a_worker_reaches_the_ledger_and_the_gate(few, folder, workers):
    rewrite(folder / "2.dcm", PlateID="TRAY471182", FilterType="TRAY471182")  # kept as a code, and the plate's number
    scan(few, [folder])
    for _ in range(2):
        done = deidentify(few, workers=workers)
        assert (done.outputs, done.verified, done.errors) == (4, 3, 1)
        (found,) = findings(few)
        assert (found.kind, found.tag, found.place[2]) == ("original number", "(0018,1160)", b"2.dcm")
        (left,) = [row for row in few.ledger.deidentified.rows() if row.verified_at is None]
        assert found.output == left.output


def test_an_output_that_the_disk_does_not_give_back_as_it_was_written_is_not_verified(few, monkeypatch):
    whole = _treat.write

    def damaging(path, pieces):
        written = whole(path, pieces)
        path.write_bytes(path.read_bytes()[:-2] + b"??")
        return written

    monkeypatch.setattr(_treat, "write", damaging)
    done = deidentify(few, workers=1)
    assert (done.outputs, done.verified, kinds(few)) == (4, 0, {"contradiction"})
    monkeypatch.undo()
    assert deidentify(few).verified == 4
    assert findings(few) == []


_RUN = """
import sys
from eucaim_nb.deid import deidentify
from eucaim_nb.workspace import open_workspace
if __name__ == "__main__":
    deidentify(open_workspace(sys.argv[1]), workers=int(sys.argv[2]))
"""


@pytest.mark.parametrize(("seen", "workers"), [(1, 1), (30, 2), (80, 1)])
def test_run_killed_at_any_instant_and_repeated_leaves_what_an_undisturbed_run_leaves(
    scanned, cohort, tmp_path, seen, workers
):
    key_of(scanned)
    undisturbed = twin(scanned, tmp_path / "twin", cohort.folder)
    deidentify(undisturbed, workers=1)
    program = tmp_path / "run.py"
    program.write_text(_RUN)
    running = subprocess.Popen([sys.executable, program, scanned.folder, str(workers)])
    end = time.monotonic() + 60
    while len(list(scanned.deidentified.rglob("*.dcm"))) < seen and time.monotonic() < end:
        time.sleep(0.001)
    children = psutil.Process(running.pid).children(recursive=True) if running.poll() is None else []
    running.send_signal(signal.SIGKILL)
    running.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
    (scanned.deidentified / ".incoming.left").write_bytes(b"a file that was being written")
    done = deidentify(scanned, workers=1)
    assert tree(scanned.deidentified) == tree(undisturbed.deidentified)
    assert done.verified == done.outputs == len(images(scanned))
    assert (scanned.folder / "private/uid_mapping.csv").read_bytes() == (
        undisturbed.folder / "private/uid_mapping.csv"
    ).read_bytes()


def test_stopped_run_keeps_what_it_wrote_and_goes_on_there(scanned):
    class Impatient(Progress):
        def check(self) -> None:
            if self.doing == "De-identifying" and self.done > 50:
                self.stop.set()
            super().check()

    with pytest.raises(Stopped):
        deidentify(scanned, workers=1, progress=Impatient())
    kept = len(list(scanned.ledger.deidentified.rows(DeidState.WRITTEN)))
    assert 0 < kept == len(images(scanned))
    again = deidentify(scanned)
    assert again.unchanged == kept
    assert again.verified == again.outputs > kept


def test_changed_original_is_treated_again_after_a_scan_and_only_that(few, folder):
    deidentify(few)
    rewrite(folder / "2.dcm", SliceThickness="7")
    assert deidentify(few).findings == {}  # the index does not know yet, and the output is what it was made from
    scan(few, [folder])
    again = deidentify(few)
    assert (again.written, again.unchanged, again.verified) == (1, 3, 4)
    assert sorted(str(dcmread(path).SliceThickness) for path in images(few)).count("7") == 1


@pytest.mark.parametrize("what", ["gone", "changed"])
def test_original_that_is_not_as_scanned_is_a_finding_and_not_a_crash(few, folder, what):
    path = folder / "1.dcm"
    if what == "gone":
        path.unlink()
    else:
        rewrite(path, SliceThickness="7")
    done = deidentify(few)
    assert (done.written, done.skipped, done.warnings) == (3, 1, 1)
    (found,) = findings(few)
    assert found.kind == {"gone": "vanished", "changed": "changed since the scan"}[what]
    assert "Scan again" in found.message or "scan again" in found.message
    scan(few, [folder])
    again = deidentify(few)
    assert (again.written, again.findings) == ({"gone": 0, "changed": 1}[what], {})


def test_outputs_stay_when_the_drive_with_the_originals_is_not_connected(few, folder):
    deidentify(few)
    before = tree(few.deidentified)
    folder.rename(folder.parent / "unplugged")
    done = deidentify(few, profile="basic")
    assert (done.written, done.outputs, done.verified, done.warnings) == (0, 4, 4, 4)
    assert kinds(few) == {"vanished"}
    assert tree(few.deidentified) == before
    (folder.parent / "unplugged").rename(folder)
    assert deidentify(few, profile="basic").written == 4
    assert findings(few) == []


def test_damaged_output_is_written_again(few):
    deidentify(few)
    before = tree(few.deidentified)
    images(few)[0].write_bytes(b"damaged")
    images(few)[1].unlink()
    again = deidentify(few)
    assert (again.written, again.verified) == (2, 4)
    assert tree(few.deidentified) == before


def test_file_that_was_cut_off_is_set_aside_and_not_copied(few, folder):
    (folder / "0.dcm").write_bytes((folder / "0.dcm").read_bytes()[:-2000])
    scan(few, [folder])
    done = deidentify(few)
    assert (done.written, done.quarantined) == (3, 1)
    assert kinds(few) == {"truncated pixel data"}
    assert len(images(few)) == 3
    assert list(few.folder.rglob("*quarantine*")) == []


def test_output_of_a_file_that_was_later_damaged_does_not_stay(few, folder):
    deidentify(few)
    (folder / "0.dcm").write_bytes((folder / "0.dcm").read_bytes()[:-2000])
    scan(few, [folder])
    assert deidentify(few).quarantined == 1
    assert len(images(few)) == 3


def test_exact_duplicate_is_written_once_and_other_content_under_its_uid_is_set_aside(few, folder):
    shutil.copyfile(folder / "1.dcm", folder / "copy.dcm")
    shutil.copyfile(folder / "1.dcm", folder / "other.dcm")
    rewrite(folder / "other.dcm", SliceThickness="9")
    scan(few, [folder])
    for _ in range(2):
        done = deidentify(few)
        assert (done.outputs, done.quarantined, done.skipped - done.unchanged) == (4, 1, 1)
        assert kinds(few) == {"exact duplicate", "same UID, other content"}
    assert "9" not in {str(dcmread(path).SliceThickness) for path in images(few)}


def test_first_of_two_files_with_one_uid_stays_first_when_folders_come_one_by_one(few, folder, tmp_path):
    later = tmp_path / "later"
    later.mkdir()
    shutil.copyfile(folder / "1.dcm", later / "a.dcm")
    rewrite(later / "a.dcm", SliceThickness="9")
    scan(few, [later])
    assert deidentify(few, sources=[later]).written == 1
    done = deidentify(few)
    assert (done.written, done.quarantined) == (3, 1)
    assert "9" in {str(dcmread(path).SliceThickness) for path in images(few)}


def test_own_outputs_scanned_as_originals_are_left_alone(few, tmp_path):
    deidentify(few)
    away = tmp_path / "away"
    shutil.copytree(few.deidentified, away)
    other = workspaces.create(tmp_path / "other", node="practice-upv")
    scan(other, [away])
    done = deidentify(other)
    assert (done.written, done.already, done.outputs) == (0, 4, 0)
    assert images(other) == []


def test_scanned_outputs_are_said_to_be_done_already_and_nothing_of_them_changes(few, tmp_path):
    deidentify(few)
    before = tree(few.deidentified)
    other = workspaces.create(tmp_path / "other", node="practice-upv")
    scan(other, [few.deidentified])
    for _ in range(2):
        done = deidentify(other, profile="basic")
        assert (done.already, done.written, done.errors, done.warnings) == (4, 0, 0, 0)
    assert {found.kind for found in findings(other)} == {"de-identified by this program"}
    assert all("left alone" in found.message for found in findings(other))
    assert tree(few.deidentified) == before
    assert "de-identified by this program already" in workflow.step("deidentify", other).sentence


@pytest.mark.parametrize("policy", ["quarantine", "drop"])
def test_document_is_set_aside_or_left_out_as_the_profile_says_and_the_outputs_before_go_with_it(few, folder, policy):
    deidentify(few)
    document = dcmread(folder / "0.dcm")
    document.EncapsulatedDocument = b"%PDF-1.7 Garcia"
    document.save_as(folder / "0.dcm")
    scan(few, [folder])
    profile = change_answers(few, load_profile("eucaim"), {"documents": policy, "dates": "month"}, "a test")
    planned = deidentify(few, profile=profile, dry_run=True)
    for _ in range(2):
        done = deidentify(few, profile=profile)
        assert len(images(few)) == done.verified == 3
        assert (done.dropped, done.quarantined) == {"drop": (1, 0), "quarantine": (0, 1)}[policy]
        assert (planned.dropped, planned.quarantined) == (done.dropped, done.quarantined)
        assert done.errors == {"drop": 0, "quarantine": 1}[policy]
        (found,) = findings(few)
        assert (found.kind, found.severity) == ("encapsulated document", {"drop": "INFO", "quarantine": "ERR"}[policy])
        assert {"drop": "leaves such instances out", "quarantine": "sets such instances aside"}[policy] in found.message
    assert workflow.step("deidentify", few).state is workflow.StepState.DONE


def test_kept_uids_are_the_same_in_files_names_and_crosswalk_and_verified(few, folder):
    profile = change_answers(few, load_profile("eucaim"), {"retain-uids": "yes", "dates": "keep"}, "a test")
    done = deidentify(few, profile=profile)
    assert done.verified == len(images(few)) == 4
    kept = {str(dcmread(path).SOPInstanceUID) for path in images(few)}
    assert kept == {str(dcmread(path).SOPInstanceUID) for path in folder.iterdir()}
    rows = few.ledger.deidentified.rows(DeidState.WRITTEN)
    assert {row.sop_uid for row in rows} == kept


def test_files_that_another_program_stamped_are_treated_and_reported(few, folder):
    rewrite(folder / "3.dcm", PatientIdentityRemoved="YES", DeidentificationMethod="SomeTool 2.1")
    scan(few, [folder])
    done = deidentify(few)
    assert (done.written, done.warnings) == (4, 1)
    assert kinds(few) == {"said to be de-identified"}
    identifiers = {str(dcmread(path).PatientID) for path in folder.iterdir()}
    assert not identifiers & {str(dcmread(path).PatientID) for path in images(few)}


def test_another_profile_replaces_the_outputs_and_another_key_leaves_nothing_of_the_old_one(few):
    deidentify(few)
    first = tree(few.deidentified)
    done = deidentify(few, profile="basic")
    assert done.written == done.verified == 4
    assert set(tree(few.deidentified)) == set(first)
    assert set(tree(few.deidentified).values()).isdisjoint(first.values())
    secret = few.folder / "private" / "pseudonym.key"
    other = few.folder.parent / "other"
    workspaces.create(other, node="practice-upv")
    key_of(workspaces.open_workspace(other))
    shutil.copyfile(other / "private" / "pseudonym.key", secret)
    again = deidentify(few)
    assert (again.written, again.verified, len(images(few))) == (4, 4, 4)
    assert set(tree(few.deidentified)).isdisjoint(first)
    old = {patient for path in first for patient in [path.split("/")[0]]}
    assert not old & {row["id_new"] for row in table(few, "private/patient_mapping.csv")}
    assert not old & set(os.listdir(few.deidentified))


def test_foreign_files_in_the_folder_of_outputs_are_never_touched(few):
    foreign = few.deidentified / "from-elsewhere" / "IM1.dcm"
    foreign.parent.mkdir()
    foreign.write_bytes(b"not ours")
    deidentify(few)
    deidentify(few, profile="basic")
    assert foreign.read_bytes() == b"not ours"


def test_output_never_replaces_another_instance(few):
    deidentify(few)
    first, second, *_ = images(few)
    content = second.read_bytes()
    shutil.copyfile(second, first)
    done = deidentify(few)
    assert first.read_bytes() == content
    assert (done.written, done.quarantined) == (0, 1)
    assert kinds(few) == {"output of another instance"}
    first.unlink()
    assert deidentify(few).verified == 4


def table(workspace, name: str) -> list[dict[str, str]]:
    with open(workspace.folder / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_crosswalk_links_every_output_with_its_original(scanned, cohort):
    deidentify(scanned)
    patients = {row["id_old"]: row["id_new"] for row in table(scanned, "private/patient_mapping.csv")}
    uids = {row["id_old"]: row["id_new"] for row in table(scanned, "private/uid_mapping.csv")}
    assert len(set(uids.values())) == len(uids)
    assert len(set(patients.values())) == len(patients) == cohort.patients
    outputs = {dcmread(path, stop_before_pixels=True).SOPInstanceUID: path for path in images(scanned)}
    index = scanned.ledger.index
    for row in scanned.ledger.deidentified.rows(DeidState.WRITTEN):
        place = map(os.fsdecode, index.place(row.file_id)[:3])
        old = dcmread(Path(*place), stop_before_pixels=True)
        new = dcmread(outputs[uids[old.SOPInstanceUID]], stop_before_pixels=True)
        assert patients[str(old.PatientID)] == new.PatientID
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
            if keyword in old:
                assert uids[old[keyword].value] == new[keyword].value
    if os.name == "posix":
        for name in ("patient_mapping.csv", "uid_mapping.csv"):
            assert stat.S_IMODE((scanned.folder / "private" / name).stat().st_mode) == 0o600


def test_days_between_studies_are_those_of_the_originals_and_of_the_outputs(scanned):
    deidentify(scanned)
    rows = table(scanned, "clinical/relative_days.csv")
    days = {row["StudyInstanceUID"]: int(row["DaysFromFirstStudy"]) for row in rows}
    assert min(days.values()) == 0 < max(days.values())
    for path in images(scanned):
        dataset = dcmread(path, stop_before_pixels=True)
        assert dataset.LongitudinalTemporalOffsetFromEvent == days[dataset.StudyInstanceUID]


def test_earlier_study_that_comes_later_moves_the_baseline_of_all_files_of_the_patient(few, folder, tmp_path):
    deidentify(few)
    assert {dcmread(path).LongitudinalTemporalOffsetFromEvent for path in images(few)} == {0}
    earlier = tmp_path / "earlier"
    earlier.mkdir()
    shutil.copyfile(folder / "0.dcm", earlier / "a.dcm")
    date = str(dcmread(folder / "0.dcm").StudyDate)
    rewrite(
        earlier / "a.dcm",
        StudyDate=f"{int(date[:4]) - 1}{date[4:]}",
        StudyInstanceUID="1.2.3.4",
        SeriesInstanceUID="1.2.3.5",
        SOPInstanceUID="1.2.3.6",
    )
    scan(few, [earlier])
    assert deidentify(few).written == 5
    assert {dcmread(path).LongitudinalTemporalOffsetFromEvent for path in images(few)} in ({0, 365}, {0, 366})


def test_patient_ids_that_a_spreadsheet_would_calculate_are_defused(few, folder):
    for path in folder.iterdir():
        rewrite(path, PatientID="=1+2")
    scan(few, [folder])
    deidentify(few)
    assert [row["id_old"] for row in table(few, "private/patient_mapping.csv")] == ["'=1+2"]


def test_nothing_that_identifies_reaches_reasons_logs_events_or_the_summary(scanned, cohort):
    job = jobs.run(scanned, "deidentify", {})
    assert job.result["written"] > 0
    ledger = scanned.ledger
    said = [str(job), str(ledger.events.all())]
    said += [f"{row.reason} {row.kind} {row.output} {dict(row.counts)}" for row in ledger.deidentified.rows()]
    said += [f"{found.message} {found.tag}" for found in findings(scanned)]
    said += [path.read_text() for path in scanned.logs.iterdir()]
    said += [str(ledger.deidentified.recipe(row.recipe)) for row in list(ledger.deidentified.rows())[:1]]
    text = "\n".join(said)
    for dataset in {
        str(one.PatientID): one
        for path in (cohort.folder / "dicom").rglob("IM0002*")
        if path.is_file() and (one := dcmread(path, stop_before_pixels=True, force=True)).get("PatientID")
    }.values():
        for value in (dataset.PatientID, dataset.PatientName.family_name, dataset.StudyInstanceUID):
            assert str(value) not in text


def test_dry_run_counts_what_a_run_does_and_writes_nothing(scanned):
    before = tree(scanned.folder)
    planned = deidentify(scanned, dry_run=True)
    assert tree(scanned.folder) == before
    done = deidentify(scanned)
    assert (planned.written, planned.quarantined, planned.skipped) == (done.written, done.quarantined, done.skipped)
    assert planned.actions == done.actions
    assert planned.actions["(0010,0020) Patient ID"] == {"pseudonym": done.written}
    assert planned.findings == done.findings


def test_members_of_archives_are_deidentified_too(workspace, folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "cd.zip", "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"CD/{path.name}")
    zipped = tmp_path / "zipped"
    zipped.mkdir()
    shutil.move(tmp_path / "cd.zip", zipped)
    scan(workspace, [zipped], archives=True)
    assert deidentify(workspace).verified == 4


def test_lethe_compatible_profile_gives_the_ids_of_the_eucaim_anonymiser(few, folder):
    deidentify(few, profile="lethe-compatible", secret="a secret")
    original = str(dcmread(folder / "0.dcm").PatientID)
    number = int.from_bytes(hashlib.md5(f"[a secret]{original}".encode()).digest(), "big")
    assert {dcmread(path).PatientID for path in images(few)} == {f"EUCAIM-{number}"}
    assert "a secret" not in str(few.ledger.deidentified.recipe(next(few.ledger.deidentified.rows()).recipe))


def test_what_cannot_be_done_is_said_in_words(workspace, few, tmp_path):
    with pytest.raises(ProfileError, match="no profile"):
        deidentify(few, profile="nonsense")
    with pytest.raises(WorkspaceError, match="Scan them first"):
        deidentify(few, sources=[tmp_path / "elsewhere"])
    empty = workspaces.create(tmp_path / "empty", node="practice-upv")
    with pytest.raises(WorkspaceError, match="Scan one first"):
        deidentify(empty)


# The gate in front of the upload


def test_verified_outputs_are_uploaded_without_a_reason_and_nothing_else_is(few, folder, nodes):
    with pytest.raises(Refused, match="not been verified"):
        upload(few, source=str(folder))
    deidentify(few)
    assert upload(few).verified == 4
    with pytest.raises(Refused, match="not been verified"):
        upload(few, source=str(folder))


def test_output_that_changed_after_verification_closes_the_gate_and_is_counted(few, nodes):
    deidentify(few)
    images(few)[1].write_bytes(images(few)[1].read_bytes() + b"\0\0")
    with pytest.raises(Refused, match="1 of these 4 images have not been verified"):
        upload(few)
    scan(few, [few.deidentified])
    with pytest.raises(Refused, match="1 of these 4"):
        upload(few)
    deidentify(few)
    assert upload(few).verified == 4


def test_foreign_image_among_the_outputs_closes_the_gate(few, folder, nodes):
    deidentify(few)
    shutil.copyfile(folder / "0.dcm", few.deidentified / "slipped-in.dcm")
    scan(few, [few.deidentified])
    with pytest.raises(Refused, match="1 of these 5"):
        upload(few)
    assert upload(few, override="seen by the DPO").verified == 5
    (event,) = [one for one in few.ledger.events.all() if one.action.startswith("upload without")]
    assert (event.detail["reason"], event.detail["unverified"]) == ("seen by the DPO", 1)


def test_output_that_failed_verification_closes_the_gate(few, nodes):
    deidentify(few)
    row = next(few.ledger.deidentified.rows())
    few.ledger.deidentified.note_verified([], {row.id: []})
    with pytest.raises(Refused, match="1 of these 4"):
        upload(few)

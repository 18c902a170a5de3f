"""The pack holds each image once, tidily and unchanged, lets out only what may leave, and writes over nothing."""

import csv
import hashlib
import json
import os
from pathlib import Path

import pytest
from pydicom import dcmread

from eucaim_nb import workspace as workspaces
from eucaim_nb.dicom import scan
from eucaim_nb.errors import Refused, SettingsError, WorkspaceError
from eucaim_nb.transfer.pack import _copy, pack

from .conftest import sendable


@pytest.fixture
def packed(scanned, cohort, tmp_path):
    def run(name="pack", **options):
        given = {"source": str(cohort.folder), "override": "invented people", **options}
        return pack(scanned, out=str(tmp_path / name), **given), tmp_path / name

    return run


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("link", [False, True])
def test_every_image_is_there_once_byte_for_byte_with_its_digest(link, packed, scanned):
    done, folder = packed(link=link)
    listed = rows(folder / "manifest.csv")
    assert {row["SOPInstanceUID"] for row in listed} == sendable(scanned)
    assert done.images == len(listed) == len({row["File"] for row in listed})
    for row in listed:
        content = (folder / row["File"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["SHA256"]
    files = {p.relative_to(folder).as_posix() for p in (folder / "images").rglob("*") if p.is_file()}
    assert files == {row["File"] for row in listed}


def test_folders_are_patient_study_series(packed, scanned):
    _, folder = packed()
    for row in rows(folder / "manifest.csv")[:20]:
        header = dcmread(folder / row["File"], stop_before_pixels=True)
        assert header.StudyInstanceUID == row["StudyInstanceUID"]
        assert len(Path(row["File"]).parts) == 5


def test_tables_begin_with_patient_id_and_no_cell_is_a_formula(packed):
    _, folder = packed()
    for name in ("patients.csv", "manifest.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        assert text.startswith("PatientID,")
        assert not [line for line in text.splitlines() if line.startswith(("=", "+", "@"))]


def test_steps_come_from_the_procedure_with_their_links(packed):
    _, folder = packed()
    steps = (folder / "STEPS.txt").read_text(encoding="utf-8")
    assert "QP-Insights Uploader" in steps
    assert "https://" in steps
    assert "CTP" not in steps


def test_images_that_nobody_verified_stay_without_a_reason(packed, scanned):
    with pytest.raises(Refused, match="not been verified"):
        packed(override=None)
    _, folder = packed()
    assert "upload without verified de-identification" in {one.action for one in scanned.ledger.events.all()}
    assert "Not verified as de-identified" in (folder / "check.html").read_text(encoding="utf-8")


def test_folder_with_anything_in_it_is_refused(packed, tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "letter.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="not empty"):
        packed()
    assert [p.name for p in (tmp_path / "pack").iterdir()] == ["letter.txt"]


def test_folder_inside_the_workspace_is_refused(scanned, cohort):
    with pytest.raises(WorkspaceError, match="inside the workspace"):
        pack(scanned, out=str(scanned.folder / "deidentified" / "x"), source=str(cohort.folder), override="x")


def test_pack_that_was_cut_off_goes_on_and_ends_the_same(packed, monkeypatch, tmp_path):
    real, count = _copy.put, 0

    def failing(source, original, target):
        nonlocal count
        count += 1
        if count == 15:
            raise OSError(28, "No space left on device")
        return real(source, original, target)

    monkeypatch.setattr("eucaim_nb.transfer.pack._pack.put", failing)
    with pytest.raises(WorkspaceError, match="No space left"):
        packed()
    assert not (tmp_path / "pack" / "manifest.csv").exists()
    done, folder = packed()
    assert done.images == len(rows(folder / "manifest.csv"))


def test_image_changed_in_the_pack_is_not_written_over(packed):
    _, folder = packed()
    image = next((folder / "images").rglob("*.dcm"))
    image.write_bytes(b"changed by hand")
    with pytest.raises(WorkspaceError, match="another file"):
        packed()
    assert image.read_bytes() == b"changed by hand"


def test_file_changed_since_the_scan_is_not_packed(packed, scanned, cohort, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    original = next(p for p in sorted(cohort.folder.rglob("*.dcm")) if p.read_bytes()[128:132] == b"DICM")
    (copy / "one.dcm").write_bytes(original.read_bytes())
    scan(scanned, [copy])
    os.utime(copy / "one.dcm", ns=(1, 1))
    with pytest.raises(WorkspaceError, match="changed since it was indexed"):
        packed(source=str(copy))


def exported(workspace, name, kind, text):
    """Write a table as the preparation of clinical data would, and list it."""
    folder = workspace.folder / "clinical"
    (folder / name).write_text(text)
    one = {"kind": kind, "file": name, "sha256": hashlib.sha256(text.encode()).hexdigest(), "bytes": len(text)}
    (folder / "exports.json").write_text(json.dumps([one]))


def test_exported_table_goes_along_and_strangers_and_patients_without_a_row_are_told(packed, scanned):
    exported(scanned, "form.csv", "upv-csv", "PatientID,Stage\nNOBODY,II\nNOBODY,III,x\n")
    done, folder = packed()
    assert (folder / "form.csv").exists()
    told = " ".join(done.problems)
    assert "2 rows are of patients without images" in told
    assert f"{len(rows(folder / 'patients.csv')):,} patients of this pack have no row" in told
    assert "1 rows have more or fewer cells" in told
    assert "NOBODY" not in told


def test_table_that_nobody_exported_for_the_uploader_stays_here(packed, scanned):
    (scanned.folder / "clinical" / "relative_days.csv").write_text("PatientID,Days\nP1,3\n")
    exported(scanned, "table.csv", "xnat-csv", "PatientID,Stage\nP1,II\n")
    done, folder = packed()
    assert not list(folder.glob("*days*")) + list(folder.glob("table*"))
    assert "No clinical table was exported" in " ".join(done.problems)


def test_table_changed_since_it_was_checked_is_not_packed(packed, scanned):
    exported(scanned, "form.csv", "upv-csv", "PatientID,Stage\nP1,II\n")
    (scanned.folder / "clinical" / "form.csv").write_text("PatientID,Stage\nP1,IV\n")
    with pytest.raises(WorkspaceError, match="changed since it was checked"):
        packed()


def test_two_patients_whose_numbers_look_alike_keep_folders_of_their_own(scanned, tmp_path):
    from eucaim_nb.transfer.pack._pack import _Names

    names = _Names()

    class Item:
        def __init__(self, patient):
            self.patient_id, self.study_uid, self.series_uid, self.sop_uid = patient, "1", "2", patient

    folders = {names.path(Item(patient)).split("/")[1] for patient in ("A B", "A.B", "a_b", "")}
    assert len({one.lower() for one in folders}) == 4


def test_health_ri_has_no_such_pack(tmp_path):
    other = workspaces.create(tmp_path / "hri", node="practice-health-ri", project="P")
    with pytest.raises(SettingsError, match="UPV"):
        pack(other, out=str(tmp_path / "pack"))

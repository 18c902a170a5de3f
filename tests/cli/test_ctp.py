"""`eucaim-nb ctp`, `pack`, `nifti-headers` and `upload nifti` keep to the contract of the command line."""

import json
import shutil

import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.cli import main
from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan


@pytest.fixture
def health_ri(tmp_path, nodes):
    return workspaces.create(
        tmp_path / "submission",
        node="practice-health-ri",
        project="PRACTICE",
        practice=str(tmp_path / "ready.json"),
    )


def run(capsys, *arguments):
    status = main([*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_ctp_names_its_files_and_what_the_check_found(health_ri, capsys, tmp_path):
    status, said = run(capsys, "ctp", str(health_ri.folder), "--out", str(tmp_path / "files"))
    names = {file.rpartition("/")[2] for file in said["files"]}
    assert {"config.xml", "anonymizer.script", "anonymizerXnat.script", "filter.script", "lookup.properties"} <= names
    assert {note["severity"] for note in said["lint"]} <= {"ERR", "WARN", "INFO"}
    assert status == 0  # what has an error is the way that is not recommended: nothing was de-identified here yet
    assert [note["file"] for note in said["lint"] if note["severity"] == "ERR"] == ["lookup.properties"]


def test_ctp_that_is_not_installed_is_said_before_anything_is_written(health_ri, capsys, monkeypatch):
    monkeypatch.delenv("CTP_HOME", raising=False)
    status, said = run(capsys, "ctp", str(health_ri.folder), "--run")
    assert (status, "ctp_home" in said["error"]) == (2, True)
    assert not (health_ri.folder / "private" / "ctp").exists()


def test_pack_tells_how_much_it_holds(workspace, cohort, capsys, tmp_path):
    scan(workspace, [cohort.folder])
    given = ["pack", str(workspace.folder), str(tmp_path / "pack"), "--source", str(cohort.folder)]
    assert run(capsys, *given)[0] == 2
    status, said = run(capsys, *given, "--override", "invented people")
    assert status == 1  # no clinical table
    assert said["images"] == len(list((tmp_path / "pack" / "images").rglob("*.dcm")))


def test_nifti_dry_run_says_what_is_wrong(health_ri, capsys, tmp_path):
    (tmp_path / "nifti").mkdir()
    (tmp_path / "nifti" / "a.nii").write_bytes(b"x")
    given = ["upload", str(health_ri.folder), "nifti", "--source", str(tmp_path / "nifti"), "--dry-run"]
    status, said = run(capsys, *given)
    assert (status, said["queued"], len(said["problems"])) == (1, 0, 1)


def test_nifti_headers_are_proposed_first_and_written_only_on_confirmation(health_ri, cohort, capsys, tmp_path):
    folder = tmp_path / "nifti"
    folder.mkdir()
    for mask in cohort.folder.rglob("*.nii.gz"):
        shutil.copy(mask, folder)
    scan(health_ri, [cohort.folder])
    deidentify(health_ri, workers=1)
    given = ["nifti-headers", str(health_ri.folder), str(folder)]
    status, said = run(capsys, *given)
    assert (status, said["written"], len(said["files"])) == (1, 0, 3)
    assert not (health_ri.folder / "nifti").exists()
    status, said = run(capsys, *given, "--confirm")
    assert (status, said["written"], said["open"]) == (1, 2, 1)
    [lung] = folder.glob("*_lung.nii.gz")
    series = next(row.series_uid for row in health_ri.ledger.deidentified.rows() if row.series_uid)
    status, said = run(capsys, *given, "--made-of", f"{lung.name}={series}")
    assert (status, said["written"], said["had_one"], said["open"]) == (0, 1, 2, 0)
    status, said = run(capsys, "upload", str(health_ri.folder), "nifti", "--source", str(folder), "--dry-run")
    assert (status, said["queued"]) == (0, 6)


def test_upload_dry_run_has_labels_and_collisions(health_ri, cohort, capsys):
    scan(health_ri, [cohort.folder])
    given = ["upload", str(health_ri.folder), "images", "--source", str(cohort.folder), "--dry-run"]
    status, said = run(capsys, *given)
    assert status == 0
    assert {"subject", "session", "study", "why"} == set(said["labels"][0])
    assert isinstance(said["collisions"], list)


def test_decision_about_conflicts_is_remembered(health_ri, cohort, capsys):
    scan(health_ri, [cohort.folder])
    given = ["upload", str(health_ri.folder), "images", "--source", str(cohort.folder), "--override", "x"]
    status, said = run(capsys, *given, "--on-conflict", "keep")
    assert (status, said["conflicts"]) == (0, 0)
    assert workspaces.open_workspace(health_ri.folder).settings.node_options["on_conflict"] == "keep"

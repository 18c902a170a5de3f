"""What a workspace tells of each patient, and what a choice means for the other phases."""

import csv
import json

import pytest
from pydicom import Dataset

from eucaim_nb import risk
from eucaim_nb.deid import answered, load_profile
from eucaim_nb.dicom import scan
from eucaim_nb.errors import Refused, RiskError, WorkspaceError
from eucaim_nb.risk import Role, Source
from tests.deid.outputs import ROOT, original, written


def _slice(patient: str, study: str, day: str, **values: str) -> Dataset:
    ds = original()
    ds.PatientID, ds.StudyDate = patient, day
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}.{study}", f"{ROOT}.{study}.1"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.{study}.1.1"
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


@pytest.fixture
def scanned(workspace, tmp_path):
    """Three patients; the first has a CT and an MR of another maker, the third has no age in the header."""
    folder = tmp_path / "originals"
    folder.mkdir()
    for number, ds in enumerate(
        (
            _slice("P1", "1", "20200101"),
            _slice("P1", "2", "20200111", Modality="MR", Manufacturer="GE", ManufacturerModelName="Signa"),
            _slice("P2", "3", "20200101", PatientAge="018M"),
            _slice("P3", "4", "20200601", PatientAge="", PatientSex="M"),
        )
    ):
        (folder / f"{number}.dcm").write_bytes(written(ds))
    scan(workspace, [folder])
    return workspace


def _export(workspace, rows, kind="upv-csv"):
    folder = workspace.folder / "clinical"
    (folder / "upv").mkdir(exist_ok=True)
    with (folder / "upv" / "clinical.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    listed = [{"kind": kind, "file": "upv/clinical.csv", "sha256": "", "bytes": 0}]
    (folder / "exports.json").write_text(json.dumps(listed))


def test_one_row_per_patient_tells_of_all_their_studies(scanned):
    table = risk.tables(scanned, Source.ORIGINAL).imaging.patients.set_index("patient")
    assert list(table.index) == ["P1", "P2", "P3"]
    assert table.loc["P1", ["modalities", "gaps", "studies", "manufacturer"]].tolist() == [
        "CT > MR",
        "10",
        "2",
        "GE + SIEMENS",
    ]
    assert table.loc["P1", "first_study"] == "2020-01-01"
    assert table["age"].tolist() == ["67", "1", "63"]  # in the header, in months, from the date of birth


def test_sequences_times_and_devices_come_from_the_index(scanned):
    imaging = risk.tables(scanned, Source.ORIGINAL).imaging
    assert risk.trajectories(imaging.studies).unique == 1
    assert (risk.moments(imaging.times).patients, risk.moments(imaging.times).unique) == (3, 0)
    assert risk.devices(imaging.devices).unique == 1


def test_there_is_no_joint_table_without_clinical_data(scanned):
    found = risk.tables(scanned, Source.ORIGINAL)
    assert (found.clinical, found.joint, list(found.named())) == (None, None, ["imaging"])


def test_reasons_of_missing_values_are_no_values(scanned):
    _export(scanned, [["PatientID", "sex", "grade"], ["P1", "female", "not done"], ["P2", "male", "2"]], "xnat-csv")
    (scanned.folder / "clinical" / "schema.json").write_text(json.dumps({"missingValues": ["", "not done"]}))
    assert risk.tables(scanned, Source.ORIGINAL).clinical["grade"].isna().tolist() == [True, False]


def test_the_joint_table_is_of_patients_who_are_in_both(scanned):
    rows = [["P1", "female", "C50"], ["P1", "female", "C79"], ["X", "", ""]]
    _export(scanned, [["PatientID", "sex", "diagnosis"], *rows])
    found = risk.tables(scanned, Source.ORIGINAL)
    assert found.clinical.set_index("patient").loc["P1", "diagnosis"] == "C50 + C79"
    assert found.joint["patient"].tolist() == ["P1"]
    assert found.role("joint", "clinical diagnosis") is Role.SENSITIVE
    assert found.role("joint", "clinical sex") is Role.QUASI_IDENTIFIER
    assert found.role("joint", "patient") is Role.IDENTIFIER
    # Two columns for one thing are both told: the joint risk is never below that of either table.
    quasi = found.columns("joint", Role.QUASI_IDENTIFIER)
    assert {"sex", "clinical sex"} <= set(quasi)


@pytest.mark.parametrize("damage", ["no list", "no patient column", "not a table"])
def test_a_damaged_clinical_export_is_told_in_words(scanned, damage):
    _export(scanned, [["sex"], ["F"]])
    if damage == "no list":
        (scanned.folder / "clinical" / "exports.json").write_text("{")
    elif damage == "not a table":
        (scanned.folder / "clinical" / "upv" / "clinical.csv").write_bytes(b"")
    with pytest.raises(RiskError, match="cannot be read"):
        risk.tables(scanned, Source.ORIGINAL)


def test_chosen_roles_are_kept_and_the_patient_stays_an_identifier(scanned):
    risk.save_roles(scanned, {"imaging": {"body_part": Role.SENSITIVE, "patient": Role.INSENSITIVE}})
    found = risk.tables(scanned, Source.ORIGINAL)
    assert found.role("imaging", "body_part") is Role.SENSITIVE
    assert found.role("imaging", "patient") is Role.IDENTIFIER
    assert "sex" in found.columns("imaging", Role.QUASI_IDENTIFIER)
    (scanned.folder / "risk" / "roles.json").write_text('{"imaging": {"sex": "king"}}')
    with pytest.raises(RiskError, match="roles"):
        risk.tables(scanned, Source.ORIGINAL)


def test_without_images_there_is_nothing_to_assess(workspace, scanned):
    with pytest.raises(WorkspaceError, match="no de-identified images"):
        risk.tables(scanned, Source.DEIDENTIFIED)
    assert risk.usual_source(scanned) is Source.ORIGINAL


def test_a_chosen_level_becomes_rules_that_profile_and_mapping_take(scanned):
    _export(
        scanned,
        [["PatientID", "age_at_diagnosis", "country"], ["P1", "60.5", "ES"], ["P2", "61", "IT"], ["P3", "44", "ES"]],
    )
    found = risk.tables(scanned, Source.ORIGINAL)
    columns = ["first_study", "model", "age", "clinical age_at_diagnosis", "clinical country"]
    levels = risk.hierarchies(scanned, found, "joint", columns)
    levels[2] = levels[2].clipped(None, 70)
    lattice = risk.Lattice(found.joint, levels)
    chosen = risk.plan(found, "joint", lattice, (1, 1, 0, 1, 1), 5)
    assert chosen.clinical == (
        {"target": "age_at_diagnosis", "rule": "band", "width": 5},
        {"target": "country", "rule": "suppress"},
    )
    assert chosen.answers == {"dates": "month", "age_limit": "69"}
    assert [one["tag"] for one in chosen.overrides] == ["(0008,1090)"]
    assert len(chosen.rerun) == 2
    assert answered(load_profile("eucaim"), chosen.answers).age_limit == 69
    risk.save_plan(scanned, chosen, {"table": "joint", "k": 5})
    assert risk.saved_plan(scanned) == chosen


def test_what_headers_cannot_hold_is_said(scanned):
    found = risk.tables(scanned, Source.ORIGINAL)
    levels = risk.hierarchies(scanned, found, "imaging", ["studies", "modalities"])
    lattice = risk.Lattice(found.imaging.patients, levels)
    chosen = risk.plan(found, "imaging", lattice, (1, 1), 5)
    assert (chosen.clinical, chosen.overrides, len(chosen.remarks)) == ((), (), 2)


def test_leaving_out_what_eucaim_asks_for_is_remarked(scanned):
    found = risk.tables(scanned, Source.ORIGINAL)
    columns = ["manufacturer", "first_study", "model"]
    lattice = risk.Lattice(found.imaging.patients, risk.hierarchies(scanned, found, "imaging", columns))
    chosen = risk.plan(found, "imaging", lattice, [height - 1 for height in lattice.heights], 5)
    assert [words.partition(":")[0] for words in chosen.remarks] == ["Manufacturers", "Day of the first study"]


def test_an_imported_hierarchy_is_kept_for_its_column(scanned):
    found = risk.tables(scanned, Source.ORIGINAL)
    risk.import_hierarchy(scanned, found, "imaging", "sex", "F;any\nM;any\n")
    (kept,) = risk.hierarchies(scanned, found, "imaging", ["sex"])
    assert [level.title for level in kept.levels] == ["as it is", "level 1", "left out"]
    with pytest.raises(RiskError, match="no line for 1"):
        risk.import_hierarchy(scanned, found, "imaging", "sex", "F;any\n")


def test_models_become_their_manufacturer(scanned):
    found = risk.tables(scanned, Source.ORIGINAL)
    (model,) = risk.hierarchies(scanned, found, "imaging", ["model"])
    assert model.levels[1].of(["Sensation 64", "Sensation 64 + Signa"]) == ["SIEMENS", "GE + SIEMENS"]


def test_with_every_patient_left_out_there_is_no_table_and_no_crash(scanned):
    found = risk.tables(scanned, Source.ORIGINAL)
    assert risk.leave_out(scanned, found, {"P1", "P2", "P3"}, reason="all too rare") == 4
    assert risk.tables(scanned, Source.ORIGINAL).named() == {}
    assert risk.run(scanned, source="original").k is None


def test_nobody_is_left_out_without_a_reason_or_without_images(scanned):
    found = risk.tables(scanned, Source.ORIGINAL)
    with pytest.raises(Refused, match="give a reason"):
        risk.leave_out(scanned, found, {"P1"}, reason=" ")
    with pytest.raises(Refused, match="no such patients"):
        risk.leave_out(scanned, found, {"P9"}, reason="rare")

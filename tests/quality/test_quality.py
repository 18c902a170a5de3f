"""The checks find what is wrong by the right name, leave clean series alone, and see again only what changed."""

import csv
import json
import os
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from pydicom import dcmread

from benchmarks.quality.stacks import AXES, series, write
from eucaim_nb import deid, quality
from eucaim_nb.cli import main
from eucaim_nb.clinical_files import ExportFile, listing
from eucaim_nb.dicom import scan
from eucaim_nb.errors import Refused, WorkspaceError
from eucaim_nb.practice.sample import write_cohort
from eucaim_nb.reports import is_intact

# What each planted problem of the sample cohort is called by the checks; the others of its answer key are readable as
# they are (names and texts), or archives that were opened.
_PLANTED = {
    "age differs": "P04",
    "patient id in lower case": "P03",
    "patient id with blank": "P03",
    "missing slice": "S06",
    "localiser in series": "S04",
    "same uid other content": "P01",
    "exact duplicate": "F16",
    "pixel data truncated": "F06",
    "no preamble": "F03",
    "header truncated": "F05",
    "false transfer syntax": "F10",
    "empty file": "F01",
    "text named dcm": "F01",
    "web page named dcm": "F02",
    "report as PDF": "F02",
    "directory of a CD": "F17",
    "archive inside": "F18",
    "operating system litter": "F17",
}


@pytest.fixture(scope="module")
def full_cohort(tmp_path_factory):
    """The sample cohort with every planted problem."""
    return write_cohort(tmp_path_factory.mktemp("sample") / "cohort", patients=8)


@pytest.fixture
def check(workspace):
    """Scan a folder, check it, and return the findings by check id."""

    def run(folder, level="standard"):
        scan(workspace, [folder])
        quality.run(workspace, level=level)
        found: dict[str, list] = {}
        for one in quality.findings(workspace):
            found.setdefault(one.check_id, []).append(one)
        return found

    return run


def errors(found):
    return sorted(
        check for check, findings in found.items() if any(one.severity == "ERR" for one in findings)
    )


def test_every_planted_problem_of_the_sample_is_found_by_its_name(check, full_cohort):
    found = check(full_cohort.folder)
    planted = {problem["kind"] for problem in json.loads(full_cohort.answer_key.read_text())["problems"]}
    assert planted - _PLANTED.keys() <= {"hostile text", "non-ASCII name", "odd file name"}
    assert {kind: check for kind, check in _PLANTED.items() if kind in planted and check not in found} == {}


def test_no_finding_quotes_a_value_of_a_patient(check, full_cohort):
    found = check(full_cohort.folder)
    key = json.loads(full_cohort.answer_key.read_text())
    values = {
        one["value"] for person in key["patients"] for one in person["identifiers"] if len(one["value"]) > 3
    }
    said = " ".join(f"{one.message} {one.remedy}" for findings in found.values() for one in findings)
    assert [value for value in values if value in said] == []


@pytest.mark.parametrize("plane", AXES)
def test_clean_stack_in_any_plane_has_no_error_and_no_warning(check, tmp_path, plane):
    write(series(plane), tmp_path / "in")
    found = check(tmp_path / "in", "full" if plane == "oblique" else "standard")
    assert {
        check: [one.message for one in findings]
        for check, findings in found.items()
        if any(one.severity != "INFO" for one in findings) and not check.startswith("N-TIER")
    } == {}


@pytest.mark.parametrize("plane", AXES)
def test_missing_slices_are_counted_and_placed_in_any_plane(check, tmp_path, plane):
    made = series(plane)
    for number in (7, 6, 3):
        del made[number]
    write(made, tmp_path / "in")
    found = check(tmp_path / "in", "quick")
    assert errors(found) == ["S06"]
    (gap,) = found["S06"]
    assert (gap.count, gap.evidence["expected"]) == (3, 12)
    assert len(gap.evidence["missing positions in mm"]) == 3


def test_phases_are_no_duplicates_and_an_incomplete_phase_is_told(check, tmp_path):
    whole = series(volumes=3, slices=6, modality="MR")
    write(whole, tmp_path / "whole")
    assert errors(check(tmp_path / "whole", "quick")) == []
    cut = series(volumes=3, slices=6, modality="MR", seed=2)[:-2]
    write(cut, tmp_path / "cut")
    found = check(tmp_path / "cut", "quick")
    assert errors(found) == ["S05"]
    assert any("lacks 2 of 6 positions" in one.message for one in found["S05"])


def test_only_what_changed_is_looked_at_again(workspace, tmp_path):
    for seed in (1, 2):
        write(series(seed=seed, slices=5), tmp_path / "in" / str(seed))
    scan(workspace, [tmp_path / "in"])
    assert quality.run(workspace).checked == 2
    assert quality.run(workspace).checked == 0
    path = tmp_path / "in" / "2" / "IM0003.dcm"
    path.write_bytes(path.read_bytes()[:-500])
    scan(workspace, [tmp_path / "in"])
    again = quality.run(workspace)
    assert (again.checked, again.unchanged) == (1, 1)
    assert [one.check_id for one in quality.findings(workspace) if one.severity == "ERR"] == ["F06"]
    again = quality.run(workspace, level="quick")
    assert (again.checked, again.level) == (0, "standard")
    assert quality.run(workspace, level="full").checked == 2


def test_what_is_left_out_is_left_out_of_deidentification_upload_and_checks_until_taken_back(
    workspace, tmp_path
):
    for seed in (1, 2):
        write(series(seed=seed, slices=5), tmp_path / "in" / str(seed))
    scan(workspace, [tmp_path / "in"])
    originals = workspace.originals()
    one, other = series(seed=1)[0], series(seed=2)[0]
    with pytest.raises(Refused, match="reason"):
        quality.exclude(workspace, one.StudyInstanceUID, one.SeriesInstanceUID, reason=" ")
    decision = quality.exclude(workspace, one.StudyInstanceUID, one.SeriesInstanceUID, reason="wrong patient")
    assert quality.run(workspace).series == 1
    done = deid.deidentify(workspace)
    assert (done.written, done.verified) == (5, 5)
    assert workspace.ledger.originals.waiting(originals) == 0
    assert workspace.ledger.uploads.left_out(originals)["excluded"] == 5
    quality.readmit(workspace, decision)
    assert deid.deidentify(workspace).written == 5
    assert [event.action for event in workspace.ledger.events.all()].count("left out") == 1
    # Left out after it was de-identified, the original takes its output along; one instance of it just that instance.
    outputs = [number for number, *_ in workspace.ledger.index.sources() if number not in originals]
    assert len(workspace.ledger.uploads.candidate_series(outputs)) == 2
    quality.exclude(workspace, other.StudyInstanceUID, other.SeriesInstanceUID, reason="consent withdrawn")
    assert len(workspace.ledger.uploads.candidate_series(outputs)) == 1
    quality.exclude(
        workspace, one.StudyInstanceUID, one.SeriesInstanceUID, reason="blurred", sop_uid=one.SOPInstanceUID
    )
    ((study, left),) = workspace.ledger.uploads.candidate_series(outputs)
    assert len(workspace.ledger.uploads.candidates(outputs, study, left)) == 4


def test_output_left_out_stays_out_when_its_original_is_treated_anew(workspace, tmp_path):
    write(series(slices=5), tmp_path / "in")
    scan(workspace, [tmp_path / "in"])
    deid.deidentify(workspace)
    outputs = [
        number for number, *_ in workspace.ledger.index.sources() if number not in workspace.originals()
    ]
    ((study, one),) = workspace.ledger.uploads.candidate_series(outputs)
    quality.exclude(workspace, study, one, reason="burned-in name")
    assert deid.deidentify(workspace, profile="basic").written == 0
    assert workspace.ledger.uploads.candidate_series(outputs) == []


def test_blocking_counts_errors_of_what_would_be_sent_only(workspace, tmp_path):
    broken = series(seed=1)
    del broken[5]
    write(broken, tmp_path / "in" / "1")
    write(series(seed=2), tmp_path / "in" / "2")
    scan(workspace, [tmp_path / "in"])
    quality.run(workspace, level="quick")
    ids = workspace.originals()
    good = [(series(seed=2)[0].StudyInstanceUID, series(seed=2)[0].SeriesInstanceUID)]
    assert quality.blocking(workspace, ids) == {"S06": 1}
    assert quality.blocking(workspace, ids, good) == {}
    quality.exclude(workspace, broken[0].StudyInstanceUID, broken[0].SeriesInstanceUID, reason="incomplete")
    assert quality.blocking(workspace, ids) == {}


def test_reports_are_sealed_and_name_nobody_unless_they_stay_private(check, workspace, full_cohort):
    check(full_cohort.folder)
    open_ones = [
        workspace.folder / "reports" / name for name in ("quality.html", "quality.json", "findings.csv")
    ]
    assert is_intact(open_ones[1])
    key = json.loads(full_cohort.answer_key.read_text())
    identifying = {person["patient_id"] for person in key["patients"]} | {
        one["series_uid"] for one in key["series"]
    }
    book = load_workbook(workspace.folder / "reports" / "quality.xlsx")
    assert book.sheetnames == ["Summary", "Findings", "Checks", "Left out"]
    cells = " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    for text in (*(path.read_text() for path in open_ones), cells):
        assert [value for value in identifying if value in text] == []
    quality.write_report(workspace, identifiers=True)
    private = workspace.folder / "private" / "findings.csv"
    assert any(value in private.read_text() for value in identifying)
    rows = list(csv.DictReader(private.open(newline="")))
    assert len(rows) == len(quality.findings(workspace)) == book["Findings"].max_row - 1
    assert all(row["remedy"] and row["dimension"] and row["source"] for row in rows)


def test_command_reports_counts_and_tells_by_its_status(workspace, tmp_path, capsys):
    broken = series()
    del broken[5]
    write(broken, tmp_path / "in")
    scan(workspace, [tmp_path / "in"])
    status = main(["quality", str(workspace.folder), "--level", "quick", "--json"])
    done = json.loads(capsys.readouterr().out)
    assert (status, done["findings"]["ERR"], done["blocking"]) == (1, 1, 1)
    assert {"id": "S06", "severity": "ERR", "count": 1} in done["checks"]
    status = main(
        [
            "quality",
            str(workspace.folder),
            "--leave-out",
            broken[0].SeriesInstanceUID,
            "--reason",
            "bad",
            "--json",
        ]
    )
    assert (status, json.loads(capsys.readouterr().out)["blocking"]) == (1, 0)
    assert main(["quality", str(tmp_path / "nowhere"), "--json"]) == 2


def test_nothing_scanned_is_said_and_not_called_clean(workspace):
    with pytest.raises(WorkspaceError, match="Scan a folder"):
        quality.run(workspace)


def test_originals_are_never_written_to(check, tmp_path):
    paths = write(series(), tmp_path / "in")
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths]
    check(tmp_path / "in", "full")
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in paths] == before
    assert len(os.listdir(tmp_path / "in")) == len(paths)


def test_normalised_copy_has_the_preamble_the_same_data_and_takes_the_place_of_its_original(
    workspace, tmp_path
):
    paths = write(series(), tmp_path / "in")
    for number, cut in ((2, 132), (5, None)):
        data = paths[number].read_bytes()
        meta = 144 + int.from_bytes(data[140:144], "little")
        paths[number].write_bytes(data[cut or meta :])
    scan(workspace, [tmp_path / "in"])
    before = {path: path.read_bytes() for path in paths}
    made = quality.normalise(workspace)
    assert (made.written, made.refused) == (2, 0)
    assert {path: path.read_bytes() for path in paths} == before
    copies = {path.name: dcmread(path) for path in (workspace.folder / "normalised").rglob("*.dcm")}
    for number in (2, 5):
        assert copies[paths[number].name].PixelData == series()[number].PixelData
        assert copies[paths[number].name].SOPInstanceUID == series()[number].SOPInstanceUID
    quality.run(workspace)
    assert [one.check_id for one in quality.findings(workspace) if one.severity == "ERR"] == []
    assert deid.deidentify(workspace).written == 12
    assert "normalised copies" in [event.action for event in workspace.ledger.events.all()]


def test_check_that_fails_on_absurd_values_costs_one_answer_and_not_the_run(workspace, tmp_path, monkeypatch):
    write(series(), tmp_path / "in")
    scan(workspace, [tmp_path / "in"])

    def fails(view):
        raise ZeroDivisionError(view.value("PatientID"))

    known = dict(quality.registry())
    known["S06"] = replace(known["S06"], rules=dict.fromkeys(known["S06"].rules, fails))
    monkeypatch.setattr("eucaim_nb.quality._registry.registry", lambda: known)
    quality.run(workspace, level="quick")
    (found,) = [one for one in quality.findings(workspace) if one.check_id == "S06"]
    assert (found.severity, "could not be checked" in found.message) == ("WARN", True)
    assert "EU-0001" not in found.message


def exported(workspace, table):
    """Leave a table as the preparation of clinical data does."""
    (workspace.folder / "clinical" / "clinical.csv").write_text(table)
    name, content = listing([ExportFile("upv-csv", "clinical.csv", "", len(table))])
    (workspace.folder / "clinical" / name).write_bytes(content)


def test_a_table_left_beside_the_prepared_ones_is_not_taken_for_clinical_data(workspace, tmp_path):
    write(series(seed=1, slices=5), tmp_path / "in")
    scan(workspace, [tmp_path / "in"])
    (workspace.folder / "clinical" / "draft.csv").write_text("PatientID,age\nEU-0404,70\n")
    quality.run(workspace, level="quick")
    (found,) = [one for one in quality.findings(workspace) if one.check_id == "D01"]
    assert found.severity == "INFO"


def test_clinical_table_is_compared_under_the_old_and_the_new_ids(workspace, tmp_path):
    for seed in (1, 2):
        write(series(seed=seed, slices=5), tmp_path / "in" / str(seed))
    scan(workspace, [tmp_path / "in"])
    deid.deidentify(workspace)
    pseudonyms = dict(workspace.ledger.deidentified.crosswalk("patient"))
    for known in ("EU-0001", pseudonyms["EU-0001"]):
        exported(workspace, f"PatientID,age\n{known},64\nEU-0404,70\n")
        for source, without in (("originals", "EU-0002"), ("deidentified", pseudonyms["EU-0002"])):
            quality.run(workspace, level="quick", source=source)
            found = [one for one in quality.findings(workspace, source) if one.check_id == "D01"]
            assert [(one.severity, one.patient_id) for one in found] == [("ERR", without), ("WARN", "")]

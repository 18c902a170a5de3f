"""The whole way in a workspace: from the sample's table to exports whose patients are those of the images."""

import csv
import json
from dataclasses import replace

import pytest

from eucaim_nb import clinical, deid, jobs
from eucaim_nb.cli import main
from eucaim_nb.clinical import exported
from eucaim_nb.clinical._export_tables import Room
from eucaim_nb.dicom import scan
from eucaim_nb.errors import TableError
from eucaim_nb.practice.sample import write_cohort


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A cohort with every trap, and some images of each patient."""
    cohort = write_cohort(tmp_path_factory.mktemp("clinical") / "cohort", patients=6, instances=60)
    folder = tmp_path_factory.mktemp("originals")
    for patient in sorted((cohort.folder / "dicom").iterdir()):
        for number, file in enumerate(sorted(one for one in patient.rglob("*") if one.is_file())[:2]):
            (folder / f"{patient.name}-{number}.dcm").write_bytes(file.read_bytes())
    return cohort.folder / "clinical" / "clinical.csv", folder


@pytest.fixture
def ready(workspace, sample):
    """A workspace with de-identified images."""
    scan(workspace, [sample[1]])
    deid.deidentify(workspace)
    return workspace


@pytest.fixture
def run(capsys):
    """Run a command; give its exit status and its one JSON object."""

    def command(*arguments: object):
        status = main([*map(str, arguments), "--json", "--quiet"])
        out = capsys.readouterr().out
        assert out.count("\n") == 1, out
        return status, json.loads(out)

    return command


def test_suggestions_for_the_sample_need_no_option(run, workspace, sample):
    status, found = run("clinical", workspace.folder, sample[0], "--suggest", "--template", "generic")
    targets = {one["source"]: one["target"] for one in found["columns"]}
    assert status == 0
    assert targets["Patient ID"] == "patient_id"
    assert (targets["Sexo"], targets["Diagnosis"]) == ("sex", "topography")
    assert targets["Fecha diagnóstico"] == "date_of_diagnosis"
    assert [targets[name] for name in ("Name", "Geburtsdatum", "Kommentar")] == [None] * 3
    assert not (workspace.folder / "clinical" / "mapping.json").exists()


def decided(run, workspace, table):
    """Prepare once, decide what is open, and prepare again with that mapping."""
    run(
        "clinical",
        workspace.folder,
        table,
        "--template",
        "generic",
        "--constant",
        "population=Patient with Cancer",
    )
    path = workspace.folder / "clinical" / "mapping.json"
    content = json.loads(path.read_text())
    content["subjects"]["normalise"] = ["trim", "zero-pad:7"]
    for one in content["fields"]:
        if one["target"] == "sex":
            one["values"].append({"from": "1", "to": "Male", "by": "person"})
    path.write_text(json.dumps(content))
    return path


def test_subjects_of_the_exports_are_those_of_the_deidentified_images(run, ready, sample):
    path = decided(run, ready, sample[0])
    kinds = ("upv-csv", "eforms", "xnat-variables", "etl", "statistics", "eucaim-json")
    status, done = run("clinical", ready.folder, sample[0], "--mapping", path, "--export", *kinds)
    assert status == 1
    assert done["errors"] == 0
    assert {one["kind"] for one in done["exports"]} == set(kinds)
    with (ready.folder / "clinical" / "clinical.csv").open(encoding="utf-8") as file:
        subjects = {row["PatientID"] for row in csv.DictReader(file)}
    images = {
        row["PatientID"]
        for row in ready.ledger.index.headers(["PatientID"])
        if row["PatientID"].startswith("EUCAIM-")
    }
    assert subjects
    assert subjects <= images
    assert done["subjects"]["both"] == len(subjects)
    assert done["rows_in"] == done["rows_out"] + done["dropped"]


@pytest.mark.parametrize(
    ("given", "told"), [(None, None), ("their secret", None), ("their secret", "their secret")]
)
def test_pseudonyms_are_those_of_the_images_when_they_are_made_as_the_anonymiser_does(
    workspace, sample, given, told
):
    scan(workspace, [sample[1]])
    deid.deidentify(workspace, profile="lethe-compatible", secret=given)
    clinical.prepare(
        workspace,
        sample[0],
        template="generic",
        constants={"population": "Patient with Cancer", "sex": "Unknown"},
        exports=["xnat-json"],
        secret=told,
    )
    found = json.loads((workspace.folder / "clinical" / "xnat" / "clinical.json").read_text(encoding="utf-8"))
    outputs = {new for _, new in workspace.ledger.deidentified.crosswalk("patient")}
    assert found
    assert {row["PatientID"] for row in found} <= outputs


def test_another_secret_than_that_of_the_images_is_refused(workspace, sample):
    scan(workspace, [sample[1]])
    deid.deidentify(workspace, profile="lethe-compatible", secret="their secret")
    with pytest.raises(TableError, match="not de-identified with this secret"):
        clinical.prepare(workspace, sample[0], secret="wrong")


def test_no_report_event_or_export_holds_an_identifier(run, ready, sample):
    run(
        "clinical",
        ready.folder,
        sample[0],
        "--mapping",
        decided(run, ready, sample[0]),
        "--export",
        *clinical.EXPORTS,
    )
    with sample[0].open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    words = {
        row[name].strip()
        for row in rows
        for name in ("Patient ID", "Name", "Geburtsdatum", "Fecha diagnóstico")
    }
    written = [
        file
        for folder in ("clinical", "reports", "logs")
        for file in (ready.folder / folder).rglob("*")
        if file.is_file()
    ]
    written.append(ready.folder / "ledger.sqlite")
    assert (ready.folder / "reports" / "clinical.html") in written
    for file in written[:-1]:
        text = file.read_bytes().decode("utf-8", "replace")
        assert not [word for word in words if word and word in text], file
    assert not [
        event
        for event in ready.ledger.events.all()
        if any(word in json.dumps(event.detail) for word in words)
    ]
    job = jobs.latest(ready, "clinical")
    assert not [word for word in words if word in json.dumps(job.result, ensure_ascii=False)]


def test_values_of_findings_are_in_the_private_folder_with_their_rows(run, ready, sample):
    run("clinical", ready.folder, sample[0], "--template", "generic")
    with (ready.folder / "private" / "clinical_findings.csv").open(encoding="utf-8-sig") as file:
        found = {(row["Variable"], row["Value"], row["Row"]) for row in csv.DictReader(file)}
    assert ("clinical_t", "2a", "4") in found


def test_what_blocks_leaves_no_export_of_an_earlier_table(run, ready, sample, tmp_path):
    run("clinical", ready.folder, sample[0], "--mapping", decided(run, ready, sample[0]))
    assert exported(ready)
    status, done = run("clinical", ready.folder, sample[0], "--template", "generic")
    assert (status, done["exports"]) == (1, [])
    assert {"mandatory variable"} <= {one["rule"] for one in done["findings"] if one["severity"] == "ERR"}
    assert exported(ready) == []
    assert not (ready.folder / "clinical" / "clinical.csv").exists()


def test_a_text_that_a_workbook_would_cut_is_told_and_no_workbook_is_made(workspace, tmp_path):
    table = tmp_path / "long.csv"
    table.write_text(f"Patient ID,Histology\na1,{'x' * 33_000}\na2,short\n")
    schema = tmp_path / "own.json"
    fields = [
        {"name": "patient_id", "type": "string"},
        {"name": "histology", "type": "string", "element": "pathology"},
    ]
    schema.write_text(json.dumps({"name": "own", "fields": fields}))
    done = clinical.prepare(workspace, table, template=str(schema), exports=["upv-csv", "upv-xlsx"])
    assert [one.kind for one in exported(workspace)] == ["upv-csv"]
    assert "text too long for a cell" in {one["rule"] for one in done.findings}
    assert "x" * 33_000 in (workspace.folder / "clinical" / "clinical.csv").read_text()


def test_rows_that_a_sheet_would_lose_are_told_and_no_workbook_is_made(workspace, tmp_path, monkeypatch):
    small = replace(clinical.EXPORTS["upv-xlsx"], room=Room(rows=2, columns=9, characters=99))
    monkeypatch.setitem(clinical.EXPORTS, "upv-xlsx", small)
    table = tmp_path / "many.csv"
    table.write_text("Patient ID,Sex\na1,F\na2,M\n")
    schema = tmp_path / "own.json"
    fields = [{"name": "patient_id", "type": "string"}, {"name": "sex", "type": "string", "element": "sex"}]
    schema.write_text(json.dumps({"name": "own", "fields": fields}))
    done = clinical.prepare(workspace, table, template=str(schema), exports=["upv-csv", "upv-xlsx"])
    assert [one.kind for one in exported(workspace)] == ["upv-csv"]
    assert "room for 1 rows and 9 columns" in next(
        one["message"] for one in done.findings if one["rule"] == "table too large for a sheet"
    )


def test_the_next_table_is_prepared_with_the_same_mapping_and_told_what_is_new(run, ready, sample, tmp_path):
    path = decided(run, ready, sample[0])
    text = (
        sample[0].read_text(encoding="utf-8-sig").replace(";Kommentar", ";Bemerkung").replace(";F;", ";dama;")
    )
    (tmp_path / "next.csv").write_text(text, encoding="utf-8")
    _, done = run("clinical", ready.folder, tmp_path / "next.csv", "--mapping", path)
    found = {(one["rule"], one["column"]) for one in done["findings"]}
    assert ("new column", "Bemerkung") in found
    assert ("missing column", "Kommentar") in found
    assert ("value", "Sexo") in found


def test_wrong_arguments_are_told_and_nothing_is_written(run, workspace, sample, tmp_path):
    for arguments in (
        [tmp_path / "none.csv"],
        [sample[0], "--template", "none"],
        [sample[0], "--mapping", sample[0]],
        [sample[0], "--constant", "population"],
    ):
        status, done = run("clinical", workspace.folder, *arguments)
        assert status == 2
        assert done["error"]
    with pytest.raises(TableError, match="no export"):
        clinical.prepare(workspace, sample[0], exports=["fax"])
    assert not list((workspace.folder / "clinical").iterdir())

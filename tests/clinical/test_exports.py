"""What is exported is read back the same by whoever receives it."""

import csv
import io
import json
from dataclasses import replace
from importlib.resources import files

import frictionless
import jsonschema
import openpyxl
import pytest

from eucaim_nb import clinical
from eucaim_nb.clinical._export_eforms import _GENDER, _place
from eucaim_nb.clinical._exports import EXPORTS
from eucaim_nb.clinical._prepare import _schema
from eucaim_nb.clinical._written import Source
from eucaim_nb.identity import DatePolicy
from eucaim_nb.practice.upv import _eform, _forms

from .conftest import table

TRAPS = ["adenocarcinoma, acinar", 'says "NOS"', "=1+1", "line\u2028break", "-", "ünïcödé; x"]
SERIES = [
    {
        "PatientID": "", "StudyInstanceUID": "2.25.1", "StudyDate": "20190105", "SeriesInstanceUID": "2.25.2",
        "StudyDescription": 'MR "prostate", native', "SeriesNumber": "3", "SeriesDescription": "t2_tse_tra",
        "Modality": "MR", "BodyPartExamined": "PROSTATE", "Manufacturer": "SIEMENS",
        "ManufacturerModelName": "Avanto", "AcquisitionDate": "20190105", "KVP": "", "SliceThickness": "3",
        "PixelSpacing": "0.5\\0.5", "Rows": "320", "Columns": "320",
    }
]  # fmt: skip


@pytest.fixture
def source(images):
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(
        ["Patient ID", "Sex", "Age at diagnosis", "Date of diagnosis", "Histology", "PSA", "Treatment", "cT"]
    )
    for number in range(3):
        writer.writerow(
            [
                f"000{number + 1}",
                "male",
                60.5 + number,
                f"2020-02-1{number}",
                TRAPS[number],
                4.25,
                "surgery + RT",
                "cT2a",
            ]
        )
    raw = clinical.load(lines.getvalue().encode())
    template = clinical.load_template("prostate")
    mapping = clinical.propose(raw, template, {"population": "Patient with Cancer"})
    made = clinical.apply(raw, template, mapping, images)
    assert not [one for one in made.findings if one.severity is clinical.Severity.ERR]
    series = [{**SERIES[0], "PatientID": made.columns["patient_id"][0]}]
    return Source(made, mapping, series, "myset")


def export(source, kind):
    return {name: b"".join(pieces) for name, pieces in EXPORTS[kind].files(source)}


def read_as_dataset_service(data):
    """Read a CSV as chaimeleon-eu/dataset-service (d0c41ab) does: UTF-8, lines, commas, first column the name."""
    rows = list(csv.reader(data.decode("utf-8").splitlines()))
    header = rows[0]
    return [
        {"subjectName": row[0], "eForm": {header[i]: row[i] for i in range(1, len(header))}}
        for row in rows[1:]
    ]


def test_the_dataset_service_reads_the_table_as_it_was_meant(source):
    found = read_as_dataset_service(export(source, "upv-csv")["clinical.csv"])
    assert [one["subjectName"] for one in found] == source.prepared.columns["patient_id"].texts()
    assert [one["eForm"]["pathology"] for one in found] == TRAPS[:3]
    (flat,) = export(source, "eforms-flat").values()
    assert found == json.loads(flat)


def test_the_practice_node_takes_table_and_forms(source):
    as_table = _forms._of_table(export(source, "upv-csv")["clinical.csv"].decode())
    as_forms = _forms._of_json(export(source, "eforms")["eforms.json"].decode())
    assert [one.subject for one in as_table] == [one.subject for one in as_forms]
    assert not any(one.refused for one in [*as_table, *as_forms])


def test_the_node_finds_age_sex_and_year_in_the_forms(source):
    (data,) = export(source, "eforms").values()
    form = json.loads(data)[0]["eForm"]
    day = source.prepared.columns["date_of_diagnosis"][0]
    assert (_eform.age(form), _eform.sex(form), _eform.year_of_diagnosis(form)) == ("060Y", "M", int(day[:4]))


def test_a_node_gets_values_unaltered_and_on_one_line(source):
    text = export(source, "upv-csv")["clinical.csv"]
    assert not text.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in text
    assert text.count(b"\n") == 1 + len(source.prepared)
    assert text.startswith(b"PatientID,")
    assert b",=1+1," in text


def test_no_text_in_a_workbook_is_a_formula(source):
    (data,) = export(source, "upv-xlsx").values()
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["A1"].value == "PatientID"


def there_and_back(source, kind, read):
    """Return an export, and what is exported after it was read as a table."""
    columns = {name: column for name, column in source.prepared.columns.items() if not name.endswith("_days")}
    first = export(replace(source, prepared=replace(source.prepared, columns=columns)), kind)
    raw = read(next(iter(first.values())))
    template = clinical.load_template("prostate")
    mapping = clinical.Mapping(
        "prostate",
        subjects=clinical.Subjects(raw.headers[0]),
        fields=tuple(clinical.FieldMap(name, (name,)) for name in raw.headers if name in template),
        dates="as images",
    )
    same = {name: [name] for name in columns["patient_id"].values}
    images = clinical.Images(made=same, dates=DatePolicy.KEEP, deidentified=True)
    return first, export(Source(clinical.apply(raw, template, mapping, images), mapping), kind)


@pytest.mark.parametrize("kind", ["upv-csv", "xnat-csv", "xnat-json", "eforms-flat"])
def test_export_load_export_is_identical(source, kind):
    first, again = there_and_back(source, kind, clinical.load)
    assert first == again


def test_export_load_export_of_the_workbook_is_identical_in_every_cell(source):
    def cells(data):
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]

    first, again = there_and_back(source, "upv-xlsx", clinical.load)
    assert cells(*first.values()) == cells(*again.values())


def test_export_load_export_of_paged_forms_is_identical(source):
    """The pages flattened to one row for each patient, as the node shows them, are the table that was exported."""
    places = {_place(source, name)[1]: name for name in source.columns}
    words = {word: value for value, word in _GENDER.items() if not value.startswith("COM")}

    def flat(data):
        lines = [["PatientID", *(name for name in list(source.columns)[1:] if not name.endswith("_days"))]]
        for one in json.loads(data):
            answers = {
                places[variable]: words.get(answer["value"], str(answer["value"]))
                for page in one["eForm"]["pages"]
                for variable, answer in page["page_data"].items()
            }
            lines.append([one["subjectName"], *(answers.get(name, "") for name in lines[0][1:])])
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        return clinical.load(text.getvalue().encode())

    first, again = there_and_back(source, "eforms", flat)
    assert first == again


def test_why_a_value_is_missing_is_exported_where_there_is_a_place_for_it(images):
    raw = table(
        "Patient ID,Sex,Age,Diagnosis,Pathology confirmation,Surgery,PSA",
        "0001,unknown,60,Prostate cancer,not done,N/A,9",
        "0002,male,61,Prostate cancer,n/a,not applicable,4.5",
    )
    template = clinical.load_template("prostate")
    mapping = clinical.propose(raw, template, {"population": "Patient with Cancer"})
    mapping = mapping.with_field(replace(mapping.of("psa"), missing={"9": "not done"}))
    made = clinical.apply(raw, template, mapping, images)
    source = Source(made, mapping, (), "myset")
    assert made.columns["psa"].texts() == ["", "4.5"]
    assert source.reasons == ["unknown", "not applicable", "not done"]
    rows = list(csv.DictReader(io.StringIO(export(source, "xnat-csv")["xnat/clinical.csv"].decode())))
    assert [(one["surgery"], one["psa"]) for one in rows] == [("unknown", "not done"), ("not applicable", "4.5")]
    assert ",,not" not in export(source, "upv-csv")["clinical.csv"].decode()
    patients = json.loads(*export(source, "eucaim-json").values())["patients"]
    assert patients[0]["sex"] == {"id": "EUCAIM:COM1002760", "label": "Unknown"}
    confirmed = [one["disease"][0].get("pathologyConfirmation") for one in patients]
    assert confirmed == [
        {"id": "EUCAIM:COM1002055", "label": "Not performed"},
        {"id": "EUCAIM:COM1001289", "label": "Unknown"},
    ]
    found = export(source, "etl")
    etl = list(csv.DictReader(io.StringIO(found["etl/myset_clinical.csv"].decode())))
    assert [(one["surgery"], one["psa"]) for one in etl] == [("unknown", ""), ("not applicable", "4.5")]
    sheet = openpyxl.load_workbook(io.BytesIO(found["etl/myset_mapping.xlsx"]))["Overarching Episode"]
    surgery = next(column for column in sheet.iter_cols(values_only=True) if column[0] == "surgery")
    assert {"unknown,COM1001289", "not applicable"} <= set(surgery)
    assert _schema(source)["missingValues"] == ["", "unknown", "not applicable", "not done"]


def test_frictionless_reads_the_reasons_of_missing_values_as_missing(images, tmp_path):
    raw = table("Patient ID,Age,PSA", "0001,60,not done", "0002,61,4.5")
    template = clinical.load_template("prostate")
    mapping = clinical.propose(raw, template)
    source = Source(clinical.apply(raw, template, mapping, images), mapping)
    (tmp_path / "clinical.csv").write_bytes(export(source, "xnat-csv")["xnat/clinical.csv"])
    schema = frictionless.Schema.from_descriptor(_schema(source))
    resource = frictionless.Resource(path="clinical.csv", basepath=str(tmp_path), schema=schema)
    assert "not done" in (tmp_path / "clinical.csv").read_text()
    assert not [one for one in resource.validate().flatten(["type"]) if one == ["type-error"]]


def test_frictionless_accepts_the_table_under_its_schema(source, tmp_path):
    (tmp_path / "clinical.csv").write_bytes(export(source, "upv-csv")["clinical.csv"])
    (tmp_path / "schema.json").write_text(json.dumps(_schema(source)))
    resource = frictionless.Resource(
        path="clinical.csv",
        basepath=str(tmp_path),
        schema=frictionless.Schema.from_descriptor(_schema(source)),
    )
    report = resource.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])


@pytest.mark.parametrize("name", clinical.templates())
def test_every_template_is_a_table_schema(name):
    assert frictionless.Schema.from_descriptor(clinical.load_template(name).schema()).fields


def test_documents_of_the_search_are_valid_and_carry_codes(source):
    (data,) = export(source, "eucaim-json").values()
    found = json.loads(data)
    schema = json.loads(
        files("eucaim_nb.reference").joinpath("clinical/eucaim_documents.schema.json").read_text()
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(found, schema)
    assert len(found["patients"]) == 3
    patient = found["patients"][0]
    assert patient["sex"] == {"id": "EUCAIM:COM1001366", "label": "Male"}
    assert patient["disease"][0]["diagnosis"]["id"] == "EUCAIM:CLIN1000075"
    assert patient["imageStudy"][0]["imageModality"]["id"] == "EUCAIM:IMG1000022"


def test_the_etl_bundle_has_its_five_rows_and_a_constant_number_of_commas(source):
    found = export(source, "etl")
    book = openpyxl.load_workbook(io.BytesIO(found["etl/myset_mapping.xlsx"]))
    sheet = book["Overarching Episode"]
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == ["PatientID", "CancerPatient", "PatientID"]
    sex = next(column for column in sheet.iter_cols(values_only=True) if column[0] == "sex")
    assert sex[1:7] == ("CancerPatient", "BirthSex", "EUCAIM", "Male", "Male,COM1001366", "Female,COM1001370")
    for name, data in found.items():
        if name.endswith(".csv"):
            lines = data.decode().splitlines()
            assert '"' not in data.decode()
            assert len({line.count(",") for line in lines}) == 1
    assert (
        found["etl/myset_timepoints_flow.csv"].decode().splitlines()[0]
        == "PatientID,StudyInstanceUID,ImagingTimepoint"
    )
    assert "t2_tse_tra,T2 weighted" in found["etl/myset_series_descriptions.csv"].decode()


def test_codes_of_the_data_model_are_written_bare_and_its_limits_hold(images):
    raw = table("Patient ID,Sex,Age at diagnosis,Histology", f"0001,male,60,{'x' * 51}", "0002,male,70,ok")
    template = clinical.load_template("eucaim-cdm")
    constants = {
        "patient_diagnostic_category": "Patient with Cancer",
        "cancer_condition_topography": "Prostate",
    }
    mapping = clinical.propose(raw, template, constants)
    made = clinical.apply(raw, template, mapping, images)
    assert {one.rule for one in made.findings if one.target == "cancer_condition_histology_morphology"} == {
        "length"
    }
    (data,) = export(Source(made, mapping), "upv-csv").values()
    assert data.decode().splitlines()[1].split(",")[2] == "COM1001366"


def test_figures_hide_small_counts(source):
    (data,) = export(source, "statistics").values()
    found = json.loads(data)
    assert (found["subjects"], found["age_range"]) == (3, None)
    assert found["values"]["sex"] == {"Male": "fewer than 5"}


def test_rules_of_the_risk_phase_are_applied_before_anything_is_written(source, images):
    raw = table("Patient ID,Sex,Age", "0001,male,61.5", "0002,male,70")
    template = clinical.load_template("generic")
    mapping = replace(
        clinical.propose(raw, template),
        generalise=({"target": "age_at_diagnosis", "rule": "band", "width": 5},),
    )
    made = clinical.apply(raw, template, mapping, images)
    assert made.columns["age_at_diagnosis"].texts() == ["60-64", "70-74"]
    (data,) = export(Source(made, mapping), "eforms").values()
    assert json.loads(data)[0]["eForm"]["pages"][0]["page_data"]["age_at_diagnosis"]["value"] == "60-64"


def test_values_that_the_etl_has_no_room_for_are_told(images):
    raw = table("Patient ID,PSA,Histology", "0001,1500,short", f"0002,4,{'x' * 51}")
    template = clinical.load_template("prostate")
    mapping = clinical.propose(raw, template)
    source = Source(clinical.apply(raw, template, mapping, images), mapping)
    assert [(one.target, one.rows) for one in EXPORTS["etl"].told(source)] == [
        ("pathology", (3,)),
        ("psa", (2,)),
    ]


def test_a_year_that_the_node_would_read_from_a_moved_date_is_told(source):
    assert not list(EXPORTS["eforms"].told(source))
    assert [one.target for one in EXPORTS["eforms"].told(replace(source, moved=True))] == [
        "date_of_diagnosis"
    ]

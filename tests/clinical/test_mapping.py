"""A mapping is a file that can be read, compared and used again, and that tells no patient's values."""

import json
from dataclasses import replace

import pytest

from eucaim_nb import clinical
from eucaim_nb.errors import TableError

from .conftest import prepared, table

RAW = (
    "Patient ID,Sex,Age,Histology,Date of diagnosis,Comment",
    "0001,male,61,adeno Meier,13/02/2020,x",
    "0002,w,70,none,14/02/2020,y",
)


def mapping():
    return clinical.propose(table(*RAW), clinical.load_template("generic"), {"population": "Control group"})


def test_a_mapping_comes_back_from_its_file_as_it_was(tmp_path):
    clinical.save_mapping(mapping(), tmp_path / "mapping.json")
    again = clinical.load_mapping(tmp_path / "mapping.json")
    by_target = sorted(mapping().fields, key=lambda one: one.target)
    assert again == replace(mapping(), fields=tuple(by_target))
    clinical.save_mapping(again, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "mapping.json").read_bytes()


def test_a_mapping_holds_no_text_of_the_table_but_values_of_coded_variables(tmp_path):
    clinical.save_mapping(mapping(), tmp_path / "mapping.json")
    text = (tmp_path / "mapping.json").read_text()
    for value in ("0001", "Meier", "13/02/2020", "61"):
        assert value not in text
    values = next(one for one in json.loads(text)["fields"] if one["target"] == "sex")["values"]
    assert values == [{"by": "same", "from": "male", "rare": True, "to": "Male"}]


def test_what_is_new_in_the_next_table_is_told():
    other = table("Patient ID,Sex,Age,Grade", "0001,male,61,2")
    found = clinical.difference(mapping(), other, clinical.load_template("prostate"))
    assert found.new_columns == ("Grade",)
    assert found.missing_columns == ("Histology", "Date of diagnosis", "Comment")
    assert found.other_template


def test_a_person_s_decisions_count(images):
    raw = table("Patient ID,Sex,Age,PSA,cT", "0001,2,61,<0.1,2a", "0002,1,-1,4,3")
    template = clinical.load_template("prostate")
    decided = (
        clinical.propose(raw, template, {"population": "Patient with Cancer"})
        .with_field(
            clinical.FieldMap(
                "sex", ("Sex",), values=(clinical.ValueMap("1", "Male"), clinical.ValueMap("2", "Other"))
            )
        )
        .with_field(clinical.FieldMap("age_at_diagnosis", ("Age",), missing={"-1": "unknown"}))
        .with_field(clinical.FieldMap("psa", ("PSA",), steps=(clinical.Step("number", {"below": "half"}),)))
        .with_field(
            clinical.FieldMap(
                "clinical_t",
                ("cT",),
                steps=(clinical.Step("tnm", {"letter": "T", "prefix": "c", "bare": True}),),
            )
        )
    )
    made = clinical.apply(raw, template, decided, images)
    shown = {name: column.texts() for name, column in made.columns.items()}
    assert shown["sex"] == ["Other", "Male"]
    assert shown["age_at_diagnosis"] == ["61", ""]
    assert shown["psa"] == ["0.05", "4"]
    assert shown["clinical_t"] == ["cT2a", "cT3"]


def test_columns_are_combined_by_day_age_text_or_the_first_there_is(images):
    raw = table("Patient ID,Born,Seen,A,B", "0001,1960-01-01,2020-01-01,,x", "0002,1950-01-01,2020-01-31,y,z")
    template = clinical.load_template("generic")

    def combined(target, op, *columns):
        return clinical.FieldMap(target, columns, combine=clinical.Combination(op))

    fields = (
        combined("age_at_diagnosis", "age", "Born", "Seen"),
        combined("follow_up_days", "days", "Born", "Seen"),
        combined("pathology", "first", "A", "B"),
        combined("diagnosis", "join", "A", "B"),
    )
    made = clinical.apply(
        raw,
        clinical.load_template("generic"),
        clinical.Mapping("generic", subjects=clinical.Subjects("Patient ID"), fields=fields[:3]),
        images,
    )
    assert "diagnosis" not in template
    assert made.columns["age_at_diagnosis"].texts() == ["60.0", "70.1"]
    assert made.columns["follow_up_days"].texts() == ["21915", "25597"]
    assert made.columns["pathology"].texts() == ["x", "y"]


@pytest.mark.parametrize(
    "change",
    [
        {"format": 9},
        {"dates": "somehow"},
        {"subjects": {"column": "x", "rows": "all"}},
        {"subjects": {"column": "x", "normalise": ["lower"]}},
        {"fields": [{"target": "sex", "source": ["a", "b"]}]},
        {"fields": [{"target": "sex", "source": ["a"], "steps": [{"op": "exec"}]}]},
        {"fields": [{}]},
    ],
)
def test_a_mapping_that_asks_for_something_unknown_is_refused(tmp_path, change):
    clinical.save_mapping(mapping(), tmp_path / "mapping.json")
    content = json.loads((tmp_path / "mapping.json").read_text()) | change
    (tmp_path / "mapping.json").write_text(json.dumps(content))
    with pytest.raises(TableError):
        clinical.load_mapping(tmp_path / "mapping.json")


REDCAP = """Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels",\
Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,Required Field?
record_id,base,text,Record ID,,,,,y
gender,base,radio,Gender,"1, Male | 2, Female",,,,y
visit,base,text,Date of visit,,date_dmy,,,
psa_1,base,text,PSA,,number,0,500,
"""


def test_a_redcap_dictionary_is_a_template_and_explains_codes(tmp_path, images):
    (tmp_path / "dictionary.csv").write_text(REDCAP)
    template = clinical.load_template(tmp_path / "dictionary.csv")
    assert {one.name: one.type for one in template.targets} == {
        "record_id": "string", "gender": "string", "visit": "date", "psa_1": "number"
    }  # fmt: skip
    raw = table("record_id,gender,visit,psa_1", "0001,1,13/02/2020,4.5", "0002,2,14/02/2020,700")
    books = clinical.dictionary(tmp_path / "dictionary.csv")
    made = clinical.apply(raw, template, clinical.propose(raw, template, books=books), images)
    assert made.columns["gender"].texts() == ["Male", "Female"]
    assert [(one.rule, one.rows) for one in made.findings if one.target == "psa_1"] == [("range", (3,))]


def test_a_table_schema_of_one_s_own_is_a_template(tmp_path, images):
    schema = {
        "fields": [
            {"name": "patient_id", "type": "string"},
            {"name": "mood", "type": "string", "constraints": {"enum": ["good", "bad"]}},
        ]
    }
    (tmp_path / "own.json").write_text(json.dumps(schema))
    made = prepared(table("Patient ID,Mood", "0001,Good", "0002,??bad"), images, tmp_path / "own.json")
    assert made.columns["mood"].texts() == ["good", ""]

"""Rows and images of one patient stay one patient: same pseudonym, same shift of dates, and every row accounted for."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eucaim_nb import clinical
from eucaim_nb.clinical import Severity
from eucaim_nb.identity import DatePolicy, Dates, Key, Pseudonyms

from .conftest import prepared, rules, table

HEAD = "Patient ID,Sex,Age,Date of diagnosis"


def test_pseudonyms_are_those_of_the_images(images):
    made = prepared(table(HEAD, "0001,male,60,2020-02-01", "0002,male,70,2020-03-01"), images)
    assert made.columns["patient_id"].texts() == [next(iter(images.made[name])) for name in ("0001", "0002")]


def test_an_id_that_two_issuers_gave_out_is_not_guessed(images):
    twice = replace(images, made={**images.made, "0001": {"EUCAIM-A", "EUCAIM-B"}})
    made = prepared(table(HEAD, "0001,male,60,2020-02-01"), twice)
    assert "no pseudonym" in rules(made.findings, Severity.ERR)


def test_without_the_secret_of_the_anonymiser_only_patients_with_images_have_a_pseudonym(images):
    foreign = replace(images, maker=None)
    made = prepared(
        table(HEAD, "0001,male,60,2020-02-01", "0009,male,70,2020-03-01"), foreign, without_images="keep"
    )
    assert made.columns["patient_id"][0] == next(iter(images.made["0001"]))
    (found,) = [one for one in made.findings if one.rule == "no pseudonym"]
    assert found.rows == (3,)


@given(
    st.dates(date(1900, 1, 1), date(2099, 1, 1)),
    st.sampled_from(["", "-"]),
    st.text("0123456789A", min_size=1),
)
def test_dates_move_exactly_as_those_of_the_images(day, coarse, patient):
    maker = Pseudonyms(Key(bytes(32)), "EUCAIM")
    images = clinical.Images(maker=maker, dates=DatePolicy.SHIFT)
    cell = day.isoformat()[:7] if coarse else day.isoformat()
    raw = table("Patient ID,Date of diagnosis,Sex", f"P{patient},{cell},male", f"Q{patient},{cell},male")
    made = clinical.apply(raw, TEMPLATE, MAPPING, images)
    expected = Dates(DatePolicy.SHIFT, maker.shift_days(f"P{patient}")).dt(cell.replace("-", ""))
    assert made.columns["date_of_diagnosis"][0].replace("-", "") == expected


TEMPLATE = clinical.load_template("generic")
MAPPING = clinical.Mapping(
    "generic",
    subjects=clinical.Subjects("Patient ID"),
    fields=(
        clinical.FieldMap("date_of_diagnosis", ("Date of diagnosis",)),
        clinical.FieldMap("sex", ("Sex",)),
    ),
)


def test_days_count_from_the_first_study_of_the_patient(images):
    made = prepared(table(HEAD, "0001,male,60,2020-02-01", "0002,male,70,2020-02-10"), images)
    assert made.columns["date_of_diagnosis_days"].texts() == ["22", "-10"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(DatePolicy.MONTH, "2020-02-01"), (DatePolicy.REMOVE, ""), (DatePolicy.KEEP, "2020-02-17")],
)
def test_other_policies_of_the_images_are_followed(images, policy, expected):
    made = prepared(table(HEAD, "0001,male,60,2020-02-17"), replace(images, dates=policy))
    assert made.columns["date_of_diagnosis"].texts() == [expected]


def test_high_ages_are_joined_as_in_the_images(images):
    made = prepared(table(HEAD, "0001,male,93.3,2020-02-17", "0002,male,89.9,2020-02-17"), images)
    assert made.columns["age_at_diagnosis"].texts() == ["90", "89.9"]


def test_ids_are_never_changed_silently_but_the_change_is_offered(images):
    raw = table(HEAD, "1,male,60,2020-02-01", "0002 ,male,70,2020-03-01")
    made = prepared(raw, images)
    assert (made.both, made.clinical_only) == ((), ("0002 ", "1"))
    offers = {
        one.message.split("by ")[1] for one in made.findings if one.rule == "Patient ID written differently"
    }
    assert offers == {"'trim': 1.", "'zero-pad:4': 1."}
    chosen = prepared(raw, images, normalise=("trim", "zero-pad:4"))
    assert (chosen.both, chosen.images_only, chosen.clinical_only) == (("0001", "0002"), ("0003",), ())


def test_every_row_is_in_the_result_or_left_out_for_a_reason(images):
    raw = table(
        HEAD,
        "0001,male,60,2020-02-01",
        ",male,70,2020-03-01",
        HEAD,
        "0009,male,50,2020-03-01",
        "0002,male,71,2020-04-01",
    )
    made = prepared(raw, images)
    assert {one.reason: one.lines for one in made.dropped} == {
        "no Patient ID": (3,),
        "a header repeated among the rows": (4,),
        "no images of this patient are indexed": (5,),
    }
    assert made.rows_in == len(made) + sum(len(one.lines) for one in made.dropped) == 5


def test_several_rows_of_a_patient_block_until_somebody_says_which_count(images):
    raw = table(HEAD, "0001,male,60,2020-02-01", "0002,male,70,2020-02-01", "0001,male,61,2021-02-01")
    (found,) = [one for one in prepared(raw, images).findings if one.rule == "several rows of a patient"]
    assert (found.severity, found.rows) == (Severity.ERR, (2, 4))
    assert prepared(raw, images, rows="first").lines.tolist() == [2, 3]
    assert prepared(raw, images, rows="last").lines.tolist() == [3, 4]
    assert prepared(raw, images, "generic", rows="timepoints").columns["timepoint"].texts() == ["1", "1", "2"]


def test_contradictions_with_the_images_and_within_the_row_are_found(images):
    raw = table(
        HEAD + ",Date of death,Vital status",
        "0001,female,60,2020-02-01,,alive",
        "0002,male,45,2020-02-01,2019-01-01,alive",
        "0003,male,65,2020-02-01,,dead",
    )
    found = {one.rule: one.rows for one in prepared(raw, images).findings if one.severity is Severity.WARN}
    assert found["sex of table and images"] == (2,)
    assert found["age of table and images"] == (3,)
    assert found["body part of table and images"] == (4,)
    assert found["sex and organ"] == (2,)
    assert found["order of dates"] == (3,)
    assert found["death and vital status"] == (3,)


def test_free_text_that_names_somebody_blocks_and_the_finding_does_not_repeat_it(images):
    raw = table(
        "Patient ID,Histology", "0001,adenocarcinoma", "0002,seen by Dr. Schneider tel. +49 170 1234567"
    )
    (found,) = [one for one in prepared(raw, images).findings if one.rule == "identifying text"]
    assert (found.severity, found.rows) == (Severity.ERR, (3,))
    assert "Schneider" not in found.message + found.remedy + repr(found)


def test_wrong_rows_can_be_left_out_instead_of_blocking(images):
    raw = table(HEAD, "0001,male,60,2020-02-01", "0002,2,70,2020-02-01")
    template = clinical.load_template("prostate")
    mapping = clinical.propose(raw, template, {"population": "Patient with Cancer"})
    made = clinical.apply(raw, template, replace(mapping, invalid="drop rows"), images)
    assert made.lines.tolist() == [2]
    assert [(one.reason, one.lines) for one in made.dropped] == [("a cell is wrong: value", (3,))]
    assert not rules(made.findings, Severity.ERR)

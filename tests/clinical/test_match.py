"""Columns are recognised in ten languages, one for each variable, and doubts are asked."""

import pytest

from benchmarks.clinical.suggestions import recognised
from benchmarks.clinical.tables import held_out
from eucaim_nb import clinical
from eucaim_nb.clinical import profile, suggest

from .conftest import table


def suggested(raw, template="generic"):
    return {one.source: one for one in suggest(profile(raw), clinical.load_template(template))}


@pytest.mark.parametrize(
    "source",
    [
        "held_out.toml",
        "public.toml",
        "fresh.toml",
        "fresh_second.toml",
        "fresh_third.toml",
        "fresh_fourth.toml",
    ],
)
def test_precision_and_recall_on_tables_whose_headers_were_not_used_for_synonyms(source):
    right = wrong = missed = 0
    for one in held_out(source=source):
        counts = recognised(one)
        right, wrong, missed = right + counts[0], wrong + counts[1], missed + counts[2]
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.85


@pytest.mark.parametrize(
    ("header", "cells", "target"),
    [
        ("Sexo", ["hombre", "mujer"], "sex"),
        ("Geschlecht", ["m", "w"], "sex"),
        ("Age at diagnosis (years)", ["61", "70"], "age_at_diagnosis"),
        ("Data di diagnosi", ["14/03/2020", "30/01/2021"], "date_of_diagnosis"),
        ("vitalStatus", ["alive", "dead"], "vital_status"),
    ],
)
def test_a_header_is_recognised_with_a_reason(header, cells, target):
    found = suggested(table(f"id,{header}", *(f"{i},{cell}" for i, cell in enumerate(cells))))[header]
    assert (found.target, found.sure) == (target, True)
    assert found.reason


def test_headers_that_all_begin_alike_are_recognised_by_what_follows():
    found = suggested(
        table(
            "id,formfieldgender,formfieldheight,formfieldweight,formfieldsmokingstatus", "1,male,180,80,never",
            "2,female,170,70,former",
        )
    )  # fmt: skip
    assert [one.target for one in found.values()][1:] == ["sex", "height", "weight", "smoking_status"]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("ageatdiagnosis", "age_at_diagnosis"),
        ("PatientGender", "sex"),
        ("clin_t", "clinical_t"),
        ("USUBJID", "patient_id"),
    ],
)
def test_glued_words_and_names_of_standard_models_are_known(header, target):
    known = {"age_at_diagnosis": ("61", "70"), "sex": ("m", "f"), "clinical_t": ("T1", "T2")}
    cells = known.get(target, ("a1", "b2"))
    found = suggested(table(f"x,{header}", *(f"{i},{cell}" for i, cell in enumerate(cells))))[header]
    assert (found.target, found.sure) == (target, True)


@pytest.mark.parametrize(
    ("header", "cells", "target"),
    [
        ("Identificador do doente", ["a1", "b2"], "patient_id"),
        ("Tumorgroesse_mm", ["12", "31"], "tumour_size"),
        ("wiek_rozpoznania", ["61", "70"], "age_at_diagnosis"),
        ("Behandlungsbeginn", ["2020-03-14", "2021-01-30"], "date_of_first_treatment"),
        ("DTDIAGNO", ["2020-03-14", "2021-01-30"], "date_of_diagnosis"),
        ("date_of_death_date_of_death", ["2020-03-14", "2021-01-30"], "date_of_death"),
        ("height_m", ["1.72", "1.81"], "height"),
    ],
)
def test_compounds_other_languages_and_short_forms_meet_in_one_name(header, cells, target):
    found = suggested(table(f"x,{header}", *(f"{i},{cell}" for i, cell in enumerate(cells))))[header]
    assert (found.target, found.sure) == (target, True)


def test_the_name_of_a_form_before_each_header_does_not_hide_what_follows():
    found = suggested(
        table(
            "demo__id,demo__gender,diag__tumor_grade,demo__height,demo__weight",
            "a,male,2,180,80",
            "b,female,1,170,70",
        )
    )
    assert [one.target for one in found.values()] == [
        "patient_id",
        "sex",
        "histologic_grade",
        "height",
        "weight",
    ]


def test_a_letter_alone_is_a_category_only_if_its_values_are():
    assert suggested(table("id,N", "1,N0", "2,N1"))["N"].target == "clinical_n"
    assert not suggested(table("id,N", "1,14", "2,15"))["N"].sure


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("PSA density", ["0.1", "0.2"]),
        ("Cause of death", ["cancer", "other"]),
        ("Mother's age", ["61", "70"]),
        ("Age at menarche", ["12", "13"]),
        ("age_at_nephrectomy", ["61", "70"]),
        ("OP-Datum", ["14/03/2020", "30/01/2021"]),
        ("Sex", ["14/03/2020", "30/01/2021"]),
    ],
)
def test_false_friends_are_not_preselected(header, cells):
    found = suggested(
        table(f"id,{header}", *(f"{i},{cell}" for i, cell in enumerate(cells))), "eucaim-positive"
    )[header]
    assert not found.sure


def test_two_columns_never_fill_one_variable():
    found = suggested(table("id,Sex,Gender", "1,male,male", "2,female,female"))
    assert [one.target for one in found.values()].count("sex") == 1


def test_columns_that_identify_are_pointed_out():
    found = suggested(table("id,Nachname,Kommentar", "1,Meier,Tel. +34 600 123 456", "2,Huber,"))
    assert "identify" in found["Nachname"].reason
    assert "phone" in found["Kommentar"].reason

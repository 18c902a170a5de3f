"""Columns are recognised in ten languages, one for each variable, and doubts are asked."""

import pytest

from benchmarks.clinical.suggestions import recognised
from benchmarks.clinical.tables import held_out
from eucaim_nb import clinical
from eucaim_nb.clinical import profile, suggest

from .conftest import table


def suggested(raw, template="generic"):
    return {one.source: one for one in suggest(profile(raw), clinical.load_template(template))}


def test_precision_and_recall_on_tables_whose_headers_were_written_before_the_synonyms():
    right = wrong = missed = 0
    for one in held_out():
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


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("PSA density", ["0.1", "0.2"]),
        ("Cause of death", ["cancer", "other"]),
        ("Mother's age", ["61", "70"]),
        ("Age at menarche", ["12", "13"]),
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

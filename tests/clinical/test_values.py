"""What a cell's text means: known words in many languages, never a number without a book."""

import pytest

from eucaim_nb import clinical
from eucaim_nb.clinical import Step, suggest_values
from eucaim_nb.clinical._steps import Unusable
from eucaim_nb.errors import TableError

from .conftest import prepared, rules, table

SEX = clinical.load_template("generic")["sex"]


def meanings(texts, target=SEX, book=None):
    found, _ = suggest_values(dict.fromkeys(texts, 9), target, book)
    return {one.source: one.to for one in found}


@pytest.mark.parametrize(
    ("male", "female"),
    [("male", "FEMALE"), ("hombre", "mujer"), ("maschio", "femmina"), ("männlich", "weiblich"),
     ("homme", "femme"), ("masculino", "feminino"), ("man", "vrouw"), ("άνδρας", "γυναίκα"),
     ("mężczyzna", "kobieta"), ("manlig", "kvinna")],
)  # fmt: skip
def test_sex_is_understood_in_ten_languages(male, female):
    assert meanings([male, female]) == {male: "Male", female: "Female"}


def test_numbers_mean_nothing_without_a_book():
    assert meanings(["0", "1", "2"]) == {}
    assert meanings(["0", "1"], book={"0": "female", "1": "male"}) == {"0": "Female", "1": "Male"}


def test_a_letter_means_what_the_other_letters_of_the_column_make_of_it():
    assert meanings(["M", "F"]) == {"M": "Male", "F": "Female"}
    assert meanings(["H", "M"]) == {"H": "Male", "M": "Female"}
    assert meanings(["M"]) == {}
    assert meanings(["M", "X"]) == {}


def test_values_that_nobody_explained_block_a_mandatory_variable(images):
    made = prepared(table("Patient ID,Sex,Age", "0001,male,60", "0002,2,61", "0003,male,62"), images)
    (found,) = [one for one in made.findings if one.target == "sex"]
    assert (found.severity, found.value, found.rows) == (clinical.Severity.ERR, "2", (3,))
    assert "2" not in found.message + found.remedy


def test_several_treatments_in_one_cell_are_all_kept():
    treatment = clinical.load_template("generic")["treatment"]
    assert meanings(["Chemotherapy + surgery"], treatment) == {
        "Chemotherapy + surgery": "Chemotherapy + Surgery"
    }


@pytest.mark.parametrize(
    ("step", "text", "result"),
    [
        (Step("number", {"decimal": ","}), "1.234,5", "1234.5"),
        (Step("number", {"decimal": ","}), "12,5", "12.5"),
        (Step("number", {"decimal": ".", "unit": "kg"}), "71.5 kg", "71.5"),
        (Step("number", {"decimal": ",", "below": "limit"}), "<0,1", "0.1"),
        (Step("number", {"decimal": ".", "below": "half"}), "<0.1", "0.05"),
        (Step("unit", {"from": "cm", "to": "mm"}), "2.5", "25"),
        (Step("unit", {"from": "ug/L", "to": "ng/mL"}), "4", "4"),
        (Step("tnm", {"letter": "T", "prefix": "c"}), "T2a", "cT2a"),
        (Step("tnm", {"letter": "T", "prefix": "c"}), "cTis", "cTis"),
        (Step("tnm", {"letter": "N", "prefix": "p", "bare": True}), "1mi", "pN1mi"),
        (Step("stage"), "Stage IIIa", "IIIA"),
        (Step("split", {"separator": ",", "item": "max"}), "1,3,2", "3"),
        (Step("split", {"separator": ",", "item": "first"}), "3+4,4+4", "3+4"),
        (Step("round", {"decimals": 1}), "61.27", "61.3"),
    ],
)
def test_steps_do_what_they_say(step, text, result):
    assert step.change()(text) == result


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Step("number", {"decimal": ","}), "1.5"),
        (Step("number", {"decimal": "."}), "1,234.5.6"),
        (Step("number", {"decimal": ".", "unit": "kg"}), "71 lb"),
        (Step("number"), "<0.1"),
        (Step("tnm", {"letter": "T", "prefix": "c"}), "2a"),
        (Step("tnm", {"letter": "T", "prefix": "c"}), "pT2"),
        (Step("tnm", {"letter": "T", "prefix": "c"}), "N1"),
        (Step("stage"), "V"),
    ],
)
def test_steps_refuse_what_is_not_clear(step, text):
    with pytest.raises(Unusable):
        step.change()(text)


@pytest.mark.parametrize(
    "data",
    [
        {"op": "eval", "code": "1"},
        {"op": "number", "decimal": "x"},
        {"op": "date", "format": "%d"},
        {"op": "unit", "from": "kg", "to": "mm"},
        {"op": "strip", "also": 1},
    ],
)
def test_a_mapping_can_ask_for_no_other_step(data):
    with pytest.raises(TableError):
        Step.of(data)


def test_a_comma_before_three_digits_is_asked_for_and_not_guessed(images):
    made = prepared(table("Patient ID;PSA", '0001;"1,234"', '0002;"2,345"', delimiter=";"), images)
    assert made.columns["psa"].values == ("",)
    assert "number" in rules(made.findings)


def test_a_number_that_looks_like_missing_is_pointed_out(images):
    made = prepared(
        table("Patient ID,Pack years,PSA", "0001,1,4.1", "0002,1,5.2", "0003,1,999", "0004,1,7"),
        images,
        without_images="keep",
    )
    (found,) = [one for one in made.findings if one.rule == "like a code for missing"]
    assert (found.target, found.rows) == ("psa", (4,))


def test_a_value_can_be_shown_by_its_form_alone():
    found = clinical.Finding("value", clinical.Severity.ERR, "", value="Müller 12/03/45")
    assert found.masked == "aaaaaa 99/99/99"
    assert "Müller" not in repr(found)

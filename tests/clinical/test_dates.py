"""A date is never converted wrongly: ISO stays, one format per column, what is not clear is asked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eucaim_nb import clinical
from eucaim_nb.clinical._dates import FORMATS, parse_date, vote

from .conftest import prepared, table

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
WRITTEN = {
    "YYYY-MM-DD": "%Y-%m-%d", "DD/MM/YYYY": "%d/%m/%Y", "MM/DD/YYYY": "%m/%d/%Y", "DD.MM.YYYY": "%d.%m.%Y",
    "DD-MM-YYYY": "%d-%m-%Y", "MM-DD-YYYY": "%m-%d-%Y", "YYYY/MM/DD": "%Y/%m/%d", "YYYY.MM.DD": "%Y.%m.%d",
    "YYYYMMDD": "%Y%m%d", "DD MM YYYY": "%d %m %Y",
}  # fmt: skip


@given(DAYS, st.sampled_from(sorted(FORMATS)))
def test_a_date_in_iso_is_what_it_says_whatever_the_format_of_the_column(day, form):
    assert parse_date(day.isoformat(), form) == day.isoformat()


@given(st.lists(DAYS, min_size=1, max_size=8), st.sampled_from(sorted(WRITTEN)))
def test_the_format_of_a_column_is_right_or_asked_for(days, form):
    cells = [(day.strftime(WRITTEN[form]), 1) for day in days]
    found = vote(cells)
    if found.format:
        assert [parse_date(cell, found.format) for cell, _ in cells] == [day.isoformat() for day in days]
    else:
        assert form in found.rivals
        assert len(found.rivals) == 2


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 12, 31)).filter(lambda day: day.day <= 12), min_size=1))
def test_days_and_months_that_could_change_places_are_always_asked(days):
    for form in ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"):
        assert not vote([(day.strftime(form), 1) for day in days]).format


@given(st.text(max_size=12))
def test_no_text_becomes_a_date_that_is_not_in_it(text):
    for form in FORMATS:
        found = parse_date(text, form)
        if found is not None and form not in ("spreadsheet day", "D MONTH YYYY"):
            assert {str(int(part)) for part in found.split("-")} <= {
                str(int(part)) for part in _numbers(text, form)
            }


def _numbers(text, form):
    import re

    if form == "YYYYMMDD" and re.fullmatch(r"\d{8}", text.strip()):
        return [text.strip()[:4], text.strip()[4:6], text.strip()[6:]]
    return re.findall(r"\d+", text)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("3 maja 2021", "2021-05-03"),
        ("12 de marzo de 2020", "2020-03-12"),
        ("1. März 2019", "2019-03-01"),
        ("March 3, 2018", "2018-03-03"),
    ],
)
def test_names_of_months_are_read_in_many_languages(text, iso):
    assert parse_date(text, "D MONTH YYYY") == iso


def test_a_month_stays_a_month_and_a_year_a_year():
    assert parse_date("03/2020", "MM/YYYY") == "2020-03"
    assert parse_date("2020", "YYYY") == "2020"


@pytest.mark.parametrize("cell", ["13/08/45", "1.2.99", "31/02/2020", "2020-13-01", "0000-00-00"])
def test_years_of_two_digits_and_impossible_days_are_refused_and_said(images, cell):
    made = prepared(
        table("Patient ID,Date of diagnosis", "0001,14/03/2020", f"0002,{cell}", "0003,30/04/2020"), images
    )
    assert made.columns["date_of_diagnosis"][1] == ""
    (found,) = [one for one in made.findings if one.target == "date_of_diagnosis" and one.value == cell]
    assert found.rows == (3,)
    assert "two digits" in found.message or "no date" in found.message


def test_dates_that_may_be_day_or_month_first_are_not_exported_until_somebody_says(images):
    made = prepared(table("Patient ID,Date of diagnosis", "0001,03/04/2020", "0002,05/06/2020"), images)
    assert made.columns["date_of_diagnosis"].values == ("",)
    assert {one.rule for one in made.findings if one.target == "date_of_diagnosis"} == {"date"}


def test_spreadsheet_numbers_are_days_only_if_that_is_chosen():
    assert parse_date("44562", "spreadsheet day") == "2022-01-01"
    assert parse_date("44562", "DD/MM/YYYY") is None
    assert "spreadsheet day" in clinical.DATE_FORMATS

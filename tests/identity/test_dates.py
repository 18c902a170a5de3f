"""Dates keep their intervals or lose their day, never pass through unread, and never raise."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eucaim_nb.identity import DatePolicy, Dates, top_coded_age

SHIFTS = st.integers(-3647, -1)
DAYS = st.dates(date(1900, 1, 1), date(2035, 12, 31))
TIMES = st.sampled_from(["", "07", "0715", "071559", "071560", "071559.5", "235959.999999"])
OFFSETS = st.sampled_from(["", "+0100", "-0330", "+1400", "-0000"])
ANY_POLICY = st.sampled_from(
    [Dates(DatePolicy.SHIFT, -700), Dates(DatePolicy.MONTH), Dates(DatePolicy.REMOVE), Dates(DatePolicy.KEEP)]
)


def da(day):
    return f"{day:%Y%m%d}" if day.year > 999 else f"{day.year:04d}{day:%m%d}"


def day(text):
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


@given(DAYS, DAYS, SHIFTS)
def test_shift_keeps_every_interval_to_the_day(first, second, days):
    dates = Dates(DatePolicy.SHIFT, days)
    moved = [day(dates.da(da(one))) for one in (first, second)]
    assert moved[1] - moved[0] == second - first
    assert moved[0] == first + timedelta(days=days)


@given(DAYS, TIMES, OFFSETS, SHIFTS)
def test_shift_of_a_datetime_keeps_time_fraction_and_offset(one, clock, offset, days):
    dates = Dates(DatePolicy.SHIFT, days)
    assert dates.dt(da(one) + clock + offset) == dates.da(da(one)) + clock + offset


@given(DAYS, TIMES, OFFSETS, SHIFTS)
def test_no_date_comes_out_as_it_went_in_unless_the_policy_says_so(one, clock, offset, days):
    value = da(one)
    assert Dates(DatePolicy.SHIFT, days).da(value) != value
    assert Dates(DatePolicy.SHIFT, days).dt(value + clock + offset)[:8] != value
    assert Dates(DatePolicy.MONTH).da(value) == value[:6] + "01"
    assert Dates(DatePolicy.MONTH).dt(value + clock + offset) == value[:6] + "01" + clock + offset
    assert Dates(DatePolicy.REMOVE).da(value) == Dates(DatePolicy.REMOVE).dt(value + clock) == ""
    assert Dates(DatePolicy.KEEP).da(value) == value


@given(st.one_of(st.text(max_size=30), st.from_regex(r"[0-9.:+\- ]{0,26}", fullmatch=True)), ANY_POLICY)
def test_no_value_raises_and_what_is_no_date_gives_nothing(text, dates):
    for treat in (dates.da, dates.dt, dates.tm):
        assert set(treat(text)) <= set("0123456789.+-")
    assert set(top_coded_age(text)) <= set("0123456789DWMY")


@pytest.mark.parametrize("value", ["1957.03.12 ", "19570312\0", " 19570312"])
def test_padding_and_the_old_spelling_are_read(value):
    assert Dates(DatePolicy.SHIFT, -365).da(value) == "19560312"
    assert Dates(DatePolicy.KEEP).da(value) == "19570312"


@pytest.mark.parametrize("policy", DatePolicy)
@pytest.mark.parametrize(
    "value",
    [
        "20230229",
        "20231301",
        "00000000",
        "1957",
        "12.03.1957",
        "１９５７０３１２",
        "19570312-19580312",
        "GARCIA",
        "",
    ],
)
def test_what_is_no_date_never_passes_through(value, policy):
    assert Dates(policy, -365).da(value) == ""


def test_leap_days_are_days_like_others():
    shifted = Dates(DatePolicy.SHIFT, -1)
    assert [shifted.da(one) for one in ("20240301", "20230301", "20000301", "19000301")] == [
        "20240229",
        "20230228",
        "20000229",
        "19000228",
    ]


@pytest.mark.parametrize(
    ("value", "shifted", "month"),
    [
        ("1957", "1955", "1957"),
        ("195703", "195503", "195703"),
        ("195703+0200", "195503+0200", "195703+0200"),
        ("1957031225", "", ""),
        ("195703121260", "", ""),
        ("19570312121314.1234567", "", ""),
        ("19570312121314.12+2500", "", ""),
        ("1957-03-12", "", ""),
    ],
)
def test_coarse_datetimes_stay_coarse_and_malformed_ones_go(value, shifted, month):
    assert Dates(DatePolicy.SHIFT, -728).dt(value) == shifted
    assert Dates(DatePolicy.MONTH).dt(value) == month


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("071559.123456 ", "071559.123456"),
        ("07:15:59", "071559"),
        ("07", "07"),
        ("2400", ""),
        ("071561", ""),
        ("7", ""),
        ("Garcia", ""),
    ],
)
def test_times_stay_unless_dates_are_removed(value, expected):
    for dates in (Dates(DatePolicy.SHIFT, -371), Dates(DatePolicy.MONTH), Dates(DatePolicy.KEEP)):
        assert dates.tm(value) == expected
    assert Dates(DatePolicy.REMOVE).tm(value) == ""


def test_shift_by_nothing_is_refused():
    with pytest.raises(ValueError, match="must not be 0"):
        Dates(DatePolicy.SHIFT)


@pytest.mark.parametrize(
    ("age", "coded"),
    [
        ("089Y", "089Y"),
        ("090Y", "090Y"),
        ("092Y", "090Y"),
        ("120Y", "090Y"),
        ("45Y ", "045Y"),
        ("999M", "999M"),
        ("006M", "006M"),
        ("999W", "999W"),
        ("012D", "012D"),
        ("92", ""),
        ("0092Y", ""),
        ("abcY", ""),
        ("", ""),
    ],
)
def test_ages_above_89_are_one(age, coded):
    assert top_coded_age(age) == coded


def test_limit_of_ages_counts_for_months_too():
    assert top_coded_age("999M", limit=79) == top_coded_age("081Y", limit=79) == "080Y"

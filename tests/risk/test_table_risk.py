"""Figures of table risk equal what the literature, ARX's formulas and pycanon say."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from eucaim_nb import risk
from eucaim_nb.errors import RiskError
from eucaim_nb.risk._classes import classes, coded
from eucaim_nb.risk._population import pitman, shlosser, snb, zayatz

HERE = Path(__file__).parent

# Sweeney's shape of table: classes of 3, 2, 2 and 1.
SMALL = pd.DataFrame(
    {
        "age": ["60-69"] * 3 + ["50-59"] * 4 + ["90+"],
        "sex": ["F", "F", "F", "M", "M", "F", "F", "M"],
        "diagnosis": ["C50", "C50", "C34", "C61", "C61", "C50", "C34", "C61"],
        "grade": [1, 2, 3, 1, 1, 2, 3, 3],
    }
)


def _classes(*sizes: int):
    return classes(coded(pd.DataFrame({"x": np.repeat(np.arange(len(sizes)), sizes)}), ["x"]))


def test_classes_and_attacker_models_of_a_table_done_by_hand():
    found = risk.assess(SMALL, ["age", "sex"], k=3)
    assert (found.k, found.classes, found.sample_uniques, found.records_below_k) == (1, 4, 1, 5)
    assert found.histogram == {1: 1, 2: 4, 3: 3}
    assert found.disclosure == risk.Disclosure(1.0, 0.5, 5 / 8, 1.0, 0.5, 5 / 8, 0.5)


def test_a_class_of_exactly_k_is_not_above_the_threshold():
    for k in range(1, 50):
        table = pd.DataFrame({"x": np.repeat(range(3), k)})
        assert risk.assess(table, ["x"], k=k).disclosure.prosecutor_above == 0


def test_journalist_and_marketer_use_the_population_table():
    population = pd.DataFrame({"age": ["60-69"] * 10 + ["50-59"] * 20 + ["90+"] * 4, "sex": list("FM") * 17})
    found = risk.assess(SMALL, ["age", "sex"], k=4, population_table=population).disclosure
    # F: 60-69 F 5, 50-59 M 10, 50-59 F 10, 90+ M 2; f: 3, 2, 2, 1
    marketer = (3 / 5 + 2 / 10 + 2 / 10 + 1 / 2) / 8
    assert found.marketer == pytest.approx(marketer)
    assert found.journalist_max == 1 / 2
    assert found.journalist_avg == pytest.approx(max(4 / 27, marketer))
    assert found.journalist_above == 1 / 8
    assert found.prosecutor_max == 1


def test_diversity_and_closeness_of_a_table_done_by_hand():
    diagnosis, grade = risk.assess(SMALL.iloc[:7], ["age", "sex"], sensitive_columns=["diagnosis", "grade"]).sensitive
    assert diagnosis.distinct == 1
    assert diagnosis.entropy == 1
    assert diagnosis.recursive == (1.0, 1)
    assert diagnosis.closeness == pytest.approx(5 / 7)  # all C61 in a class, 2 of 7 in the table
    assert diagnosis.ordered_closeness is None
    # The two of grade 1: p = (1, 0, 0), q = (3, 2, 2)/7
    assert grade.ordered_closeness == pytest.approx((4 / 7 + 2 / 7) / 2)


def test_recursive_diversity_divides_the_most_frequent_value_by_the_rare_ones():
    table = pd.DataFrame({"q": ["a"] * 6, "s": ["x", "x", "x", "y", "y", "z"]})
    (found,) = risk.assess(table, ["q"], sensitive_columns=["s"]).sensitive
    assert found.recursive == (3.0, 3)  # 3 / 1
    assert found.entropy == pytest.approx(math.exp(-(0.5 * math.log(0.5) + math.log(1 / 3) / 3 + math.log(1 / 6) / 6)))


def test_ordered_distance_equals_its_definition_on_random_tables():
    rng = np.random.default_rng(3)
    for _ in range(30):
        n, m = int(rng.integers(5, 60)), int(rng.integers(2, 9))
        table = pd.DataFrame({"q": rng.integers(0, 5, n), "s": rng.integers(0, m, n)})
        (found,) = risk.assess(table, ["q"], sensitive_columns=["s"]).sensitive
        values = np.unique(table["s"])
        q = np.array([(table["s"] == v).mean() for v in values])
        distances = [
            np.abs(np.cumsum([(group["s"] == v).mean() for v in values] - q)).sum() / max(len(values) - 1, 1)
            for _, group in table.groupby("q")
        ]
        assert found.ordered_closeness == pytest.approx(max(distances))


def test_figures_equal_pycanon_where_both_define_them_alike():
    """pycanon cuts entropy l to a whole number and sorts r_1 the other way round, so (c, l) is not compared."""
    table, theirs = pd.read_csv(HERE / "patients.csv"), json.loads((HERE / "pycanon.json").read_text())
    ours = risk.assess(table, theirs["quasi_identifiers"], sensitive_columns=["diagnosis", "grade"])
    assert ours.k == theirs["k"]
    assert ours.disclosure.prosecutor_max == theirs["prosecutor_max"]
    for one in ours.sensitive:
        expected = theirs[one.column]
        assert one.distinct == expected["distinct"]
        assert int(one.entropy - 1e-9) == expected["entropy"]
        closeness = one.closeness if one.ordered_closeness is None else one.ordered_closeness
        assert closeness == pytest.approx(expected["closeness"])


# Population uniques


def test_zayatz_done_by_hand():
    # n = 4 of N = 8, classes 1, 1, 2: h(1) = 1/2, h(2) = 2*C(6,3)/C(8,4) = 4/7
    assert zayatz(_classes(1, 1, 2), 8) == pytest.approx(2 * (2 * 0.5) / (2 * 0.5 + 4 / 7) / 0.5)


def test_pitman_finds_the_greatest_likelihood():
    found = _classes(*([1] * 60 + [2] * 12 + [3] * 6 + [5] * 3 + [20, 40, 60]))
    n, u = int(found.sizes.sum()), len(found.sizes)

    def likelihood(theta: float, alpha: float) -> float:
        return (
            sum(math.log(theta + i * alpha) for i in range(1, u))
            - sum(math.log(theta + i) for i in range(1, n))
            + sum(math.log(i - alpha) for size in found.sizes for i in range(1, size))
        )

    grid = [(t, a) for t in np.linspace(0.5, 40, 80) for a in np.linspace(0.02, 0.98, 97)]
    theta, alpha = max(grid, key=lambda at: likelihood(*at))
    by_grid = math.exp(math.lgamma(theta + 1) - math.lgamma(theta + alpha)) * 5000**alpha
    assert pitman(found, 5000) == pytest.approx(by_grid, rel=0.05)


def test_estimates_are_near_the_truth_where_the_population_is_known():
    rng = np.random.default_rng(11)
    sizes = 1 + rng.negative_binomial(0.6, 0.3, 6000)
    people = np.repeat(np.arange(6000), sizes)
    truth = int((sizes == 1).sum())
    sample = classes(coded(pd.DataFrame({"x": rng.permutation(people)[: len(people) // 2]}), ["x"]))
    estimates = {"snb": snb(sample, len(people)), "zayatz": zayatz(sample, len(people))}
    assert estimates["snb"] == pytest.approx(truth, rel=0.15), estimates
    assert estimates["zayatz"] == pytest.approx(truth, rel=0.35), estimates


def test_the_whole_population_as_table_leaves_nothing_to_estimate():
    found = _classes(1, 1, 1, 2, 3)
    assert snb(found, 8) == 3
    assert zayatz(found, 8) == pytest.approx(3)
    assert shlosser(found, 0.999999) == pytest.approx(5, rel=1e-3)


def test_the_rule_of_dankar_chooses_by_sampling_fraction():
    table = pd.DataFrame({"x": np.repeat(range(65), [1] * 40 + [2] * 15 + [3] * 6 + [4] * 3 + [9])})
    small = risk.assess(table, ["x"], population=20_000).population
    large = risk.assess(table, ["x"], population=300).population
    assert (small.model, small.dankar) == ("Pitman", small.pitman)
    assert large.dankar == min(large.snb or math.inf, large.zayatz)
    none_unique = risk.assess(pd.DataFrame({"x": [1, 1, 2, 2]}), ["x"], population=100).population
    assert none_unique.dankar == 0


# Attributes


def test_ranking_says_what_leaving_a_column_out_would_save():
    found = {one.column: one for one in risk.assess(SMALL, ["age", "sex"]).attributes}
    assert found["sex"].entropy == pytest.approx(-(5 / 8 * math.log2(5 / 8) + 3 / 8 * math.log2(3 / 8)))
    assert found["sex"].uniques_without == 1  # 90+ alone
    assert found["age"].uniques_without == 0
    assert found["age"].uniques_added == 1
    assert found["age"].average_added == pytest.approx((4 - 2) / 8)
    assert found["sex"].separation == pytest.approx(15 / 28)
    assert found["sex"].distinction == 2 / 8


def test_leaving_out_equals_a_table_without_the_column():
    rng = np.random.default_rng(5)
    table = pd.DataFrame({name: rng.integers(0, 4, 200) for name in "abcdef"})
    for one in risk.assess(table, list(table.columns)).attributes:
        rest = risk.assess(table, [name for name in table.columns if name != one.column])
        assert (one.uniques_without, one.average_without) == (rest.sample_uniques, rest.disclosure.prosecutor_avg)


def test_minimal_sets_are_those_of_an_exhaustive_search():
    rng = np.random.default_rng(9)
    table = pd.DataFrame({name: rng.integers(0, 3, 40) for name in "abcd"})
    expected: dict[tuple[str, ...], int] = {}
    for record in range(40):
        alone: list[set[str]] = []
        for mask in sorted(range(1, 16), key=lambda bits: bits.bit_count()):
            names = [name for place, name in enumerate("abcd") if mask >> place & 1]
            if len(names) > 3 or any(part <= set(names) for part in alone):
                continue
            if (table[names] == table.loc[record, names]).all(axis=1).sum() == 1:
                alone.append(set(names))
                expected[tuple(names)] = expected.get(tuple(names), 0) + 1
    found = {one.columns: one.records for one in risk.assess(table, list("abcd")).unique_sets}
    assert found == expected


# Missing values


def test_missing_values_give_two_bounds():
    table = pd.DataFrame({"age": [50, 50, None, 60, 60], "sex": ["F", "F", "F", "M", None]})
    found = risk.assess(table, ["age", "sex"], k=2)
    assert (found.k, found.sample_uniques) == (1, 3)
    # 50/F matches 2 and ?/F: 3; ?/F matches both and 60/?: 4; 60/M matches itself and 60/?: 2; 60/? also ?/F: 3
    assert found.wildcard == risk.Bounds(k=2, sample_uniques=0, records_below_k=0)


def test_wildcards_equal_comparing_every_pair():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({name: rng.integers(0, 3, 60).astype(float) for name in "abc"})
    table = table.mask(rng.random(table.shape) < 0.2)
    values = table.to_numpy()
    same = (values[:, None] == values[None]) | np.isnan(values)[:, None] | np.isnan(values)[None]
    counts = same.all(axis=2).sum(axis=1)
    bounds = risk.assess(table, list("abc"), k=4).wildcard
    assert bounds == risk.Bounds(int(counts.min()), int((counts == 1).sum()), int((counts < 4).sum()))


# Over time


def test_a_sequence_of_examinations_singles_out_even_with_moved_dates():
    studies = pd.DataFrame(
        {
            "patient": ["a", "a", "b", "b", "c", "c", "d"],
            "day": pd.to_datetime(
                ["2020-01-01", "2020-01-11", "2021-05-05", "2021-05-15", "2020-01-01", "2020-01-12", None]
            ),
            "modality": ["CT", "MR", "CT", "MR", "CT", "MR", "CT"],
        }
    )
    found = risk.trajectories(studies)
    assert (found.patients, found.unique) == (3, 1)
    moved = studies.assign(day=studies["day"] + pd.to_timedelta([9, 9, 70, 70, 3, 3, 0], unit="D"))
    assert risk.trajectories(moved) == found


def test_times_and_devices_that_one_patient_has_alone():
    times = pd.DataFrame({"patient": list("aabc"), "time": ["101010.5", "090000", "090000", "101010.5"]})
    assert risk.moments(times).unique == 0
    times.loc[0, "time"] = "101010.51"
    assert risk.moments(times).unique == 2
    used = pd.DataFrame({"patient": list("abc"), "maker": ["A", "A", "B"], "model": [None, None, "x"]})
    assert risk.devices(used).unique == 1


# Bad input


@pytest.mark.parametrize(
    ("table", "columns", "says"),
    [
        (SMALL, [], "No column is a quasi-identifier"),
        (SMALL.iloc[:0], ["age"], "no rows"),
        (SMALL, ["height"], "no column 'height'"),
        (pd.DataFrame({"a": [["CT"], ["MR"]]}), ["a"], "holds lists"),
        (pd.DataFrame({"a": [1, "1", 2]}, dtype=object), ["a"], "mixes numbers, texts or dates"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ["a"], "more than once"),
    ],
    ids=["no quasi-identifier", "no rows", "no such column", "lists", "mixed types", "column twice"],
)
def test_a_table_that_cannot_be_used_is_refused_in_words(table, columns, says):
    with pytest.raises(RiskError, match=says):
        risk.assess(table, columns)


def test_a_population_smaller_than_the_table_is_refused():
    with pytest.raises(RiskError, match="fewer people"):
        risk.assess(SMALL, ["age"], population=3)


def test_one_patient_and_columns_without_values_are_said_in_notes():
    one = risk.assess(SMALL.iloc[:1], ["age", "sex"], sensitive_columns=["grade"], population=50)
    assert (one.k, one.sample_uniques) == (1, 1)
    assert "one patient" in one.notes[0]
    empty = pd.DataFrame({"a": [None, None], "b": [np.nan, np.nan]})
    assert "No quasi-identifier has any value" in risk.assess(empty, ["a", "b"]).notes[0]
    assert risk.assess(empty, ["a", "b"]).k == 2


def test_a_million_rows_are_measured():
    rng = np.random.default_rng(1)
    table = pd.DataFrame({name: rng.integers(0, 9, 1_000_000) for name in "abc"})
    found = risk.assess(table, list("abc"))
    assert (found.records, found.classes) == (1_000_000, 729)

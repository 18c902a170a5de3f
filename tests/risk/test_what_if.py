"""Coarser tables: hierarchies as files, what is lost, and a search that misses nothing."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eucaim_nb import risk
from eucaim_nb.errors import RiskError
from eucaim_nb.risk import Cost, Hierarchy, Lattice, Level, read_hierarchy, search, write_hierarchy

AGES = pd.DataFrame({"age": [31, 33, 38, 52, 54, 91], "sex": ["F", "F", "F", "M", "M", "M"]})


def _hierarchies(table: pd.DataFrame) -> list[Hierarchy]:
    known = risk.column_facts("clinical")
    facts = {"age": known["age_at_diagnosis"], "sex": known["sex"]}
    return [risk.usual_hierarchy(table[name], facts[name]) for name in table.columns]


def test_ages_in_bands_with_top_coding_done_by_hand():
    age, sex = _hierarchies(AGES)
    lattice = Lattice(AGES, [age.clipped(None, 54), sex])
    found = lattice.scenario((2, 0), 2)  # 30-39 three times, 50-59 three times
    assert (found.k, found.sample_uniques, found.records_below_k) == (3, 0, 0)
    assert found.utility.discernibility == 18
    assert found.utility.precision == pytest.approx(1 - 2 / 4 / 2)
    assert found.utility.average_class == 3


def test_suppression_leaves_out_small_classes_and_counts_them_as_lost():
    lattice = Lattice(AGES, _hierarchies(AGES))
    found = lattice.scenario((2, 0), 2, suppress=True)
    assert (found.k, found.utility.suppressed, found.records_below_k) == (2, 1, 0)
    assert found.utility.discernibility == 9 + 4 + 6
    assert list(lattice.rows_in_small_classes((2, 0), 2)) == [False] * 5 + [True]


def test_nothing_changed_loses_nothing_and_everything_left_out_loses_all():
    lattice = Lattice(AGES, _hierarchies(AGES))
    before = lattice.scenario((0, 0), 2)
    after = lattice.scenario((4, 1), 2)
    assert (before.utility.precision, before.utility.entropy_loss) == (1, 0)
    assert (after.utility.precision, after.utility.entropy_loss, after.k) == (0, pytest.approx(1), 6)


def test_entropy_loss_done_by_hand():
    table = pd.DataFrame({"x": ["a", "a", "b", "c"]})
    levels = (
        Level("as it is", ()),
        Level("joined", ({"target": "x", "rule": "group", "groups": {"a": "ab", "b": "ab"}},)),
        Level("left out", ({"target": "x", "rule": "suppress"},)),
    )
    lattice = Lattice(table, [Hierarchy("x", levels)])
    lost = -(2 * np.log2(2 / 3) + np.log2(1 / 3))
    all_of_it = -(2 * np.log2(2 / 4) + 2 * np.log2(1 / 4))
    assert lattice.scenario((1,), 1).utility.entropy_loss == pytest.approx(lost / all_of_it)


def test_the_scenario_as_it_is_equals_the_assessment():
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"a": rng.integers(0, 90, 500), "b": rng.choice(["x", "y", None], 500)})
    lattice = Lattice(table, [risk.usual_hierarchy(table[name], None) for name in table.columns])
    found, expected = lattice.scenario((0, 0), 5), risk.assess(table, ["a", "b"], k=5)
    assert (found.k, found.sample_uniques, found.records_below_k, found.prosecutor_avg) == (
        expected.k,
        expected.sample_uniques,
        expected.records_below_k,
        expected.disclosure.prosecutor_avg,
    )


@st.composite
def _lattices(draw):
    columns = draw(st.integers(1, 4))
    rows = draw(st.integers(1, 30))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    table, hierarchies = {}, []
    for number in range(columns):
        name = f"c{number}"
        values = [str(value) for value in range(draw(st.integers(1, 6)))]
        column = rng.choice(values, rows).astype(object)
        column[rng.random(rows) < 0.1] = None
        table[name] = column
        groups = {value: value for value in values}
        levels = [Level("as it is", ())]
        for step in range(draw(st.integers(0, 3))):
            joined = {old: f"{step}.{rng.integers(0, 3)}" for old in set(groups.values())}
            groups = {value: joined[old] for value, old in groups.items()}
            levels.append(Level(str(step), ({"target": name, "rule": "group", "groups": dict(groups)},)))
        hierarchies.append(Hierarchy(name, (*levels, Level("left out", ({"target": name, "rule": "suppress"},)))))
    return Lattice(pd.DataFrame(table), hierarchies), rows


@settings(max_examples=150, deadline=None)
@given(_lattices(), st.integers(1, 12), st.floats(0, 0.4), st.sampled_from(Cost))
def test_the_search_finds_the_optimum_of_brute_force(made, k, share, cost):
    lattice, rows = made
    most = int(rows * share)
    reached = []
    for node in itertools.product(*map(range, lattice.heights)):
        below = lattice.scenario(node, k).records_below_k
        if below <= most:
            own = lattice.entropy_cost(node) if cost is Cost.ENTROPY else lattice.height_cost(node)
            lost = below / rows if most else 0.0
            reached.append((own + lost * (1 - own), sum(node), node))
    found = search(lattice, k, most_suppressed=most, cost=cost)
    if not reached:
        assert found is None
    else:
        assert found is not None
        assert found.cost == pytest.approx(min(reached)[0], abs=1e-12)
        assert found.scenario.levels in {
            node for price, _, node in reached if price <= min(reached)[0] + 1e-9
        }
        assert found.tried <= found.nodes


def test_the_search_measures_few_of_the_combinations():
    rng = np.random.default_rng(8)
    table = pd.DataFrame({f"c{i}": rng.integers(0, 90, 400) for i in range(4)})
    lattice = Lattice(table, [risk.usual_hierarchy(table[name], None) for name in table.columns])
    found = search(lattice, 5)
    assert found.nodes == 5**4
    assert found.tried < found.nodes / 3
    assert found.scenario.k >= 5


# Hierarchies as files


def test_a_hierarchy_of_the_wizard_comes_back_as_it_was_written():
    text = "31;30-34;30-39;*\n33;30-34;30-39;*\n38;35-39;30-39;*\n"
    read = read_hierarchy("\ufeff" + text, "age", ["31", "33"])
    assert [level.title for level in read.levels] == ["as it is", "level 1", "level 2", "left out"]
    assert write_hierarchy(read, ["31", "33", "38"]) == text
    lattice = Lattice(AGES.iloc[:3], [read])
    assert [lattice.scenario((level,), 1).k for level in range(4)] == [1, 1, 3, 3]


def test_built_in_levels_export_as_a_file_that_reads_back():
    (age,) = _hierarchies(AGES[["age"]])
    values = [str(value) for value in AGES["age"]]
    text = write_hierarchy(age, values)
    assert text.splitlines()[0] == "31;30-34;30-39;20-39;*"
    back = read_hierarchy(text, "age", values)
    assert [level.of(values) for level in back.levels] == [level.of(values) for level in age.levels]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no levels"),
        ("a\nb\n", "no levels"),
        ("a;x;*\nb;x\n", "gaps: other lines have 3 cells, not line 2"),
        ("a;x;*\nb;;*\n", "gaps: there are empty cells in line 2"),
        ("a;x;*\na;y;*\n", "more than once: line 2"),
        ("a;x;p\nb;x;q\n", "line 2 is alike another at level 1 and not at level 2"),
        ("a;b;a\n", "round in a circle in line 1"),
        ("a;x;*\n", "no line for 1 of the values in age"),
    ],
    ids=["empty", "one column", "short line", "empty cell", "twice", "splits again", "cycle", "missing value"],
)
def test_a_hierarchy_that_cannot_be_used_is_refused_in_words(text, says):
    with pytest.raises(RiskError, match=says):
        read_hierarchy(text, "age", ["a", "zz"] if "zz" in text or says.startswith("no line") else ["a"])


def test_levels_that_split_what_was_joined_are_refused():
    table = pd.DataFrame({"x": ["10", "14", "17"]})
    levels = tuple(Level(str(width), ({"target": "x", "rule": "band", "width": width},)) for width in (10, 3))
    with pytest.raises(RiskError, match="do not become coarser"):
        Lattice(table, [Hierarchy("x", levels)])


def test_too_many_combinations_are_refused():
    table = pd.DataFrame({f"c{i}": [str(j) for j in range(20)] for i in range(12)})
    with pytest.raises(RiskError, match="too many to try"):
        Lattice(table, [risk.usual_hierarchy(table[name], None) for name in table.columns])

"""The index of a practice node answers about one study as fast whatever else it holds: counted in steps of SQLite."""

import pytest

from eucaim_nb.practice._header import Header
from eucaim_nb.practice._store import Store

STEPS_AT_ONCE = 10
IN_A_STUDY = 20


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def fill(store, studies):
    for study in studies:
        for number in range(IN_A_STUDY):
            header = Header(f"1.{study}", f"1.{study}.1", f"1.{study}.1.{number}", "1.2", "1.2.1", {})
            store.keep(store.spool.write([b"an image"]), header)


def steps(store, ask):
    taken = []
    store._index.set_progress_handler(lambda: taken.append(1) and 0, STEPS_AT_ONCE)
    found = len(list(ask()))
    store._index.set_progress_handler(None, 0)
    return len(taken), found


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.search("series", study="1.0"),
        lambda store: store.search("instance", study="1.0", series="1.0.1"),
        lambda store: store.instances(study="1.0", series="1.0.1", sop="1.0.1.3"),
    ],
    ids=["series of a study", "instances of a series", "one instance"],
)
def test_one_study_is_found_as_fast_among_many(store, ask):
    fill(store, range(1))
    alone = steps(store, lambda: ask(store))
    fill(store, range(1, 12))
    among = steps(store, lambda: ask(store))
    assert among[1] == alone[1] > 0
    assert among[0] <= alone[0] + 2

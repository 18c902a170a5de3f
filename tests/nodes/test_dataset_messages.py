"""What dataset-service says is explained, and what is not known is never quoted."""

import json
from pathlib import Path

import pytest

from eucaim_nb.reference import creation_steps, dataset_message, dataset_properties

EXCHANGES = json.loads(
    (Path(__file__).parents[1] / "practice" / "upv" / "exchanges.json").read_text(encoding="utf-8")
)
REFUSALS = {
    row["says"]["error"]
    for row in EXCHANGES
    if row["ask"].partition(" ")[2].startswith("/datasets")
    and isinstance(row.get("says"), dict)
    and "error" in row["says"]
    and not row["says"]["error"].startswith(("invalid access token", "invalid 'Content-Type'"))
    and row["as"] != "staff"
    and row["says"]["error"] != "Internal Server Error"
}
FAILURES = {row["ends"][1].rstrip("…") for row in EXCHANGES if row.get("ends", ["", ""])[0] == "error"}


@pytest.mark.parametrize("text", sorted(REFUSALS | FAILURES))
def test_every_recorded_refusal_and_failure_has_a_meaning_and_a_remedy(text):
    known = dataset_message(text)
    assert known is not None
    assert known.means
    assert known.mend


def test_particular_message_is_not_taken_for_the_general_one():
    general = dataset_message("Unexpected error")
    assert dataset_message("Unexpected error, may be the input is wrong") is not general
    assert dataset_message("Unexpected error launching dataset creation job.") is not general


def test_message_that_is_not_known_has_no_meaning():
    assert dataset_message("Patient Doe could not be linked") is None


def test_steps_of_a_creation_are_those_of_the_service():
    assert creation_steps()[0] == "Launching dataset creation job..."
    assert creation_steps()[-1] == "Successfully created"


@pytest.mark.parametrize("family", ["upv", "health-ri"])
def test_properties_have_words_of_their_own_and_a_place(family):
    found = dataset_properties(family)
    assert len({one.title for one in found}) == len({one.name for one in found}) == len(found)
    assert all(one.choices for one in found if one.kind in ("choice", "choices"))
    assert all(bool(one.path) != one.in_form for one in found) or family == "upv"

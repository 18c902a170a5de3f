"""The record in the workspace: no version is lost, and nobody overwrites what somebody else saved."""

import json

import pytest

from eucaim_nb.dataset.record import (
    RECORD_FILE,
    Record,
    changes,
    draft,
    in_order,
    keep_draft,
    load,
    save,
    versions,
    vocabulary,
)
from eucaim_nb.errors import RecordError

TITLE = "dct:title"


def test_no_record_is_no_error(workspace):
    assert load(workspace) is None
    assert versions(workspace) == []


def test_every_version_stays_readable(workspace):
    first = save(workspace, Record({TITLE: ("A",)}))
    second = save(workspace, first.changed({TITLE: ["B"]}))
    assert [(one.version, one.first(TITLE)) for one in versions(workspace)] == [(2, "B"), (1, "A")]
    assert load(workspace) == second
    assert [event.action for event in workspace.ledger.events.all()].count("metadata saved") == 2


def test_saving_without_a_change_makes_no_version(workspace):
    saved = save(workspace, Record({TITLE: ("A",)}))
    assert save(workspace, saved.changed({TITLE: ["A"]})).version == 1


def test_what_was_saved_elsewhere_meanwhile_is_not_overwritten(workspace):
    mine = save(workspace, Record({TITLE: ("A",)}))
    save(workspace, mine.changed({TITLE: ["theirs"]}))
    with pytest.raises(RecordError, match="elsewhere"):
        save(workspace, mine.changed({TITLE: ["mine"]}))
    assert load(workspace).first(TITLE) == "theirs"


def test_what_was_typed_is_kept_until_it_is_saved(workspace):
    keep_draft(workspace, Record({TITLE: ("half a",)}))
    assert draft(workspace).first(TITLE) == "half a"
    save(workspace, Record({TITLE: ("whole",)}))
    assert draft(workspace) is None


def test_damaged_file_is_told_and_not_taken_for_empty(workspace):
    save(workspace, Record({TITLE: ("A",)}))
    (workspace.folder / "dataset" / RECORD_FILE).write_text('{"values": ', encoding="utf-8")
    with pytest.raises(RecordError, match="cannot be read"):
        load(workspace)


def test_file_names_values_by_property(workspace):
    save(workspace, Record({"dct:publisher/foaf:name": ("Hospital",)}))
    kept = json.loads((workspace.folder / "dataset" / RECORD_FILE).read_text(encoding="utf-8"))
    assert kept["values"] == {"dct:publisher/foaf:name": ["Hospital"]}
    assert kept["version"] == 1


def test_empty_values_and_nodes_leave_no_gap(workspace):
    record = Record().changed({"dct:creator/foaf:name": [" "], "dct:creator#3/foaf:name": ["B", "B"]})
    assert dict(record.values) == {"dct:creator/foaf:name": ("B",)}


def test_order_of_values_and_nodes_makes_no_difference():
    first, second = "dct:creator/foaf:name", "dct:creator#2/foaf:name"
    one = Record().changed({first: ["A"], second: ["B"], "dcat:keyword": ["x", "y"]})
    other = Record().changed({first: ["B"], second: ["A"], "dcat:keyword": ["y", "x"]})
    assert in_order(one.values) == in_order(other.values)
    assert changes(one, other) == ()
    assert changes(one, other.changed({"dcat:keyword": ["x"]})) == ("dcat:keyword",)


@pytest.mark.parametrize(
    ("name", "wanted", "first"),
    [
        ("cancer_condition", "neoplasm prostate", "Neoplasm of prostate"),
        ("cancer_condition", "CLIN1000075", "Malignant neoplasm of prostate"),
        ("image_modality", "mr", "Magnetic resonance imaging"),
        ("body_part", "chest", "Chest"),
        ("place", "spain", "Spain"),
        ("birth_sex", "f", "Female"),
    ],
)
def test_terms_are_found_by_code_by_words_and_by_what_dicom_calls_them(name, wanted, first):
    assert vocabulary(name).search(wanted)[0].label == first


@pytest.mark.parametrize(
    "written",
    [
        "eucaim:IMG1000042",
        "EUCAIM:IMG1000042",
        "IMG1000042",
        "img1000042",
        "Computed tomography",
        "CT",
        "Computed tomography (eucaim:IMG1000042)",
        "https://cancerimage.eu/ontology/EUCAIM#IMG1000042",
        "https://hyperontology.eucaim.cancerimage.eu/#IMG1000042",
    ],
)
def test_a_term_is_the_same_however_it_is_written(written):
    assert vocabulary("image_modality").term(written) == "eucaim:IMG1000042"


def test_twins_and_conflicts_are_noted():
    assert "IMG1000026" in vocabulary("image_modality").get("eucaim:IMG1000042").note
    assert "CLIN1000185" in vocabulary("cancer_condition").get("eucaim:CLIN1000077").note


def test_search_of_a_whole_ontology_ends_somewhere():
    assert len(vocabulary("cancer_condition").search("of", limit=25)) == 25
    assert vocabulary("cancer_condition").search("nothing like it") == []


def test_characters_that_no_file_can_hold_are_left_out():
    assert (
        Record().changed({"dct:description": ["a\x00b\ud800c\r\nd\te"]}).first("dct:description")
        == "abc\nd\te"
    )

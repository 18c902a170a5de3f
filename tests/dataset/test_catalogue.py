"""The look-up in the catalogue: any way that answers is enough, what differs is told, and silence is not absence."""

import json

import pytest
import requests

from eucaim_nb import workflow
from eucaim_nb.dataset import record
from eucaim_nb.dataset.catalogue import Agreement, Presence, compare, latest, look_up
from eucaim_nb.dataset.catalogue._forms import NotThisForm, from_csv, from_graphql, from_rdf
from eucaim_nb.errors import NodeError, SettingsError

IDENT = "c75d0998-85db-4c94-9d2c-346961f0c6f7"
VALUES = {
    "dct:identifier": (f"https://pid.eucaim.cancerimage.eu/{IDENT}",),
    "dct:title": ("Colon CT", "Darm-CT@de"),
    "dct:description": ("CT of the colon,\nbefore treatment",),
    "dcat:version": ("1.0.0",),
    "healthdcatap:numberOfUniqueIndividuals": ("12",),
    "healthdcatap:numberOfRecords": ("30",),
    "eucaim:interoperabilityLevel": ("eucaim:SPEC1000009",),
    "eucaim:hasImageModality": ("eucaim:IMG1000042", "eucaim:IMG1000038"),
    "eucaim:hasBirthSex": ("eucaim:COM1000390",),
    "dct:temporal/dcat:startDate": ("2019",),
    "dct:temporal/dcat:endDate": ("2021-06",),
    "dcat:distribution/dcat:byteSize": ("4512345678",),
    "molgenis:commercial_use": ("false",),
}
ENTRY = {
    "id": IDENT,
    "name": "  Colon \n CT",
    "description": "CT of the colon, before treatment",
    "version": "1.0.0",
    "number_of_subjects": 12,
    "number_of_studies": 30,
    "image_year_range": "startDate:2019-01-01, endDate:2021-06-30",
    "image_size": 4.5,
    "commercial_use": False,
}


@pytest.fixture
def described(workspace):
    record.save(workspace, record.Record().changed(VALUES))
    return workspace


@pytest.fixture
def entry():
    """What the catalogue says when it agrees, in the words in which the record's own row says it."""
    row = record.row(record.Record().changed(VALUES))
    return ENTRY | {name: row[name] for name in ("interoperability_tier", "imaging_modality", "sex")}


def register(nodes, values):
    requests.post(f"{nodes.control}/catalogue", json=values, timeout=10).raise_for_status()


def agreements(found):
    return {line.column: line.agreement for line in found.lines if line.agreement is not Agreement.EQUAL}


def test_entry_that_says_the_same_in_other_words_is_equal_in_every_column(described, nodes, entry):
    register(nodes, entry)
    found = look_up(described)
    assert (found.presence, found.way, found.identifier) == (Presence.SHOWN, "RDF", IDENT)
    assert agreements(found) == {}
    assert len(found.lines) == len(entry)
    assert workflow.step("register", described).state is workflow.StepState.DONE
    assert latest(described) == found


@pytest.mark.parametrize(
    ("faults", "way", "columns"),
    [
        (["catalogue:status=500@1"], "GraphQL", 6),
        (["catalogue:status=404@1-2"], "CSV", 12),
        (["catalogue:drop-before@1", "catalogue:status=400@2"], "CSV", 12),
        (["catalogue:cut=90@1"], "GraphQL", 6),
    ],
)
def test_a_way_that_is_switched_off_or_broken_is_made_up_for_by_the_next(
    described, nodes, entry, faults, way, columns
):
    register(nodes, entry)
    nodes.faults.set(faults)
    found = look_up(described)
    assert (found.presence, found.way) == (Presence.SHOWN, way)
    assert agreements(found) == {}
    assert len(found.lines) == columns
    assert len(found.failures) == (1 if way == "GraphQL" else 2)


def test_catalogue_that_gives_no_answer_is_not_taken_for_one_without_the_dataset(described, nodes, entry):
    register(nodes, entry)
    nodes.faults.set(["catalogue:status=503"])
    found = look_up(described)
    assert found.presence is Presence.UNREACHABLE
    assert list(found.failures) == ["RDF", "GraphQL", "CSV"]
    step = workflow.step("register", described)
    assert step.state is workflow.StepState.ATTENTION
    assert "gave no answer" in step.sentence


@pytest.mark.parametrize("faults", [[], ["catalogue:status=500@1"], ["catalogue:status=500@1-2"]])
def test_dataset_that_is_not_registered_is_told_by_each_way(described, nodes, entry, faults):
    register(nodes, entry | {"id": IDENT[:-1] + "0"})
    nodes.faults.set(faults)
    assert look_up(described).presence is Presence.UNKNOWN
    assert "did not show" in workflow.action("catalogue-entry", described).sentence


def test_what_differs_is_told_by_column_and_keeps_the_phase_open(described, nodes, entry):
    del entry["version"]
    register(
        nodes,
        entry
        | {
            "name": "Colon",
            "number_of_subjects": 13,
            "imaging_modality": "CT",
            "image_size": 5.5,
            "image_year_range": "startDate:2018, endDate:2021",
            "legal_basis": "consent",
        },
    )
    found = look_up(described)
    assert agreements(found) == {
        "name": Agreement.DIFFERS,
        "number_of_subjects": Agreement.DIFFERS,
        "imaging_modality": Agreement.DIFFERS,
        "image_size": Agreement.DIFFERS,
        "image_year_range": Agreement.DIFFERS,
        "version": Agreement.MISSING_THERE,
        "legal_basis": Agreement.ONLY_THERE,
    }
    assert found.lines[0].agreement is Agreement.DIFFERS
    assert "7 columns differ" in workflow.action("catalogue-entry", described).sentence


@pytest.mark.parametrize(
    "modality",
    [
        ("eucaim:IMG1000038", "eucaim:IMG1000042"),
        ("https://cancerimage.eu/ontology/EUCAIM#IMG1000042", "IMG1000038"),
        ("CT", "MR"),
        ("CT,MR",),
    ],
)
def test_terms_are_the_same_by_code_address_or_label_and_in_any_order(modality):
    [line] = [
        one
        for one in compare(record.Record().changed(VALUES), {"imaging_modality": modality})
        if one.column == "imaging_modality"
    ]
    assert line.agreement is Agreement.EQUAL


def test_title_in_another_language_of_the_record_is_the_same():
    lines = compare(record.Record().changed(VALUES), {"name": ("Darm-CT@de", "Colon CT@en")}, ["name"])
    assert [one.agreement for one in lines] == [Agreement.EQUAL]


def test_values_that_refer_to_rows_there_are_read_by_their_names():
    turtle = f"""<http://x/Collections?id=1> <http://x/Collections/column/id> "{IDENT}" ;
        <http://x/Collections/column/sex> <http://x/api/rdf/Sex?name=Female>, <http://x/api/rdf/Sex?name=Male> ;
        <http://x/Collections/column/name> "A"@en ."""
    found = from_rdf(turtle.encode(), IDENT)
    assert set(found["sex"]) == {"Female", "Male"}
    assert found["name"] == ("A",)
    row = {"id": IDENT, "sex": [{"name": "Female"}], "withdrawn": False, "acronym": None}
    assert from_graphql(json.dumps({"data": {"Collections": [row]}}).encode(), IDENT) == {
        "id": (IDENT,),
        "sex": ("Female",),
        "withdrawn": ("false",),
    }


@pytest.mark.parametrize("read", [from_rdf, from_graphql, from_csv])
@pytest.mark.parametrize("answer", [b"<!DOCTYPE html><p>Sign in", b"\xff\xfe\0", b'{"errors": []}', b'{"data": null}'])
def test_answer_in_another_form_is_no_answer(read, answer):
    with pytest.raises(NotThisForm):
        read(answer, IDENT)


def test_without_an_identifier_or_running_practice_nodes_it_is_said_what_to_do(workspace, tmp_path):
    with pytest.raises(SettingsError, match="identifier"):
        look_up(workspace)
    with pytest.raises(NodeError, match="practice catalogue is not running"):
        look_up(workspace, IDENT)


def test_identifier_that_is_given_is_looked_up_without_a_record(workspace, nodes, entry):
    register(nodes, entry)
    found = look_up(workspace, f"https://pid.eucaim.cancerimage.eu/{IDENT}")
    assert found.presence is Presence.SHOWN
    assert found.lines == ()
    assert found.compared == 0

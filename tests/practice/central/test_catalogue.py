"""The practice catalogue shows what was registered, in every form in which the public one does, and nothing else."""

import csv
import io
import re

import pytest
import requests

from eucaim_nb.practice import PracticeNodes

from .conftest import RECORD, register

QUESTION = """query($id:String){Collections(filter:{id:{equals:[$id]}}){id name version number_of_subjects
number_of_studies interoperability_tier withdrawn mg_updatedOn} Collections_agg(filter:{id:{equals:[$id]}}){count}}"""


def root(node):
    return f"{node.ready()['catalogue']}/Eucaim/api"


def rdf(node, ident):
    answer = requests.get(f"{root(node)}/rdf/Collections", params={"id": ident}, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/turtle; charset=utf-8")
    return answer.text


def graphql(node, query, **variables):
    return requests.post(f"{root(node)}/graphql", json={"query": query, "variables": variables}, timeout=10)


def columns(turtle):
    """Read the column triples of the one subject there is: name -> literal with its datatype."""
    found = re.findall(r'/column/(\w+)> ("(?:[^"\\]|\\.)*"(?:\^\^xsd:\w+)?)', turtle)
    return dict(found)


def test_registered_entry_is_shown_as_rdf_with_a_predicate_per_column(node):
    assert register(node).status_code == 201
    shown = columns(rdf(node, RECORD["id"]))
    assert shown["id"] == f'"{RECORD["id"]}"'
    assert shown["name"] == '"Colon \\"CT\\", 2019–2021 \\\\ part 1\\nTumours & <b>nodes</b>"'
    assert shown["number_of_studies"] == '"30"^^xsd:int'
    assert shown["image_size"] == '"4.5"^^xsd:double'
    assert shown["commercial_use"] == '"false"^^xsd:boolean'
    assert shown["imaging_modality"] == '"CT,MR"'
    assert shown["mg_insertedOn"].endswith("^^xsd:dateTime")
    assert "withdrawn" not in shown


def test_missing_id_gives_no_id_triple(node):
    register(node)
    assert columns(rdf(node, "11111111-1111-1111-1111-111111111111")) == {}
    assert columns(rdf(node, RECORD["id"][:-1])) == {}


def test_question_of_the_verification_is_answered(node):
    register(node)
    data = graphql(node, QUESTION, id=RECORD["id"]).json()["data"]
    [entry] = data["Collections"]
    assert list(entry) == [
        "id",
        "name",
        "version",
        "number_of_subjects",
        "number_of_studies",
        "interoperability_tier",
        "withdrawn",
        "mg_updatedOn",
    ]
    assert (entry["number_of_subjects"], entry["number_of_studies"]) == (12, 30)
    assert (entry["name"], entry["withdrawn"]) == (RECORD["name"], None)
    assert data["Collections_agg"] == {"count": 1}
    nothing = graphql(node, QUESTION, id="elsewhere").json()["data"]
    assert nothing == {"Collections": [], "Collections_agg": {"count": 0}}


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("{Collections{id}}", ["a", "b", "c"]),
        ("query Named { Collections(limit: 1, offset: 1) { id } } # a comment", ["b"]),
        ('{Collections(filter: {version: {equals: "2"}}) {id}}', ["b"]),
        ('{Collections(filter: {name: {like: "ALPHA"}}) {id}}', ["a"]),
        ('{Collections(filter: {_or: [{id: {equals: "a"}}, {version: {equals: ["3"]}}]}) {id}}', ["a", "c"]),
        ("{Collections(filter: {number_of_subjects: {equals: 5}}) {id}}", ["c"]),
        ('query($v: [String!] = ["2"]) {Collections(filter: {version: {equals: $v}}) {id}}', ["b"]),
        ('{Collections(search: "gamma") {id}}', ["c"]),
    ],
)
def test_entries_are_found_by_what_they_say(node, query, ids):
    register(node, id="a", name="Alpha", version="1")
    register(node, id="b", name="Beta", version="2")
    register(node, id="c", name="Gamma", version="3", number_of_subjects=5)
    assert [one["id"] for one in graphql(node, query).json()["data"]["Collections"]] == ids


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("{Collections{id colour}}", "Field 'colour' in type 'Collections' is undefined"),
        ("{Colections{id}}", "Field 'Colections' in type 'Query' is undefined"),
        ("{Collections}", "Subselection required"),
        ("{Collections{id{name}}}", "Subselection not allowed"),
        ("{Collections_agg{sum}}", "Field 'sum'"),
        ('{Collections(filter:{colour:{equals:"red"}}){id}}', "no field 'colour'"),
        ('{Collections(filter:{id:{startsWith:"a"}}){id}}', "a condition has one of equals"),
        ("{Collections(filter:{id:{equals:$id}}){id}}", "Variable 'id' has no value"),
        ("{Collections(colour:1){id}}", "Unknown field argument 'colour'"),
        ("{Collections(limit:-1){id}}", "whole numbers"),
        ("mutation{insert(Collections:[]){message}}", "only read"),
        ("{Collections{id}", "ends too early"),
        ("{Collections{}}", "at least one field"),
        ("{Collections{id}} {Collections{id}}", "one query at a time"),
        ("{Collections{id ...Part}}", "offending token"),
        ("{Collections{id} ~}", "offending token at character"),
        ("", "ends too early"),
        ("{a" * 500, "too deep"),
        ("{Collections(filter:" + "[" * 500, "too deep"),
    ],
)
def test_wrong_question_is_answered_with_errors_and_no_data(node, query, says):
    answer = graphql(node, query)
    assert answer.status_code == 400
    assert list(answer.json()) == ["errors"]
    assert says in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"query": 1}', b'{"query": "{a}", "variables": "x"}'])
def test_what_is_no_question_is_refused(node, body):
    answer = requests.post(f"{root(node)}/graphql", data=body, timeout=10)
    assert (answer.status_code, "send" in answer.json()["errors"][0]["message"]) == (400, True)


def test_table_has_every_column_and_entry(node):
    register(node)
    register(node, id="second", withdrawn=True)
    text = requests.get(f"{root(node)}/csv/Collections", timeout=10).content.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["id"] for row in rows] == [RECORD["id"], "second"]
    assert (rows[0]["name"], rows[0]["number_of_studies"]) == (RECORD["name"], "30")
    assert (rows[0]["withdrawn"], rows[1]["withdrawn"]) == ("", "true")
    assert len(rows[0]) == 34
    listed = requests.get(f"{root(node)}/json/Collections", timeout=10).json()
    assert [one["id"] for one in listed] == [row["id"] for row in rows]


def test_page_lists_entries_where_their_links_lead_and_escapes_them(node):
    address = f"{node.ready()['catalogue']}/"
    assert "There is no entry yet" in requests.get(address, timeout=10).text
    register(node, id='x"><script>', name="<script>alert(1)</script>")
    register(node)
    page = requests.get(address, timeout=10)
    assert f'id="/collection/{RECORD["id"]}"' in page.text
    newer = requests.get(f"{node.ready()['catalogue']}/Eucaim/eucaim-ui/", timeout=10)
    assert f'id="/dataset/{RECORD["id"]}"' in newer.text
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_entry_registered_again_is_replaced_and_keeps_the_day_it_came(node):
    first = register(node).json()
    second = register(node, version="2.0.0", mg_insertedOn="1999-01-01").json()
    assert second["mg_insertedOn"] == first["mg_insertedOn"] != "1999-01-01"
    assert second["mg_updatedOn"] > first["mg_updatedOn"]
    [entry] = requests.get(f"{node.control}/catalogue", timeout=10).json()["entries"]
    assert entry["version"] == "2.0.0"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": "red"}, "no column 'colour'"),
        ({"id": ""}, "needs an id"),
        ({"id": "x" * 256}, "at most 255"),
        ({"number_of_subjects": "many"}, "number_of_subjects is not a number"),
        ({"number_of_subjects": -1}, "number_of_subjects is not a number"),
        ({"number_of_subjects": 1.5}, "number_of_subjects is not a number"),
        ({"withdrawn": "perhaps"}, "withdrawn is true or false"),
        ({"name": {"en": "x"}}, "name is not a text"),
        ({"name": "\ud800"}, "surrogates"),
    ],
)
def test_wrong_record_is_400_and_is_not_registered(node, change, says):
    answer = register(node, **change)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert requests.get(f"{node.control}/catalogue", timeout=10).json() == {"entries": []}


def test_record_must_be_one_object_and_entry_must_exist_to_be_removed(node):
    assert requests.post(f"{node.control}/catalogue", json=[RECORD], timeout=10).status_code == 400
    register(node)
    address = f"{node.control}/catalogue/{RECORD['id']}"
    assert requests.delete(address, timeout=10).status_code == 200
    assert requests.delete(address, timeout=10).status_code == 404
    assert columns(rdf(node, RECORD["id"])) == {}
    assert requests.put(f"{node.control}/catalogue", json=RECORD, timeout=10).status_code == 405


def test_entries_survive_a_restart(tmp_path):
    with PracticeNodes(tmp_path) as node:
        register(node)
    with PracticeNodes(tmp_path) as node:
        assert columns(rdf(node, RECORD["id"]))["version"] == '"1.0.0"'


def test_catalogue_needs_no_sign_in_and_changes_nothing(node):
    assert requests.get(f"{root(node)}/csv/Collections", timeout=10).status_code == 200
    assert requests.post(f"{root(node)}/csv/Collections", data="id\nx\n", timeout=10).status_code == 404
    assert requests.get(f"{root(node)}/rdf/People", timeout=10).status_code == 404


def test_faults_hit_the_catalogue(node):
    node.faults.set(
        ["catalogue:status=503,retry-after=3@1", "catalogue:drop-before@2", "catalogue:delay=0.3@3"]
    )
    answer = requests.get(f"{root(node)}/csv/Collections", timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    with pytest.raises(requests.ConnectionError):
        rdf(node, "x")
    with pytest.raises(requests.Timeout):
        requests.get(f"{root(node)}/csv/Collections", timeout=0.1)
    assert rdf(node, "x").startswith("@prefix")

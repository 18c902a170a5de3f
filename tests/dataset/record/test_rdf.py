"""A record as RDF: it parses, conforms, carries every value, and comes back the same."""

import json
import socket

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCAT, RDF, SH, XSD

from eucaim_nb.dataset.record import FORMS, Kind, export, field_of, graph, in_order, read_file
from eucaim_nb.dataset.record._shapes import conformance
from eucaim_nb.errors import RecordError
from tests.dataset.record.filled import everything, mandatory, without

PARSERS = {"turtle": "turtle", "json-ld": "json-ld"}


@pytest.fixture(scope="module")
def full():
    return everything()


@pytest.mark.parametrize("kind", PARSERS)
def test_every_field_comes_back_the_same(full, kind, tmp_path):
    path = tmp_path / FORMS[kind].file
    path.write_bytes(FORMS[kind].make(full))
    back = read_file(path)
    assert in_order(back.record.values) == in_order(full.values)
    assert back.unread == ()


@pytest.mark.parametrize("kind", PARSERS)
def test_same_record_gives_the_same_bytes(full, kind):
    assert FORMS[kind].make(full) == FORMS[kind].make(everything())


@pytest.mark.parametrize("kind", PARSERS)
def test_rdf_parses_and_conforms_to_the_profile(full, kind):
    parsed = Graph().parse(data=FORMS[kind].make(full), format=PARSERS[kind])
    assert len(list(parsed.subjects(RDF.type, DCAT.Dataset))) == 1
    assert conformance(parsed) == ()


@pytest.mark.parametrize("field", [one for one in mandatory() if one.minimum], ids=lambda one: one.key)
def test_shapes_miss_no_mandatory_field(full, field):
    assert field.missing in conformance(graph(without(full, field)))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("healthdcatap:numberOfRecords", "many", "Number of imaging studies"),
        ("dct:accessRights", "https://example.org/secret", "Access rights"),
        ("dct:title", "Prostata@de", "English"),
        (
            "dcat:distribution/dct:rights",
            "conditions:data-use-conditions/#NO_RESTRICTION",
            "access condition",
        ),
        ("dct:issued", "yesterday", "Release date"),
        ("healthdcatap:healthCategory", "https://example.org/x", "Health category"),
    ],
)
def test_shapes_refuse_what_the_check_refuses(full, key, value, words):
    assert any(words in text for text in conformance(graph(full.changed({key: [value]}))))


def test_words_for_a_term_are_no_violation(full):
    assert conformance(graph(full.changed({"eucaim:hasCondition": ["a tumour without a name"]}))) == ()


def test_values_have_the_types_of_the_profile(full):
    made = graph(full)
    dataset = next(made.subjects(RDF.type, DCAT.Dataset))
    assert dataset == URIRef("https://pid.eucaim.cancerimage.eu/1a1a6653-975a-4a0a-a79b-b2bfc7317119")
    health = "https://w3id.org/healthdcat-ap#"
    assert (
        dataset,
        URIRef(f"{health}numberOfRecords"),
        Literal("12", datatype=XSD.nonNegativeInteger),
    ) in made
    modality = URIRef("https://cancerimage.eu/ontology/EUCAIM#hasImageModality")
    assert (dataset, modality, URIRef("https://cancerimage.eu/ontology/EUCAIM#IMG1000042")) in made
    assert Literal("Prostata", lang="de") in set(
        made.objects(dataset, URIRef("http://purl.org/dc/terms/title"))
    )
    year = graph(full.changed({"dct:issued": ["2021"]})).value(
        dataset, URIRef("http://purl.org/dc/terms/issued")
    )
    assert year.datatype == XSD.gYear


def test_record_in_the_words_of_the_profiles_own_examples_is_understood(tmp_path):
    path = tmp_path / "other.ttl"
    path.write_text(
        """
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix eucaim: <https://hyperontology.eucaim.cancerimage.eu/#> . @prefix dpv: <https://w3id.org/dpv#> .
        @prefix healthdcatap: <https://w3id.org/healthdcat-ap#> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
        <urn:x> a dcat:Dataset ; dct:title "Open Challenge Prostate Cancer V1"@en ;
          eucaim:interoperabilityLevel eucaim:SPEC1000011 ;
          healthdcatap:healthCategory <http://13.81.34.152:1101/resource/authority/healthcategories/EHRS> ;
          dpv:hasPurpose [ a dpv:Purpose ; dct:description "Detection of prostate cancer"@en ] ;
          dcat:contactPoint [ a vcard:Organization ; vcard:fn "FORTH" ; vcard:hasEmail <mailto:a@procancer-i.com> ] ;
          <https://example.org/mood> "good" .
        """,
        encoding="utf-8",
    )
    found = read_file(path)
    assert dict(found.record.values) == {
        "dct:title": ("Open Challenge Prostate Cancer V1",),
        "eucaim:interoperabilityLevel": ("eucaim:SPEC1000011",),
        "dcat:contactPoint/vcard:fn": ("FORTH",),
        "dcat:contactPoint/vcard:hasEmail": ("a@procancer-i.com",),
        "healthdcatap:healthCategory": ("ehds:healthcategories/EHRS",),
        "dpv:hasPurpose": ("Detection of prostate cancer",),
    }
    assert "1 statement" in found.unread[0]


def test_context_elsewhere_is_refused_and_nothing_is_fetched(tmp_path, monkeypatch):
    def refuse(*_args, **_named):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    path = tmp_path / "x.jsonld"
    path.write_text(
        json.dumps({"@context": ["https://example.org/c.jsonld"], "@type": "Dataset"}), encoding="utf-8"
    )
    with pytest.raises(RecordError, match="context"):
        read_file(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ttl", b"this is no turtle"),
        ("a.jsonld", b"{"),
        ("a.json", b'{"values": {"dct:mood": ["good"]}}'),
        ("a.json", b'{"values": {"dct:title": "not a list"}}'),
        ("a.ttl", b"<urn:x> <urn:y> <urn:z> ."),
        ("a.xlsx", b"PK no workbook"),
        ("a.pdf", b"%PDF"),
    ],
)
def test_file_without_a_record_is_refused_in_words(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RecordError):
        read_file(path)


def test_export_writes_every_form_and_says_what_does_not_conform(workspace, full):
    done = export(workspace, full.changed({"dct:title": []}))
    assert [one.kind for one in done.files] == list(FORMS)
    assert all(one.path.is_file() for one in done.files)
    assert "The title is missing. Give a short name in English." in done.violations
    assert export(workspace, full).violations == ()
    shapes_file = Graph().parse(workspace.folder / "dataset" / FORMS["shacl"].file)
    assert len(set(shapes_file.subjects(RDF.type, SH.NodeShape))) == 2


def test_json_comes_back_the_same(workspace, full):
    export(workspace, full, ["json"])
    assert read_file(workspace.folder / "dataset" / FORMS["json"].file).record.values == full.values


def test_kinds_of_values_are_all_tried(full):
    assert {field_of(key).kind for key in full.values} == set(Kind) - {Kind.NODE}

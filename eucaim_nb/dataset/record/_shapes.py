"""The profile as SHACL shapes, built from the list of fields, and RDF held against them."""

import re
from collections.abc import Iterable
from functools import cache

import pyshacl
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.namespace import DCAT, RDF, SH, XSD
from rdflib.term import Node

from . import _words
from ._field import Field, Kind, below, field_of
from ._reference import prefixes
from ._terms import TYPED, iri
from ._vocabulary import Concept, vocabulary

_OURS = Namespace("https://cancerimage.eu/eucaim-nb/shapes#")
_DATES = (XSD.gYear, XSD.gYearMonth, XSD.date, XSD.dateTime)
_ENGLISH_NEEDED = frozenset({"dct:title", "dct:description"})
_ADDRESSES = frozenset({Kind.URL, Kind.IRI, Kind.MAILTO, Kind.CONCEPT})


@cache
def shapes() -> Graph:
    """Return the shapes: one for the dataset with those of its nodes in it, and one for what fields say together."""
    made = Graph()
    for prefix in ("dcat", "dct", "foaf", "cv", "healthdcatap", "eucaim"):
        made.bind(prefix, prefixes()[prefix], replace=True)
    _describe(made, _shape_of_dataset(made, "dataset"), "")
    _variables_if_structured(made, _shape_of_dataset(made, "structured-data"))
    return made


def conformance(graph: Graph) -> tuple[str, ...]:
    """Return what pySHACL has against a graph, in the words of the shapes; nothing if it conforms.

    What stands there as a warning, words where a term is expected, is no violation.
    """
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes(), allow_warnings=True, advanced=False)
    assert isinstance(report, Graph)
    violations = report.subjects(SH.resultSeverity, SH.Violation)
    return tuple(sorted({str(text) for one in violations for text in report.objects(one, SH.resultMessage)}))


def _shape_of_dataset(made: Graph, name: str) -> URIRef:
    shape = _OURS[name]
    made.add((shape, RDF.type, SH.NodeShape))
    made.add((shape, SH.targetClass, DCAT.Dataset))
    return shape


def _describe(made: Graph, shape: Node, node: str) -> None:
    """Add the properties of a kind of node to a shape."""
    groups: dict[str, list[Field]] = {}
    for field in below(node):
        _numbers(made, shape, field)
        _value(made, _property(made, shape, field), field)
        if field.one_of:
            groups.setdefault(field.one_of, []).append(field)
    for among in groups.values():
        _at_least_one(made, shape, among)


def _property(made: Graph, shape: Node, field: Field, message: str = "") -> Node:
    """Add a shape of a property; each has one message, so there are several for a field."""
    found = BNode()
    made.add((shape, SH.property, found))
    made.add((found, SH.path, iri(field.prop)))
    made.add((found, SH.name, Literal(field.name, lang=_words.ENGLISH)))
    if message:
        made.add((found, SH.message, Literal(message, lang=_words.ENGLISH)))
    return found


def _numbers(made: Graph, shape: Node, field: Field) -> None:
    if field.minimum:
        made.add((_property(made, shape, field, field.missing), SH.minCount, Literal(field.minimum)))
    if field.maximum is not None:
        only = f"{field.name}: only {field.maximum} is allowed."
        made.add((_property(made, shape, field, only), SH.maxCount, Literal(field.maximum)))
    if field.key in _ENGLISH_NEEDED:
        text = f"{field.name}: an English version is mandatory."
        _some(made, _property(made, shape, field, text), SH.languageIn, [Literal(_words.ENGLISH)])
    if field.key == "dcat:distribution/dct:rights":
        conditions = [
            one for one in vocabulary(field.vocabulary).concepts if "access-conditions" in one.concept
        ]
        text = "Rights: one of them must be an access condition."
        _some(made, _property(made, shape, field, text), SH["in"], map(_term, conditions))


def _value(made: Graph, found: Node, field: Field) -> None:
    """Say what one value has to be."""
    message = f"{field.name}: the value is not of the kind that the profile asks for."
    made.add((found, SH.message, Literal(message, lang=_words.ENGLISH)))
    if field.kind is Kind.NODE:
        made.add((found, SH.nodeKind, SH.BlankNodeOrIRI))
        _describe(made, found, field.key)
    elif field.kind in (Kind.LINE, Kind.TEXT):
        made.add((found, SH.datatype, RDF.langString))
    elif field.kind is Kind.DATE:
        _any_of(made, found, [(SH.datatype, kind) for kind in _DATES])
    elif field.kind in TYPED:
        made.add((found, SH.datatype, TYPED[field.kind]))
    elif field.kind in _ADDRESSES:
        made.add((found, SH.nodeKind, SH.IRI))
        _terms(made, found, field)
    elif field.kind is Kind.STATEMENT:
        made.add((found, SH.nodeKind, SH.BlankNodeOrIRI))
        made.add((found, SH["class"], iri(field.rdf_class)))
    else:
        made.add((found, SH.nodeKind, SH.Literal))


def _terms(made: Graph, found: Node, field: Field) -> None:
    if not field.vocabulary:
        return
    terms = vocabulary(field.vocabulary)
    match terms.others:
        case "none":
            made.add((found, SH["in"], _list(made, map(_term, terms.concepts))))
        case "scheme":
            pattern = Literal("^" + re.escape(terms.below))
            listed = _list(made, map(_term, terms.concepts))
            _any_of(made, found, [(SH["in"], listed), (SH.pattern, pattern)])
        case "hyperontology":
            made.add((found, SH.severity, SH.Warning))
        case _:
            pass


def _some(made: Graph, found: Node, constraint: URIRef, allowed: Iterable[Node]) -> None:
    """Say that at least one value is one of these."""
    shape = BNode()
    made.add((shape, constraint, _list(made, allowed)))
    made.add((found, SH.qualifiedValueShape, shape))
    made.add((found, SH.qualifiedMinCount, Literal(1)))


def _any_of(made: Graph, shape: Node, constraints: Iterable[tuple[URIRef, Node]]) -> None:
    """Say that one of these constraints is enough."""
    choices = []
    for constraint, value in constraints:
        choices.append(choice := BNode())
        made.add((choice, constraint, value))
    made.add((shape, SH["or"], _list(made, choices)))


def _at_least_one(made: Graph, shape: Node, among: list[Field]) -> None:
    found, path = BNode(), BNode()
    made.add((shape, SH.property, found))
    made.add((found, SH.path, path))
    made.add((path, SH.alternativePath, _list(made, [iri(one.prop) for one in among])))
    made.add((found, SH.minCount, Literal(1)))
    made.add(
        (found, SH.message, Literal(next(one.missing for one in among if one.missing), lang=_words.ENGLISH))
    )


def _variables_if_structured(made: Graph, shape: Node) -> None:
    structured, variables = (
        field_of(f"healthdcatap:{name}") for name in ("hasStructuredData", "hasVariables")
    )
    made.add((shape, SH.message, Literal(variables.missing, lang=_words.ENGLISH)))
    none, some = BNode(), BNode()
    made.add((none, SH.path, iri(structured.prop)))
    made.add((none, SH.hasValue, Literal("false", datatype=XSD.boolean)))
    made.add((some, SH.path, iri(variables.prop)))
    made.add((some, SH.minCount, Literal(1)))
    _any_of(made, shape, [(SH.property, none), (SH.property, some)])


def _list(made: Graph, members: Iterable[Node]) -> Node:
    head = BNode()
    Collection(made, head, list(members))
    return head


def _term(concept: Concept) -> URIRef:
    return iri(concept.concept)

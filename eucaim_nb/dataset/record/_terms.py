"""A value as RDF, and back."""

import re

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS, XSD
from rdflib.term import Node

from . import _words
from ._field import Field, Kind
from ._reference import is_address, long, short
from ._values import normal

TYPED = {
    Kind.COUNT: XSD.nonNegativeInteger,
    Kind.DECIMAL: XSD.decimal,
    Kind.BOOLEAN: XSD.boolean,
    Kind.DURATION: XSD.duration,
    Kind.HEX: XSD.hexBinary,
}
_DATES = (
    (re.compile(r"\d{4}"), XSD.gYear),
    (re.compile(r"\d{4}-\d{2}"), XSD.gYearMonth),
    (re.compile(r"\d{4}-\d{2}-\d{2}"), XSD.date),
    (re.compile(r"\d{4}-\d{2}-\d{2}T.+"), XSD.dateTime),
)


def iri(text: str) -> URIRef:
    """Return the address of a short form that the profile itself uses."""
    address = long(text)
    assert address is not None, text
    return URIRef(address)


def term(field: Field, value: str, graph: Graph) -> Node:
    """Return the object that says a value; what it needs of its own is added to the graph."""
    if field.kind in TYPED and not _well_formed(field, value):
        return Literal(value)
    match field.kind:
        case Kind.IDENTIFIER if is_address(value):
            return Literal(value, datatype=XSD.anyURI)
        case Kind.LINE | Kind.TEXT:
            return _in_language(value)
        case Kind.DATE:
            kind = next((kind for form, kind in _DATES if form.fullmatch(value)), None)
            return Literal(value, datatype=kind, normalize=False)
        case Kind.COUNT | Kind.DECIMAL | Kind.BOOLEAN | Kind.DURATION | Kind.HEX:
            return Literal(value, datatype=TYPED[field.kind], normalize=False)
        case Kind.MAILTO:
            return URIRef(f"mailto:{value}")
        case Kind.URL | Kind.IRI | Kind.CONCEPT | Kind.STATEMENT:
            address = long(value)
            return (
                _words_in_node(field, value, graph)
                if address is None
                else _known(field, URIRef(address), graph)
            )
        case _:
            return Literal(value)


def text_of(field: Field, found: Node, graph: Graph) -> str | None:
    """Return the value that an object says, or None if it says none that this field can hold."""
    if isinstance(found, URIRef):
        if field.kind is Kind.MAILTO:
            return str(found).removeprefix("mailto:")
        return short(str(found))
    if isinstance(found, Literal):
        return (
            _words.joined(str(found), found.language or _words.ENGLISH) if field.in_languages else str(found)
        )
    label = next(graph.objects(found, label_property(field)), None)
    if not isinstance(label, Literal):
        return None
    return _words.joined(str(label), label.language or _words.ENGLISH)


def _well_formed(field: Field, value: str) -> bool:
    try:
        return normal(field, value) == value
    except ValueError:
        return False


def _in_language(value: str) -> Literal:
    words, language = _words.split(value)
    return Literal(words, lang=language)


def _words_in_node(field: Field, value: str, graph: Graph) -> Node:
    """Return a node of its own for words where an address would stand."""
    node = BNode(f"n{len(graph):04}")
    graph.add((node, RDF.type, iri(field.rdf_class) if field.rdf_class else SKOS.Concept))
    graph.add((node, label_property(field), _in_language(value)))
    return node


def _known(field: Field, address: URIRef, graph: Graph) -> URIRef:
    if field.rdf_class:
        graph.add((address, RDF.type, iri(field.rdf_class)))
    return address


def label_property(field: Field) -> URIRef:
    """Return the property that holds the words of a node which stands for a value."""
    return iri(field.label) if field.label else SKOS.prefLabel

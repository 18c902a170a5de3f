"""A record as RDF, and RDF as a record."""

from urllib.parse import quote

from rdflib import BNode, Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF
from rdflib.term import Node

from eucaim_nb.errors import RecordError

from ._branch import Branch, flat, grown
from ._field import Kind, below
from ._record import Record
from ._reference import is_address, prefixes, usual
from ._terms import iri, label_property, term, text_of

Triple = tuple[Node, Node, Node]
_RESOLVER = "https://pid.eucaim.cancerimage.eu/"
_LONGER_THAN_A_PREFIX = "authority/", "media-types/", "controlled-vocabularies/", "CI_RoleCode.xml#"


def graph(record: Record) -> Graph:
    """Return a record as RDF: one `dcat:Dataset` with its nodes, as the EUCAIM profile of DCAT-AP says."""
    made = Graph()
    for prefix, start in prefixes().items():
        if not any(part in start for part in _LONGER_THAN_A_PREFIX):
            made.bind(prefix, start, replace=True)
    dataset = subject(record)
    made.add((dataset, RDF.type, DCAT.Dataset))
    _write(made, dataset, grown(record.values), "")
    return made


def subject(record: Record) -> Node:
    """Return the node of the dataset: its identifier if that is an address, else what EUCAIM's resolver makes of it."""
    identifier = record.first("dct:identifier")
    if not identifier:
        return BNode()
    return URIRef(identifier if is_address(identifier) else _RESOLVER + quote(identifier, safe=""))


def read_graph(found: Graph) -> tuple[Record, int]:
    """Return the record that a graph holds, and how many of its statements it has no field for.

    Raises
    ------
    RecordError
        It describes no dataset, or several.
    """
    usual_graph = _with_usual_addresses(found)
    datasets = [
        one
        for one in usual_graph.subjects(RDF.type, DCAT.Dataset, unique=True)
        if _described(usual_graph, one)
    ]
    if len(datasets) != 1:
        raise RecordError(
            f"The file describes {len(datasets)} datasets with a title or an identifier. A record is of one dataset."
        )
    read: set[Triple] = set()
    branch = _branch(usual_graph, datasets[0], "", read)
    # What kind of thing something is follows from where it stands.
    unread = sum(triple not in read and triple[1] != RDF.type for triple in usual_graph)
    return Record(flat(branch)), unread


def _write(made: Graph, node: Node, branch: Branch, key: str) -> None:
    for field in below(key):
        if field.kind is Kind.NODE:
            for _, child in branch.each(field.prop):
                thing = BNode(f"n{len(made):04}")  # the same in every run: files can be compared
                made.add((node, iri(field.prop), thing))
                made.add((thing, RDF.type, iri(field.rdf_class)))
                _write(made, thing, child, field.key)
        else:
            for value in branch.values.get(field.prop, ()):
                made.add((node, iri(field.prop), term(field, value, made)))


def _branch(found: Graph, node: Node, key: str, read: set[Triple]) -> Branch:
    """Return what is said of a node, and note the statements that say it."""
    branch = Branch()
    for field in below(key):
        prop = iri(field.prop)
        objects = sorted(found.objects(node, prop, unique=True), key=str)
        if field.kind is Kind.NODE:
            read.update((node, prop, one) for one in objects)
            nodes = [_branch(found, one, field.key, read) for one in objects]
            branch.nodes[field.prop] = dict(enumerate(nodes, 1))
            continue
        texts = {one: text for one in objects if (text := text_of(field, one, found))}
        branch.values[field.prop] = tuple(texts.values())
        for one in texts:
            read.add((node, prop, one))
            read.update(found.triples((one, label_property(field), None)))
    return branch


def _described(found: Graph, dataset: Node) -> bool:
    return any((dataset, wanted, None) in found for wanted in (DCTERMS.title, DCTERMS.identifier))


def _with_usual_addresses(found: Graph) -> Graph:
    same = Graph()
    for triple in found:
        same.add(tuple(URIRef(usual(str(one))) if isinstance(one, URIRef) else one for one in triple))  # type: ignore[arg-type]
    return same

"""A record with every field of the profile, two of what may be repeated, and words that are hard to carry."""

from eucaim_nb.dataset.record import Field, Kind, Obligation, Record, below, fields, vocabulary
from eucaim_nb.dataset.record._field import properties

HARD = '=HYPERLINK("http://x"), “quoted”; two\n\nlines @ home'
_SAMPLES = {
    Kind.IDENTIFIER: "1a1a6653-975a-4a0a-a79b-b2bfc7317119",
    Kind.LINE: "-Prostate, MR; “T2” <b>",
    Kind.TEXT: HARD,
    Kind.STATEMENT: HARD,
    Kind.STRING: "+34 91 00, 1",
    Kind.VERSION: "1.0.0",
    Kind.COUNT: "12",
    Kind.DECIMAL: "0.0005",
    Kind.BOOLEAN: "true",
    Kind.DATE: "2021-05",
    Kind.DURATION: "PT1S",
    Kind.URL: "https://hospital.eu/a?b=c&d=%20e",
    Kind.IRI: "https://doi.org/10.1/x",
    Kind.EMAIL: "data@hospital.eu",
    Kind.MAILTO: "data@hospital.eu",
    Kind.HEX: "00ff",
}


def everything() -> Record:
    """Return a record with each field filled, and a second value or node wherever one is allowed."""
    values: dict[str, tuple[str, ...]] = {}
    for one in fields():
        values[one.key] = _values(one)
        *nodes, last = one.key.split("/")
        if nodes and _repeats(nodes[0]):
            values["/".join([f"{nodes[0]}#2", *nodes[1:], last])] = _values(one)
    values["healthdcatap:minTypicalAge"], values["healthdcatap:maxTypicalAge"] = ("50",), ("85",)
    values["dct:type"] = ("dpv:PseudonymisedData", "eucaim:SPEC1000019")
    values["dcat:distribution/dct:rights"] = (HARD, "conditions:access-conditions/#DOWNLOAD")
    values["dcat:distribution#2/dct:rights"] = ("conditions:access-conditions/#DOWNLOAD",)
    values["dct:temporal/dcat:endDate"] = ("2023-11-30",)
    return Record().changed(values)


def _values(field: Field) -> tuple[str, ...]:
    if field.kind is Kind.CONCEPT:
        listed = [
            one.concept for one in vocabulary(field.vocabulary).concepts if "A procedure" not in one.note
        ]
        return tuple(listed[:1] if field.maximum == 1 else listed[:2])
    first = _SAMPLES[field.kind]
    second = {Kind.LINE: "Prostata@de", Kind.TEXT: "Zwei\nZeilen@de", Kind.STATEMENT: "Zwei\nZeilen@de"}
    return (
        (first,) if field.maximum == 1 else (first, *([second[field.kind]] if field.kind in second else []))
    )


def _repeats(prop: str) -> bool:
    return next(one for one in properties() if one.key == prop).maximum is None


def mandatory() -> list[Field]:
    """Return every field and node that is mandatory, or that the node to which it belongs cannot do without.

    A node whose only field is missing is not there at all.
    """
    wanted = [one for one in properties() if one.minimum or one.obligation is Obligation.MANDATORY]
    return [one for one in wanted if len(below(one.parent)) > 1]


def without(record: Record, field: Field) -> Record:
    """Return a record that lacks a field in its first node, or every node of a kind with all that is in it."""
    if field.kind is not Kind.NODE:
        return record.changed({field.key: ()})
    start = field.key
    return record.changed({key: () for key in record.values if key.startswith((f"{start}/", f"{start}#"))})

"""Records as RDF: one subject per record, one predicate per column (Turtle, RDF 1.1)."""

from collections.abc import Iterable
from urllib.parse import quote

from ._columns import Record, Value

# The public catalogue names its table so in its answers, whatever address they were asked at.
TABLE = "http://catalogue.eucaim.cancerimage.eu/Eucaim/api/rdf/Collections"
_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_ESCAPES |= {code: f"\\u{code:04X}" for code in range(32) if code not in _ESCAPES} | {127: "\\u007F"}


def turtle(records: Iterable[Record]) -> str:
    """Return the records as Turtle; of none, only the prefix is left."""
    parts = ["@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"]
    for one in records:
        subject = f"<{TABLE}?id={quote(str(one['id']), safe='')}>"
        lines = [f"a <{TABLE}>"]
        lines += [f"<{TABLE}/column/{name}> {_literal(name, value)}" for name, value in one.items()]
        parts.append(subject + " " + " ;\n  ".join(lines) + " .\n")
    return "\n".join(parts)


def _literal(name: str, value: Value) -> str:
    match value:
        case bool():
            return f'"{str(value).lower()}"^^xsd:boolean'
        case int():
            return f'"{value}"^^xsd:int'
        case float():
            return f'"{value}"^^xsd:double'
    quoted = '"' + value.translate(_ESCAPES) + '"'
    return f"{quoted}^^xsd:dateTime" if name.startswith("mg_") else quoted

"""Attributes in a query, such as `xnat:subjectData/demographics[@xsi:type=xnat:demographicData]/gender=male`."""

import re
from collections.abc import Iterable
from typing import Any

from ._answers import Refused
from ._records import Item

_NESTED = {"demographics": "xnat:demographicData", "PI": "xnat:investigatorData"}
_SHORT = {
    "gender": ("demographics", "gender"),
    "age": ("demographics", "age"),
    "dob": ("demographics", "dob"),
    "yob": ("demographics", "yob"),
    "pi_firstname": ("PI", "firstname"),
    "pi_lastname": ("PI", "lastname"),
}
_PLAIN = frozenset(
    {"ID", "name", "secondary_ID", "description", "keywords", "group", "label", "date", "note", "modality"}
    | {"UID", "type", "quality", "series_description", "format", "content"}
)
_VARIABLE = re.compile(r"fields/field\[name=([^\]]+)\]/(.+)")
_INNER = re.compile(r"(\w+)(?:\[@xsi:type=[\w:]+\])?/(\w+)")
_LISTED = re.compile(r"(investigators/investigator)\[(\d+)\]/(\w+)")
Fields = dict[str, Any]


def changed(fields: Fields, query: Iterable[tuple[str, str]]) -> Fields:
    """Return an item's fields with those of a query; the value `NULL` removes one.

    Raises
    ------
    Refused
        400: an address below `xnat:` names no attribute that the node knows.
    """
    new: Fields = {name: dict(value) if isinstance(value, dict) else value for name, value in fields.items()}
    for name, value in query:
        group, key = _place(name)
        if not key:
            continue
        target = new.setdefault(group, {}) if group else new
        if value == "NULL":
            target.pop(key, None)
        else:
            target[key] = value
    return new


def _place(name: str) -> tuple[str, str]:
    """Return the group and key of a query parameter; two empty texts if it is no attribute."""
    if name in _SHORT:
        return _SHORT[name]
    if name in _PLAIN:
        return "", name
    datatype, slash, path = name.partition("/")
    if not datatype.startswith("xnat:") or not slash:
        return "", ""
    if match := _VARIABLE.fullmatch(path):
        return ("fields", match[1]) if match[2] == "field" else ("", "")
    if match := _LISTED.fullmatch(path):
        return f"{match[1]}/{match[2]}", match[3]
    if (match := _INNER.fullmatch(path)) and match[1] in _NESTED:
        return match[1], match[2]
    plain = next((one for one in _PLAIN if one.lower() == path.lower()), None)
    if plain is None:
        raise Refused(400, f"Unknown attribute: {name[:100]}")
    return "", plain


def document(item: Item, shown: Fields) -> Fields:
    """Return an item as the node's JSON: `shown` are the attributes that are not in its fields."""
    plain = {name: value for name, value in item.fields.items() if isinstance(value, str) and name[0] != "@"}
    children = [
        {"field": group, "items": [_part(datatype, item.fields[group])]}
        for group, datatype in _NESTED.items()
        if item.fields.get(group)
    ]
    if variables := item.fields.get("fields"):
        datatype = f"{item.xsi_type}_field"
        parts = [_part(datatype, {"name": name, "field": value}) for name, value in variables.items()]
        children.append({"field": "fields/field", "items": parts})
    people = sorted(name for name in item.fields if name.startswith("investigators/"))
    if people:
        parts = [_part("xnat:investigatorData", item.fields[name]) for name in people]
        children.append({"field": "investigators/investigator", "items": parts})
    return {"items": [_part(item.xsi_type, plain | shown, children, item.made)]}


def _part(datatype: str, values: Fields, children: list[Fields] | None = None, made: str = "") -> Fields:
    meta = {"xsi:type": datatype, "isHistory": False} | ({"start_date": made} if made else {})
    return {"children": children or [], "meta": meta, "data_fields": values}

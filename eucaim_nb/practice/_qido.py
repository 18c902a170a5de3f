"""QIDO-RS: search studies, series and instances (PS3.18 10.6, matching of PS3.4 C.2.2.2)."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from ._header import LEVELS, SEARCHABLE, JsonDataset, key, read_attributes, tag_of, vr_of
from ._http import Request, Response, problem
from ._store import Found, Store

_COMPUTED = {
    "study": ("00080061", "00080062", "00201206", "00201208"),
    "series": ("00201209",),
    "instance": (),
}
_UPWARDS = {"study": ("study",), "series": ("study", "series"), "instance": ("study", "series", "instance")}
_NO_SUCH_KEY = '299 practice-node "some keys are not supported here and were ignored"'


class BadQuery(Exception):
    """A parameter of the query cannot be used."""


def search(
    request: Request, store: Store, level: str, study: str | None = None, series: str | None = None
) -> Response:
    """Answer a search for one level, `study`, `series` or `instance`, below the UIDs of the address."""
    try:
        query = Query(request.query, level)
    except BadQuery as bad:
        return problem(400, str(bad))
    root = f"{request.base}{request.room}"
    depth = (study is not None) + (series is not None)
    shown = {tag for upper in _UPWARDS[level][depth:] for tag in LEVELS[upper]} | {*LEVELS[level], "0020000D"}
    shown |= {"0020000E"} if level != "study" else set()

    def results() -> Iterator[JsonDataset]:
        for found in store.search(level, study, series):
            attributes = found.attributes | _computed(found, level, root)
            if query.matches(attributes):
                yield _selected(
                    attributes, found, store, shown | set(_COMPUTED[level]) | {"00080056", "00081190"}, query
                )

    window = islice(results(), query.offset, None if query.limit is None else query.offset + query.limit)
    response = Response(200, json_array(window), "application/dicom+json")
    if query.ignored:
        response.headers["Warning"] = _NO_SUCH_KEY
    return response


class Query:
    """What a search asks for.

    Parameters
    ----------
    parameters : list of (str, str)
        The decoded query of the address.
    level : str
        The level that is searched.

    Raises
    ------
    BadQuery
        `limit` or `offset` is not a number.
    """

    def __init__(self, parameters: list[tuple[str, str]], level: str) -> None:
        self.limit: int | None = None
        self.offset = 0
        self.everything = False
        self.include: set[str] = set()
        self.ignored = False
        self._keys: dict[str, str] = {}
        matchable = {tag for upper in _UPWARDS[level] for tag in (*LEVELS[upper], *_COMPUTED[upper])}
        for name, value in parameters:
            tag = tag_of(name)
            if name == "limit":
                self.limit = _number(name, value)
            elif name == "offset":
                self.offset = _number(name, value)
            elif name == "includefield":
                self._include(value)
            elif name == "fuzzymatching":
                continue
            elif tag is not None and key(tag) in matchable:
                self._keys[key(tag)] = value
            else:
                self.ignored = True

    def matches(self, attributes: JsonDataset) -> bool:
        """Tell whether all keys match."""
        return all(
            _matches(attributes.get(tag, {}), vr_of(int(tag, 16)), wanted)
            for tag, wanted in self._keys.items()
        )

    def _include(self, value: str) -> None:
        for name in value.split(","):
            if name == "all":
                self.everything = True
            elif (tag := tag_of(name)) is not None:
                self.include.add(key(tag))
            else:
                self.ignored = True


def json_array(items: Iterator[JsonDataset]) -> Iterator[bytes]:
    """Write a JSON array item by item."""
    opening = b"["
    for item in items:
        yield opening + json.dumps(item).encode()
        opening = b","
    yield b"[]" if opening == b"[" else b"]"


def _number(name: str, value: str) -> int:
    if not re.fullmatch(r"\d{1,9}", value):
        raise BadQuery(f"{name} is a whole number")
    return int(value)


def _computed(found: Found, level: str, root: str) -> JsonDataset:
    url = f"{root}/studies/{quote(found.study, safe='')}"
    url += f"/series/{quote(found.series, safe='')}" if level != "study" else ""
    url += f"/instances/{quote(found.sop, safe='')}" if level == "instance" else ""
    computed: JsonDataset = {
        "00080056": {"vr": "CS", "Value": ["ONLINE"]},
        "00081190": {"vr": "UR", "Value": [url]},
    }
    if level == "study":
        computed["00080061"] = {"vr": "CS", "Value": found.modalities}
        computed["00080062"] = {"vr": "UI", "Value": found.sop_classes}
        computed["00201206"] = {"vr": "IS", "Value": [found.series_count]}
        computed["00201208"] = {"vr": "IS", "Value": [found.instance_count]}
    elif level == "series":
        computed["00201209"] = {"vr": "IS", "Value": [found.instance_count]}
    return computed


def _selected(
    attributes: JsonDataset, found: Found, store: Store, shown: set[str], query: Query
) -> JsonDataset:
    unindexed = query.include - SEARCHABLE - set(attributes)
    tags = (shown | query.include | (set(attributes) if query.everything else set())) - unindexed
    selected = {tag: attributes.get(tag, {"vr": vr_of(int(tag, 16))}) for tag in tags}
    if unindexed:
        for stored in store.instances(found.study, found.series, found.sop):
            in_file = read_attributes(stored.path, unindexed)
            selected |= {tag: value for tag, value in in_file.items() if tag in unindexed}
    return dict(sorted(selected.items()))


def _matches(element: dict[str, Any], vr: str, wanted: str) -> bool:
    if wanted.strip("*") == "":
        return True
    values = [
        str(value.get("Alphabetic", "") if isinstance(value, dict) else value)
        for value in element.get("Value", [])
    ]
    if vr == "UI":
        return bool(set(values) & set(re.split(r"[,\\]", wanted)))
    if vr in ("DA", "TM") and "-" in wanted:
        first, _, last = wanted.partition("-")
        return any(first <= value and (not last or value[: len(last)] <= last) for value in values)
    flags = re.IGNORECASE if vr == "PN" else 0
    pattern = re.sub(r"(\\\*)+", ".*", re.escape(wanted)).replace(r"\?", ".")
    return any(re.fullmatch(pattern, value, flags | re.DOTALL) for value in values)

"""What a server answers to a STOW-RS request (PS3.18 section 10.5.3): each instance stored, warned of or failed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

from eucaim_nb.reference import stow_codes

_STORED, _FAILED = "00081199", "00081198"
_UID, _WARNING, _FAILURE, _ADDRESS = "00081155", "00081196", "00081197", "00081190"
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class StoreResponse:
    """The instances that an answer names.

    Attributes
    ----------
    stored
        By SOP Instance UID, the warning in words, empty where there is none.
    refused
        By SOP Instance UID, the reason in words.
    full
        Whether the server is out of space.
    addresses
        By SOP Instance UID, the study, series and instance UIDs of the address to retrieve it from, where one is given.
    """

    stored: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    full: bool = False
    addresses: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


def read_response(content: bytes) -> StoreResponse:
    """Read a Store Instances Response Module in the DICOM JSON model or the Native DICOM Model (XML).

    Servers send one JSON object or a list of one, whatever was asked for, and with any status: an answer of 400 may
    list stored instances. What is neither, an error page or nothing at all, names no instance.
    """
    module = _module(content)
    stored: dict[str, str] = {}
    refused: dict[str, str] = {}
    addresses: dict[str, tuple[str, str, str]] = {}
    full = False
    for item in _items(module, _STORED):
        warning = _first(item, _WARNING)
        for uid in _texts(item, _UID):
            stored[uid] = "" if warning is None else in_words("warning", warning)
            if address := _address(_first(item, _ADDRESS)):
                addresses[uid] = address
    for item in _items(module, _FAILED):
        reason = _first(item, _FAILURE)
        full |= _number(reason) in range(0xA700, 0xA800)
        refused |= dict.fromkeys(_texts(item, _UID), in_words("failure", reason))
    return StoreResponse(stored, refused, full, addresses)


def in_words(kind: str, code: object) -> str:
    """Say a WarningReason or FailureReason in words; `kind` is 'warning' or 'failure'."""
    number = _number(code)
    words = next((one.words for one in stow_codes() if one.kind == kind and number in one.codes), None)
    return f"{words} (code {number:04X})" if words else "it gives no reason"


def _number(code: object) -> int:
    try:
        return int(code)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return -1


def _address(url: object) -> tuple[str, str, str] | None:
    parts = urlsplit(url).path.split("/") if isinstance(url, str) else []
    named = dict(zip(parts[-6::2], parts[-5::2], strict=False))
    if set(named) != {"studies", "series", "instances"}:
        return None
    return named["studies"], named["series"], named["instances"]


def _module(content: bytes) -> Mapping[str, Any]:
    found: Any = None
    try:
        found = _read_xml(content) if content.lstrip()[:1] == b"<" else json.loads(content)
    except (ValueError, RecursionError, expat.ExpatError):
        return {}
    if isinstance(found, list):
        found = next((one for one in found if isinstance(one, dict)), None)
    return found if isinstance(found, dict) else {}


def _items(module: Mapping[str, Any], tag: str) -> list[Mapping[str, Any]]:
    return [item for item in _values(module, tag) if isinstance(item, dict)]


def _texts(item: Mapping[str, Any], tag: str) -> list[str]:
    return [value for value in _values(item, tag) if isinstance(value, str)]


def _first(item: Mapping[str, Any], tag: str) -> object:
    return next(iter(_values(item, tag)), None)


def _values(item: Mapping[str, Any], tag: str) -> list[Any]:
    element = item.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    return values if isinstance(values, list) else []


# The Native DICOM Model (PS3.19 annex A.1)


def _read_xml(content: bytes) -> dict[str, Any]:
    """Read it into the form of the DICOM JSON model, as far as sequences and texts go.

    Raises
    ------
    ValueError, ExpatError
        It is no XML, has a document type (where entities would be declared), or is something else, as HTML is.
    """
    root: dict[str, Any] = {}
    stack: list[Any] = []
    text: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if len(stack) > 3 * _DEEPEST or (not stack and name != "NativeDicomModel"):
            raise ValueError("not the Native DICOM Model")
        text.clear()
        above = stack[-1] if stack else None
        if not stack:
            stack.append(root)
        elif name == "DicomAttribute" and isinstance(above, dict):
            values: list[Any] = []
            above[attributes.get("tag", "").upper()] = {"Value": values}
            stack.append(values)
        elif name == "Item" and isinstance(above, list):
            item: dict[str, Any] = {}
            above.append(item)
            stack.append(item)
        else:
            stack.append(None)

    def end(name: str) -> None:
        stack.pop()
        if name.rpartition(":")[2] == "Value" and stack and isinstance(stack[-1], list):
            stack[-1].append("".join(text).strip())

    def refuse(*_: object) -> None:
        raise ValueError("a document type is not accepted")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.Parse(content, True)
    return root

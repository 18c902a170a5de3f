"""The one text form of a value, the same whether our walker or pydicom read it.

Values are what pydicom makes of them: decoded with the Specific Character Set, without padding, several
joined by a backslash. Decimal and integer strings keep their digits ("0.50" stays "0.50"); binary numbers
become decimal text. The usual cases are converted here; every unusual one is left to pydicom, value by value.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from struct import Struct, error

from pydicom.charset import convert_encodings
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element
from pydicom.tag import BaseTag
from pydicom.values import convert_string

from ._elements import Encoding, Unsure
from ._header import Elements
from ._quiet import quiet_pydicom

_ESCAPE = 0x1B
# Then the dictionary knows: the VR of implicit elements, and of those that passed through implicit systems.
_NOT_TOLD = frozenset((b"", b"UN"))
_NO_TEXT = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UN"))


def canonical(element: DataElement) -> str:
    """Return the text form of a pydicom element.

    Raises
    ------
    ValueError
        The value is a sequence or plain bytes, which have no text form.
    """
    value = element.value
    if value is None:
        return ""
    if element.VR in _NO_TEXT or isinstance(value, bytes):
        raise ValueError(f"A value of VR {element.VR} has no text form")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\\".join(_text_of_one(one) for one in value)
    return _text_of_one(value)


def _text_of_one(value: object) -> str:
    # DS and IS keep what was written; in a PersonName the same attribute holds undecoded bytes.
    original = getattr(value, "original_string", None)
    if isinstance(original, str):
        return original
    return str(int(value)) if isinstance(value, BaseTag) else str(value)


def texts(elements: Elements, encoding: Encoding) -> tuple[dict[str, str], list[str]]:
    """Return the text forms of raw values by keyword, equal to `canonical` of what pydicom would read.

    Parameters
    ----------
    elements : Elements
    encoding : Encoding

    Returns
    -------
    readable : dict of str to str
    unreadable : list of str
        Keywords of values that cannot be decoded, or have no text form.

    Raises
    ------
    Unsure
        A VR or the character set cannot be told from the elements alone.
    """
    readable, unreadable = {}, []
    vr, raw = elements.values.get("SpecificCharacterSet", (b"", b""))
    if vr not in (b"", b"CS") or raw is None:
        raise Unsure
    encodings = _encodings(raw)
    quick = _QUICK if encoding.order == "<" else {}
    for keyword, (vr, raw) in elements.values.items():
        if vr in _NOT_TOLD:
            vr = _dictionary_vr(keyword)
        if raw is None:
            unreadable.append(keyword)
            continue
        try:
            readable[keyword] = quick[vr](raw, encodings)
        except (ValueError, LookupError, error):
            # Unusual, such as a number that is none, or bytes that are not of the character set.
            try:
                readable[keyword] = _as_pydicom_reads(keyword, vr, raw, encoding, encodings)
            except ValueError:
                unreadable.append(keyword)
    return readable, unreadable


def _as_pydicom_reads(
    keyword: str, vr: bytes, raw: bytes, encoding: Encoding, encodings: tuple[str, ...]
) -> str:
    name = vr.decode("ascii")
    if name in _NO_TEXT:
        raise ValueError(f"A value of VR {name} has no text form")
    little = encoding.order == "<"
    element = RawDataElement(_tag(keyword), name, len(raw), raw, 0, not encoding.explicit, little, True)
    try:
        with quiet_pydicom():
            return canonical(convert_raw_data_element(element, encoding=list(encodings)))
    except Exception as reason:
        raise ValueError("pydicom cannot decode the value") from reason


@lru_cache(maxsize=256)
def _encodings(specific_character_set: bytes) -> tuple[str, ...]:
    try:
        with quiet_pydicom():
            return tuple(convert_encodings(convert_string(specific_character_set, True)))
    except Exception as reason:
        raise Unsure from reason


@lru_cache(maxsize=1024)
def _dictionary_vr(keyword: str) -> bytes:
    vr = dictionary_VR(_tag(keyword))
    if " or " in vr:
        raise Unsure
    return vr.encode("ascii")


def _tag(keyword: str) -> BaseTag:
    # Only keywords of the dictionary can be wanted.
    return BaseTag(tag_for_keyword(keyword) or 0)


def _string(raw: bytes, _: tuple[str, ...]) -> str:
    return raw.decode("latin-1").rstrip(" \0")


def _uid(raw: bytes, _: tuple[str, ...]) -> str:
    value = raw.decode("latin-1").rstrip("\0 ")
    return "\\".join([one.strip() for one in value.split("\\")]) if "\\" in value else value.strip()


def _application_entity(raw: bytes, _: tuple[str, ...]) -> str:
    return "\\".join([one.strip() for one in raw.decode("latin-1").split("\\")])


def _resource(raw: bytes, _: tuple[str, ...]) -> str:
    return raw.decode("latin-1").rstrip()


def _decimal(raw: bytes, _: tuple[str, ...]) -> str:
    return _number_text(raw.decode("latin-1").strip().rstrip(" \0"), float)


def _integer(raw: bytes, _: tuple[str, ...]) -> str:
    return _number_text(raw.decode("latin-1").rstrip(" \0"), int)


def _number_text(text: str, kind: type[int] | type[float]) -> str:
    if text.split() != [text]:
        return "\\".join([_number(one, kind) for one in text.split("\\")])
    # Nothing to strip, so there is nothing to do but check.
    for one in text.split("\\"):
        if one:
            kind(one)
    return text


def _number(one: str, kind: type[int] | type[float]) -> str:
    stripped = one.strip()
    if not stripped:
        return one
    kind(stripped)  # raises ValueError for what is no number
    return stripped


def _short_text(raw: bytes, character_set: tuple[str, ...]) -> str:
    value = _long_text(raw, character_set)
    return "\\".join([one.rstrip("\0 ") for one in value.split("\\")]) if "\\" in value else value


def _long_text(raw: bytes, character_set: tuple[str, ...]) -> str:
    return _decode(raw, character_set).rstrip("\0 ")


def _person_name(raw: bytes, character_set: tuple[str, ...]) -> str:
    value = _decode(raw.rstrip(b"\0 "), character_set)
    # Empty component groups at the end are not part of the name.
    return "\\".join([name.rstrip("=") for name in value.split("\\")]) if "\\" in value else value.rstrip("=")


def _decode(raw: bytes, character_set: tuple[str, ...]) -> str:
    if _ESCAPE in raw:
        raise LookupError("Code extensions (PS3.5 section 6.1.2.5) are pydicom's business")
    return raw.decode(character_set[0])


def _numbers(code: str) -> Callable[[bytes, tuple[str, ...]], str]:
    one = Struct("<" + code)
    unpack, size = one.unpack, one.size

    def convert(raw: bytes, _: tuple[str, ...]) -> str:
        if len(raw) == size:
            return str(unpack(raw)[0])
        return "\\".join([str(number) for (number,) in one.iter_unpack(raw)])

    return convert


# Not here: SS, whose look-up table descriptors pydicom corrects, and AT.
_QUICK: dict[bytes, Callable[[bytes, tuple[str, ...]], str]] = {
    **dict.fromkeys((b"AS", b"CS", b"DA", b"DT", b"TM"), _string),
    **dict.fromkeys((b"LO", b"SH", b"UC"), _short_text),
    **dict.fromkeys((b"LT", b"ST", b"UT"), _long_text),
    b"AE": _application_entity,
    b"DS": _decimal,
    b"IS": _integer,
    b"PN": _person_name,
    b"UI": _uid,
    b"UR": _resource,
    b"FD": _numbers("d"),
    b"FL": _numbers("f"),
    b"SL": _numbers("i"),
    b"SV": _numbers("q"),
    b"UL": _numbers("I"),
    b"US": _numbers("H"),
    b"UV": _numbers("Q"),
}

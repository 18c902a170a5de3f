"""What a person writes, brought to the one form in which a value is kept."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from ._field import Field, Kind
from ._reference import is_address, long, short
from ._vocabulary import vocabulary

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
_VERSION = re.compile(r"\d+(?:\.\d+){0,3}(?:[-+][0-9A-Za-z.-]+)?|\d{8}")
_DURATION = re.compile(
    r"P(?!$)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
)
_YES = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}


def normal(field: Field, text: str) -> str:
    """Return a value as the record keeps it.

    Raises
    ------
    ValueError
        It is none of its kind; the text says what is expected.
    """
    text = text.strip()
    return _AS[field.kind](field, text) if text else ""


def _line(field: Field, text: str) -> str:
    return " ".join(text.split())


def _text(field: Field, text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


def _identifier(field: Field, text: str) -> str:
    if " " in text or (":" in text and not is_address(text)):
        raise ValueError("An identifier is a UUID or an address, without blanks.")
    return text


def _version(field: Field, text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise ValueError("A version is numbers with dots between them, 1.0.0, or a date, 2026.11.1.")
    return text


def _count(field: Field, text: str) -> str:
    digits = re.sub(r"(?<=\d)[,\s](?=\d{3}\b)", "", text)
    if not digits.isdecimal():
        raise ValueError("A whole number is expected, 0 or more.")
    return str(int(digits))


def _decimal(field: Field, text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("A number is expected, with a decimal point: 0.0005.") from None
    if not number.is_finite() or number < 0:
        raise ValueError("A number of 0 or more is expected.")
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _boolean(field: Field, text: str) -> str:
    try:
        return _YES[text.casefold()]
    except KeyError:
        raise ValueError("true or false is expected.") from None


def _date(field: Field, text: str) -> str:
    expected = "A year, a month or a day is expected: 2021, 2021-05 or 2021-05-31."
    try:
        match len(text):
            case 4 if text.isdecimal():
                date(int(text), 1, 1)
            case 7:
                datetime.strptime(text, "%Y-%m")
            case 10:
                date.fromisoformat(text)
            case _ if "T" in text:
                datetime.fromisoformat(text)
            case _:
                raise ValueError
    except ValueError:
        raise ValueError(expected) from None
    return text


def _duration(field: Field, text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError("A duration is written as PT1S (a second), PT30M, P1D (a day), P1M or P1Y.")
    return text


def _url(field: Field, text: str) -> str:
    if not re.match(r"https?://[^/]+", text) or not is_address(text):
        raise ValueError("An address is expected that begins with https:// or http://.")
    return text


def _iri(field: Field, text: str) -> str:
    address = long(vocabulary(field.vocabulary).term(text) if field.vocabulary else text)
    if address is None:
        raise ValueError("An address is expected that begins with https://, http:// or urn:.")
    return short(address)


def _email(field: Field, text: str) -> str:
    text = text.removeprefix("mailto:")
    if not _EMAIL.fullmatch(text):
        raise ValueError("An e-mail address is expected.")
    return text


def _hex(field: Field, text: str) -> str:
    if not re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text):
        raise ValueError("Pairs of hexadecimal digits are expected.")
    return text.lower()


def _concept(field: Field, text: str) -> str:
    return vocabulary(field.vocabulary).term(text)


def _statement(field: Field, text: str) -> str:
    if field.vocabulary:
        text = vocabulary(field.vocabulary).term(text)
    address = long(text)
    return _text(field, text) if address is None else short(address)


_AS: Mapping[Kind, Callable[[Field, str], str]] = MappingProxyType(
    {
        Kind.IDENTIFIER: _identifier,
        Kind.LINE: _line,
        Kind.TEXT: _text,
        Kind.STRING: _line,
        Kind.VERSION: _version,
        Kind.COUNT: _count,
        Kind.DECIMAL: _decimal,
        Kind.BOOLEAN: _boolean,
        Kind.DATE: _date,
        Kind.DURATION: _duration,
        Kind.URL: _url,
        Kind.IRI: _iri,
        Kind.EMAIL: _email,
        Kind.MAILTO: _email,
        Kind.HEX: _hex,
        Kind.CONCEPT: _concept,
        Kind.STATEMENT: _statement,
    }
)

"""The attributes by which an instance declares what was done to it (PS3.15 section E.1.1, PS3.16 CID 7050)."""

import struct
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from eucaim_nb import __version__
from eucaim_nb.identity import DatePolicy, top_coded_age

from ._actions import Action
from ._encode import element, item, text_element
from ._parse import Encoding
from ._profile import Option
from ._rules import Rules

_AGE = 0x00101010
_MODIFIED = {
    DatePolicy.SHIFT: "MODIFIED",
    DatePolicy.MONTH: "MODIFIED",
    DatePolicy.REMOVE: "REMOVED",
    DatePolicy.KEEP: "UNMODIFIED",
}


class Source(NamedTuple):
    """What the stamps need to know of the instance as it was."""

    burned_in: str
    study_date: str
    birth_date: str
    age: str
    pixels_cleaned: bool


def stamps(rules: Rules, encoding: Encoding, source: Source, baseline: str) -> Sequence[tuple[int, bytes]]:
    """Return the declaring attributes as whole elements, by rising tag.

    Parameters
    ----------
    baseline
        Date (DA) from which the days of (0012,0052) are counted; empty for none.
    """
    profile = rules.profile
    made = []
    if not source.age and rules.action(_AGE, "AS") is Action.AGE and (age := _age(source)):
        # The birth date goes: what research needs of it is the age at the examination.
        made.append(_text(_AGE, "AS", top_coded_age(age, profile.age_limit), encoding))
    days = days_since(baseline, source.study_date)
    if days is not None:
        made.append(_own(0x00120052, "FD", struct.pack(f"{encoding.order}d", days), encoding))
        made.append(_text(0x00120053, "CS", "FIRST_STUDY", encoding))
    made += [
        _text(0x00120062, "CS", "YES", encoding),
        _text(0x00120063, "LO", f"eucaim_nb {__version__}\\profile {profile.name} {profile.version}"[:130], encoding),
        _own(0x00120064, "SQ", _codes(rules.used_options(), source.pixels_cleaned, encoding), encoding),
    ]
    if source.burned_in:
        # Whoever made the image said so; it is not ours to deny before the pixels were cleaned.
        made.append(_text(0x00280301, "CS", source.burned_in, encoding))
    made.append(_text(0x00280303, "CS", _MODIFIED[profile.dates], encoding))
    return made


@lru_cache(64)
def _codes(options: tuple[Option, ...], pixels_cleaned: bool, encoding: Encoding) -> bytes:
    applied = {*options, *([Option.CLEAN_PIXELS] if pixels_cleaned else [])}
    return b"".join(
        item(
            text_element(0x00080100, "SH", option.code, encoding)
            + text_element(0x00080102, "SH", "DCM", encoding)
            + text_element(0x00080104, "LO", option.meaning, encoding),
            encoding,
        )
        for option in Option
        if option in applied
    )


def _age(source: Source) -> str:
    try:
        born, seen = (datetime.strptime(text, "%Y%m%d") for text in (source.birth_date, source.study_date))
    except ValueError:
        return ""
    years = seen.year - born.year - ((seen.month, seen.day) < (born.month, born.day))
    return f"{years:03d}Y" if 0 <= years <= 130 else ""


def days_since(baseline: str, study_date: str) -> int | None:
    """Return how many days a study date lies behind the patient's first; None if one of them is none."""
    try:
        first, this = (datetime.strptime(text, "%Y%m%d") for text in (baseline, study_date))
    except ValueError:
        return None
    return (this - first).days


def _text(tag: int, vr: str, value: str, encoding: Encoding) -> tuple[int, bytes]:
    return tag, text_element(tag, vr, value, encoding)


def _own(tag: int, vr: str, value: bytes, encoding: Encoding) -> tuple[int, bytes]:
    return tag, element(tag, vr, value, encoding)

"""The figures of a dataset: ages, sexes, body parts and so on, counted per study."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

UNITS = {"D": ("days", 1.0), "W": ("weeks", 7.0), "M": ("months", 30.44), "Y": ("years", 365.25)}
_SEX = {
    "M": "Male",
    "F": "Female",
    "O": "Undifferentiated",
    None: "Unkown",  # spelt so by the real service
}
_MANUFACTURERS = {
    "adac": "ADAC",
    "agfa": "Agfa",
    "canon": "Canon",
    "elscint": "Elscint",
    "esaote": "Esaote",
    "fujifilm": "Fujifilm",
    "general electric": "General Electric",
    "ge ": "General Electric",
    "hitachi": "Hitachi",
    "hologic": "Hologic",
    "i.m.s": "IMS",
    "ims ": "IMS",
    "marconi": "Marconi",
    "mediso": "Mediso",
    "mie": "MIE",
    "philips": "Philips",
    "picker": "Picker",
    "shimadzu": "Shimadzu",
    "siemens": "Siemens",
    "toshiba": "Toshiba",
}
NONE_YET: dict[str, Any] = {
    "studiesCount": 0,
    "subjectsCount": 0,
    "ageLow": None,
    "ageHigh": None,
    "ageUnit": [],
    "ageNullCount": None,
    "sex": [],
    "sexCount": [],
    "diagnosis": [],
    "diagnosisCount": [],
    "diagnosisYearLow": None,
    "diagnosisYearHigh": None,
    "diagnosisYearNullCount": None,
    "bodyPart": [],
    "bodyPartCount": [],
    "modality": [],
    "modalityCount": [],
    "manufacturer": [],
    "manufacturerCount": [],
    "seriesTags": [],
    "sizeInBytes": None,
}


@dataclass(slots=True)
class StudyFigures:
    """What one study adds."""

    subject: str
    age: str | None = None
    sex: str | None = None
    year: int | None = None
    body_parts: set[str] = field(default_factory=set)
    modalities: set[str] = field(default_factory=set)
    manufacturers: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    bytes: int = 0


def sex_label(code: str | None) -> str:
    """Return the word for a sex.

    Raises
    ------
    ValueError
        It is not M, F, O or nothing.
    """
    if (code or None) not in _SEX:
        raise ValueError("no such sex")
    return _SEX[code or None]


def manufacturer(text: str | None) -> str:
    """Return the usual name of a manufacturer. A bare `GE` becomes `Other`, as on the node."""
    if not text:
        return "Unknown"
    return next((name for part, name in _MANUFACTURERS.items() if part in text.lower()), "Other")


def figures(studies: list[StudyFigures]) -> dict[str, Any]:
    """Return the figures of a dataset, under the names that its details give them."""
    ages = sorted((age for one in studies if (age := _age(one.age))), key=lambda age: age[2])
    years = [one.year for one in studies if one.year is not None]
    low, high = (ages[0], ages[-1]) if ages else (None, None)
    return {
        "studiesCount": len(studies),
        "subjectsCount": len({one.subject for one in studies}),
        "ageLow": low and low[0],
        "ageHigh": high and high[0],
        "ageUnit": [low[1], high[1]] if low and high else [],
        "ageNullCount": len(studies) - len(ages),
        **_counted("sex", ([sex_label(one.sex)] for one in studies)),
        **_counted("diagnosis", (["Unknown"] for _ in studies)),
        "diagnosisYearLow": min(years, default=None),
        "diagnosisYearHigh": max(years, default=None),
        "diagnosisYearNullCount": len(studies) - len(years),
        **_counted("bodyPart", (one.body_parts for one in studies)),
        **_counted("modality", (one.modalities for one in studies)),
        **_counted("manufacturer", (one.manufacturers for one in studies)),
        "seriesTags": sorted({tag for one in studies for tag in one.tags}),
        "sizeInBytes": sum(one.bytes for one in studies),
    }


def _age(text: str | None) -> tuple[int, str, float] | None:
    match = re.fullmatch(r"(\d{3})([DWMY])", text or "")
    if match is None:
        return None
    unit, days = UNITS[match[2]]
    return int(match[1]), unit, int(match[1]) * days


def _counted(name: str, of_studies: Iterable[Iterable[str]]) -> dict[str, list[Any]]:
    counts: dict[str, int] = {}
    for values in of_studies:
        for value in sorted(values):
            counts[value] = counts.get(value, 0) + 1
    last = ("Other", "Unkown", "Unknown")
    names = sorted(counts, key=lambda value: last.index(value) + 1 if value in last else 0)
    return {name: names, f"{name}Count": [counts[value] for value in names]}

"""What the node says of the dataset: its identifier, what was said about it there, and what the node counted."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ._aggregates import ages, manufacturers, terms_of
from ._proposal import Origin, Proposal
from ._reference import is_address

_TEXTS = {
    "name": "dct:title",
    "description": "dct:description",
    "version": "dcat:version",
    "provenance": "dct:provenance",
    "purpose": "dpv:hasPurpose",
}
_EMPTY = frozenset({"", "??", "Unknown", "Unkown", "Other"})
"""What the dataset-service writes for nothing; `Unkown` is how it spells it."""
_OF_A_YEAR = {"years": 1, "months": 12, "weeks": 52.18, "days": 365.25}


def of_upv(ident: str, properties: Mapping[str, Any], figures: Mapping[str, Any]) -> Iterator[Proposal]:
    """Yield proposals from a dataset of the dataset-service of UPV.

    Parameters
    ----------
    properties, figures
        What was said about the dataset, and what the node counted, by the service's own names.
    """
    yield _there("dct:identifier", ident)
    for name, key in _TEXTS.items():
        if (text := str(properties.get(name) or "").strip()) not in _EMPTY:
            yield _there(key, text)
    licence = properties.get("license")
    if isinstance(licence, Mapping) and is_address(str(licence.get("url", ""))):
        yield _there("dcat:distribution/dct:license", str(licence["url"]))
    contact = str(properties.get("contactInfo") or "").strip()
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", contact):
        yield _there("dcat:contactPoint/vcard:hasEmail", contact)
    elif is_address(contact):
        yield _there("dcat:contactPoint/vcard:hasURL", contact)
    for name, key, terms in (
        ("type", "dct:type", "dataset_type"),
        ("collectionMethod", "eucaim:collectionMethod", "collection_method"),
    ):
        yield terms_of(key, terms, _names(properties.get(name)), Origin.NODE)
    yield from _counted(figures)


def _counted(figures: Mapping[str, Any]) -> Iterator[Proposal]:
    for name, key in (
        ("subjectsCount", "healthdcatap:numberOfUniqueIndividuals"),
        ("studiesCount", "healthdcatap:numberOfRecords"),
        ("sizeInBytes", "dcat:distribution/dcat:byteSize"),
    ):
        if isinstance(figures.get(name), int):
            yield _there(key, str(figures[name]))
    for name, key, terms in (
        ("sex", "eucaim:hasBirthSex", "birth_sex"),
        ("bodyPart", "eucaim:hasImageBodyPart", "body_part"),
        ("modality", "eucaim:hasImageModality", "image_modality"),
    ):
        yield terms_of(key, terms, _names(figures.get(name)), Origin.NODE)
    yield manufacturers(_names(figures.get("manufacturer")), Origin.NODE)
    yield from _ages(figures)


def _ages(figures: Mapping[str, Any]) -> Iterator[Proposal]:
    ends, units = [figures.get("ageLow"), figures.get("ageHigh")], figures.get("ageUnit")
    if isinstance(units, list) and len(units) == len(ends):
        known = [
            end / _OF_A_YEAR.get(unit, 1)
            for end, unit in zip(ends, units, strict=True)
            if isinstance(end, int)
        ]
        yield from ages(known if len(known) == len(ends) else [], Origin.NODE)


def of_health_ri(properties: Mapping[str, Any], counts: Mapping[str, Any]) -> Iterator[Proposal]:
    """Yield proposals from a project of Health-RI's XNAT; the identifier of its dataset is given by the helpdesk."""
    for name, key in (("name", "dct:title"), ("description", "dct:description")):
        if text := str(properties.get(name) or "").strip():
            yield _there(key, text)
    words = str(properties.get("keywords") or "").split(",")
    if any(word.strip() for word in words):
        yield _there("dcat:keyword", *(word.strip() for word in words if word.strip()))
    for name, key in (
        ("subjects", "healthdcatap:numberOfUniqueIndividuals"),
        ("studies", "healthdcatap:numberOfRecords"),
    ):
        if isinstance(counts.get(name), int):
            yield _there(key, str(counts[name]))


def _names(held: object) -> set[str]:
    return (
        {str(one).strip() for one in held if str(one).strip() not in _EMPTY}
        if isinstance(held, list | tuple)
        else set()
    )


def _there(key: str, *values: str) -> Proposal:
    return Proposal(key, values, Origin.NODE)

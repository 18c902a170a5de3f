"""What fields say together, and what the profile asks of a value besides its form."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from . import _words
from ._branch import grown
from ._field import field_of
from ._problem import Problem, error, warning
from ._record import Record
from ._reference import long

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TIERS = {
    "SPEC1000009": 1,
    "SPEC1000012": 1,
    "SPEC10000011": 1,
    "SPEC1000011": 2,
    "SPEC1000014": 2,
    "SPEC1000013": 2,
}
_TIERS |= {"SPEC1000010": 3, "SPEC1000016": 3, "SPEC1000015": 3}
_SEARCHED = (
    "eucaim:hasBirthSex",
    "eucaim:hasCondition",
    "eucaim:hasImageModality",
    "eucaim:hasEquipmentManufacturer",
    "eucaim:hasImageBodyPart",
)
_ANNOTATED = "eucaim:SPEC1000019"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the dataset besides its record.

    Attributes
    ----------
    family
        `upv` or `health-ri`; empty if it does not matter.
    identifier
        The identifier of the dataset at the node; empty while it is not known.
    """

    family: str = ""
    identifier: str = ""


def identifier(record: Record, facts: Facts) -> Iterator[Problem]:
    """The identifier is the one that the node gave; it cannot be changed after registration."""
    given = record.first("dct:identifier")
    last = re.split(r"[/#]", given.rstrip("/"))[-1]
    if given and facts.identifier and last != facts.identifier:
        yield error(
            "dct:identifier", f"The identifier is not that of the dataset at the node, {facts.identifier}."
        )
    elif given and facts.family == "upv" and not _UUID.fullmatch(last):
        yield error(
            "dct:identifier", "The identifier is not a UUID. The UPV node shows it beside the dataset."
        )


def english(record: Record, facts: Facts) -> Iterator[Problem]:
    """Title and description are there in English."""
    for key in ("dct:title", "dct:description"):
        held = record.values.get(key, ())
        if held and not any(_words.split(one)[1].startswith(_words.ENGLISH) for one in held):
            yield error(
                key, f"{field_of(key).name}: an English version is mandatory; other languages may follow."
            )


def variables(record: Record, facts: Facts) -> Iterator[Problem]:
    """Structured data need a description of their variables."""
    key = "healthdcatap:hasVariables"
    if record.first("healthdcatap:hasStructuredData") == "true" and not any(grown(record.values).each(key)):
        yield error(key, field_of(key).missing)


def access_condition(record: Record, facts: Facts) -> Iterator[Problem]:
    """One of the rights of each distribution says how the data are accessed."""
    for name, node in grown(record.values).each("dcat:distribution"):
        held = node.values.get("dct:rights", ())
        if held and not any(one.startswith("conditions:access-conditions/") for one in held):
            text = "Rights: one of them must be an access condition: download, in-situ processing or remote processing."
            yield error(f"{name}/dct:rights", text)


def order(record: Record, facts: Facts) -> Iterator[Problem]:
    """What ends does not end before it begins."""
    ages = [record.first(f"healthdcatap:{one}TypicalAge") for one in ("min", "max")]
    if all(one.isdecimal() for one in ages) and int(ages[0]) > int(ages[1]):
        yield error("healthdcatap:maxTypicalAge", "The maximum age is below the minimum age.")
    for prop in ("dct:temporal", "healthdcatap:retentionPeriod"):
        for name, node in grown(record.values).each(prop):
            ends = [next(iter(node.values.get(one, ())), "") for one in ("dcat:startDate", "dcat:endDate")]
            if all(ends) and not _in_order(ends):
                yield error(f"{name}/dcat:endDate", f"{field_of(prop).name}: it ends before it begins.")


def tier(record: Record, facts: Facts) -> Iterator[Problem]:
    """From tier 2 on the dataset is found by common terms, in tier 3 its clinical data are in the common data model."""
    level = _TIERS.get(record.first("eucaim:interoperabilityLevel").removeprefix("eucaim:"), 0)
    if level >= 2:
        for key in _SEARCHED:
            if any(long(one) is None for one in record.values.get(key, ())):
                text = f"{field_of(key).name}: from tier 2 on, searches need a term of the Hyper-Ontology, not words."
                yield error(key, text)
        for key in ("healthdcatap:minTypicalAge", "healthdcatap:maxTypicalAge"):
            if not record.first(key):
                yield warning(
                    key, f"{field_of(key).name}: from tier 2 on, searches ask for the range of ages."
                )
    if level == 3 and record.first("healthdcatap:hasStructuredData") == "false":
        text = "Structured data: tier 3 asks for clinical data in EUCAIM's common data model."
        yield warning("healthdcatap:hasStructuredData", text)


def annotations(record: Record, facts: Facts) -> Iterator[Problem]:
    """An annotated dataset says how much is annotated, and segmentations make it an annotated one."""
    annotated = _ANNOTATED in record.values.get("dct:type", ())
    number = record.first("eucaim:nbrOfSegmentations")
    studies = record.first("healthdcatap:numberOfRecords")
    if annotated and not number:
        text = (
            "Number of segmentations: the type says that the dataset is annotated. Say how many studies are."
        )
        yield warning("eucaim:nbrOfSegmentations", text)
    if not annotated and number not in ("", "0"):
        yield warning(
            "dct:type", "Type: there are segmentations, and the type does not say that it is annotated."
        )
    if number.isdecimal() and studies.isdecimal() and int(number) > int(studies):
        text = "Number of segmentations: each study counts once, and there are more than there are studies."
        yield error("eucaim:nbrOfSegmentations", text)


def _in_order(ends: Iterable[str]) -> bool:
    """Tell whether dates follow each other, as far as both are said exactly."""
    return all(a[: min(len(a), len(b))] <= b[: min(len(a), len(b))] for a, b in pairwise(ends))


RULES: tuple[Callable[[Record, Facts], Iterator[Problem]], ...] = (
    identifier,
    english,
    variables,
    access_condition,
    order,
    tier,
    annotations,
)

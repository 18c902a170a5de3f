"""A record as a row of the table `Collections` of EUCAIM's catalogue (MOLGENIS EMX2), and such a row as a record.

The columns are those that EUCAIM's explorer asks the catalogue for (samply/eucaim-frontend at 9b12115). Which of them
are lists or codes there is not public: terms are written by their labels, and several values as EMX2 writes lists in
a cell, with commas between them. Other languages than English have no place there.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from eucaim_nb.errors import RecordError

from . import _words
from ._field import Field, Kind, field_of
from ._record import Record
from ._values import normal
from ._vocabulary import vocabulary

TABLE = "Collections"
_GIGABYTE = 10**9
_PERIOD = {"startDate": "dct:temporal/dcat:startDate", "endDate": "dct:temporal/dcat:endDate"}
_SIZE = "dcat:distribution/dcat:byteSize"

_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "id": "dct:identifier",
        "name": "dct:title",
        "acronym": "molgenis:acronym",
        "description": "dct:description",
        "provider": "dct:publisher/foaf:name",
        "publisherType": "dct:publisher/dct:type",
        "contact": "dcat:contactPoint/vcard:hasEmail",
        "number_of_subjects": "healthdcatap:numberOfUniqueIndividuals",
        "number_of_studies": "healthdcatap:numberOfRecords",
        "number_of_series": "molgenis:number_of_series",
        "condition": "eucaim:hasCondition",
        "topography": "molgenis:topography",
        "body_part_examined": "eucaim:hasImageBodyPart",
        "imaging_modality": "eucaim:hasImageModality",
        "vendor": "eucaim:hasEquipmentManufacturer",
        "format": "dcat:distribution/dcat:mediaType",
        "sex": "eucaim:hasBirthSex",
        "geographical_coverage": "dct:spatial",
        "type": "dct:type",
        "interoperability_tier": "eucaim:interoperabilityLevel",
        "collection_method": "eucaim:collectionMethod",
        "provenance": "dct:provenance",
        "intended_purpose": "dpv:hasPurpose",
        "commercial_use": "molgenis:commercial_use",
        "image_access_type": "dcat:distribution/dct:rights",
        "image_access_description": "molgenis:image_access_description",
        "applicable_legislation": "dcatap:applicableLegislation",
        "legal_basis": "dpv:hasLegalBasis",
        "version": "dcat:version",
        "withdrawn": "molgenis:withdrawn",
    }
)
_COMPUTED = ("image_year_range", "image_size")
COLUMNS = (*_KEYS, *_COMPUTED)
Cell = str | int | float | bool


def row(record: Record) -> dict[str, Cell]:
    """Return the row; columns for which the record says nothing are left out."""
    found = {
        column: _cell(field_of(key), held)
        for column, key in _KEYS.items()
        if (held := record.values.get(key))
    }
    if years := [f"{name}:{record.first(key)}" for name, key in _PERIOD.items() if record.first(key)]:
        found["image_year_range"] = ", ".join(years)
    if (size := record.first(_SIZE)).isdecimal():
        found["image_size"] = round(int(size) / _GIGABYTE, 3)
    return found


def record_of(cells: Mapping[str, str]) -> Record:
    """Return the record that a row holds; of the size only what gigabytes with three decimals can say.

    Raises
    ------
    RecordError
        A column holds a value of another kind.
    """
    values: dict[str, tuple[str, ...]] = {}
    for column, key in _KEYS.items():
        if text := cells.get(column, "").strip():
            field = field_of(key)
            held = (
                [text]
                if _alone(field)
                else next(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True))
            )
            values[key] = tuple(_read(field, column, one) for one in held)
    for part in cells.get("image_year_range", "").split(","):
        name, _, year = part.strip().partition(":")
        if name in _PERIOD and year:
            values[_PERIOD[name]] = (year.strip(),)
    if size := cells.get("image_size", "").strip():
        try:
            values[_SIZE] = (str(round(float(size) * _GIGABYTE)),)
        except (ValueError, OverflowError):
            raise RecordError("The column image_size is not a number of gigabytes.") from None
    return Record().changed(values)


def keys_of(column: str) -> tuple[str, ...]:
    """Return the fields that a column says."""
    computed = {"image_year_range": tuple(_PERIOD.values()), "image_size": (_SIZE,)}
    return computed.get(column, (_KEYS[column],) if column in _KEYS else ())


def _alone(field: Field) -> bool:
    """Whether a field is one text there, commas and all."""
    return not field.vocabulary and (field.in_languages or field.maximum == 1)


def _cell(field: Field, held: Sequence[str]) -> Cell:
    first = held[0]
    match field.kind:
        case Kind.COUNT if first.isdecimal():
            return int(first)
        case Kind.BOOLEAN:
            return first == "true"
        case _ if _alone(field):
            spoken = [_words.split(one) for one in held]
            english = [words for words, language in spoken if language == _words.ENGLISH]
            return "\n".join(english or [spoken[0][0]])
        case _:
            line = io.StringIO()
            csv.writer(line, lineterminator="\n").writerow([_label(field, one) for one in held])
            return line.getvalue().removesuffix("\n")


def _label(field: Field, value: str) -> str:
    """Return the label of a term, with its code where another term has the same label."""
    if not field.vocabulary:
        return value
    terms = vocabulary(field.vocabulary)
    listed = terms.get(value)
    if listed is None:
        return value
    return listed.label if terms.term(listed.label) == value else listed.shown


def _read(field: Field, column: str, text: str) -> str:
    try:
        return normal(field, text)
    except ValueError as error:
        raise RecordError(f"The column {column} cannot be read. {error}") from None

"""What this workspace knows of the dataset: aggregates of the images that were sent, or will be. No value of a patient."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from eucaim_nb.ledger import UploadState
from eucaim_nb.workspace import Workspace

from ._proposal import Origin, Proposal
from ._vocabulary import Vocabulary, vocabulary

_KEYWORDS = (
    "PatientID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "Modality",
    "Manufacturer",
    "BodyPartExamined",
    "PatientSex",
    "PatientAge",
    "StudyDate",
)
_NO_IMAGES = frozenset({"SEG", "RTSTRUCT", "SR", "PR", "KO", "RTPLAN", "RTDOSE", "REG", "FID", "DOC"})
_SEGMENTATIONS = frozenset({"SEG", "RTSTRUCT"})
_AGE = re.compile(r"(\d{1,4})([DWMY])")
_OF_A_YEAR = {"D": 365.25, "W": 52.18, "M": 12, "Y": 1}
_AGES_APART = 5
_OLDEST = 90
"""Few people are older: ages above are not told apart."""
_FIRST_YEAR = 1970
_CLINICAL_LIST, _MAPPING = "exports.json", "mapping.json"


@dataclass(frozen=True)
class Content:
    """The series that count, as rows of the index."""

    rows: Sequence[dict[str, str]]
    years: Sequence[str]
    size: int
    deidentified: bool

    @cached_property
    def images(self) -> list[dict[str, str]]:
        """Those that are images."""
        return [row for row in self.rows if row["Modality"].strip() not in _NO_IMAGES]

    def distinct(self, keyword: str, rows: Sequence[dict[str, str]] | None = None) -> set[str]:
        """Return the different values of an attribute, without empty ones."""
        return {row[keyword].strip() for row in (self.rows if rows is None else rows)} - {""}


def proposals(workspace: Workspace) -> list[Proposal]:
    """Return what the index, the journal of uploads and the clinical exports say."""
    content = _content(workspace)
    found = [*_of_clinical_data(workspace)]
    if content.rows:
        found += [*_of_images(content)]
    return found


def _content(workspace: Workspace) -> Content:
    """Return what the node verified, or, while nothing was sent, what is going to be."""
    ledger, originals = workspace.ledger, workspace.originals()
    ours = [number for number, _, _ in ledger.index.sources() if number not in originals]
    sources = ours or originals
    left_out = {(one.study_uid, one.series_uid) for one in ledger.exclusions.all() if not one.sop_uid}
    states = ledger.uploads.series_states(workspace.settings.node)
    there = {series for series, count in states.items() if count.get(UploadState.VERIFIED)}

    def counts(study: str, series: str) -> bool:
        return (study, series) not in left_out and (not there or (study, series) in there)

    rows = [
        row
        for row in (ledger.index.headers(_KEYWORDS, sources) if sources else [])
        if counts(row["StudyInstanceUID"], row["SeriesInstanceUID"])
    ]
    size = (
        sum(one.bytes for one in ledger.index.series(sources) if counts(one.study_uid, one.series_uid))
        if rows
        else 0
    )
    dates = ledger.index.headers(("StudyDate",), originals) if originals else rows
    return Content(rows, [row["StudyDate"][:4] for row in dates], size, bool(ours))


def _of_images(content: Content) -> Iterator[Proposal]:
    modalities, parts = vocabulary("image_modality"), vocabulary("body_part")
    yield _here("healthdcatap:numberOfUniqueIndividuals", str(len(content.distinct("PatientID"))))
    yield _here("healthdcatap:numberOfRecords", str(len(content.distinct("StudyInstanceUID"))))
    yield _here("molgenis:number_of_series", str(len(content.distinct("SeriesInstanceUID"))))
    yield _terms("eucaim:hasImageModality", modalities, content.distinct("Modality", content.images))
    yield _terms("eucaim:hasImageBodyPart", parts, content.distinct("BodyPartExamined", content.images))
    yield manufacturers(content.distinct("Manufacturer", content.images), Origin.HERE)
    yield _terms("eucaim:hasBirthSex", vocabulary("birth_sex"), content.distinct("PatientSex"))
    yield from ages(
        [age for text in content.distinct("PatientAge") if (age := _years(text)) is not None], Origin.HERE
    )
    years = sorted(year for year in content.years if year.isdecimal() and int(year) >= _FIRST_YEAR)
    if years:
        yield _here("dct:temporal/dcat:startDate", years[0])
        yield _here("dct:temporal/dcat:endDate", years[-1])
    annotated = {row["StudyInstanceUID"] for row in content.rows if row["Modality"].strip() in _SEGMENTATIONS}
    if annotated:
        yield _here("eucaim:nbrOfSegmentations", str(len(annotated)))
    kind = "eucaim:SPEC1000019" if annotated else "eucaim:SPEC1000020"
    yield _here("dct:type", kind, *(["dpv:PseudonymisedData"] if content.deidentified else []))
    yield _here("dcat:distribution/dcat:byteSize", str(content.size))
    yield _here("dcat:distribution/dct:conformsTo", "ehds:standard/DICOM")


def _of_clinical_data(workspace: Workspace) -> Iterator[Proposal]:
    """Tell whether clinical data were exported, and of which variables."""
    folder = workspace.folder / "clinical"
    try:
        exported = bool(json.loads((folder / _CLINICAL_LIST).read_text(encoding="utf-8")))
        fields = json.loads((folder / _MAPPING).read_text(encoding="utf-8"))["fields"] if exported else []
        names = [str(one["target"]) for one in fields]
    except (OSError, ValueError, KeyError, TypeError):
        exported, names = False, []
    yield _here("healthdcatap:hasStructuredData", "true" if exported else "false")
    for number, name in enumerate(names, 1):
        column = "csvw:column" if number == 1 else f"csvw:column#{number}"
        yield _here(f"healthdcatap:hasVariables/csvw:table/{column}/csvw:name", name)


def manufacturers(names: set[str], origin: Origin) -> Proposal:
    """Return the terms for names of manufacturers, which hold more than the word that counts."""
    terms = vocabulary("manufacturer")
    found = {name: _maker(terms, name) for name in names}
    return _proposed("eucaim:hasEquipmentManufacturer", found, origin)


def ages(years: Sequence[float], origin: Origin) -> Iterator[Proposal]:
    """Yield the range of ages in steps of five years, and none above 90: the exact ends would point at persons."""
    if years:
        youngest = min(int(min(years)), _OLDEST) // _AGES_APART * _AGES_APART
        oldest = min(-(-int(max(years)) // _AGES_APART) * _AGES_APART, _OLDEST)
        note = f"in steps of {_AGES_APART} years, {_OLDEST} at most"
        yield Proposal("healthdcatap:minTypicalAge", (str(youngest),), origin, note)
        yield Proposal("healthdcatap:maxTypicalAge", (str(oldest),), origin, note)


def terms_of(key: str, terms: Vocabulary, names: set[str], origin: Origin) -> Proposal:
    """Return the terms for what DICOM or a node calls them."""
    found = {name: listed.concept if (listed := terms.named(name)) else None for name in names}
    return _proposed(key, found, origin)


def _terms(key: str, terms: Vocabulary, names: set[str]) -> Proposal:
    return terms_of(key, terms, names, Origin.HERE)


def _proposed(key: str, found: dict[str, str | None], origin: Origin) -> Proposal:
    values = sorted({concept for concept in found.values() if concept})
    without = sum(concept is None for concept in found.values())
    # What a header says is not repeated: it can be anything.
    note = (
        f"{without} other value{'s are' if without > 1 else ' is'} not in the list: choose terms by hand"
        if without
        else ""
    )
    return Proposal(key, tuple(values), origin, note)


def _maker(terms: Vocabulary, name: str) -> str | None:
    for one in terms.concepts:
        if any(re.search(rf"\b{re.escape(word)}(?!\w)", name.upper()) for word in one.words):
            return one.concept
    return None


def _here(key: str, *values: str) -> Proposal:
    return Proposal(key, values, Origin.HERE)


def _years(text: str) -> float | None:
    found = _AGE.fullmatch(text)
    return int(found[1]) / _OF_A_YEAR[found[2]] if found else None

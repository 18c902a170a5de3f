"""What this workspace knows of the dataset: aggregates of the images that were sent, or are going to be."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from eucaim_nb.clinical_files import exported_files
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.ledger import UploadState
from eucaim_nb.workspace import Workspace

from ._aggregates import ages, manufacturers, terms_of
from ._proposal import Origin, Proposal
from ._segments import segmentations

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
_FIRST_YEAR = 1970
_MAPPING = "mapping.json"


@dataclass(frozen=True)
class Content:
    """The series that count, as rows of the index."""

    sources: Sequence[int]
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
        drawn = {row["SeriesInstanceUID"] for row in content.rows if row["Modality"].strip() == "SEG"}
        found += segmentations(workspace, drawn, content.sources)
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
    return Content(sources, rows, [row["StudyDate"][:4] for row in dates], size, bool(ours))


def _of_images(content: Content) -> Iterator[Proposal]:
    yield _here("healthdcatap:numberOfUniqueIndividuals", str(len(content.distinct("PatientID"))))
    yield _here("healthdcatap:numberOfRecords", str(len(content.distinct("StudyInstanceUID"))))
    yield _here("molgenis:number_of_series", str(len(content.distinct("SeriesInstanceUID"))))
    yield _terms("eucaim:hasImageModality", "image_modality", content.distinct("Modality", content.images))
    yield _terms("eucaim:hasImageBodyPart", "body_part", content.distinct("BodyPartExamined", content.images))
    yield manufacturers(content.distinct("Manufacturer", content.images), Origin.HERE)
    yield _terms("eucaim:hasBirthSex", "birth_sex", content.distinct("PatientSex"))
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
        exported = bool(exported_files(workspace.folder))
        fields = json.loads((folder / _MAPPING).read_text(encoding="utf-8"))["fields"] if exported else []
        names = [str(one["target"]) for one in fields]
    except (WorkspaceError, OSError, ValueError, KeyError, TypeError):
        exported, names = False, []
    yield _here("healthdcatap:hasStructuredData", "true" if exported else "false")
    for number, name in enumerate(names, 1):
        column = "csvw:column" if number == 1 else f"csvw:column#{number}"
        yield _here(f"healthdcatap:hasVariables/csvw:table/{column}/csvw:name", name)


def _terms(key: str, name: str, words: set[str]) -> Proposal:
    return terms_of(key, name, words, Origin.HERE)


def _here(key: str, *values: str) -> Proposal:
    return Proposal(key, values, Origin.HERE)


def _years(text: str) -> float | None:
    found = _AGE.fullmatch(text)
    return int(found[1]) / _OF_A_YEAR[found[2]] if found else None

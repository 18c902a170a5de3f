"""What EUCAIM's ETL team asks for: the mapping workbook, and the tables that its flows read."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ._column import Column
from ._export_tables import Files
from ._finding import Finding, Severity
from ._target import Target
from ._words import missing_term
from ._words import rows as reference_rows
from ._written import SUBJECT, Source, csv_bytes, csv_of_columns

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_EPISODE = "Overarching Episode"
_METADATA = (
    "StudyInstanceUID", "SeriesInstanceUID", "SeriesNumber", "PatientID", "KVP", "XRayTubeCurrent", "Exposure",
    "ExposureTime", "FilterType",
    "SliceThickness", "PixelRowSpacing", "PixelColSpacing", "Rows", "Columns", "StudyDescription", "AcquisitionDate",
    "BodyPartExamined",
    "Modality", "Manufacturer", "ManufacturerModelName",
)  # fmt: skip


def etl(source: Source) -> Files:
    """Yield the bundle: workbook, clinical table, timepoints, descriptions of series, attributes of images.

    The ETL strips quotation marks and wants the same number of commas in every line, so values have neither.
    """
    name = source.dataset
    yield f"etl/{name}_mapping.xlsx", [_workbook(source)]
    yield f"etl/{name}_clinical.csv", csv_of_columns(_cells(source))
    if source.series:
        rows = list(_timepoints(source))
        header = ["PatientID", "StudyUID", "StudyDate", "StudyDescription", "Episode", "Imaging Timepoint"]
        yield f"etl/{name}_timepoints.csv", csv_bytes(header, rows)
        # The handbook and the ETL's flow name the same columns differently: both forms are written.
        yield (
            f"etl/{name}_timepoints_flow.csv",
            csv_bytes(
                ["PatientID", "StudyInstanceUID", "ImagingTimepoint"],
                ((row[0], row[1], row[5]) for row in rows),
            ),
        )
        seen = sorted({_unquoted(one["SeriesDescription"]) for one in source.series} - {""})
        yield (
            f"etl/{name}_series_descriptions.csv",
            csv_bytes(
                ["Source series Description", "EUCAIM series description"],
                ((one, _description(one)) for one in seen),
            ),
        )
        yield f"etl/{name}_image_metadata.csv", csv_bytes(_METADATA, _metadata(source))


def _cells(source: Source) -> dict[str, Column]:
    """Return the columns; texts say why a value is missing, numbers and dates have no place for that."""
    return {
        name: source.explained(name).map(_unquoted) if source.kind(name) == "string" else column
        for name, column in source.columns.items()
    }


def beyond_limits(source: Source) -> Iterator[Finding]:
    """Yield findings about values that the ETL's tables have no room for."""
    limits = {row["kind"]: float(row["below"]) for row in reference_rows("etl_limits.csv")}
    for name, column in source.columns.items():
        if source.kind(name) in ("integer", "number"):
            kind, large = (
                "numbers",
                column.where(lambda text: bool(text) and abs(float(text)) >= limits["number"]),
            )
        else:
            kind, large = "texts", column.where(lambda text: len(text) >= limits["text"])
        if large.any():
            yield Finding(
                "no room in the ETL",
                Severity.WARN,
                f"The tables of EUCAIM's ETL have no room for such large {kind}.",
                "Use another unit or a code, or tell the ETL team.",
                target=name,
                rows=tuple(source.prepared.lines[large].tolist()),
            )


def _unquoted(text: str) -> str:
    return text.replace('"', "'").replace(",", ";")


def _description(text: str) -> str:
    terms = (row for row in reference_rows("image_terms.csv") if row["attribute"] == "SeriesDescription")
    return next((row["label"] for row in terms if row["word"] in text.upper()), "")


def _timepoints(source: Source) -> Iterator[Sequence[str]]:
    studies: dict[str, dict[str, tuple[str, str]]] = {}
    for one in source.series:
        studies.setdefault(one["PatientID"], {}).setdefault(
            one["StudyInstanceUID"], (one["StudyDate"], _unquoted(one["StudyDescription"]))
        )
    episodes = {
        (subject, source.element(row, "timepoint") or str(number)): source.element(row, "episode")
        for subject, rows in source.by_subject()
        for number, row in enumerate(rows, 1)
    }
    for patient, of_patient in studies.items():
        for number, (uid, (day, text)) in enumerate(
            sorted(of_patient.items(), key=lambda each: (each[1][0], each[0])), 1
        ):
            yield patient, uid, day, text, episodes.get((patient, str(number)), ""), str(number)


def _metadata(source: Source) -> Iterator[Sequence[str]]:
    for one in source.series:
        row, _, column = one["PixelSpacing"].partition("\\")
        given = {**one, "PixelRowSpacing": row, "PixelColSpacing": column}
        yield [_unquoted(given.get(name, "")) for name in _METADATA]


def _workbook(source: Source) -> bytes:
    """Return the workbook; a column per variable: name, entity, element, standard, example, then `value,code`."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    about = book.create_sheet("Data elements")
    about.append(["Source variable", "CDM entity", "CDM element", "Obligation", "Title"])
    sheet = book.create_sheet(_EPISODE)
    columns = []
    for name in source.columns:
        target = source.target(name)
        if name == SUBJECT:
            target = source.prepared.template.subject
        if target is None:
            columns.append([name, "", "", "custom", _example(source, name)])
            continue
        entity, _, element = target.cdm.partition(".")
        about.append(
            [_text(about, cell) for cell in (name, entity, element, target.obligation, target.title)]
        )
        columns.append(
            [
                name,
                entity,
                element,
                _standard(target),
                _example(source, name),
                *_correspondences(source, name, target),
            ]
        )
    for line in range(max(map(len, columns))):
        sheet.append([_text(sheet, column[line] if line < len(column) else "") for column in columns])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _text(sheet: "WriteOnlyWorksheet", value: str) -> "Cell":
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value or None)
    if value:
        cell.data_type = "s"
    return cell


def _standard(target: Target) -> str:
    if target.element == "icd10":
        return "ICD10"
    return "EUCAIM" if any(target.allowed.values()) else "custom"


def _example(source: Source, name: str) -> str:
    """Return a value as it is written: of a coded variable only, because the workbook leaves the house."""
    target = source.target(name)
    if name == SUBJECT or target is None or not target.allowed:
        return ""
    return next((value for value in source.columns[name].values if value), "")


def _correspondences(source: Source, name: str, target: Target) -> list[str]:
    if not target.allowed:
        return []
    pairs = {target.written(value): code for value, code in target.allowed.items()}
    why = source.prepared.missing.get(name)
    pairs |= {
        text: target.allowed.get(text.capitalize()) or missing_term(text)[0]
        for text in (why.values if why else ())
    }
    return [f"{value},{code}" if code else value for value, code in pairs.items() if value]

"""Figures of the data set for the catalogue. Nothing but counts, and none that is smaller than five."""

from collections import Counter
from typing import Any

from ._export_tables import Files
from ._values import RARE
from ._written import SUBJECT, Source, json_bytes


def statistics(source: Source) -> Files:
    """Yield the figures."""
    yield "statistics.json", [json_bytes(figures(source))]


def figures(source: Source) -> dict[str, Any]:
    """Return counts of subjects, studies and series, the range of ages, and counts by value of coded variables."""
    subjects = set(source.columns[SUBJECT].values)
    ages = sorted(
        number
        for element in ("age_at_diagnosis", "age_at_imaging")
        if (target := source.prepared.template.of(element)) and target.name in source.columns
        for text in source.columns[target.name].values
        if (number := _number(text)) is not None
    )
    return {
        "subjects": len(subjects),
        "rows": len(source.prepared),
        "studies": len({one["StudyInstanceUID"] for one in source.series}),
        "series": len({one["SeriesInstanceUID"] for one in source.series}),
        "age_range": {"minimum": int(ages[0]), "maximum": int(ages[-1])}
        if len(subjects) >= RARE and ages
        else None,
        "modalities": sorted({one["Modality"] for one in source.series} - {""}),
        "body_parts": sorted({one["BodyPartExamined"].upper() for one in source.series} - {""}),
        "manufacturers": sorted({one["Manufacturer"] for one in source.series} - {""}),
        "values": {
            name: _counted(Counter(column.texts()))
            for name, column in source.columns.items()
            if (target := source.target(name)) and target.allowed
        },
    }


def _counted(counts: Counter[str]) -> dict[str, int | str]:
    return {
        value or "(missing)": count if count >= RARE else f"fewer than {RARE}"
        for value, count in sorted(counts.items())
    }


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

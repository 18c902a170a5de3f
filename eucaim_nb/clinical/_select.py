"""Which rows of a table count, whose they are, and how they join with the images."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eucaim_nb.errors import TableError

from ._column import Column, Rows
from ._finding import Finding, Severity
from ._images import Images, normalisations, normalise
from ._mapping import Mapping
from ._profile import says
from ._table import RawTable


@dataclass(frozen=True)
class Dropped:
    """Rows that are not in the result, and why."""

    reason: str
    lines: tuple[int, ...]


@dataclass
class Selection:
    """The rows that count.

    Attributes
    ----------
    ids
        Patient ID of every row of the table, as in the images.
    kept
        Which rows count.
    both, images_only, clinical_only
        Patient IDs by where they are.
    """

    table: RawTable
    mapping: Mapping
    ids: Column
    kept: NDArray[np.bool_]
    dropped: list[Dropped] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    both: tuple[str, ...] = ()
    images_only: tuple[str, ...] = ()
    clinical_only: tuple[str, ...] = ()

    @property
    def rows(self) -> Rows:
        """Numbers of the rows that count."""
        return np.flatnonzero(self.kept)

    def leave_out(self, rows: NDArray[np.bool_], reason: str) -> None:
        """Have rows count no longer."""
        rows = rows & self.kept
        if rows.any():
            self.dropped.append(Dropped(reason, tuple(self.table.lines[rows].tolist())))
            self.kept &= ~rows


def select(table: RawTable, mapping: Mapping, images: Images) -> Selection:
    """Return the rows of a table that count.

    Raises
    ------
    TableError
        The table lacks the column with Patient IDs.
    """
    column = mapping.subjects.column
    if column not in table.columns:
        raise TableError(
            "The mapping does not say which column has the Patient IDs of the images (subjects.column)."
            if not column
            else "The column with the Patient IDs that the mapping names is not in this table."
        )
    ids = table.columns[column].map(lambda text: normalise(text, mapping.subjects.normalise))
    found = Selection(table, mapping, ids, np.ones(len(table), dtype=bool))
    found.leave_out(~ids.where(says), "no Patient ID")
    found.leave_out(_repeated_headers(table), "a header repeated among the rows")
    _join(found, images)
    _several_rows(found)
    return found


def _repeated_headers(table: RawTable) -> NDArray[np.bool_]:
    same = np.ones(len(table), dtype=bool)
    for name, column in table.columns.items():
        if name not in column.values:
            return np.zeros(len(table), dtype=bool)
        same &= column.codes == column.values.index(name)
    return same


def _join(found: Selection, images: Images) -> None:
    subjects = found.mapping.subjects
    here = set(found.ids.take(found.kept).values)
    if subjects.pseudonyms == "keep" and images.made:
        there = {new for made in images.made.values() for new in made}
    else:
        there = set(images.patients)
    found.both = tuple(sorted(here & there))
    found.images_only = tuple(sorted(there - here))
    found.clinical_only = tuple(sorted(here - there))
    for step, count in normalisations(found.clinical_only, there).items():
        found.findings.append(
            Finding(
                "Patient ID written differently",
                Severity.WARN,
                f"More patients would have images if Patient IDs were changed by {step!r}: {count:,}.",
                f"If they are the same patients, add {step!r} to subjects.normalise in the mapping.",
                subjects.column,
            )
        )
    if found.images_only:
        found.findings.append(
            Finding(
                "patients without a row",
                Severity.WARN,
                f"{len(found.images_only):,} patients with images have no row. UPV's node needs one of each patient: "
                "the upload there will want a reason.",
                "Complete the table, or leave their images out. private/clinical_subjects.csv names them.",
                subjects.column,
            )
        )
    if there and subjects.without_images == "drop":
        lone = here - there
        found.leave_out(found.ids.where(lambda one: one in lone), "no images of this patient are indexed")


def _several_rows(found: Selection) -> None:
    rows, policy = found.rows, found.mapping.subjects.rows
    codes, counts = np.unique(found.ids.codes[rows], return_counts=True)
    several = codes[counts > 1]
    if not len(several) or policy == "timepoints":
        return
    if policy == "one":
        where = rows[np.isin(found.ids.codes[rows], several)]
        found.findings.append(
            Finding(
                "several rows of a patient",
                Severity.ERR,
                f"{len(several):,} patients have more than one row.",
                "Say which counts (subjects.rows: first or last), or keep all as timepoints.",
                found.mapping.subjects.column,
                rows=found.table.source_lines(where),
            )
        )
        return
    order = rows if policy == "first" else rows[::-1]
    _, at = np.unique(found.ids.codes[order], return_index=True)
    others = found.kept.copy()
    others[order[at]] = False
    found.leave_out(others, f"not the {policy} row of the patient")

"""Which series to send: all at first, and boxes to leave patients or single series out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from eucaim_nb.ledger import SeriesRow
from eucaim_nb.ui import components as c

from ._indexed import Patient, patients

Key: TypeAlias = tuple[str, str]


class SeriesChoice:
    """A list of patients with boxes; their series appear when a patient is opened.

    Parameters
    ----------
    rows
        The series that may be sent, in the order of patients.
    changed
        Called after a box was ticked or cleared.
    """

    def __init__(self, rows: Sequence[SeriesRow], notice: c.Notice, changed: Callable[[], object]) -> None:
        self._notice, self._changed = notice, changed
        self._all = [_key(row) for row in rows]
        self._left_out: set[Key] = set()
        self._said = c.show()
        self.patients = c.PagedRows(patients(rows), self._patient, notice)
        self.root = c.stack(self._said, self.patients.root)
        self._say()

    @property
    def chosen(self) -> list[Key]:
        """The `(study UID, series UID)` that are ticked."""
        return [key for key in self._all if key not in self._left_out]

    @property
    def everything(self) -> bool:
        """Whether nothing was left out."""
        return not self._left_out

    def _patient(self, patient: Patient) -> Any:
        keys = [_key(row) for row in patient.series]
        boxes: dict[Key, Any] = {}
        chosen = sum(key not in self._left_out for key in keys)
        whole = c.tick(f"Patient {patient.id}" if patient.id else "No Patient ID", chosen > 0)
        said = c.show()

        def count() -> None:
            chosen = sum(key not in self._left_out for key in keys)
            c.put(said, c.paragraph(f"{chosen:,} of {c.count(len(keys), 'series', 'series')}", quiet=True))

        def turn_all() -> None:
            self._set(keys, whole.value)
            for key, box in boxes.items():
                box.value = key not in self._left_out
            count()

        def build() -> Any:
            boxes.clear()
            return c.PagedRows(patient.series, one, self._notice).root

        def one(row: SeriesRow) -> Any:
            key = _key(row)
            words = [row.number, row.modality, row.description or "no description"]
            box = c.tick(" · ".join(filter(None, words)), key not in self._left_out)

            def turn() -> None:
                self._set([key], box.value)
                count()

            box.observe(c.guard(self._notice, rest=0)(turn), "value")
            boxes[key] = box
            return box

        whole.observe(c.guard(self._notice, rest=0)(turn_all), "value")
        count()
        return c.stack(whole, c.Fold("Series", build, self._notice, beside=said).root)

    def _set(self, keys: Sequence[Key], ticked: bool) -> None:
        if ticked:
            self._left_out.difference_update(keys)
        else:
            self._left_out.update(keys)
        self._say()
        self._changed()

    def _say(self) -> None:
        n = len(self._all)
        said = f"{len(self.chosen):,} of {c.count(n, 'series', 'series')} chosen."
        c.put(self._said, c.status(c.paragraph(said)))


def _key(row: SeriesRow) -> Key:
    return row.study_uid, row.series_uid


def total(chosen: Sequence[Key], sizes: Mapping[Key, int]) -> int:
    """Return how many instances the chosen series have."""
    return sum(sizes[key] for key in chosen)

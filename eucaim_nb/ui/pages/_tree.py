"""Patients, their studies and series, as a tree that opens step by step."""

from collections.abc import Callable, Sequence
from typing import Any

from eucaim_nb.ledger import SeriesRow
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._indexed import Patient, Study, patients
from ._series import SeriesView

_MOST_IN_TITLE = 60


class Tree:
    """The indexed series of some sources.

    Parameters
    ----------
    view
        Makes what a series opens to; None shows everything there is to see of it.
    """

    def __init__(
        self,
        workspace: Workspace,
        source_ids: Sequence[int],
        notice: c.Notice,
        view: Callable[[SeriesRow], Any] | None = None,
    ) -> None:
        from eucaim_nb.dicom import Studio

        self._workspace, self._source_ids, self._notice = workspace, source_ids, notice
        self._view = view or self._everything
        self._studio = Studio()
        found = patients(workspace.ledger.index.series(source_ids))
        self.patients = c.PagedRows(found, self._patient, notice)
        self.root = self.patients.root

    def _patient(self, patient: Patient) -> Any:
        series = patient.series
        facts = [
            c.count(len(patient.studies), "study", "studies"),
            c.count(len(series), "series", "series"),
            *_sums(series),
        ]
        title = f"Patient {_short(patient.id)}" if patient.id else "No Patient ID"
        return self._fold(title, facts, lambda: c.PagedRows(patient.studies, self._study, self._notice).root)

    def _study(self, study: Study) -> Any:
        first = study.series[0]
        words = [_date(first.study_date), first.study_description or "no description"]
        facts = [c.count(len(study.series), "series", "series"), *_sums(study.series)]
        return self._fold(
            f"Study {_short(' · '.join(filter(None, words)))}",
            facts,
            lambda: c.PagedRows(study.series, self._series, self._notice).root,
        )

    def _series(self, series: SeriesRow) -> Any:
        words = [series.modality or "no modality", series.description or "no description"]
        facts = _sums([series])
        if series.variants > 1:
            facts.append(c.chip("headers differ"))
        return self._fold(
            f"Series {_short(' · '.join(filter(None, [series.number, *words])))}",
            facts,
            lambda: self._view(series),
        )

    def _everything(self, series: SeriesRow) -> Any:
        return SeriesView(self._workspace, series, self._source_ids, self._studio, self._notice).root

    def _fold(self, title: str, facts: Sequence[object], build: Any) -> Any:
        return c.Fold(title, build, self._notice, beside=c.show(c.line(*facts))).root


def _sums(series: Sequence[SeriesRow]) -> list[object]:
    held_back = sum(one.held_back for one in series)
    facts: list[object] = [
        c.count(sum(one.instances for one in series), "instance"),
        c.size(sum(one.bytes for one in series)),
    ]
    if held_back:
        facts.append(c.badge(f"{held_back:,} held back", c.Tone.WARN))
    return facts


def _short(text: str) -> str:
    return text if len(text) <= _MOST_IN_TITLE else f"{text[:_MOST_IN_TITLE]}…"


def _date(text: str) -> str:
    """Return a DICOM date as it is usually written; anything else as it stands."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text

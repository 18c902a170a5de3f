"""A series with findings, looked at closely: what was found, pictures, positions, and a way to leave it out."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from eucaim_nb.errors import Refused
from eucaim_nb.ledger import Exclusion, QualityFinding, SeriesRow
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._series import SeriesView

if TYPE_CHECKING:
    from eucaim_nb.dicom import Studio
    from eucaim_nb.quality import Positions

_TONES = {"ERR": c.Tone.BAD, "WARN": c.Tone.WARN, "INFO": c.Tone.QUIET}
_NOUNS = {"ERR": "error", "WARN": "warning", "INFO": "note"}
_COLUMNS = (c.Column("Weight"), c.Column("Check", code=True), c.Column("What"), c.Column("What to do"))
_LONGEST_TITLE = 60
_MOST_SHOWN = 10

Decided = Callable[[str], object]
Key = tuple[str, str]
"""Study and series."""


class SeriesList:
    """The series that findings are about, those with errors first; each opens to a close look.

    Parameters
    ----------
    decided
        Called after a series was left out, with what to say.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, decided: Decided) -> None:
        from eucaim_nb.dicom import Studio

        self._workspace, self._notice, self._decided = workspace, notice, decided
        self._studio = Studio()
        self._ids: list[int] = []
        self._rows: dict[Key, SeriesRow] = {}
        self._found: dict[Key, list[QualityFinding]] = {}
        self._shown: dict[Key, OneSeries] = {}
        self._none = c.show(c.paragraph("None.", quiet=True))
        self._list = c.PagedRows[SeriesRow]([], self._series, notice, size=_MOST_SHOWN)
        self.root = c.stack(self._none, self._list.root)

    def read(self, source_ids: Sequence[int]) -> None:
        """Read which series there are."""
        if list(source_ids) != self._ids:
            self._ids, self._shown = list(source_ids), {}
        self._rows = {_key(row): row for row in self._workspace.ledger.index.series(self._ids)}

    def show(self, findings: Sequence[QualityFinding]) -> None:
        """Show the series of other findings; one that stands open stays so, with what was typed into it."""
        self._found = {}
        for one in findings:
            if (one.study_uid, one.series_uid) in self._rows:
                self._found.setdefault((one.study_uid, one.series_uid), []).append(one)
        order = {"ERR": 0, "WARN": 1, "INFO": 2}
        keys = sorted(
            self._found,
            key=lambda key: (
                min(order[one.severity] for one in self._found[key]),
                self._rows[key].patient_id,
            ),
        )
        c.visible(self._none, not keys)
        self._list.update([self._rows[key] for key in keys])

    def _series(self, row: SeriesRow) -> Any:
        shown = self._shown.get(_key(row))
        if shown is None or shown.row != row or shown.root.comm is None:
            shown = OneSeries(self._workspace, row, self._ids, self._studio, self._notice, self._decided)
            self._shown[_key(row)] = shown
        shown.show(self._found[_key(row)])
        return shown.root


class OneSeries:
    """A series behind its line."""

    def __init__(
        self,
        workspace: Workspace,
        row: SeriesRow,
        source_ids: Sequence[int],
        studio: "Studio",
        notice: c.Notice,
        decided: Decided,
    ) -> None:
        self._workspace, self.row, self._ids, self._studio = workspace, row, source_ids, studio
        self._notice, self._decided = notice, decided
        self._findings: list[QualityFinding] = []
        self._facts = c.show()
        self._fold = c.Fold(_words(row), self._closer, notice, beside=self._facts)
        self.root = self._fold.root

    def show(self, findings: list[QualityFinding]) -> None:
        """Show what was found; what stands open is made anew only if that is something else."""
        if findings == self._findings:
            return
        self._findings = findings
        counts = Counter[str]()
        for one in findings:
            counts[one.severity] += one.count
        facts = [
            c.badge(c.count(counts[name], _NOUNS[name]), _TONES[name]) for name in _TONES if counts[name]
        ]
        c.put(self._facts, c.line(*facts, c.count(self.row.instances, "instance")))
        self._fold.renew()

    def _closer(self) -> Any:
        from eucaim_nb.quality import positions

        row = self.row
        cells = [
            (c.badge(_NOUNS[one.severity], _TONES[one.severity]), one.check_id, _counted(one), one.remedy)
            for one in self._findings
        ]
        parts = [c.show(c.table(_COLUMNS, cells, "Findings of this series"))]
        volumes = positions(self._workspace, self._ids, row.study_uid, row.series_uid)
        if volumes:
            drawing = c.figure()
            _draw(drawing.add_subplot(), volumes)
            heading = c.heading("Where its images lie", 3)
            parts.append(c.show(heading, *c.plot(drawing, " ".join(_said(volumes)))))
        parts.append(SeriesView(self._workspace, row, self._ids, self._studio, self._notice).root)
        number = c.text("Only the image with this Instance Number", hint="empty: the whole series")
        leave_out = c.Confirm(
            "Leave out",
            "De-identification, upload and further checks pass it over. The reason is recorded. It can be taken "
            "back below.",
            lambda reason: self._leave_out(number.value.strip(), reason),
            self._notice,
            reason="Reason",
        )
        drawer = c.Drawer(
            "Leave the series, or one image, out", c.stack(number, leave_out.root), self._notice
        )
        return c.stack(*parts, drawer.root)

    def _leave_out(self, number: str, reason: str) -> None:
        from eucaim_nb.quality import exclude

        row = self.row
        if not number:
            exclude(self._workspace, row.study_uid, row.series_uid, reason=reason)
            self._decided("The series is left out. Check again to compare the others without it.")
            return
        chosen = {
            one["SOPInstanceUID"]
            for one in self._workspace.ledger.index.instances(row.series_uid, self._ids)
            if (one["InstanceNumber"] or "").strip() == number and one["StudyInstanceUID"] == row.study_uid
        }
        if len(chosen) != 1:
            raise Refused(
                f"Nothing was left out: {c.count(len(chosen), 'image')} of the series have this Instance Number. "
                "Name one, or leave the whole series out."
            )
        exclude(self._workspace, row.study_uid, row.series_uid, reason=reason, sop_uid=chosen.pop())
        self._decided("The image is left out. Check again to see the series without it.")


def left_out(workspace: Workspace, decisions: Sequence[Exclusion], notice: c.Notice, decided: Decided) -> Any:
    """Return what is left out on purpose, each with a way to take it back."""
    from eucaim_nb.quality import readmit

    if not decisions:
        return c.stack()
    first = {one.decision: one for one in reversed(decisions)}

    rows = {(one.study_uid, one.series_uid): one for one in workspace.ledger.index.series()}

    def row(one: Exclusion) -> Any:
        def take_back() -> None:
            readmit(workspace, one.decision)
            decided("Taken back. De-identify and check again to have it with the others.")

        what = "an image of " if one.sop_uid else ""
        which = rows.get((one.study_uid, one.series_uid))
        named = _words(which) if which else "a series that is not indexed any more"
        return c.row(
            c.button("Take back", take_back, notice, hint=f"Take back decision {one.decision}"),
            c.show(c.paragraph(f"{what}{named}, {c.moment(one.at)}: {one.reason}")),
        )

    return c.stack(
        c.show(c.heading("Left out on purpose")),
        c.PagedRows([first[number] for number in sorted(first)], row, notice).root,
    )


def _words(row: SeriesRow) -> str:
    words = " · ".join(filter(None, (row.patient_id or "no Patient ID", row.modality, row.description)))
    return words if len(words) <= _LONGEST_TITLE else f"{words[:_LONGEST_TITLE]}…"


def _key(row: SeriesRow) -> Key:
    return row.study_uid, row.series_uid


def _counted(one: QualityFinding) -> str:
    return f"{one.message} ({one.count:,} times)" if one.count > 1 else one.message


def _draw(axes: Any, volumes: Sequence["Positions"]) -> None:
    for number, one in enumerate(volumes, 1):
        label = f"volume {number}" if len(volumes) > 1 and len(volumes) <= _MOST_SHOWN else None
        axes.plot(
            [image for image, _ in one.images],
            [at for _, at in one.images],
            linestyle="none",
            marker="o" if number == 1 else "s",
            markersize=3,
            label=label,
        )
        for at in one.missing:
            axes.axhline(at, color="#b3261e", linestyle="--", linewidth=1)
    if any(one.missing for one in volumes):
        axes.plot([], [], color="#b3261e", linestyle="--", label="missing")
    axes.set_xlabel("image, by instance number")
    axes.set_ylabel("position in mm")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best", fontsize=8)


def _said(volumes: Sequence["Positions"]) -> list[str]:
    said = []
    for number, one in enumerate(volumes[:_MOST_SHOWN], 1):
        places = [at for _, at in one.images]
        which = f"Volume {number}: " if len(volumes) > 1 else ""
        gaps = (
            f", {len(one.missing)} missing at {', '.join(f'{at:g}' for at in one.missing[:5])} mm"
            if one.missing
            else ""
        )
        said.append(
            f"{which}{c.count(len(places), 'image')} from {min(places):g} to {max(places):g} mm, {one.spacing:g} mm "
            f"apart{gaps}."
        )
    return said

"""Which series each mask belongs to: what is suggested, to be confirmed or changed."""

from collections.abc import Sequence
from typing import Any

from eucaim_nb.annotations import LEFT_OUT, Match, Verdict
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_TONES = {
    Verdict.EXACT: c.Tone.GOOD,
    Verdict.CROPPED: c.Tone.GOOD,
    Verdict.RESAMPLE: c.Tone.WARN,
    Verdict.INCOMPATIBLE: c.Tone.BAD,
}
_SUGGESTED = "\0"
"""What a mask without a choice is left to."""


class MaskTable:
    """A page of masks, each with its series."""

    def __init__(self, workspace: Workspace, matches: Sequence[Match], notice: c.Notice) -> None:
        self._series = {one.series_uid: one for one in workspace.ledger.index.series(workspace.originals())}
        self._notice = notice
        self._chosen = {one.mask.name: one.series_uid or _SUGGESTED for one in matches}
        found = sum(bool(one.series_uid) for one in matches)
        said = [c.headline(f"{found:,} of {c.count(len(matches), 'mask')} found their series")]
        if found < len(matches):
            said.append(c.paragraph("See why the others did not, and choose where there is a choice.", quiet=True))
        # What needs a person comes first.
        ordered = sorted(matches, key=lambda one: (bool(one.series_uid), one.verdict is Verdict.EXACT))
        self.root = c.stack(c.show(*said), c.PagedRows(ordered, self._row, notice, size=10).root)

    def choices(self) -> dict[str, str]:
        """Return the series that were confirmed, by name of mask; a mask that has none is left to the suggestion."""
        return {mask: series for mask, series in self._chosen.items() if series != _SUGGESTED}

    def _row(self, match: Match) -> Any:
        said = c.show(c.line(c.badge(str(match.verdict), _TONES[match.verdict]), str(match.mask.format), match.words))
        name = match.mask.name
        options = [] if match.series_uid else [("Not decided", _SUGGESTED)]
        options += [(f"{self._words(uid)}: {verdict}", uid) for uid, verdict in match.candidates]
        options.append(("Leave this mask out", LEFT_OUT))
        field = c.choice(name, options, self._chosen[name])

        def chosen() -> None:
            self._chosen[name] = field.value

        field.observe(c.guard(self._notice, rest=0)(chosen), "value")
        return c.row(field, said)

    def _words(self, series_uid: str) -> str:
        one = self._series[series_uid]
        return " ".join(part for part in (one.patient_id, one.modality, one.description, f"no {one.number}") if part)

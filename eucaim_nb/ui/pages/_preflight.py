"""What stands before an upload, told from the ledger alone: what is verified, what was checked, what is left out."""

from collections.abc import Iterator, Mapping, Sequence

from eucaim_nb.ui import components as c
from eucaim_nb.workflow import standing_errors
from eucaim_nb.workspace import Workspace

from ._deidentified import all_verified

_IDENTIFIED = (
    "Not all of these images are verified as de-identified: they would go as they are, and what identifies a person in "
    "them goes with them."
)
_MEND = "Mend them, or leave out the series they are about, and check again."
_LEFT_OUT = {
    "held_back": ("file held back because of findings", "files held back because of findings"),
    "duplicates": ("further file of an instance that is sent once", "further files of instances that are sent once"),
    "excluded": ("file left out by a decision", "files left out by a decision"),
}


class Preflight:
    """A card that says what speaks for and against sending a source.

    Attributes
    ----------
    clear
        Whether nothing speaks against it, as far as the ledger knows.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.root = c.show()
        self.clear = False

    def show(self, ids: Sequence[int], *, written_here: bool) -> None:
        """Read the ledger about some sources; `written_here` tells that they are outputs of this workspace."""
        verified = written_here and self._all_verified(ids)
        errors, against = standing_errors(self._workspace, ids)
        self.clear = verified and not errors
        left_out = self._workspace.ledger.uploads.left_out(ids)
        c.put(self.root, c.bullets([*_identity(verified), *self._quality(ids, against), *_rest(left_out)]))

    def _all_verified(self, ids: Sequence[int]) -> bool:
        ledger = self._workspace.ledger
        counts = ledger.deidentified.counts()
        return all_verified(counts) and counts.verified == ledger.index.totals(ids).instances

    def _quality(self, ids: Sequence[int], against: str) -> Iterator[c.Markup]:
        look = c.notebook_link("07_quality", "Quality checks")
        if against:
            yield c.line(c.badge("errors", c.Tone.BAD), against, _MEND, look)
            return
        runs = [run for run in self._workspace.ledger.quality.runs() if set(_sources(run.scope)) & set(ids)]
        if not runs:
            yield c.line(c.badge("not checked", c.Tone.WARN), "The quality of these images was not checked.", look)
            return
        last = max(runs, key=lambda run: run.at)
        said = f"The quality checks of {c.moment(last.at)} (level {last.level}) left no error standing."
        yield c.line(c.badge("checked", c.Tone.GOOD), said)


def _sources(scope: str) -> Iterator[int]:
    return (int(one) for one in scope.split(",") if one)


def _identity(verified: bool) -> Iterator[c.Markup]:
    if verified:
        yield c.line(c.badge("de-identified", c.Tone.GOOD), "Every image is verified as de-identified.")
    else:
        yield c.line(c.badge("not verified", c.Tone.BAD), _IDENTIFIED, c.notebook_link("05_deidentify", "De-identify"))


def _rest(left_out: Mapping[str, int]) -> Iterator[c.Markup]:
    words = [c.count(count, *_LEFT_OUT[name]) for name, count in left_out.items() if count]
    if words:
        yield c.line(c.badge("left out", c.Tone.QUIET), f"{', '.join(words)}.")

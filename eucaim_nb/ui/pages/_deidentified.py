"""What came of a de-identification: how much is verified, what needs a look, and what was done."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from eucaim_nb.jobs import Job
from eucaim_nb.ledger import DeidCounts
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._indexed import where

if TYPE_CHECKING:
    from eucaim_nb.ledger import DeidFinding

Actions: TypeAlias = Mapping[str, Mapping[str, int]]
"""Counts by attribute and action."""

_DONE, _WOULD_BE_DONE = "What was done", "What would be done"
_REASONS = (c.Column("Originals", numbers=True), c.Column("Kind"), c.Column("Reason"))


class Deidentified:
    """The outputs of a workspace, the findings first."""

    def __init__(self, workspace: Workspace, notice: c.Notice) -> None:
        from eucaim_nb.deid import actions_done, findings

        self._workspace = workspace
        self.counts = workspace.ledger.deidentified.counts(workspace.originals())
        found = [_finding(one) for one in findings(workspace)]
        parts: list[Any] = [c.show(*_headline(self.counts)), *self._report()]
        if found:
            table = c.FindingsTable(workspace.folder / "private" / "deidentification-findings.csv", notice)
            table.show(found)
            parts += [c.show(c.heading(c.count(len(found), "finding"))), table.root]
        parts += [*self._set_aside(), *self._left_out()]
        fold = c.Fold(_DONE, lambda: actions_table(actions_done(workspace), _DONE, notice), notice)
        self.root = c.stack(*parts, fold.root)

    def _report(self) -> list[Any]:
        path = self._workspace.folder / "reports" / "deidentification.html"
        return [c.copy("Evidence report, without identifiers", path)] if path.exists() else []

    def _set_aside(self) -> list[Any]:
        from eucaim_nb.deid import set_aside

        if not self.counts.quarantined:
            return []
        rows = [(f"{count:,}", kind, reason) for (kind, reason), count in set_aside(self._workspace).items()]
        said = c.paragraph("Nothing of these was written, and the originals are where they were.", quiet=True)
        heading = c.heading(f"{c.count(self.counts.quarantined, 'original')} set aside")
        return [c.show(heading, said, c.table(_REASONS, rows, "Reasons why originals are set aside"))]

    def _left_out(self) -> list[Any]:
        """Say what needed no output: by the profile, or because it is one."""
        from eucaim_nb.deid import left_out

        said = []
        if self.counts.dropped:
            kinds = ", ".join(f"{kind} {count:,}" for (kind, _), count in left_out(self._workspace).items())
            said.append(c.paragraph(f"{c.count(self.counts.dropped, 'original')} left out by the profile: {kinds}."))
        if self.counts.already:
            outputs = c.count(self.counts.already, "original is an output", "originals are outputs")
            said.append(c.paragraph(f"{outputs} of this program already, and left alone."))
        return [c.show(*said)] if said else []


class DryRun:
    """What a dry run would have done."""

    def __init__(self, job: Job, notice: c.Notice) -> None:
        done = job.result or {}
        aside = f" {c.count(done['quarantined'], 'original')} would be set aside." if done["quarantined"] else ""
        aside += f" {c.count(done['dropped'], 'original')} would be left out." if done.get("dropped") else ""
        when = f" ({c.moment(job.ended_at)})" if job.ended_at else ""
        said = [
            c.heading(f"Dry run{when}"),
            c.headline(f"{c.count(done['written'], 'instance')} would be written"),
            c.paragraph(f"Profile {done['profile']}. Nothing was written.{aside}"),
        ]
        if done["unchanged"]:
            stay = c.count(done["unchanged"], "instance")
            said.append(c.paragraph(f"{stay} would stay as they were written before."))
        if done["findings"]:
            said.append(c.paragraph("Findings: " + _counted(done["findings"])))
        self.root = c.stack(c.show(*said), actions_table(done["actions"], _WOULD_BE_DONE, notice))


def actions_table(actions: Actions, title: str, notice: c.Notice) -> Any:
    """Return the counts of a run: first by action, then by attribute."""
    sums: Counter[str] = Counter()
    for by_action in actions.values():
        sums.update(by_action)
    columns = (c.Column(title), c.Column("Times", numbers=True))
    rows = [(_words(action), f"{count:,}") for action, count in sums.most_common()]
    table: c.PagedTable[tuple[str, str, int]] = c.PagedTable(
        (c.Column("Attribute"), *columns),
        lambda row: (row[0], _words(row[1]), f"{row[2]:,}"),
        f"{title}, by attribute",
        notice,
        size=25,
    )
    table.show([(name, action, count) for name, found in actions.items() for action, count in found.items()])
    folded = f"By attribute ({c.count(len(actions), 'attribute')})"
    summed = c.table(columns, rows, f"{title}, by action")
    return c.stack(c.show(summed), c.Drawer(folded, table.root, notice).root)


def all_verified(counts: DeidCounts) -> bool:
    """Tell whether there are outputs and each one passed verification."""
    return 0 < counts.written == counts.verified


def _headline(counts: DeidCounts) -> Iterator[c.Markup]:
    if all_verified(counts):
        yield c.headline(f"{c.count(counts.written, 'instance')} written and verified")
        yield c.paragraph(c.badge("verified", c.Tone.GOOD), "Each one was read again and compared with its original.")
        return
    if counts.already and not (counts.written or counts.quarantined or counts.dropped):
        yield c.headline("Nothing to do: these images were de-identified by this program already")
        return
    yield c.headline(f"{c.count(counts.written, 'instance')} written, {counts.verified:,} verified")
    if counts.written:
        left = c.count(counts.written - counts.verified, "instance")
        yield c.paragraph(
            c.badge("not verified", c.Tone.WARN),
            f"{left} did not pass verification. Keep them here, and see the findings.",
        )


def _finding(found: "DeidFinding") -> c.Finding:
    what, _, remedy = found.message.partition(". ")
    if found.place is None:
        place = found.output or "no file"
    else:
        _, folder, name, member = found.place
        place = where(folder, name, member)
    at = f"{place}, {found.tag}" if found.tag else place
    return c.Finding(_severity(found.severity), found.kind, at, f"{what.rstrip('.')}.", remedy)


def _severity(word: str) -> c.Severity:
    return {"ERR": c.Severity.ERROR, "WARN": c.Severity.WARNING}.get(word, c.Severity.NOTE)


def _counted(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {count:,}" for kind, count in kinds.items()) + "."


def _words(action: str) -> str:
    from eucaim_nb.deid import Action

    return Action(action).words if action in set(Action) else action

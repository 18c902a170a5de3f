"""Every check with its result, those of the node first."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eucaim_nb.ledger import QualityFinding
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

if TYPE_CHECKING:
    from eucaim_nb.ledger import QualityRun
    from eucaim_nb.quality import Check

_NODES = {"upv": "UPV", "health-ri": "Health-RI"}
_COLUMNS = (
    c.Column("Result"),
    c.Column("Check", code=True),
    c.Column("What it looks for"),
    c.Column("Where the rule comes from"),
)


class Rules:
    """Checks with what they found: what the node asks for, and all others."""

    def __init__(self, workspace: Workspace, notice: c.Notice) -> None:
        self._node = str(node_defaults()[workspace.settings.node]["family"])
        title = f"Preflight for {_NODES[self._node]}: what this node asks for"
        self._folds = [
            c.Fold(title, lambda: self._table(True), notice),
            c.Fold("Every other check", lambda: self._table(False), notice),
        ]
        self.root = c.stack(*(fold.root for fold in self._folds))

    def show(self, run: "QualityRun", findings: Sequence[QualityFinding]) -> None:
        """Show what the checks found in another run."""
        self._run = run
        self._counts: dict[str, Counter[str]] = {}
        for one in findings:
            self._counts.setdefault(one.check_id, Counter())[one.severity] += one.count
        for fold in self._folds:
            fold.renew()

    def _table(self, of_node: bool) -> Any:
        from eucaim_nb.quality import registry

        chosen = [
            one
            for one in registry().values()
            if one.node in ("", self._node)
            and (bool(one.node) or one.id.startswith("N-") or one.id in ("P04", "P07")) == of_node
        ]
        return c.show(c.table(_COLUMNS, [self._cells(one) for one in chosen], "Checks and their results"))

    def _cells(self, check: "Check") -> tuple[object, ...]:
        from eucaim_nb.quality import Level

        counts = self._counts.get(check.id)
        if counts is None:
            ran = check.level.value <= Level.of(self._run.level).value
            result = c.badge("ok", c.Tone.GOOD) if ran else c.badge(f"level {check.level.word}", c.Tone.QUIET)
        elif counts["ERR"]:
            result = c.badge(c.count(counts["ERR"], "error"), c.Tone.BAD)
        elif counts["WARN"]:
            result = c.badge(c.count(counts["WARN"], "warning"), c.Tone.WARN)
        else:
            result = c.badge(c.count(counts["INFO"], "note"), c.Tone.QUIET)
        return result, check.id, check.title, check.source

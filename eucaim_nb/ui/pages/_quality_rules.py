"""Every check with its result, those of the node first."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eucaim_nb.ledger import QualityFinding
from eucaim_nb.ui import components as c

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

    def __init__(self, run: "QualityRun", findings: Sequence[QualityFinding], notice: c.Notice) -> None:
        self._run = run
        self._counts: dict[str, Counter[str]] = {}
        for one in findings:
            self._counts.setdefault(one.check_id, Counter())[one.severity] += one.count
        node = str(run.summary["node"])
        preflight = c.Fold(
            f"Preflight for {_NODES[node]}: what this node asks for", lambda: self._table(True), notice
        )
        others = c.Fold("Every other check", lambda: self._table(False), notice)
        self.root = c.stack(preflight.root, others.root)

    def _table(self, of_node: bool) -> Any:
        from eucaim_nb.quality import registry

        node = self._run.summary["node"]
        chosen = [
            one
            for one in registry().values()
            if one.node in ("", node)
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

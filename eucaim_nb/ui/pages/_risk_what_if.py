"""What if columns were coarser: levels to choose, risk and loss at once, the best combination, and the plan."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from eucaim_nb import risk
from eucaim_nb.cells import defused
from eucaim_nb.errors import RiskError
from eucaim_nb.risk import Hierarchy, Lattice, Role, Tables, thresholds
from eucaim_nb.ui import components as c
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from ._risk_plan import PlanShown
from ._risk_plots import before_after, utility_curve

_BESIDE = (2, 20)
"""Other k that the curve shows besides the thresholds in use: 10 and 11 lie close together."""
_TITLES = {"imaging": "Images", "clinical": "Clinical table", "joint": "Images and clinical table together"}


class WhatIf:
    """The levels of one table's quasi-identifiers.

    Parameters
    ----------
    k
        Size from which a group is large enough.
    changed
        Called after patients were left out.
    """

    def __init__(
        self, workspace: Workspace, found: Tables, k: int, changed: Callable[[], object], notice: c.Notice
    ) -> None:
        self._workspace, self._found, self._k, self._notice = workspace, found, k, notice
        self._changed = changed
        names = list(found.named())
        self.table = c.choice("Table", [(_TITLES[name], name) for name in reversed(names)])
        self.suppress = c.tick(f"Leave out patients in groups below {k}", value=False)
        self.most = c.text("At most this many patients left out, per cent", "0")
        self._levels = c.stack()
        self.said = c.show()
        self.curve = c.show()
        self.plan = c.stack()
        propose = c.slow_button("Propose the levels that lose least", self._propose, notice)
        draw = c.slow_button("Draw what each k would lose", self._draw, notice)
        keep = c.button("Keep these levels as a plan", self._keep, notice)
        listing = c.button("List the patients in small groups", self._list, notice)
        leave = c.Confirm(
            f"Leave out the patients in groups below {k}",
            "De-identification and upload pass their images over, and this page too. The reason is recorded, and each "
            "decision can be taken back on the page Data quality. Their rows in the clinical table stay: leave them "
            "out there.",
            self._leave_out,
            notice,
            reason="Reason",
        )
        self.column = c.choice("Column of the hierarchy", [("", "")])
        self.picker = c.FilePicker("Hierarchy as CSV (value;level 1;level 2)", Path.home(), notice)
        read = c.button("Import the hierarchy", self._import, notice)
        export = c.button("Export the levels of all columns", self._export, notice)
        files = c.stack(self.column, self.picker.root, c.row(read, export))
        self.limits = {"bottom": c.text("Code lower values as"), "top": c.text("Code higher values as")}
        apply = c.button("Apply to the column", self._clip, notice)
        clip = c.stack(c.row(*self.limits.values()), apply)
        self.root = c.stack(
            self.table,
            self._levels,
            c.row(self.suppress, self.most),
            c.row(propose, draw, keep, listing),
            self.plan,
            self.said,
            self.curve,
            c.Drawer(f"Leave out the patients who are still in groups below {k}", leave.root, notice).root,
            c.Drawer("Hierarchies as files, lowest and highest values", c.stack(files, clip), notice).root,
        )
        self.fields: list[Any] = []
        self.hierarchies: list[Hierarchy] = []
        self.lattice: Lattice | None = None
        self.table.observe(c.guard(notice, rest=0)(self._load), "value")
        self.suppress.observe(c.guard(notice, rest=0)(self._show), "value")
        self._load()

    # Levels

    def _load(self) -> None:
        table = self.table.value
        columns = self._found.columns(table, Role.QUASI_IDENTIFIER)
        if not columns:
            raise RiskError("No column of this table is a quasi-identifier. Choose roles above.")
        self._take(risk.hierarchies(self._workspace, self._found, table, columns))

    def _take(self, hierarchies: list[Hierarchy]) -> None:
        self.lattice = Lattice(self._found.named()[self.table.value], hierarchies)
        self.hierarchies = hierarchies
        self.fields = []
        for hierarchy in hierarchies:
            facts = self._found.facts(self.table.value, hierarchy.column)
            options = [(level.title, number) for number, level in enumerate(hierarchy.levels)]
            field = c.choice(facts.title if facts else hierarchy.column, options, 0)
            field.observe(c.guard(self._notice, rest=0)(self._show), "value")
            self.fields.append(field)
        c.replace(self._levels, c.two_columns(*self.fields))
        self.column.options = [(hierarchy.column, hierarchy.column) for hierarchy in hierarchies]
        c.put(self.curve)
        self._show()

    @property
    def levels(self) -> tuple[int, ...]:
        """The chosen level of each column."""
        return tuple(field.value for field in self.fields)

    def _show(self) -> None:
        assert self.lattice is not None
        before = self.lattice.scenario([0] * len(self.fields), self._k)
        after = self.lattice.scenario(self.levels, self._k, suppress=self.suppress.value)
        lost = after.utility
        facts = c.key_values(
            [
                ("Smallest group", f"{after.k:,}"),
                ("Precision left", f"{lost.precision:.2f} of 1"),
                ("Information lost", f"{lost.entropy_loss:.1%}"),
                ("Patients per group", f"{lost.average_class:.1f}"),
                ("Discernibility", f"{lost.discernibility:,.0f}"),
                ("Patients left out", f"{lost.suppressed:,}"),
            ]
        )
        c.put(self.said, *before_after(before, after, self._k), facts)

    # The best

    def _propose(self) -> None:
        assert self.lattice is not None
        patients = len(self._found.named()[self.table.value])
        best = risk.search(self.lattice, self._k, most_suppressed=int(self._most_share() * patients))
        if best is None:
            raise RiskError(f"There are fewer than {self._k} patients, so no levels reach k = {self._k}.")
        self.suppress.value = bool(best.scenario.utility.suppressed)
        for field, level in zip(self.fields, best.scenario.levels, strict=True):
            field.value = level
        self._notice.say(
            f"The least loss that reaches k = {self._k} is chosen above; {best.tried:,} of {best.nodes:,} combinations "
            "had to be measured for it."
        )

    def _most_share(self) -> float:
        try:
            share = float(self.most.value or 0) / 100
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise RiskError("Patients left out: give a number from 0 to 100.")
        return share

    def _draw(self) -> None:
        assert self.lattice is not None
        patients = len(self._found.named()[self.table.value])
        points = []
        for k in sorted({*(one.k for one in thresholds()), *_BESIDE, self._k}):
            best = risk.search(self.lattice, k, most_suppressed=int(self._most_share() * patients))
            if best is not None:
                points.append((k, best.scenario))
        if not points:
            raise RiskError("There are too few patients for any of these k.")
        c.put(self.curve, *utility_curve(points))

    @property
    def small(self) -> list[str]:
        """Patients in groups that are too small at the chosen levels."""
        assert self.lattice is not None
        rows = self.lattice.rows_in_small_classes(self.levels, self._k)
        return [str(patient) for patient in self._found.named()[self.table.value].loc[rows, "patient"]]

    def _list(self) -> None:
        path = self._workspace.folder / "private" / "risk-small-groups.csv"
        with replacing(path) as file:
            file.write("".join(f"{defused(patient)}\n" for patient in ["PatientID", *self.small]))
        self._notice.say(f"{c.count(len(self.small), 'patient')} in groups below {self._k}: listed in {path}.")

    def _leave_out(self, reason: str) -> None:
        patients = self.small
        series = risk.leave_out(self._workspace, self._found, patients, reason=reason)
        self._notice.say(f"{c.count(len(patients), 'patient')} with {c.count(series, 'series', 'series')} left out.")
        self._changed()

    # Files and limits

    def _import(self) -> None:
        if self.picker.file is None:
            raise RiskError("Choose the file of the hierarchy first.")
        try:
            text = self.picker.file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise RiskError("The hierarchy cannot be read. Choose a text file in UTF-8.") from None
        risk.import_hierarchy(self._workspace, self._found, self.table.value, self.column.value, text)
        self._load()
        self._notice.say("The hierarchy is kept for this column.")

    def _export(self) -> None:
        # The values of patients are in these files: they stay in the private folder.
        folder = self._workspace.folder / "private" / "hierarchies"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = self._found.named()[self.table.value]
        for number, hierarchy in enumerate(self.hierarchies, 1):
            with replacing(folder / f"{self.table.value}-{number}.csv") as file:
                file.write(risk.write_hierarchy(hierarchy, risk.values_of(data[hierarchy.column])))
        self._notice.say(f"Written to {folder}, one file for each column in the order above, as ARX reads them.")

    def _clip(self) -> None:
        limits = {}
        for side, field in self.limits.items():
            try:
                limits[side] = float(field.value) if field.value.strip() else None
            except ValueError:
                raise RiskError("The lowest and the highest value must be numbers.") from None
        self._take(
            [
                one.clipped(**limits) if one.column == self.column.value else one for one in self.hierarchies
            ]
        )

    # Acting on it

    def _keep(self) -> None:
        assert self.lattice is not None
        chosen = risk.plan(self._found, self.table.value, self.lattice, self.levels, self._k)
        risk.save_plan(self._workspace, chosen, {"table": self.table.value, "k": self._k})
        c.replace(self.plan, PlanShown(self._workspace, chosen, self._notice).root)

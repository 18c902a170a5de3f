"""One image before and after de-identification: made in memory when asked for, and kept nowhere."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from eucaim_nb.ledger import SeriesRow
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._indexed import file_name, opened
from ._tree import Tree

if TYPE_CHECKING:
    from eucaim_nb.deid import Preview
    from eucaim_nb.dicom import Difference

Chosen: TypeAlias = tuple[str, str | None]
"""A profile, and the secret that goes with it."""

_CHANGES = (
    c.Column("Where", code=True),
    c.Column("Name"),
    c.Column("Before"),
    c.Column("After"),
)
_LOCAL = "What stands under Before comes from the original. It is shown on this page only, and kept nowhere."
_NO_KEY = (
    "This workspace has no key yet, so the pseudonyms and UIDs under After are examples. The first de-identification "
    "makes the key."
)
_REMARKS = "Remarks inside its compressed pixel data would be blanked; the picture itself stays as it is."
_PIXELS = (
    "A preview covers the header, not the picture: look at the picture on the page Inspect DICOM for names that are "
    "burned into it."
)


class BeforeAfter:
    """The scanned originals as a tree, down to what would change in one of them.

    Parameters
    ----------
    chosen
        Gives the profile, and the secret that goes with it, at the moment of the click.
    """

    def __init__(
        self,
        workspace: Workspace,
        source_ids: Sequence[int],
        chosen: Callable[[], Chosen],
        notice: c.Notice,
    ) -> None:
        def images(series: SeriesRow) -> Any:
            rows = workspace.ledger.index.instances(series.series_uid, source_ids)
            of_study = [row for row in rows if row["StudyInstanceUID"] == series.study_uid]
            return _Images(workspace, of_study, chosen, c.Notice(notice.log)).root

        said = c.show(c.paragraph("Choose a patient, a study, a series and an image.", quiet=True))
        self.root = c.stack(said, Tree(workspace, source_ids, notice, images).root)


class _Images:
    """The images of a series, and below them what would change in the one that was chosen."""

    def __init__(
        self,
        workspace: Workspace,
        rows: Sequence[Mapping[str, Any]],
        chosen: Callable[[], Chosen],
        notice: c.Notice,
    ) -> None:
        self._workspace, self._chosen, self.notice = workspace, chosen, notice
        self._shown = c.stack()
        images = c.PagedRows(rows, self._row, notice, size=5)
        # What is said stands beside what was clicked, not at the top of the page.
        self.root = c.stack(images.root, notice.root, self._shown)

    def _row(self, row: Mapping[str, Any]) -> Any:
        number = row["InstanceNumber"] or "without number"
        facts: list[object] = [f"No {number}", file_name(row), c.size(row["size"])]
        if row["held_back"]:
            facts.append(c.badge("held back", c.Tone.WARN))
        look = c.slow_button(
            "Before and after", lambda: self._look(row), self.notice, hint=f"What would change in instance {number}"
        )
        return c.row(look, c.show(c.line(*facts)))

    def _look(self, row: Mapping[str, Any]) -> None:
        from eucaim_nb.deid import preview

        c.replace(self._shown)
        self.notice.say(f"Working on {file_name(row)}.")
        profile, secret = self._chosen()
        with opened(self._workspace, row) as file:
            found = preview(self._workspace, file, profile=profile, secret=secret)
        self.notice.clear()
        c.replace(self._shown, self._changes(row, found, secret))

    def _changes(self, row: Mapping[str, Any], found: "Preview", secret: str | None) -> Any:
        heading = c.heading(f"Before and after: {file_name(row)}", 3)
        if found.set_aside or row["held_back"]:
            why = found.set_aside or "The scan held it back: see its findings on the page Inspect DICOM."
            return c.box(c.show(heading, c.status(c.paragraph(c.badge("set aside", c.Tone.WARN), why))))
        n = c.count(len(found.changes), "element")
        said = [
            heading,
            c.status(c.paragraph(f"With the profile {found.profile}, {n} would change; all others stay.")),
            c.paragraph(_LOCAL, quiet=True),
        ]
        if secret is None and not self._has_key:
            said.append(c.paragraph(c.badge("example", c.Tone.WARN), _NO_KEY))
        if found.remarks:
            said.append(c.paragraph(_REMARKS))
        said.append(c.paragraph(_PIXELS, quiet=True))
        # What the original says comes first, what is only added to it last.
        changes = sorted(found.changes, key=lambda one: one.left is None)
        table: c.PagedTable[Difference] = c.PagedTable(
            _CHANGES, _cells, "Elements that change", self.notice, empty="No element matches the search."
        )
        search = c.text("Search where, name or value")

        def narrow() -> None:
            wanted = search.value.strip().casefold()
            table.show([one for one in changes if wanted in _text(one)])

        search.observe(c.guard(self.notice, rest=0)(narrow), "value")
        table.show(changes)
        return c.box(c.show(*said), search, table.root)

    @property
    def _has_key(self) -> bool:
        from eucaim_nb.identity import read_key

        return read_key(self._workspace) is not None


def _text(one: "Difference") -> str:
    return f"{one.path} {one.keyword} {one.name} {one.left or ''} {one.right or ''}".casefold()


def _cells(one: "Difference") -> tuple[object, ...]:
    before = c.chip("not there") if one.left is None else one.left or c.chip("empty")
    after = c.chip("removed") if one.right is None else one.right or c.chip("empty")
    return one.path, one.name or one.keyword, before, after

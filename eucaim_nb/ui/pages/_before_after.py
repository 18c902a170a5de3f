"""One image before and after de-identification: made in memory when asked for, and kept nowhere."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from eucaim_nb.ledger import SeriesRow
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._indexed import file_name, opened
from ._tree import Tree

if TYPE_CHECKING:
    from eucaim_nb.deid import Preview, Profile
    from eucaim_nb.dicom import Difference

Chosen: TypeAlias = "tuple[str | Profile, str | None]"
"""A profile by its name, its file or itself, and the secret that goes with it."""

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
_LOOKING = "The picture is being looked at. A long clip may take a minute."


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
            return _Images(workspace, of_study, chosen, c.Notice(notice.log), self._looked).root

        self._last: Callable[[], object] | None = None
        said = c.show(c.paragraph("Choose a patient, a study, a series and an image.", quiet=True))
        self.root = c.stack(said, Tree(workspace, source_ids, notice, images).root)

    def again(self) -> None:
        """Show the image that was looked at last as the profile that is chosen now would leave it."""
        if self._last is not None:
            self._last()

    def _looked(self, again: Callable[[], object]) -> None:
        self._last = again


class _Images:
    """The images of a series, and below them what would change in the one that was chosen."""

    def __init__(
        self,
        workspace: Workspace,
        rows: Sequence[Mapping[str, Any]],
        chosen: Callable[[], Chosen],
        notice: c.Notice,
        looked: Callable[[Callable[[], object]], object],
    ) -> None:
        self._workspace, self._chosen, self.notice, self._looked = workspace, chosen, notice, looked
        self._asked = 0
        self._header = c.stack()
        self._picture = c.show()
        images = c.PagedRows(rows, self._row, notice, size=5)
        # What is said stands beside what was clicked, not at the top of the page.
        self.root = c.stack(images.root, notice.root, self._header, self._picture)

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
        c.replace(self._header)
        c.put(self._picture)
        self.notice.say(f"Working on {file_name(row)}.")
        passed_on = self._compare(row)
        self.notice.clear()
        # Another profile changes the header and not the picture.
        self._looked(lambda: c.in_background(self.notice)(lambda: self._compare(row))())
        if passed_on:
            self._look_at_picture(row)

    def _compare(self, row: Mapping[str, Any]) -> bool:
        """Show what would change in a header, unless something else was asked for meanwhile; tell if it would pass."""
        from eucaim_nb.deid import preview

        self._asked = asked = self._asked + 1
        profile, secret = self._chosen()
        with opened(self._workspace, row) as file:
            found = preview(self._workspace, file, profile=profile, secret=secret)
        if asked == self._asked:
            saved = isinstance(profile, str)
            with_ = found.profile if saved else f"{found.profile} and the answers that are not saved yet"
            c.replace(self._header, self._changes(row, found, with_, secret))
        return not (found.set_aside or row["held_back"])

    def _look_at_picture(self, row: Mapping[str, Any]) -> None:
        from eucaim_nb.deid import preview_picture

        c.put(self._picture, c.status(c.paragraph(c.badge("working", c.Tone.BUSY), _LOOKING)))
        with opened(self._workspace, row) as file:
            found = preview_picture(file)
        badge = [c.badge("set aside", c.Tone.WARN)] if found.set_aside else []
        said = c.status(c.paragraph(*badge, found.words))
        picture = [c.framed(c.Tile(found.png, found.description, found.description))] if found.png else []
        c.put(self._picture, c.heading("The picture", 3), said, *picture)

    def _changes(self, row: Mapping[str, Any], found: "Preview", with_: str, secret: str | None) -> Any:
        heading = c.heading(f"Before and after: {file_name(row)}", 3)
        if found.set_aside or row["held_back"]:
            why = found.set_aside or "The scan held it back: see its findings on the page Inspect DICOM."
            badge = c.badge("left out", c.Tone.QUIET) if found.dropped else c.badge("set aside", c.Tone.WARN)
            return c.box(c.show(heading, c.status(c.paragraph(badge, why))))
        n = c.count(len(found.changes), "element")
        said = [
            heading,
            c.status(c.paragraph(f"With the profile {with_}, {n} would change; all others stay.")),
            c.paragraph(_LOCAL, quiet=True),
        ]
        if secret is None and not self._has_key:
            said.append(c.paragraph(c.badge("example", c.Tone.WARN), _NO_KEY))
        if found.remarks:
            said.append(c.paragraph(_REMARKS))
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

"""One series: pictures, what differs inside it, its instances and their headers."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from eucaim_nb.errors import EucaimError
from eucaim_nb.ledger import SeriesRow
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._header import Comparison, Header
from ._indexed import file_name, place

if TYPE_CHECKING:
    from eucaim_nb.dicom import Studio, Varying

Row: TypeAlias = Mapping[str, Any]
Shot: TypeAlias = tuple[Row, int | None]

_MOST_PICTURES = 20_000
_VARYING = (
    c.Column("Attribute"),
    c.Column("Is that usual"),
    c.Column("Values", numbers=True),
    c.Column("Most common"),
    c.Column("Share", numbers=True),
    c.Column("Examples"),
)


class SeriesView:
    """Everything there is to see of a series. Nothing is decoded before it is shown."""

    def __init__(
        self,
        workspace: Workspace,
        series: SeriesRow,
        source_ids: Sequence[int],
        studio: "Studio",
        notice: c.Notice,
    ) -> None:
        self._workspace, self._studio, self._notice = workspace, studio, notice
        rows = workspace.ledger.index.instances(series.series_uid, source_ids)
        self._rows: list[Row] = [row for row in rows if row["StudyInstanceUID"] == series.study_uid]
        shots = list(islice(_shots(self._rows), _MOST_PICTURES))
        self.pictures = c.Thumbs(_first_middle_last(shots), self._picture, notice)
        parts = [c.copy("Series UID", series.series_uid), self.pictures.root]
        if len(shots) > 3:
            title = f"All {c.count(len(shots), 'picture')}"
            every = c.Fold(title, lambda: c.Thumbs(shots, self._picture, notice).root, notice)
            parts.append(every.root)
        self.instances = _Instances(workspace, self._rows, notice)
        title = c.count(len(self._rows), "instance")
        parts += [
            self._varying(),
            c.Fold(f"{title}: headers and comparison", lambda: self.instances.build(), notice).root,
        ]
        self.root = c.stack(*parts)

    def _picture(self, shot: Shot) -> c.Tile:
        row, frame = shot
        caption = f"Instance {row['InstanceNumber'] or 'without number'}"
        if frame is not None:
            caption = f"{caption}, frame {frame + 1:,}"
        try:
            made = self._studio.png(place(self._workspace, row), frame=frame)
        except EucaimError as error:
            return c.Tile(None, str(error), caption)
        return c.Tile(made.png, made.description, caption)

    def _varying(self) -> Any:
        from eucaim_nb.dicom import varying

        # Attributes are named by their keyword; the index's own columns begin in lower case.
        rows = [{key: value for key, value in row.items() if key[0].isupper()} for row in self._rows]
        found = varying(rows)
        heading = c.heading("What differs inside this series", 3)
        if len(rows) < 2 or not found:
            return c.show(heading, c.paragraph("Nothing: all indexed attributes are the same.", quiet=True))
        return c.show(heading, c.table(_VARYING, map(_varying_cells, found), "Attributes that differ"))


class _Instances:
    """The instances of a series a page at a time, with a way to look at one and to compare two."""

    def __init__(self, workspace: Workspace, rows: Sequence[Row], notice: c.Notice) -> None:
        self._workspace, self._rows, self._notice = workspace, rows, notice
        self._left: Row | None = None
        self._right: Row | None = None

    def build(self) -> Any:
        """Return the list, with nothing chosen."""
        self._left = self._right = None
        self._chosen, self._shown = c.show(), c.stack()
        self._say()
        self.list = c.PagedRows(self._rows, self._row, self._notice, size=10)
        return c.stack(self._chosen, self.list.root, self._shown)

    def _row(self, row: Row) -> Any:
        number = row["InstanceNumber"] or "without number"
        facts: list[object] = [f"No {number}", file_name(row), c.size(row["size"])]
        if row["held_back"]:
            facts.append(c.badge("held back", c.Tone.WARN))
        return c.row(
            c.button(
                "Header", lambda: self._show_header(row), self._notice, hint=f"Header of instance {number}"
            ),
            c.button(
                "A", lambda: self._choose_left(row), self._notice, hint=f"Compare instance {number} as A"
            ),
            c.button(
                "B", lambda: self._choose_right(row), self._notice, hint=f"Compare instance {number} as B"
            ),
            c.show(c.line(*facts)),
        )

    def _show_header(self, row: Row) -> None:
        c.replace(self._shown, Header(self._workspace, row, self._notice).root)

    def _choose_left(self, row: Row) -> None:
        self._left = row
        self._compare()

    def _choose_right(self, row: Row) -> None:
        self._right = row
        self._compare()

    def _compare(self) -> None:
        self._say()
        if self._left is not None and self._right is not None:
            view = Comparison(self._workspace, self._left, self._right, self._notice)
            c.replace(self._shown, view.root)

    def _say(self) -> None:
        if self._left is None and self._right is None:
            said = "Header shows the elements of an instance. A and B choose two instances to compare."
        elif self._left is None or self._right is None:
            chosen, other = ("A", "B") if self._right is None else ("B", "A")
            said = f"{chosen} is chosen. Choose {other} to compare the two."
        else:
            said = "The differences between A and B are below the list."
        c.put(self._chosen, c.status(c.paragraph(said, quiet=True)))


def _shots(rows: Sequence[Row]) -> Any:
    for row in rows:
        frames = row["NumberOfFrames"] or ""
        if frames.isascii() and frames.isdigit() and len(frames) < 7 and int(frames) > 1:
            yield from ((row, frame) for frame in range(int(frames)))
        else:
            yield row, None


def _first_middle_last(shots: Sequence[Shot]) -> Sequence[Shot]:
    return shots if len(shots) <= 3 else [shots[0], shots[len(shots) // 2], shots[-1]]


def _varying_cells(found: "Varying") -> tuple[object, ...]:
    usual = c.badge("usual", c.Tone.QUIET) if found.expected else c.badge("unusual", c.Tone.WARN)
    examples = ", ".join(value or "(missing)" for value in found.examples)
    most_common = found.most_common or "(missing)"
    return found.keyword, usual, f"{found.distinct:,}", most_common, f"{found.share:.0%}", examples

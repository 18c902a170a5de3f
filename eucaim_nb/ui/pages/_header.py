"""The header of one instance, and what differs between two."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._indexed import file_name, opened

if TYPE_CHECKING:
    from eucaim_nb.dicom import Difference, ElementRow

_ELEMENTS = (
    c.Column("Tag", code=True),
    c.Column("Name"),
    c.Column("VR", code=True),
    c.Column("VM", numbers=True),
    c.Column("Value"),
)
_DIFFERENCES = (
    c.Column("Where", code=True),
    c.Column("Name"),
    c.Column("In A"),
    c.Column("In B"),
)


class Header:
    """The elements of an instance in a table that can be searched."""

    def __init__(self, workspace: Workspace, row: Mapping[str, Any], notice: c.Notice) -> None:
        self._rows = _read(workspace, row)
        self.search = c.text("Search tag, name or value", hint="for example PatientName or 0010,0010")
        self.search.observe(c.guard(notice, rest=0)(self._search), "value")
        self.table: c.PagedTable[ElementRow] = c.PagedTable(
            _ELEMENTS, _element, "Elements of the header", notice, empty="No element matches the search."
        )
        heading = c.show(c.heading(f"Header of {file_name(row)}", 3))
        self.root = c.box(heading, self.search, self.table.root)
        self.table.show(self._rows)

    def _search(self) -> None:
        from eucaim_nb.dicom import search

        self.table.show(search(self._rows, self.search.value))


class Comparison:
    """What differs between the headers of two instances."""

    def __init__(
        self, workspace: Workspace, left: Mapping[str, Any], right: Mapping[str, Any], notice: c.Notice
    ) -> None:
        from eucaim_nb.dicom import compare

        found = compare(_read(workspace, left), _read(workspace, right))
        table: c.PagedTable[Difference] = c.PagedTable(
            _DIFFERENCES, _difference, "Differences", notice, empty="The two headers are the same."
        )
        said = c.show(
            c.heading(f"{c.count(len(found), 'difference')} between A and B", 3),
            c.key_values([("A", file_name(left)), ("B", file_name(right))]),
        )
        self.root = c.box(said, table.root)
        table.show(found)


def _read(workspace: Workspace, row: Mapping[str, Any]) -> "list[ElementRow]":
    from eucaim_nb.dicom import elements

    with opened(workspace, row) as file:
        return elements(file)  # type: ignore[arg-type]


def _element(row: "ElementRow") -> tuple[object, ...]:
    name = c.line(row.name or row.keyword, c.chip("private")) if row.private else row.name or row.keyword
    return c.indented(row.tag, row.depth), name, row.vr, row.vm or "", row.value


def _difference(found: "Difference") -> tuple[object, ...]:
    return (
        found.path,
        found.name or found.keyword,
        *(c.chip("missing") if value is None else value for value in (found.left, found.right)),
    )

"""Components: the small pieces that every page is put together from.

`Page` is the frame. Widgets come from the builders here; HTML is made in one module alone, which escapes whatever it
is given. `guard` and `in_background` stand between a click and the work it starts.
"""

from eucaim_nb.markup import Column, Markup, plain

from ._code import code_fold, copy
from ._confirm import Confirm
from ._controls import (
    area,
    beside,
    box,
    button,
    choice,
    close,
    day,
    replace,
    row,
    secret,
    slow_button,
    stack,
    text,
    tick,
    two_columns,
    visible,
)
from ._file import FilePicker
from ._findings import Finding, FindingsTable, Severity, save_csv
from ._fold import Drawer, Fold
from ._guard import guard, in_background
from ._html import (
    Tile,
    Tone,
    badge,
    breaking,
    bullets,
    chip,
    code,
    copyable,
    copyable_lines,
    dotted,
    fold,
    framed,
    heading,
    headline,
    indented,
    key_values,
    line,
    notebook_link,
    numbered,
    outside_link,
    paragraph,
    put,
    quiet,
    show,
    status,
    stylesheet,
    table,
    titled_picture,
)
from ._job import JobPanel
from ._messages import lose_no_message
from ._notice import Notice
from ._page import Page
from ._paging import PagedRows, PagedTable, Pager
from ._path import PathPicker
from ._plot import BLUE, GREY, ORANGE, figure, plot
from ._state import beyond, blockers, state_badge, state_line
from ._thumbs import Thumbs
from ._words import count, duration, moment, size

__all__ = [
    "BLUE",
    "GREY",
    "ORANGE",
    "Column",
    "Confirm",
    "Drawer",
    "FilePicker",
    "Finding",
    "FindingsTable",
    "Fold",
    "JobPanel",
    "Markup",
    "Notice",
    "Page",
    "PagedRows",
    "PagedTable",
    "Pager",
    "PathPicker",
    "Severity",
    "Thumbs",
    "Tile",
    "Tone",
    "area",
    "badge",
    "beside",
    "beyond",
    "blockers",
    "box",
    "breaking",
    "bullets",
    "button",
    "chip",
    "choice",
    "close",
    "code",
    "code_fold",
    "copy",
    "copyable",
    "copyable_lines",
    "count",
    "day",
    "dotted",
    "duration",
    "figure",
    "fold",
    "framed",
    "guard",
    "heading",
    "headline",
    "in_background",
    "indented",
    "key_values",
    "line",
    "lose_no_message",
    "moment",
    "notebook_link",
    "numbered",
    "outside_link",
    "paragraph",
    "plain",
    "plot",
    "put",
    "quiet",
    "replace",
    "row",
    "save_csv",
    "secret",
    "show",
    "size",
    "slow_button",
    "stack",
    "state_badge",
    "state_line",
    "status",
    "stylesheet",
    "table",
    "text",
    "tick",
    "titled_picture",
    "two_columns",
    "visible",
]

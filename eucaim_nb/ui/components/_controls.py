"""Buttons and fields with the page's looks: labels above their fields, words that are never cut."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as w

from eucaim_nb.markup import plain

from ._guard import REST_SECONDS, Callback, Work, guard, in_background
from ._notice import Notice


def button(
    label: str, work: Work, notice: Notice, *, main: bool = False, hint: str = "", rest: float = REST_SECONDS
) -> w.Button:
    """Return a button whose click is guarded. A page has one `main` button."""
    return _button(label, guard(notice, rest=rest)(work), main, hint)


def slow_button(label: str, work: Work, notice: Notice, *, hint: str = "") -> w.Button:
    """Return a button whose work goes on in the background."""
    return _button(label, in_background(notice)(work), False, hint)


def text(label: str, value: str = "", *, hint: str = "") -> w.Text:
    """Return a text field."""
    return _field(w.Text(value=plain(value), description=label, placeholder=hint))


def secret(label: str) -> w.Password:
    """Return a field whose text is not shown. Whoever reads it empties it: a saved notebook keeps field values."""
    return _field(w.Password(description=label))


def area(label: str, value: str = "", *, hint: str = "", rows: int = 2) -> w.Textarea:
    """Return a field for text of several lines."""
    return _field(w.Textarea(value=value, description=label, placeholder=hint, rows=rows))


def choice(label: str, options: Sequence[tuple[str, Any]], value: Any = None) -> w.Dropdown:
    """Return a drop-down list of `(words, value)`."""
    field = w.Dropdown(options=[(plain(words), entry) for words, entry in options], description=label)
    if value is not None:
        field.value = value
    return _field(field)


def day(label: str) -> w.DatePicker:
    """Return a field for a day; its value is a date, or None."""
    return _field(w.DatePicker(description=label))


def tick(label: str, value: bool) -> w.Checkbox:
    """Return a box to tick."""
    return w.Checkbox(value=value, description=plain(label), indent=False, layout={"width": "auto"})


def row(*widgets: w.Widget) -> w.HBox:
    """Return widgets side by side, wrapping where the page is narrow."""
    return _with_class(w.HBox(widgets), "eucaim-row")


def stack(*widgets: w.Widget) -> w.VBox:
    """Return widgets below each other."""
    return _with_class(w.VBox(widgets), "eucaim-stack")


def two_columns(*widgets: w.Widget) -> w.Box:
    """Return widgets in two columns, or in one where the page is narrow."""
    return _with_class(w.Box(widgets), "eucaim-two-columns")


def beside(left: w.Widget, right: w.Widget) -> w.HBox:
    """Return two widgets side by side, the right one in sight while the left one scrolls; below it on narrow pages."""
    return _with_class(w.HBox([left, right]), "eucaim-beside")


def box(*widgets: w.Widget) -> w.VBox:
    """Return widgets below each other in a frame."""
    return _with_class(w.VBox(widgets), "eucaim-box")


def visible(widget: w.Widget, yes: bool) -> None:
    """Show or hide a widget."""
    display = None if yes else "none"
    if widget.layout.display != display:
        widget.layout.display = display


def replace(parent: w.Box, *widgets: w.Widget) -> None:
    """Give a box other children and close the ones it had: ipywidgets never forgets a widget by itself."""
    before = parent.children
    parent.children = widgets
    for child in before:
        if child not in widgets:
            close(child)


def close(widget: w.Widget) -> None:
    """Close a widget with everything in it."""
    for child in getattr(widget, "children", ()):
        close(child)
    for part in ("layout", "style"):
        if (owned := getattr(widget, part, None)) is not None:
            owned.close()
    widget.close()


def _button(label: str, callback: Callback, main: bool, hint: str) -> w.Button:
    made = w.Button(description=plain(label), tooltip=plain(hint), layout={"width": "auto"})
    if main:
        made.add_class("eucaim-main")
    made.on_click(callback)
    return made


def _field(field: w.Widget) -> w.Widget:
    return _with_class(field, "eucaim-field")


def _with_class(widget: w.Widget, name: str) -> w.Widget:
    widget.add_class(name)
    return widget

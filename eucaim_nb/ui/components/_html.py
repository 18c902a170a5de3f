"""The only place where HTML of pages is made. Whatever is not `Markup` already is escaped on its way in."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from enum import StrEnum
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import urlsplit

import ipywidgets as w

from eucaim_nb.markup import Column, Markup, esc, tag


class Tone(StrEnum):
    """What a badge says besides its word: a shape and a colour."""

    GOOD = "good"
    BUSY = "busy"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


_SHAPES = {Tone.GOOD: "✓", Tone.BUSY: "▶", Tone.WARN: "▲", Tone.BAD: "■", Tone.QUIET: "○"}


class Tile(NamedTuple):
    """A picture with its description in words, or, without PNG bytes, the reason why there is none."""

    png: bytes | None
    description: str
    caption: str


def show(*blocks: object) -> w.HTML:
    """Return a widget that shows some blocks below each other."""
    return put(w.HTML(), *blocks)


def put(widget: w.HTML, *blocks: object) -> w.HTML:
    """Replace what a widget from `show` shows, and return it; without blocks it takes no room."""
    value = "".join(map(esc, blocks))
    if widget.value != value:
        widget.value = value
    display = None if value else "none"
    if widget.layout.display != display:
        widget.layout.display = display
    return widget


def stylesheet() -> w.HTML:
    """Return a widget that brings the style of all components into the page."""
    style = files("eucaim_nb.ui.components").joinpath("style.css").read_text(encoding="utf-8")
    widget = show(tag("style", Markup(style)))
    widget.add_class("eucaim-style")
    return widget


# Text


def heading(text: object, level: int = 2) -> Markup:
    """Return a heading; level 1 is the notebook's title."""
    return tag(f"h{level}", text)


def headline(text: object) -> Markup:
    """Return the one number or sentence that a result begins with."""
    return tag("p", text, class_="eucaim-headline")


def paragraph(*parts: object, quiet: bool = False) -> Markup:
    """Return a paragraph of text, badges and links."""
    return tag("p", _spaced(parts), class_="eucaim-quiet" if quiet else None)


def quiet(text: object) -> Markup:
    """Return a remark inside a sentence."""
    return tag("span", text, class_="eucaim-quiet")


def dotted(parts: Iterable[object]) -> list[object]:
    """Return parts of a sentence with a dot between each two."""
    return [word for part in parts for word in ("·", part)][1:]


def breaking(lines: Iterable[object]) -> Markup:
    """Return lines of text below each other."""
    return Markup("<br>".join(map(esc, lines)))


def bullets(items: Iterable[object]) -> Markup:
    """Return a list."""
    return tag("ul", *(tag("li", item) for item in items))


def numbered(items: Iterable[object]) -> Markup:
    """Return a list whose items are done in this order."""
    return tag("ol", *(tag("li", item) for item in items))


def columns(*lists: tuple[str, Sequence[object]]) -> Markup:
    """Return titled short lists side by side."""
    return tag(
        "div",
        *(tag("div", tag("p", tag("strong", title)), bullets(items)) for title, items in lists),
        class_="eucaim-columns",
    )


def code(text: object) -> Markup:
    """Return lines of code, or other text whose lines matter."""
    return tag("pre", Markup("\n".join(esc(line) for line in str(text).splitlines())), tabindex=0)


def fold(summary: object, *blocks: object) -> Markup:
    """Return blocks that are hidden behind a line of text until it is clicked."""
    return tag("details", tag("summary", summary), *blocks)


def copyable(text: object, label: str) -> Markup:
    """Return text with a button that copies it; one click selects it where the browser refuses to copy."""
    return tag("span", tag("code", text), _copy_button(label), class_="eucaim-copy")


def copyable_lines(text: object, label: str) -> Markup:
    """Return text of several lines with a button that copies it."""
    return tag("div", code(text), _copy_button(label), class_="eucaim-copy-lines")


# Links


def notebook_link(notebook: str, text: object, *, main: bool = False) -> Markup:
    """Return a link to another page."""
    return tag("a", text, href=f"{notebook}.ipynb", class_="eucaim-main-link" if main else None)


def outside_link(address: str, text: object, *, hint: str = "") -> Markup:
    """Return a link to a place on the web or of a practice node, or only its text if the address is of another kind.

    The address and `hint` are shown while the pointer rests on it.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" and (parts.scheme, parts.hostname) != ("http", "127.0.0.1"):
        return esc(text)
    title = f"{address} ({hint})" if hint else address
    return tag("a", text, href=address, target="_blank", rel="noopener noreferrer", title=title)


# States


def badge(word: str, tone: Tone) -> Markup:
    """Return a state as a word, a shape and a colour."""
    shape = tag("span", _SHAPES[tone], aria_hidden="true", class_="eucaim-shape")
    return tag("span", word, shape, class_=f"eucaim-badge eucaim-{tone}")


def chip(text: object) -> Markup:
    """Return a short fact in a frame."""
    return tag("span", text, class_="eucaim-chip")


def line(*parts: object) -> Markup:
    """Return badges, chips and text in one row."""
    return tag("div", *(tag("span", part) for part in parts), class_="eucaim-line")


def banner(*blocks: object, tone: Tone) -> Markup:
    """Return a framed remark."""
    return tag("div", *blocks, class_=f"eucaim-banner eucaim-{tone}")


def status(*blocks: object, urgent: bool = False) -> Markup:
    """Return blocks that screen readers announce when they change."""
    return tag("div", *blocks, role="alert" if urgent else "status")


def progress(done: int, total: int | None, label: str) -> Markup:
    """Return a progress bar; one of unknown length while `total` is None."""
    known = {} if total is None else {"value": done, "max": max(total, 1)}
    return tag("progress", aria_label=label, **known)


# Data


def key_values(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Return names with their values."""
    return tag("dl", *(part for name, value in pairs for part in (tag("dt", name), tag("dd", value))))


def indented(text: object, depth: int) -> Markup:
    """Return text moved to the right by `depth` steps, 12 at most."""
    return tag("span", text, style=f"padding-left: {16 * min(depth, 12)}px") if depth else esc(text)


def table(heads: Sequence[Column], rows: Iterable[Sequence[object]], label: str) -> Markup:
    """Return a table; `label` says to screen readers what it is a table of."""
    head = tag("tr", *(tag("th", column.title, scope="col", class_=_kind(column)) for column in heads))
    body = [
        tag("tr", *(tag("td", cell, class_=_kind(column)) for column, cell in zip(heads, row, strict=True)))
        for row in rows
    ]
    content = tag("table", tag("thead", head), tag("tbody", *body), aria_label=label)
    # Reachable by keyboard, because a wide table scrolls.
    return tag("div", content, class_="eucaim-scroll", tabindex=0, role="region", aria_label=label)


def tiles(pictures: Iterable[Tile]) -> Markup:
    """Return a grid of pictures."""
    return tag("ul", *(tag("li", _tile(one)) for one in pictures), class_="eucaim-tiles")


def framed(tile: Tile) -> Markup:
    """Return one picture large enough to look at."""
    return tag("div", _tile(tile), class_="eucaim-large")


def titled_picture(png: bytes, description: object) -> Markup:
    """Return one picture as wide as there is room; the description is for those who do not see it."""
    return tag("div", _image(png, description), class_="eucaim-plot")


def _copy_button(label: str) -> Markup:
    # The script is constant: it takes the text from the page, so no value ever becomes code.
    return tag(
        "button",
        "Copy",
        type="button",
        aria_label=f"Copy {label}",
        onclick="navigator.clipboard.writeText(this.previousElementSibling.textContent)"
        ".then(() => { this.textContent = 'Copied' })",
    )


def _tile(tile: Tile) -> Markup:
    if tile.png is None:
        picture = tag("span", tile.description, class_="eucaim-no-picture")
    else:
        picture = _image(tile.png, tile.description)
    return tag("figure", picture, tag("figcaption", tile.caption))


def _image(png: bytes, description: object) -> Markup:
    data = f"data:image/png;base64,{b64encode(png).decode('ascii')}"
    return Markup(f'<img src="{data}" alt="{esc(description)}">')


def _kind(column: Column) -> str | None:
    return "eucaim-number" if column.numbers else "eucaim-code" if column.code else None


def _spaced(parts: Iterable[object]) -> Markup:
    return Markup(" ".join(map(esc, parts)))

"""Documents in HTML. Whatever is not a `Markup` already is escaped on its way in."""

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files

from eucaim_nb.markup import Column, Markup, esc, tag


def document(title: object, *blocks: object) -> str:
    """Return a whole HTML file that loads nothing from anywhere."""
    style = files("eucaim_nb.reports").joinpath("document.css").read_text(encoding="utf-8")
    head = "".join(
        (
            '<meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            tag("title", title),
            tag("style", Markup(style)),
        )
    )
    body = tag("main", tag("h1", title), *blocks)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def section(title: object, *blocks: object) -> Markup:
    """Return blocks below a heading."""
    return tag("section", tag("h2", title), *blocks)


def paragraph(*parts: object) -> Markup:
    """Return a paragraph."""
    return tag("p", Markup(" ".join(map(esc, parts))))


def facts(pairs: Iterable[tuple[object, object]]) -> Markup:
    """Return names with their values."""
    return tag("dl", *(part for name, value in pairs for part in (tag("dt", name), tag("dd", value))))


def listing(items: Iterable[object]) -> Markup:
    """Return a list."""
    return tag("ul", *(tag("li", item) for item in items))


def table(columns: Sequence[Column], rows: Iterable[Sequence[object]], label: object) -> Markup:
    """Return a table; `label` says what it is a table of."""
    kinds = ["number" if column.numbers else "code" if column.code else None for column in columns]
    titles = zip(columns, kinds, strict=True)
    head = tag("tr", *(tag("th", column.title, scope="col", class_=kind) for column, kind in titles))
    body = (
        tag("tr", *(tag("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True))) for row in rows
    )
    return tag("table", tag("caption", label), tag("thead", head), tag("tbody", *body))


def fold(summary: object, *blocks: object) -> Markup:
    """Return blocks behind a line of text; print shows them only when they are open."""
    return tag("details", tag("summary", summary), *blocks)


def data(name: str, content: object) -> Markup:
    """Return a block that programs read and nobody sees: `content` as JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return tag("script", Markup(text), type="application/json", id=name)

"""Documents in HTML. Whatever is not a `Block` already is escaped on its way in."""

import html
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import NamedTuple


class Block(str):
    """HTML that this module made, and that is therefore safe to show."""


class Column(NamedTuple):
    """Heading of a table column; `numbers` are aligned to the right, `code` is set in type of one width."""

    title: str
    numbers: bool = False
    code: bool = False


def document(title: object, *blocks: object) -> str:
    """Return a whole HTML file that loads nothing from anywhere."""
    style = files("eucaim_nb.reports").joinpath("document.css").read_text(encoding="utf-8")
    head = "".join(
        (
            '<meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            _tag("title", title),
            _tag("style", Block(style)),
        )
    )
    body = _tag("main", _tag("h1", title), *blocks)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def section(title: object, *blocks: object) -> Block:
    """Return blocks below a heading."""
    return _tag("section", _tag("h2", title), *blocks)


def paragraph(*parts: object) -> Block:
    """Return a paragraph."""
    return _tag("p", Block(" ".join(map(_escaped, parts))))


def facts(pairs: Iterable[tuple[object, object]]) -> Block:
    """Return names with their values."""
    return _tag("dl", *(part for name, value in pairs for part in (_tag("dt", name), _tag("dd", value))))


def listing(items: Iterable[object]) -> Block:
    """Return a list."""
    return _tag("ul", *(_tag("li", item) for item in items))


def table(columns: Sequence[Column], rows: Iterable[Sequence[object]], label: object) -> Block:
    """Return a table; `label` says what it is a table of."""
    kinds = ["number" if column.numbers else "code" if column.code else None for column in columns]
    titles = zip(columns, kinds, strict=True)
    head = _tag("tr", *(_tag("th", column.title, scope="col", class_=kind) for column, kind in titles))
    body = (
        _tag("tr", *(_tag("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True))) for row in rows
    )
    return _tag("table", _tag("caption", label), _tag("thead", head), _tag("tbody", *body))


def fold(summary: object, *blocks: object) -> Block:
    """Return blocks behind a line of text; print shows them only when they are open."""
    return _tag("details", _tag("summary", summary), *blocks)


def _escaped(value: object) -> Block:
    """Return a value as HTML text, with control, invisible and undecodable characters written out."""
    if isinstance(value, Block):
        return value
    text = str(value).encode("utf-8", "backslashreplace").decode("utf-8")
    if not text.isprintable():
        text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return Block(html.escape(text))


def _tag(name: str, *content: object, **attributes: object) -> Block:
    written = "".join(
        f' {key.rstrip("_")}="{_escaped(value)}"' for key, value in attributes.items() if value is not None
    )
    return Block(f"<{name}{written}>{''.join(map(_escaped, content))}</{name}>")

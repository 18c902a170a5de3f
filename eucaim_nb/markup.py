"""Text as HTML: the one place where a value is escaped, for pages and for reports."""

import html
from typing import NamedTuple


class Markup(str):
    """HTML that this program made from escaped values, and that is therefore safe to show."""


class Column(NamedTuple):
    """Heading of a table column; `numbers` are aligned to the right, `code` is set in type of one width."""

    title: str
    numbers: bool = False
    code: bool = False


def plain(value: object) -> str:
    """Return `value` as text with control, invisible and undecodable characters written out."""
    text = str(value).encode("utf-8", "backslashreplace").decode("utf-8")
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def esc(value: object) -> Markup:
    """Return `value` as HTML text. Markup stays as it is."""
    return value if isinstance(value, Markup) else Markup(html.escape(plain(value)))


def tag(name: str, *content: object, **attributes: object) -> Markup:
    """Return an element. Attributes that are None are left out; `class_` means class, `aria_label` aria-label."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{esc(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{''.join(map(esc, content))}</{name}>")

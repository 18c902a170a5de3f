"""Addresses outside, with the names they had before and the day they were checked."""

from collections.abc import Sequence

from eucaim_nb.reference import Link, links
from eucaim_nb.ui import components as c

_COLUMNS = (c.Column("Link"), c.Column("Address"), c.Column("Formerly"), c.Column("Last checked"))


def link(link_id: str) -> c.Markup:
    """Return a link by the id it has in the reference, with its older names beside it."""
    found = links()[link_id]
    made = c.outside_link(address(found), found.title, hint=f"last checked {_day(found)}")
    older = [name for name in found.formerly if "://" not in name]
    return c.Markup(made + c.quiet(f" (formerly {', '.join(older)})")) if older else made


def table(link_ids: Sequence[str]) -> c.Markup:
    """Return links with their addresses and older names, behind a line."""
    found = [links()[link_id] for link_id in link_ids]
    rows = [
        (
            c.outside_link(address(one), one.title),
            one.url,
            c.breaking(one.formerly) if one.formerly else "",
            _day(one),
        )
        for one in found
    ]
    title = f"{c.count(len(found), 'link')} with addresses, older names and the day of the last check"
    return c.fold(title, c.table(_COLUMNS, rows, "Links of this step"))


def address(found: Link) -> str:
    """Return an address that can be opened: without the part that only you know, such as a dataset's identifier."""
    return found.url.partition("{")[0]


def _day(found: Link) -> str:
    return f"{found.read_on:%d %b %Y}"

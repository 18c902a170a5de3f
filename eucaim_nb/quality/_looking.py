"""What is known of the bytes of a series: read before, or now."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from eucaim_nb.dicom import Guarded
from eucaim_nb.jobs import Progress
from eucaim_nb.ledger import LookRow, SeriesRows

from ._context import Context
from ._finding import Level
from ._look import looks
from ._pictures import with_pictures
from ._version import version


def looks_of(
    context: Context, rows: SeriesRows, guarded: Guarded, progress: Progress
) -> tuple[dict[int, LookRow], list[LookRow]]:
    """Return what is known of the bytes of each file of a series, by file id, and which of that was read just now.

    Files are read that were not read yet, changed since, or were not decoded where the level asks for it.
    """
    full, checks = context.level is Level.FULL, version()
    found: dict[int, LookRow] = {}
    known = context.ledger.checkable.looks([row["file_id"] for row in rows.instances])
    to_read, to_decode = [], []
    for row in rows.instances:
        values = {**rows.headers[row["header_id"]], **row}
        look = known.get(row["file_id"])
        now = (row["size"], row["mtime_ns"], checks)
        if look is None or (look.size, look.mtime_ns, look.facts["checks"]) != now:
            to_read.append((values, context.place(row)))
        elif full and not look.facts.get("decoded") and _is_pictured(values, look):
            to_decode.append((values, context.place(row), look))
        else:
            found[row["file_id"]] = look
    read = _noted(looks(context, to_read), checks, progress)
    if full:
        places = {values["file_id"]: (values, place) for values, place in to_read}
        to_decode += [
            (*places[look.file_id], look) for look in read if _is_pictured(places[look.file_id][0], look)
        ]
        decoded = _noted(with_pictures(context, to_decode, guarded), checks, progress)
        done = {look.file_id for look in decoded}
        read = [*decoded, *(look for look in read if look.file_id not in done)]
    found.update((look.file_id, look) for look in read)
    return found, read


def _noted(looked: Iterator[LookRow], checks: str, progress: Progress) -> list[LookRow]:
    noted = []
    for look in looked:
        noted.append(replace(look, facts={**look.facts, "checks": checks}))
        progress.check()
    return noted


def _is_pictured(values: Mapping[str, Any], look: LookRow) -> bool:
    return bool(values["Rows"] and values["Columns"] and look.sha256)

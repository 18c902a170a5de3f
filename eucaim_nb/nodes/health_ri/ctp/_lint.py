"""The check of all files of a CTP before it starts."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError, fromstring

from ._lint_config import lint_config
from ._lint_script import lint_script
from ._notes import Note, Severity

_DEBUG = re.compile(r"(?im)^\s*log4j\.[\w.]+\s*[=:]\s*(?:DEBUG|TRACE|ALL)\b")
_CONFIG_LOGGED = re.compile(r"(?im)^\s*log4j\.(?:logger\.org(?:\.rsna[\w.]*)?|rootLogger)\s*[=:]\s*INFO\b")
_LOOKUPS = re.compile(r"@lookup\([^,()]*,\s*(\w+)|@incrementdate\([^,()]*,[^,()]*,\s*(\w+)\)")

__all__ = ["Note", "Severity", "lint"]


def lint(files: Mapping[str, str], *, newest: float | None = None, now: float | None = None) -> list[Note]:
    """Return what would lose images, let identifiers pass or not start; the gravest first.

    Parameters
    ----------
    files
        Name to content. What a file is, its name tells: `config….xml`, `….script`, `….properties`.
    newest, now
        When the youngest image was changed, and the present time, in seconds since the epoch.
    """
    return sorted(_notes(files, newest, time.time() if now is None else now), key=_gravest_first)


def _gravest_first(note: Note) -> tuple[int, str, str]:
    return list(Severity).index(note.severity), note.file, note.where


def _notes(files: Mapping[str, str], newest: float | None, now: float) -> Iterator[Note]:
    for name, content in files.items():
        if name.endswith(".xml"):
            yield from _xml(name, content, lambda file, root: lint_config(file, root, newest=newest, now=now))
        elif name == "filter.script":
            yield from _filter(name, content)
        elif name.endswith(".script"):
            yield from _xml(name, content, lint_script)
        elif name.startswith("log4j"):
            yield from _log(name, content)
    yield from _kinds(files)


def _xml(name: str, content: str, check: object) -> Iterable[Note]:
    assert callable(check)
    try:
        root: Element = fromstring(content)
    except ParseError as error:
        line = error.position[0]
        said = "This is no XML. In addresses, & is written &amp;."
        return [Note(name, "XML", Severity.ERR, f"line {line}", said)]
    found: Iterable[Note] = check(name, root)
    return found


def _filter(name: str, content: str) -> Iterator[Note]:
    text = "\n".join(line.partition("//")[0] for line in content.splitlines()).strip()
    if not text:
        yield Note(name, "filter", Severity.ERR, "", "The filter is empty. Write true. to let everything pass.")
    elif text.count("(") != text.count(")") or text.count('"') % 2:
        yield Note(name, "filter", Severity.ERR, "", "A bracket or quotation mark is not closed.")
    elif text == "true.":
        yield Note(name, "filter", Severity.WARN, "", "Everything in the folder passes. Name the modalities to send.")


def _log(name: str, content: str) -> Iterator[Note]:
    if _DEBUG.search(content):
        said = (
            "At DEBUG, CTP writes header values to its log, and quarantines what it could not send because a "
            "connection failed. Set WARN."
        )
        yield Note(name, "debug log", Severity.ERR, "", said)
    if _CONFIG_LOGGED.search(content):
        said = "At INFO, CTP writes config.xml to its log with all that is in it. Set WARN for org.rsna."
        yield Note(name, "configuration log", Severity.WARN, "", said)


def _kinds(files: Mapping[str, str]) -> Iterator[Note]:
    """Every kind of key that a script looks up must be in the table."""
    tables = {name: text for name, text in files.items() if name.endswith(".properties") and "log4j" not in name}
    there = {line.partition("/")[0] for text in tables.values() for line in text.splitlines() if "/" in line}
    if not there:
        for name in tables:
            said = "Nobody is in the table, so everything would go to quarantine. De-identify here, then make it anew."
            yield Note(name, "look-up table", Severity.ERR, "", said)
        return
    for name, content in files.items():
        if name.endswith(".script"):
            used = {kind for pair in _LOOKUPS.findall(content) for kind in pair if kind}
            for kind in sorted(used - there):
                said = f"The look-up table has no entry of the kind {kind}: everything would go to quarantine."
                yield Note(name, "look-up table", Severity.ERR, kind, said)

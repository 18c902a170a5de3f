"""The gaps of somebody else's Word template: where it wants something filled in, and filling it.

A gap is a content control, a text in brackets such as [Name], <<Name>>, «Name» or {{Name}}, a line of dots or
underscores, or an empty cell beside a cell with words. Everything else stays as it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eucaim_nb.errors import SettingsError
from eucaim_nb.whole import replacing

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BRACKETS = re.compile(
    r"\{\{([^{}]{1,120})\}\}|\[([^\[\]]{2,120})\]|<<([^<>]{1,120})>>|«([^«»]{1,120})»|<([^<>]{2,120})>"
)
_BLANK = re.compile(r"_{3,}|\.{5,}|…{2,}")
_GAP = re.compile(f"(?:{_BRACKETS.pattern})|(?:{_BLANK.pattern})")
_NO_TEXT = frozenset({"docPartObj", "docPartList", "picture", "group", "checkbox"})
_MOST_WORDS = 80
_MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Gap:
    """A place to fill. Gaps with the same key take the same text."""

    key: str
    words: str
    """What the template says there."""
    fill: Callable[[str], None]
    """Writes a text there."""


def gaps_of(template: Path) -> dict[str, str]:
    """Return what a template wants filled in: its words by key, controls first.

    Raises
    ------
    SettingsError
        The file is no Word document (.docx).
    """
    found: dict[str, str] = {}
    for gap in _gaps(_opened(template)):
        found.setdefault(gap.key, gap.words)
    return found


def fill_gaps(template: Path, texts: Mapping[str, str], path: Path) -> None:
    """Write a template with some of its gaps filled, by key.

    Raises
    ------
    SettingsError
        The template is no Word document (.docx).
    OSError
        The folder cannot be written.
    """
    document = _opened(template)
    # From the end, because filling one moves what comes after it in its paragraph.
    for gap in reversed(list(_gaps(document))):
        if gap.key in texts:
            gap.fill(texts[gap.key])
    with replacing(path, "wb") as file:
        document.save(file)


def _opened(template: Path) -> Any:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        if template.stat().st_size > _MOST_BYTES:
            raise SettingsError(
                f"{template.name} is larger than 50 MB. Choose the template without pictures."
            )
        return docx.Document(str(template))
    except FileNotFoundError:
        raise SettingsError(f"There is no file {template.name}. Choose the template.") from None
    except (PackageNotFoundError, KeyError, ValueError, OSError, SyntaxError, AttributeError) as error:
        # python-docx takes for granted that every part is what its name says.
        raise SettingsError(
            f"{template.name} is no Word document. Choose a .docx file; save an older .doc as .docx first."
        ) from error


def _gaps(document: Any) -> Iterator[Gap]:
    for part in document.part.package.iter_parts():
        root = getattr(part, "element", None)
        if root is not None and str(part.content_type).endswith(("main+xml", "header+xml", "footer+xml")):
            yield from _in(root)


def _in(root: Any) -> Iterator[Gap]:
    used: dict[str, int] = {}
    controls = [one for one in root.iter(f"{_W}sdt") if _holds_text(one)]
    for control in controls:
        yield _of_control(control)
    # What stands in a control is replaced with it.
    taken = {text for control in controls for text in control.iter(f"{_W}t")}
    for cell in root.iter(f"{_W}tc"):
        if (gap := _empty_cell(cell)) is not None:
            yield gap
    for paragraph in root.iter(f"{_W}p"):
        own = [one for one in paragraph.iter(f"{_W}t") if next(one.iterancestors(f"{_W}p")) is paragraph]
        yield from _in_text(paragraph, [one for one in own if one not in taken], used)


def _holds_text(control: Any) -> bool:
    """Tell whether a control is a field for text: no table of contents, picture or box, and no frame around others."""
    inside = control.find(f"{_W}sdtContent")
    if inside is None or next(inside.iter(f"{_W}sdt"), None) is not None:
        return False
    properties = control.find(f"{_W}sdtPr")
    kinds = {str(one.tag).rpartition("}")[2] for one in (() if properties is None else properties)}
    paragraphs = sum(1 for _ in inside.iter(f"{_W}p"))
    return not kinds & _NO_TEXT and paragraphs <= 1 and next(inside.iter(f"{_W}t"), None) is not None


def _of_control(control: Any) -> Gap:
    texts = list(control.find(f"{_W}sdtContent").iter(f"{_W}t"))
    named = {
        name: one.get(f"{_W}val", "").strip()
        for name in ("alias", "tag")
        if (one := control.find(f"{_W}sdtPr/{_W}{name}")) is not None
    }
    shown = _text(texts)
    words = named.get("alias") or named.get("tag") or shown
    placeholder = control.find(f"{_W}sdtPr/{_W}showingPlcHdr")

    def fill(text: str) -> None:
        if placeholder is not None:
            placeholder.getparent().remove(placeholder)
        _write(texts, text)

    return Gap(f"control:{_key(named.get('tag') or words)}", words, fill)


def _empty_cell(cell: Any) -> Gap | None:
    before = cell.getprevious()
    if before is None or before.tag != f"{_W}tc" or _text(cell.iter(f"{_W}t")).strip():
        return None
    words = _text(before.iter(f"{_W}t")).strip()
    if not _says_something(words) or len(words) > _MOST_WORDS or _GAP.search(words):
        return None

    def fill(text: str) -> None:
        from docx.oxml import OxmlElement

        run, inside = OxmlElement("w:r"), OxmlElement("w:t")
        run.append(inside)
        next(cell.iter(f"{_W}p")).append(run)
        _write([inside], text)

    return Gap(f"cell:{_key(words)}", words, fill)


def _in_text(paragraph: Any, texts: list[Any], used: dict[str, int]) -> Iterator[Gap]:
    whole = _text(texts)
    for match in _GAP.finditer(whole):
        words = _words(match, whole, paragraph)
        if not _says_something(words):
            continue
        key = f"text:{_key(words)}"
        if _BLANK.fullmatch(match[0]):  # two lines of dots after the same words are two gaps
            used[words] = used.get(words, 0) + 1
            key = f"blank:{_key(words)}" + (f"#{used[words]}" if used[words] > 1 else "")
        yield Gap(key, words, _filler(texts, match.start(), match.end()))


def _words(match: re.Match[str], whole: str, paragraph: Any) -> str:
    inside = next((group for group in match.groups() if group), "")
    if inside:
        return " ".join(inside.split())
    before = _GAP.split(whole[: match.start()])[-1]
    if not _says_something(before):
        cell = next(paragraph.iterancestors(f"{_W}tc"), None)
        beside = paragraph.getprevious() if cell is None else cell.getprevious()
        before = "" if beside is None else _text(beside.iter(f"{_W}t"))
    return " ".join(before.split())[-_MOST_WORDS:].strip(" :;,-")


def _filler(texts: list[Any], start: int, end: int) -> Callable[[str], None]:
    """Return what puts a text in place of some characters that may be spread over several runs."""

    def fill(text: str) -> None:
        at, first = 0, True
        for one in texts:
            said = one.text or ""
            low, high = max(start - at, 0), min(end - at, len(said))
            at += len(said)
            if low < high:
                _write([one], said[:low] + (text if first else "") + said[high:])
                first = False

    return fill


def _write(texts: list[Any], text: str) -> None:
    """Put a text into the first of some text elements, with its line breaks, and empty the others."""
    from docx.oxml import OxmlElement

    first, *others = texts
    for one in others:
        one.text = ""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if number:
            after = OxmlElement("w:t")
            first.addnext(OxmlElement("w:br"))
            first.getnext().addnext(after)
            first = after
        first.text = line
        first.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _text(texts: Any) -> str:
    return "".join(one.text or "" for one in texts)


def _key(words: str) -> str:
    return " ".join(words.casefold().split())


def _says_something(words: str) -> bool:
    return any(letter.isalpha() for letter in words)

"""The words that a header is made of: parts and compounds taken apart, abbreviations and ten languages in English.

Headers and the names of variables go the same way, so that `Tumorgrösse`, `tum_size` and `Tamaño del tumor` meet.
"""

import math
import os
import re
from collections import Counter
from collections.abc import Collection
from functools import cache, lru_cache
from itertools import chain

from ._words import header_words, rows, split, units

Words = tuple[str, ...]

_COMMON = 4
"""Headers of a table that must begin alike for the beginning to be that of the whole table."""
_SHARED = 7
"""Letters of a beginning that parts no words."""
_ENDING = 3
"""Letters of an ending that a stem may have."""
_GLUED, _PART, _MOST_PARTS = 6, 3, 5
"""Letters of a word that may be several, letters of each of them, and how many there may be."""
_CUT = 4
"""Letters that are left of a word that was cut short."""
_JOINING = frozenset(("at", "of", "to", "in", "id", "os", "er", "pr", "dt", "dx"))
_LINKS = ("", "s", "es", "n", "en")
"""Letters between the parts of a Germanic compound, as in `Behandlung-s-beginn`."""
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_NUMERO = re.compile(r"\bn\s?[º°]", re.I)
_CODES = re.compile(r"[-+]?\w{1,4}\s*=\s*[^=,;|{}()\[\]]+")
_NUMBERED = re.compile(r"([a-z]{3,})(\d+)")
_GROUP = re.compile(r"__|[.:/|]")
"""Between the name of a group of variables, as a form or an entity, and that of a variable."""


def forms(header: str) -> list[Words]:
    """Return the words of a header, without code books, brackets and units; first as they are, then in English."""
    text = _NUMERO.sub(" number ", _CODES.sub(" ", header))
    found = named(_BRACKETS.sub(" ", text))
    if any(split(inside) for inside in _BRACKETS.findall(text)):
        found += named(text)
    found += [form[:-1] for form in found if len(form) > 1 and len(form[-1]) > 1 and form[-1] in units()]
    # Codes told without a sign of equality, as in 1-dead 0-alive.
    plain = [tuple(word for word in form if not word.isdigit()) for form in found]
    found += [few for form, few in zip(found, plain, strict=True) if len(form) - len(few) > 1]
    return [form for form in dict.fromkeys(found) if form]


def named(text: str) -> list[Words]:
    """Return the words of a name as they are, and in English if that differs."""
    return list(_named(text))


@lru_cache(maxsize=8192)
def _named(text: str) -> tuple[Words, ...]:
    words = tuple(dict.fromkeys(split(text)))
    english = tuple(
        dict.fromkeys(word for whole in words for part in _apart(whole) for word in _english(part))
    )
    short = _forms().get("".join(words), ())  # CamelCase parts short forms too
    return tuple(form for form in dict.fromkeys((words, english, short)) if form)


def without_shared(headers: Collection[str]) -> dict[str, str]:
    """Return each header without what so many of a table begin or end with that it tells nothing."""
    start, groups, common = _shared_start(headers), _shared_groups(headers), _shared_words(headers)
    found = {}
    for header in headers:
        bare = header.removeprefix(start)
        while len(parts := _GROUP.split(bare, maxsplit=1)) == 2 and parts[0] in groups and parts[1]:
            bare = parts[1]
        words = split(bare)
        kept = [word for word in words if word not in common]
        found[header] = " ".join(kept) if len(kept) < len(words) else bare
    return found


def _shared_groups(headers: Collection[str]) -> frozenset[str]:
    groups: Counter[str] = Counter()
    for header in headers:
        *parts, _ = _GROUP.split(header)
        groups.update(set(parts))
    return frozenset(group for group, count in groups.items() if group and count >= _COMMON)


def _shared_words(headers: Collection[str]) -> frozenset[str]:
    """Return words without meaning that many headers begin or end with: the table's name, a form, a visit."""
    apart = [split(header) for header in headers]
    ends = Counter(word for words in apart if len(words) > 1 for word in {words[0], words[-1]})
    least = max(_COMMON, len(apart) * 0.1)
    return frozenset(word for word, count in ends.items() if count >= least and word not in vocabulary())


def _shared_start(headers: Collection[str]) -> str:
    """Return the letters without meaning that many headers begin with; empty if there are none."""
    ordered, least = sorted(headers), max(_COMMON, math.ceil(len(headers) * 0.3))
    windows = (ordered[at : at + least] for at in range(len(ordered) - least + 1))
    start = max(map(os.path.commonprefix, windows), key=len, default="")
    known = any(word in vocabulary() for word in split(start))
    return "" if known or len(start) < _SHARED else start


def names_of(element: str) -> list[str]:
    """Return the names that are known of an element, in all languages."""
    return [word for row in _known() if row["element"] == element for word in row["words"].split("|")]


def _known() -> tuple[dict[str, str], ...]:
    return (*rows("headers.csv"), *rows("model_headers.csv"))


@cache
def vocabulary() -> frozenset[str]:
    """Return the words that headers are made of."""
    kinds = ("quiet", "weak", "other")
    texts = chain.from_iterable(row["words"].split("|") for row in _known())
    return frozenset(
        word for text in texts for word in split(text) if len(word) >= _PART or word in _JOINING
    ).union(_forms(), chain.from_iterable(_forms().values()), *(header_words(kind) for kind in kinds))


@cache
def _forms() -> dict[str, Words]:
    """Return the English words by each of their other forms."""
    return {
        form: tuple(row["word"].split())
        for row in rows("header_words.csv")
        for form in row["forms"].split("|")
        if not form.endswith("*")
    }


@cache
def _stems() -> dict[str, Words]:
    return {
        form[:-1]: tuple(row["word"].split())
        for row in rows("header_words.csv")
        for form in row["forms"].split("|")
        if form.endswith("*")
    }


@lru_cache(maxsize=8192)
def _english(word: str) -> Words:
    if word in _forms():
        return _forms()[word]
    stems = (word[:end] for end in range(len(word), max(len(word) - _ENDING, _PART) - 1, -1))
    return next((_stems()[stem] for stem in stems if stem in _stems()), (word,))


@lru_cache(maxsize=8192)
def _apart(word: str) -> Words:
    """Return the words that a long one is made of, as in `ageatdiagnosis`; the word itself if it is not known how.

    Parts are words of the field, or cut short as in `dtdiagno`; of several ways, the one with the fewest parts.
    """
    if word in vocabulary() or not word.isascii() or _english(word) != (word,):
        return (word,)
    numbered = _NUMBERED.fullmatch(word)
    if numbered and numbered[1] in vocabulary():
        return numbered[1], numbered[2]
    if len(word) < _GLUED or not word.isalpha():
        return (word,)
    best: dict[int, Words] = {0: ()}
    for end in range(2, len(word) + 1):
        ways = [
            (*best[start], part)
            for start in range(max(0, end - 18), end - 1)
            if start in best
            for part in _part(word[start:end], last=end == len(word))
        ]
        if ways:
            best[end] = min(ways, key=len)
    found = best.get(len(word), (word,))
    return found if 1 < len(found) <= _MOST_PARTS else (word,)


def _part(text: str, *, last: bool) -> Words:
    """Return the word that a part of a compound is; none if it is not known."""
    for link in ("",) if last else _LINKS:
        word = text.removesuffix(link)
        if word in vocabulary() and (len(word) >= _PART or word in _JOINING) and text.endswith(link):
            return (word,)
    return (whole,) if last and (whole := _whole(text)) else ()


@lru_cache(maxsize=8192)
def _whole(text: str) -> str:
    """Return the shortest word of the field that begins with some letters; empty if there is none."""
    found = (word for word in vocabulary() if word.startswith(text)) if len(text) >= _CUT else ()
    return min(found, key=lambda word: (len(word), word), default="")

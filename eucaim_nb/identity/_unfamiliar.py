"""Capitalised words of a sentence that nobody knows: not a word of reports, not an everyday word. They are names.

Lists of names never hold all strangers; what is kept is told by lists of words instead. In languages that write nouns
with a capital one unknown word is not enough: two stand together, or one stands where a noun would have an article.
"""

import re
from collections.abc import Iterator, Sequence

from ._found import ADDRESS, NAME, Found
from ._kinds import COMMON, PERSON, TERM, UNKNOWN, kind, kind_in_german, vocabulary
from ._prose import NOBLE, Prose, Word, is_capital, is_product, opens_sentence, runs
from ._strangers import is_term
from ._vocabulary import common_words, commonest_words, german_words, person_names

_UNITS = r"(?:mm|cm|ms|ml|mg|g|kg|mcg|µg|%|mmol|ui|iu|ie|gy|mbq|kv|hu|s|min)"
_HOUSE = re.compile(
    r",?[ ](?:(?:n[ro]?|č|br|nr)\.? ?)?[0-9]{1,4}(?: ?[A-Za-z](?![^\W_]))?(?:[ ]?[/-][ ]?[0-9]{1,4}[A-Za-z]?){0,3}"
    rf"(?![\w]|[.,][0-9]|[ ]?{_UNITS}(?!\w))",
    re.I,
)
_BLOCK = re.compile(r"[ ][0-9]{1,3}(?:-[0-9]{1,4}){2,3}(?![\w-])")
_LIST_BEFORE = re.compile(r"(?:[:•*>]|(?<!\w)-)[ \t]{0,2}\Z")
_PLAIN_PREPOSITIONS = frozenset(("an", "von", "mit", "durch", "bei", "fur", "uber", "gegenuber"))
"""Behind these German nouns have an article or an adjective more often than not."""


def unfamiliar(text: str, words: Sequence[Word], prose: Prose) -> Iterator[Found]:
    """Find what can only be a name in a text that is given with its words."""
    if prose.narrative:
        for first, last in runs(text, words):
            for group in _groups(text, words, first, last, prose):
                yield from _found(text, words, group)
    if "-" in text:
        yield from _blocks(text, words)


def _groups(text: str, words: Sequence[Word], first: int, last: int, prose: Prose) -> list[list[int]]:
    capitals = [at for at in range(first, last + 1) if is_capital(text, words[at]) and not _is_small(words[at])]
    suspects = (_suspects if prose.capitals_tell else _suspects_among_nouns)(text, words, capitals)
    groups: list[list[int]] = []
    for at in suspects:
        if groups and _close(words, groups[-1][-1], at):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _is_small(word: Word) -> bool:
    return word[1] - word[0] == 1 or word[2] in NOBLE


def _close(words: Sequence[Word], one: int, other: int) -> bool:
    """Tell whether nothing but particles and initials stands between two words."""
    return all(_is_small(words[at]) for at in range(one + 1, other))


def _suspects(text: str, words: Sequence[Word], capitals: Sequence[int]) -> list[int]:
    """Return which capitalised words are names where a capital tells so.

    The first word of a sentence has a capital anyhow: it is a name if nothing else is likely, or another name follows.
    """
    found: list[int] = []
    for at in reversed(capitals):
        this = _kind(text, words[at])
        if this == TERM:
            continue
        start, end, form = words[at]
        if opens_sentence(text, start):
            first = this == PERSON and form not in common_words()
        elif _opens_list(text, start):
            first = this != COMMON and not text[end : end + 2].strip().islower()
        else:
            first = True
        likely = this != COMMON or (form not in commonest_words() and form not in vocabulary())
        if first or (likely and found and _close(words, at, found[-1])):
            found.append(at)
    # A name that is a term as well is a name beside a name: Rosa, Max.
    beside = [
        at
        for at in capitals
        if at not in found
        and words[at][2] in person_names()
        and not opens_sentence(text, words[at][0])
        and any(_close(words, *sorted((at, other))) for other in found)
    ]
    return sorted(found + beside)


def _opens_list(text: str, start: int) -> bool:
    """Tell whether a word stands behind a colon or a bullet, where some write a capital."""
    return bool(_LIST_BEFORE.search(text, max(0, start - 4), start))


def _suspects_among_nouns(text: str, words: Sequence[Word], capitals: Sequence[int]) -> list[int]:
    """Return which capitalised words are names where nouns, or all words, have capitals too."""
    kinds = {at: _kind_among_nouns(text, words[at]) for at in capitals}
    found = []
    for at in capitals:
        if kinds[at] not in (PERSON, UNKNOWN):
            continue
        beside = [other for other in (at - 1, at + 1) if kinds.get(other) in (PERSON, UNKNOWN)]
        after_preposition = at and words[at - 1][2] in _PLAIN_PREPOSITIONS and kinds[at] == UNKNOWN
        if beside or after_preposition:
            found.append(at)
    # What only looks like a compound is a family name behind a given name: Ostermoor.
    behind = [
        at for at in capitals if at - 1 in found and kinds[at] == COMMON and words[at][2] not in german_words()
    ]
    return sorted(found + behind)


def _kind(text: str, word: Word) -> str:
    return TERM if is_product(text[word[0] : word[1]]) else kind(word[2])


def _kind_among_nouns(text: str, word: Word) -> str:
    return TERM if is_product(text[word[0] : word[1]]) else kind_in_german(word[2])


def _found(text: str, words: Sequence[Word], group: Sequence[int]) -> Iterator[Found]:
    start, end = words[group[0]][0], words[group[-1]][1]
    if len(group) == 1 and is_term(text, words, group[0], group[0]):
        return
    if house := _HOUSE.match(text, end):
        yield Found(start, house.end(), ADDRESS, "unfamiliar place")
    else:
        yield Found(start, end, NAME, "unfamiliar name")


def _blocks(text: str, words: Sequence[Word]) -> Iterator[Found]:
    """Find an unfamiliar word and a number of three parts, which is an address in Japan: `Midorigaoka 2-11-5`."""
    for word in words:
        block = _BLOCK.match(text, word[1])
        if block and is_capital(text, word) and _kind(text, word) in (UNKNOWN, PERSON):
            yield Found(word[0], block.end(), ADDRESS, "unfamiliar place")

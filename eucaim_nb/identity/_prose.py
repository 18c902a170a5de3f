"""What kind of text it is: a sentence or a list of terms, and what a capital tells in it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ._fold import WORD, fold
from ._kinds import COMMON, PERSON, TERM, UNKNOWN, is_given, kind, kind_in_german
from ._vocabulary import folded_cues, languages_of_function_words, person_names, protocol_words

Word = tuple[int, int, str]
"""Start, end and folded form."""

_CAMEL = re.compile(r"(?!Mc|Mac|De|Di|La|Le|Van|Lo|El|Al|San)[^\W\d_]+[a-zà-öø-ÿ][A-ZÀ-ÖØ-Þ].*")
_GAP = re.compile(r"(?:[ \t\u00a0]{1,2}|\.[ \t]?|[-‐'’]|, (?=[^\W\d_])|[\^_])\Z")
_MOST_WORDS = 6
_SENTENCE_END = ".!?\n\r;"
_ABBREVIATION = re.compile(r"(?<![^\s(/])([^\W\d_]{1,4})\.\Z")
_STOPS = re.compile(r"[,.:;] ")
_UPPER_SHORT = 5
"""Capitals throughout are an abbreviation up to four letters."""
_LONGEST_WORD = 60
_LONG = 4
"""Letters of a word that has a meaning of its own."""

NOBLE = frozenset(
    {"de", "del", "della", "dello", "dei", "degli", "di", "da", "das", "do", "dos", "du", "des", "der", "den", "dem",
     "ter", "ten", "van", "von", "vom", "zu", "zum", "zur", "la", "le", "el", "al", "san", "af", "av", "lo", "y",
     "i", "e"}
)  # fmt: skip
"""Words inside a name that have no capital."""


@dataclass(frozen=True, slots=True)
class Prose:
    """What kind of text it is."""

    narrative: bool
    """It tells something, as descriptions of scans do not."""
    capitals_tell: bool
    """A word inside a sentence has a capital only because it is a name: neither German nor a title."""
    german: bool


def words_of(text: str) -> list[Word]:
    """Return the words of a text; what is longer than any name or term is none."""
    return [
        (*one.span(), fold(one[0])) for one in WORD.finditer(text) if one.end() - one.start() <= _LONGEST_WORD
    ]


def prose_of(text: str, words: Sequence[Word]) -> Prose:
    """Tell what kind of text it is, given with its words."""
    functions: Counter[str] = Counter()
    telling = functional = known_capitals = nouns = upper = long = lower_long = 0
    for at, (start, end, form) in enumerate(words):
        letters = end - start
        of_languages = languages_of_function_words().get(form, ()) if letters > 1 else ()
        if of_languages:
            functions.update(of_languages)
        lower = text[start].islower()
        is_term = form in protocol_words()
        if lower and not is_term:
            is_small = bool(of_languages) or form in folded_cues("function")
            functional += is_small
            telling += letters > 2 and not is_small
        if letters >= _LONG:
            long += 1
            upper += text[start:end].isupper()
            lower_long += lower and not of_languages
            if at and not lower and text[start + 1].islower() and not opens_sentence(text, start):
                known_capitals += kind(form) in (TERM, COMMON)
                nouns += kind_in_german(form) == COMMON and form not in person_names()
    most = max((count for language, count in functions.items() if language != "de"), default=0)
    german = functions["de"] > most or (0 < functions["de"] == most and nouns > 0)
    stopped = telling > 0 and len(_STOPS.findall(text)) > 1
    return Prose(
        narrative=(functional > 0 and telling > 0) or telling > 2 or stopped or _names_somebody(text, words),
        capitals_tell=not german and 2 * upper <= long and known_capitals <= lower_long,
        german=german,
    )


def _names_somebody(text: str, words: Sequence[Word]) -> bool:
    """Tell whether a name that people bear stands beside another or beside what may be one."""
    capitals = [is_capital(text, word) and word[1] - word[0] > 2 for word in words]
    return any(
        capitals[at]
        and capitals[at + 1]
        and text[a[1] : b[0]] == " "
        and {kind(a[2]), kind(b[2])} in ({PERSON}, {PERSON, UNKNOWN})
        for at, (a, b) in enumerate(pairwise(words))
    )


def is_capital(text: str, word: Word) -> bool:
    """Tell whether a word begins with a capital and stands free of numbers and signs."""
    before = text[word[0] - 1] if word[0] else " "
    after = text[word[1] : word[1] + 1]
    return text[word[0]].isupper() and not before.isdigit() and before not in "@_" and not after.isdigit()


def is_product(word: str) -> bool:
    """Tell whether capitals inside a word, or nothing else in a short one, show that it is no name."""
    if word.isupper():
        return len(word) < _UPPER_SHORT
    return word[:2].isupper() or _CAMEL.fullmatch(word) is not None


def end_of_run(text: str, words: Sequence[Word], first: int) -> int:
    """Return the last of the capitalised words, with particles between, that stand together without a sign."""
    last = at = first
    while at + 1 < len(words) and at - first < _MOST_WORDS:
        gap = text[words[at][1] : words[at + 1][0]]
        if not _GAP.match(gap) or (gap[0] == "." and words[at][1] - words[at][0] > 3):
            break
        if gap[0] == "," and last == at and not (first == at and is_given(words[at + 1][2])):
            break
        at += 1
        if is_capital(text, words[at]):
            last = at
        elif words[at][2] not in NOBLE:
            if gap[0] not in "-'’" or at != last + 1:
                break
            last = at  # Jean-luc, Xiao-ming
    return last


def runs(text: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Return first and last of the capitalised words that stand together."""
    at = 0
    while at < len(words):
        if is_capital(text, words[at]):
            last = end_of_run(text, words, at)
            yield at, last
            at = last
        at += 1


def opens_sentence(text: str, start: int) -> bool:
    """Tell whether a word at a place is the first of a sentence, which has a capital whatever it is."""
    before = text[max(0, start - 8) : start].rstrip(" \t\"'«„“(¿¡-")
    if not before and start < 8:
        return True
    if not before or before[-1] not in _SENTENCE_END:
        return False
    one = _ABBREVIATION.search(before)
    return not (one and _is_abbreviation(one[1]))


_VOWELS = ("a", "e", "i", "o", "u", "y")


def _is_abbreviation(word: str) -> bool:
    """Tell whether a full stop belongs to the short word before it, which was cut before a vowel."""
    form = fold(word)
    if word.isupper() or form.endswith(_VOWELS):
        return False
    return form not in protocol_words() and form not in languages_of_function_words()

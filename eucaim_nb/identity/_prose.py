"""What kind of text it is: a sentence or a list of terms, and what a capital tells in it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from ._fold import fold
from ._vocabulary import (
    capitalised_words,
    common_words,
    eponyms,
    folded_cues,
    german_words,
    given_names,
    languages_of_function_words,
    months,
    person_names,
    protocol_words,
    term_nouns,
)

Word = tuple[int, int, str]
"""Start, end and folded form."""

_MEDICAL_END = re.compile(
    r".{2,}(?:itis|itida|itid[ey]|osis|oses|cele|emia|emie|uria|urie|algia|algie|algien|megaly|megalia|megalie|opathy|opatia|opathie"
    r"|iasis|iaza|karzinom|carcinoma|sarkom|sarcoma|lymphom|lymphoma|linfoma|adenom|adenoma|blastom|blastoma|melanom|tomia"
    r"|tomie|tomy|scopia|scopie|scopy|skopie|skopia|graphy|graphie|grafia|grafie|therapy|therapie|terapia|terapie|plastik|plasty"
    r"|plastie|ectomy|ectomie|ectomia|ektomie|ektomia|stomy|zumab|ximab|umab|tinib|ciclib|platin|platina|platino|platine|taxel"
    r"|rubicin|rubicina|citabin|citabina|citabine|mycin|cillin|statin|statina|sartan|prazol|prazole|xaban|gliptin|formin"
    r"|trozol|lutamid|lutamide|parin|parina|parine|limus|dronat|dronate|pril|prila|olol|dipin|dipina|dipine|sartan|gliflozin"
    r"|olog(?:en|ia|ie|i|ii|y)?|klinik(?:en)?)|[ck]h?irurg[a-z]*|gado[a-z]+|io(?:hex|prom|meprol|pam|dix|vers|bitrid)[a-z]+"

)
_SHORTEST_STEM = 7
_SHORTEST_PART = 4
_JOINTS = ("", "s", "es", "n", "en", "er", "e")
_CAMEL = re.compile(r"(?!Mc|Mac|De|Di|La|Le|Van|Lo|El|Al|San)[^\W\d_]+[a-zà-öø-ÿ][A-ZÀ-ÖØ-Þ].*")
_GAP = re.compile(r"(?:[ \t\u00a0]{1,2}|\.[ \t]?|[-‐'’]|, (?=[^\W\d_])|[\^_])\Z")
_MOST_WORDS = 6
_SENTENCE_END = ".!?\n\r;"
_ABBREVIATION = re.compile(r"(?<![^\s(/])([^\W\d_]{1,4})\.\Z")
_STOPS = re.compile(r"[,.:;] ")
_UPPER_SHORT = 5
"""Capitals throughout are an abbreviation up to four letters."""
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


def prose_of(text: str, words: Sequence[Word]) -> Prose:
    """Tell what kind of text it is, given with its words."""
    functions: Counter[str] = Counter()
    telling = functional = known_capitals = nouns = upper = long = lower_long = 0
    for at, (start, end, form) in enumerate(words):
        letters = end - start
        of_languages = languages_of_function_words().get(form, ()) if letters > 1 else ()
        functions.update(of_languages)
        lower = text[start].islower()
        is_term = form in protocol_words()
        if lower and not is_term:
            functional += bool(of_languages)
            telling += letters > 2 and not of_languages
        if letters >= _LONG:
            long += 1
            upper += text[start:end].isupper()
            lower_long += lower and not of_languages
            if at and not lower and text[start + 1].islower() and not opens_sentence(text, start):
                known_capitals += kind(form) in (TERM, COMMON)
                nouns += kind_in_german(form) == COMMON and form not in person_names()
    most = max((count for language, count in functions.items() if language != "de"), default=0)
    german = functions["de"] > most or (0 < functions["de"] == most and nouns > 0)
    paired = any(
        is_capital(text, a) and is_capital(text, b) and text[a[1] : b[0]] == " " and _are_two_names(a[2], b[2])
        for a, b in pairwise(words)
    )
    stopped = telling > 0 and len(_STOPS.findall(text)) > 1
    return Prose(
        narrative=(functional > 0 and telling > 0) or telling > 2 or stopped or paired,
        capitals_tell=not german and 2 * upper <= long and known_capitals <= lower_long,
        german=german,
    )


def _are_two_names(one: str, other: str) -> bool:
    kinds = (kind(one), kind(other))
    return PERSON in kinds and all(each in (PERSON, UNKNOWN) for each in kinds) and min(len(one), len(other)) > 2


TERM, COMMON, PERSON, UNKNOWN = "term", "common", "person", "unknown"
"""What a word is, told by itself: a word of reports, an everyday word, a name that people bear, or nothing known."""


@lru_cache(maxsize=16384)
def kind(form: str) -> str:
    """Tell what a word is by itself, given folded."""
    if form in _terms() or _is_eponym_in_a_case(form):
        return TERM
    if form in person_names():
        return PERSON
    if _MEDICAL_END.fullmatch(form) or form[:_SHORTEST_STEM] in _stems():
        return TERM
    return COMMON if form in common_words() or form in vocabulary() else UNKNOWN


@lru_cache(maxsize=16384)
def kind_in_german(form: str) -> str:
    """Tell what a word is that may be a German noun, given folded."""
    if form in vocabulary() or form in eponyms() or _MEDICAL_END.fullmatch(form):
        return TERM
    if form in german_words():
        return COMMON
    if form in person_names():
        return PERSON
    return COMMON if _is_compound(form) else UNKNOWN


def _is_eponym_in_a_case(form: str) -> bool:
    """Tell whether a word is the name of a disease with a short ending: `Bakera`, `Crohnovy`."""
    return any(form[:cut] in eponyms() for cut in range(_SHORTEST_EPONYM, len(form)) if form[cut:] in _ENDINGS)


_SHORTEST_EPONYM = 5
_ENDINGS = frozenset(("a", "e", "i", "n", "s", "u", "y", "en", "em", "om", "ou", "ov", "in", "ova", "ovy", "ove", "owi", "ovu", "ovoj"))


def _is_compound(form: str) -> bool:
    """Tell whether a word is made of two or three German words."""
    return any(
        form[:cut] in _parts() and _is_rest(form[cut:])
        for cut in range(_SHORTEST_PART, len(form) - _SHORTEST_PART + 1)
    )


def _is_rest(rest: str) -> bool:
    for joint in _JOINTS:
        if rest.startswith(joint):
            last = rest[len(joint) :]
            if last in _parts() or any(
                last[:cut] in _parts() and last[cut:] in _parts()
                for cut in range(_SHORTEST_PART, len(last) - _SHORTEST_PART + 1)
            ):
                return True
    return False


@cache
def _parts() -> frozenset[str]:
    return frozenset(
        word for word in german_words() | vocabulary() if len(word) >= _SHORTEST_PART
    ) - frozenset(("ski", "man", "owa", "wic", "son", "sen"))


@cache
def _stems() -> frozenset[str]:
    """Return the beginnings of long terms: `kontrastem` and `kontrastiert` are contrast too."""
    return frozenset(
        word[:_SHORTEST_STEM] for word in protocol_words() | capitalised_words() if len(word) >= _SHORTEST_STEM
    )


@cache
def _terms() -> frozenset[str]:
    """Return the words that have a capital in reports of languages that write few."""
    return protocol_words() | capitalised_words() | term_nouns() | eponyms()


@cache
def vocabulary() -> frozenset[str]:
    """Return the words that reports write with a capital though they name nobody, folded."""
    found = protocol_words() | capitalised_words() | term_nouns()
    for cue in ("kin", "role", "contact", "lives", "street", "function", "german", "name", "id", "phone", "birth", "title", "title."):
        found |= folded_cues(cue)
    return found


def is_given(form: str) -> bool:
    """Tell whether a word is a given name and nothing else."""
    return form in given_names() and (form in months() or form not in vocabulary())


def is_capital(text: str, word: Word) -> bool:
    """Tell whether a word begins with a capital and stands free of numbers and signs."""
    before = text[word[0] - 1] if word[0] else " "
    after = text[word[1] : word[1] + 1]
    return text[word[0]].isupper() and not before.isdigit() and before not in "@_" and not after.isdigit()


def is_product(word: str) -> bool:
    """Tell whether capitals inside a word, or nothing else in a short one, show that it is no name."""
    return (word.isupper() and len(word) < _UPPER_SHORT) or _CAMEL.fullmatch(word) is not None


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
    return form[-1:] not in _VOWELS and not word.isupper() and form not in protocol_words() and form not in languages_of_function_words()

"""What a capitalised word is by itself: a term of reports, an everyday word, a name that people bear, or unknown."""

import re
from functools import cache, lru_cache

from ._vocabulary import (
    capitalised_words,
    common_words,
    eponyms,
    folded_cues,
    german_words,
    given_names,
    months,
    person_names,
    protocol_words,
    term_nouns,
)

TERM, COMMON, PERSON, UNKNOWN = "term", "common", "person", "unknown"

_MEDICAL = re.compile(
    r".{2,}(?:itis|itida|itid[ey]|osis|oses|cele|a?emia|emie|uri[ae]|algi[ae]|algien|megal(?:y|ia|ie)|opat(?:hy|ia|hie)"
    r"|iasis|iaza|[kc]ar[zc]inoma?|sar[ck]oma?|lymphoma?|linfoma|adenoma?|blastoma?|melanoma?|tom(?:ia|ie|y)|s[ck]op(?:ia|ie|y)"
    r"|gra(?:ph|f)(?:y|ia|ie)|th?erap(?:y|ia|ie)|plast(?:ik|y|ie)|e[ck]tom(?:y|ia|ie)|stomy|zumab|ximab|umab|tinib|ciclib"
    r"|platin[aoe]?|taxel|rubicina?|citabin[ae]?|mycin|cillin|statina?|sartan|prazole?|xaban|gliptin|formin|trozol"
    r"|lutamide?|parin[ae]?|limus|dronate?|prila?|olol|dipin[ae]?|gliflozin|olog(?:en|ia|ie|i|ii|y)?|klinik(?:en)?)"
    r"|[ck]h?irurg[a-z]*|gado[a-z]+|io(?:hex|prom|meprol|pam|dix|vers|bitrid)[a-z]+"
)
"""Ends of diseases, procedures and the substances that WHO names by stems; contrast agents."""
_SHORTEST_STEM = 7
_SHORTEST_PART = 4
_SHORTEST_EPONYM = 5
_JOINTS = ("", "s", "es", "n", "en", "er", "e")
_ENDINGS = frozenset(
    ("a", "e", "i", "n", "s", "u", "y", "en", "em", "om", "ou", "ov", "in", "ova", "ovy", "ove", "owi", "ovu")
)
_MOST_KEPT = 16384


@lru_cache(maxsize=_MOST_KEPT)
def kind(form: str) -> str:
    """Tell what a word is, given folded, in a language that writes nouns small."""
    if form in _terms() or _is_eponym_in_a_case(form):
        return TERM
    if form in person_names():
        return PERSON
    if _MEDICAL.fullmatch(form) or form[:_SHORTEST_STEM] in _stems():
        return TERM
    return COMMON if form in common_words() or form in vocabulary() else UNKNOWN


@lru_cache(maxsize=_MOST_KEPT)
def kind_in_german(form: str) -> str:
    """Tell what a word is, given folded, that may be a German noun."""
    if form in vocabulary() or form in eponyms() or _MEDICAL.fullmatch(form):
        return TERM
    if form in german_words():
        return COMMON
    if form in person_names():
        return PERSON
    return COMMON if _is_compound(form) else UNKNOWN


def is_given(form: str) -> bool:
    """Tell whether a word is a given name and nothing else."""
    return form in given_names() and (form in months() or form not in vocabulary())


@cache
def vocabulary() -> frozenset[str]:
    """Return the words of reports, and those that announce a name, folded."""
    found = protocol_words() | capitalised_words() | term_nouns()
    for cue in ("kin", "role", "contact", "lives", "street", "function", "german", "name", "id", "phone", "birth"):
        found |= folded_cues(cue)
    return found | folded_cues("title") | folded_cues("title.")


@cache
def _terms() -> frozenset[str]:
    """Return the words that have a capital in reports of languages that write few."""
    return protocol_words() | capitalised_words() | term_nouns() | eponyms()


@cache
def _stems() -> frozenset[str]:
    """Return the beginnings of long terms: `kontrastem` and `kontrastiert` are contrast too."""
    return frozenset(
        word[:_SHORTEST_STEM] for word in protocol_words() | capitalised_words() if len(word) >= _SHORTEST_STEM
    )


def _is_eponym_in_a_case(form: str) -> bool:
    """Tell whether a word is the name of a disease with a short ending: `Bakera`, `Crohnovy`."""
    return any(form[:cut] in eponyms() for cut in range(_SHORTEST_EPONYM, len(form)) if form[cut:] in _ENDINGS)


def _is_compound(form: str) -> bool:
    """Tell whether a word is made of two or three German words."""
    return any(form[:cut] in _parts() and _is_rest(form[cut:]) for cut in _cuts(form))


def _is_rest(rest: str) -> bool:
    for joint in _JOINTS:
        if rest.startswith(joint):
            last = rest[len(joint) :]
            if last in _parts() or any(last[:cut] in _parts() and last[cut:] in _parts() for cut in _cuts(last)):
                return True
    return False


def _cuts(word: str) -> range:
    return range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)


@cache
def _parts() -> frozenset[str]:
    return frozenset(word for word in german_words() | vocabulary() if len(word) >= _SHORTEST_PART)

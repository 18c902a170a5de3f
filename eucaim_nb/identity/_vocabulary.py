"""The words that detectors know, read from `reference/`: terms of protocols, eponyms, months, titles and labels."""

from collections.abc import Callable
from functools import cache

from eucaim_nb.reference import read_lines, read_rows

from ._fold import fold, variants


@cache
def protocol_words() -> frozenset[str]:
    """Return words of descriptions and reports, months among them, folded."""
    return frozenset(word for line in read_lines("protocol_words.txt") for word in line.split()) | frozenset(
        months()
    )


@cache
def _eponyms() -> dict[str, frozenset[str]]:
    sections: dict[str, set[str]] = {}
    for line in read_lines("eponyms.txt"):
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), set())
        else:
            words.update(line.split())
    return {name: frozenset(words) for name, words in sections.items()}


def eponyms() -> frozenset[str]:
    """Return names of people that are medical terms, folded."""
    return _eponyms()["names"]


def eponym_nouns() -> frozenset[str]:
    """Return words beside which such a name is the term, folded."""
    return _eponyms()["nouns"]


@cache
def months() -> dict[str, int]:
    """Return the number of the month by its name or abbreviation, folded."""
    return {
        fold(form): number
        for row in read_rows("months.csv")
        for number in range(1, 13)
        for form in row[str(number)].split()
    }


@cache
def cues(kind: str) -> frozenset[str]:
    """Return the words of one kind of `text_cues.csv`, as they are written there."""
    rows = read_rows("text_cues.csv")
    return frozenset(word for row in rows if row["cue"] == kind for word in row["words"].split())


@cache
def folded_cues(kind: str) -> frozenset[str]:
    """Return the words of one kind of `text_cues.csv`, folded."""
    return frozenset(fold(word) for word in cues(kind))


def _sections(name: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    words: list[str] = []
    for line in read_lines(name):
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), [])
        else:
            words += line.split()
    return sections


@cache
def capitalised_words() -> frozenset[str]:
    """Return words that reports write with a capital though they name nobody, folded."""
    return frozenset(fold(word) for word in _sections("common_words.txt")["capitalised"])


@cache
def term_nouns() -> frozenset[str]:
    """Return words beside which a name of a person is a term, a machine or an institution, folded."""
    return eponym_nouns() | frozenset(fold(word) for word in _sections("common_words.txt")["beside"])


@cache
def given_names() -> frozenset[str]:
    """Return given names of Europe and East Asia in all their cases, folded."""
    found: set[str] = set()
    for language, words in _sections("given_names.txt").items():
        cases = _CASES.get(language)
        for word in words:
            for piece in word.split("-"):
                plain = fold(piece)
                found.add(plain)
                if any(each in "äöüåø" for each in piece.lower()):
                    found |= variants(piece)
                if cases:
                    found |= cases(plain)
    return frozenset(name for name in found if len(name) > 2) - folded_cues("function")


@cache
def person_names() -> frozenset[str]:
    """Return given and family names of people, folded."""
    listed = _sections("person_names.txt")
    return given_names() | frozenset((*listed["given"], *listed["family"]))


@cache
def chinese_names() -> frozenset[str]:
    """Return Chinese family names in their own script."""
    return frozenset(_sections("person_names.txt")["chinese"])


@cache
def everyday_words() -> dict[str, tuple[str, ...]]:
    """Return the frequent words of each language, folded, the most frequent first."""
    return {language: tuple(words) for language, words in _sections("everyday_words.txt").items()}


@cache
def common_words() -> frozenset[str]:
    """Return the words that are frequent in some language, folded."""
    return frozenset(word for words in everyday_words().values() for word in words[:_COMMON])


@cache
def commonest_words() -> frozenset[str]:
    """Return those among them that are so frequent that they are no names of people, folded."""
    return frozenset(word for words in everyday_words().values() for word in words[:_COMMONEST]) - person_names()


@cache
def german_words() -> frozenset[str]:
    """Return German words, folded."""
    return frozenset(everyday_words()["de"])


@cache
def languages_of_function_words() -> dict[str, frozenset[str]]:
    """Return in which languages a word is one of the few that make a sentence, folded."""
    found: dict[str, set[str]] = {}
    for language, words in everyday_words().items():
        for word in words[:_FUNCTION]:
            found.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


_COMMON = 3000
_COMMONEST = 1000
_FUNCTION = 80


def _slavic(name: str) -> set[str]:
    """Return a Slavic name in its cases."""
    if name.endswith("a"):
        stem = name[:-1]
        forms = {stem + end for end in ("y", "i", "e", "o", "ie", "ou", "u", "om")}
        for last, before in _SOFTENED:
            if stem.endswith(last):
                forms.add(stem[: -len(last)] + before)
        return forms
    if name.endswith(("y", "i")):
        return {name + end for end in ("ego", "emu", "m")} | {
            name[:-1] + end for end in ("ego", "emu", "ym", "im")
        }
    forms = {name + end for end in ("a", "u", "owi", "ovi", "em", "iem", "om", "ie", "ze")}
    if name.endswith(("ek", "el", "ec", "ak")) and len(name) > 4:
        stem = name[:-2] + name[-1]
        forms |= {stem + end for end in ("a", "u", "owi", "ovi", "em", "iem", "om")}
    return forms


_SOFTENED = (("k", "ce"), ("r", "rze"), ("t", "cie"), ("d", "dzie"), ("g", "dze"), ("ch", "sze"), ("l", "le"))


def _greek(name: str) -> set[str]:
    """Return a Greek name in its cases."""
    if name.endswith("ios"):
        return {name[:-2] + end for end in ("ou", "o", "e")}
    if name.endswith("os"):
        return {name[:-2] + end for end in ("ou", "o", "e")}
    if name.endswith(("is", "as")):
        return {name[:-1], name[:-2] + "i"}
    return {name + "s"} if name.endswith(("a", "i", "o")) else set()


def _romanian(name: str) -> set[str]:
    """Return a Romanian name in its cases."""
    if name.endswith("a"):
        return {name[:-1] + "ei", name[:-1] + "ii", name[:-1] + "i"}
    return {name + "ului", name + "lui", name + "ul"} if not name.endswith(("e", "i")) else {name + "i"}


def _nordic(name: str) -> set[str]:
    return {name + "s"}


_CASES: dict[str, Callable[[str], set[str]]] = {
    "pl": _slavic,
    "slavic": _slavic,
    "el": _greek,
    "ro": _romanian,
    "nordic": _nordic,
    "de": _nordic,
}

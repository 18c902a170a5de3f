"""Finding one person's names and numbers in a text."""

import re
from collections.abc import Iterator

from ._fold import WORD, fold
from ._found import ID, NAME, Found
from ._person import INITIAL, TERM, WEAK, Person
from ._vocabulary import cues, eponym_nouns, folded_cues, protocol_words

_BETWEEN = re.compile(r"[ \t,^_.;/'’´`=-]{0,3}")
_CAMEL = re.compile(r"[^\W\d_](?:[^\W\d_A-ZÀ-ÖØ-Þ]+|[A-ZÀ-ÖØ-Þ]+(?![^\W\d_A-ZÀ-ÖØ-Þ]))?")
_GENITIVE = re.compile(r"['’´]s(?![^\W_])", re.I)
_WORD_BEFORE = re.compile(r"([^\W\d_]+)(\.?)[ \t]{0,2}\Z")
_LABEL_BEFORE = re.compile(r"([^\W\d_]+)[ \t]{0,2}[:=][ \t]{0,2}\Z")
_NUMBER_LABEL = re.compile(r"([^\W\d_]+)[ \t.:#=_-]{0,3}\Z")
_NOUN_BEFORE = re.compile(r"([^\W\d_]+)(?:[\s_-]{1,2}(?:de|di|da|von|van|of|the|la))?[\s_-]{1,2}\Z", re.I)
_NOUN_AFTER = re.compile(r"(?:['’]?s)?[\s_-]{1,2}([^\W\d_]+)", re.I)
_CARET_AFTER = re.compile(r"\^+([^\W\d_]*)")
_CARET_BEFORE = re.compile(r"([^\W\d_]*)\^+\Z")
_LOOK_BACK = 24
_NUMERALS = frozenset("0123456789")

_Hit = tuple[int, int, int, str]
"""Start, end, sureness and folded form."""


def own_names(person: Person, text: str) -> list[Found]:
    """Return where the person, or somebody around them, is named."""
    known = person.words
    hits: list[_Hit] = []
    sure_of_one = False
    for one in WORD.finditer(text):
        word = one[0]
        form = word.lower() if word.isascii() else fold(word)
        sure = known.get(form)
        if sure is not None:
            hits.append((one.start(), one.end(), sure, form))
            sure_of_one |= sure >= WEAK
        elif not (word.isupper() or word[1:].islower()) and len(word) > 4:
            for piece in _camel(person, word, one.start()):
                hits.append(piece)
                sure_of_one |= piece[2] >= WEAK
    found = []
    if sure_of_one:
        found = [
            Found(*span, NAME, "own name")
            for run in _runs(text, hits)
            if (span := _named(text, run)) is not None
        ]
    if person.wide and not text.isascii():
        found += _wide(person, text)
    return found


def _camel(person: Person, word: str, start: int) -> Iterator[_Hit]:
    for piece in _CAMEL.finditer(word):
        form = fold(piece[0])
        if len(form) > 1 and (sure := person.words.get(form)) is not None:
            yield (start + piece.start(), start + piece.end(), sure, form)


def _runs(text: str, hits: list[_Hit]) -> Iterator[list[_Hit]]:
    run: list[_Hit] = []
    for hit in hits:
        if (hit[2] == INITIAL and not _stands_alone(text, hit)) or (hit[2] == TERM and _is_eponym(text, hit)):
            continue
        if run and not _BETWEEN.fullmatch(text, run[-1][1], hit[0]):
            yield run
            run = []
        run.append(hit)
    if run:
        yield run


def _stands_alone(text: str, hit: _Hit) -> bool:
    before, after = text[hit[0] - 1 : hit[0]] if hit[0] else "", text[hit[1] : hit[1] + 1]
    return before not in _NUMERALS and after not in _NUMERALS if before or after else True


def _named(text: str, run: list[_Hit]) -> tuple[int, int] | None:
    """Return the part of a run of neighbouring words that names the person, if there is one."""
    particles = folded_cues("particle")
    while run and run[-1][2] < INITIAL:
        run = run[:-1]
    while run and run[0][2] < INITIAL:
        run = run[1:]
    if not run:
        return None
    start, end = run[0][0], run[-1][1]
    if run[-1][2] == INITIAL and text[end : end + 1] == ".":
        end += 1
    if max(hit[2] for hit in run) >= TERM:
        genitive = _GENITIVE.match(text, end)
        return start, genitive.end() if genitive else end
    weak = {hit[3] for hit in run if hit[2] == WEAK}
    if not weak - particles:
        return None
    if len(weak) > 1 or any(hit[2] == INITIAL for hit in run) or _in_person_name(text, start, end):
        return start, end
    before = text[max(0, start - _LOOK_BACK) : start]
    if one := _WORD_BEFORE.search(before):
        if one[1] in cues("title") or (one[2] and one[1] in cues("title.")):
            return start - len(one[0]), end
    elif (one := _LABEL_BEFORE.search(before)) and fold(one[1]) in folded_cues("name"):
        return start, end
    return None


def _in_person_name(text: str, start: int, end: int) -> bool:
    """Tell whether a caret joins a word to one that is no term, which `Head^General` has and is none."""
    after, before = (
        _CARET_AFTER.match(text, end),
        _CARET_BEFORE.search(text, max(0, start - _LOOK_BACK), start),
    )
    return any(one and fold(one[1]) not in protocol_words() for one in (after, before))


def _is_eponym(text: str, hit: _Hit) -> bool:
    after = _NOUN_AFTER.match(text, hit[1])
    if after and fold(after[1]) in eponym_nouns():
        return True
    before = _NOUN_BEFORE.search(text, max(0, hit[0] - 2 * _LOOK_BACK), hit[0])
    return bool(before and fold(before[1]) in eponym_nouns())


def _wide(person: Person, text: str) -> Iterator[Found]:
    for name in person.wide:
        at = text.find(name)
        while at >= 0:
            yield Found(at, at + len(name), NAME, "own name")
            at = text.find(name, at + len(name))


def own_phrases(person: Person, text: str) -> Iterator[Found]:
    """Find addresses, institutions and the like of the person, which are given as a whole."""
    return (Found(*one.span(), *_kind(one[0])) for one in person.phrases.find(text))


def own_numbers(person: Person, text: str, digits: int) -> Iterator[Found]:
    """Find the person's numbers in a text with so many digits."""
    if not person.least_digits or digits < person.least_digits:
        return
    if person.numbers is not None:
        yield from (Found(*one.span(), ID, "own id") for one in person.numbers.finditer(text))
    if person.short_numbers is not None:
        for one in person.short_numbers.finditer(text):
            label = _NUMBER_LABEL.search(text, max(0, one.start() - _LOOK_BACK), one.start())
            if label and fold(label[1]) in folded_cues("id") | folded_cues("name"):
                yield Found(*one.span(), ID, "own id")


def _kind(text: str) -> tuple[str, str]:
    if "@" in text:
        return "e-mail", "own e-mail"
    return ("address", "own address") if any(map(str.isdigit, text)) else (NAME, "own place")

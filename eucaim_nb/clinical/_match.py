"""Which column is which variable: suggestions with a score and a reason, at most one column for each variable.

A score compares the words of a header with the names of a variable in many languages, and then asks whether the values
of the column can be such values. Nothing is decided here: a person confirms.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from . import _naming
from ._evidence import DISTINCTIVE, evidence
from ._naming import Words
from ._profile import Profile
from ._target import Target
from ._template import Template
from ._words import header_words, unit_factor, units

SURE = 80
"""From this score on a suggestion is preselected."""
_WEAK = 55
_CLOSE = 3
_FUZZY = 86
_SHORT = 5
"""Words of fewer letters must be the same to be alike."""
_SLIP = 7
"""Letters of which one may be wrong."""
_LEAST = 4
"""Letters of an abbreviation that is none of a list."""
_SAME, _ALL, _SPELLED = 100.0, 97.0, 94.0
"""Scores of the same name, of the same words in another order, and of the same letters but for a few."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a column may be. `target` is empty if nothing fits; `rivals` fit as well: a person has to say."""

    source: str
    target: str
    score: int
    reason: str
    rivals: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether it may be preselected."""
        return bool(self.target) and self.score >= SURE and not self.rivals


def suggest(profiles: Mapping[str, Profile], template: Template) -> list[Suggestion]:
    """Return a suggestion for each column, in the order of the columns."""
    names = _Names(template)
    bare = _naming.without_shared(profiles)
    scored = {
        name: _candidates([*_naming.forms(name), *_naming.forms(bare[name])], one, names)
        for name, one in profiles.items()
    }
    order = {target.name: number for number, target in enumerate(template.targets)}
    place = {name: number for number, name in enumerate(scored)}
    pairs = sorted(
        (
            (score, name, target, reason)
            for name, found in scored.items()
            for target, (score, reason) in found.items()
        ),
        key=lambda pair: (-pair[0], order[pair[2]], place[pair[1]]),
    )
    chosen: dict[str, Suggestion] = {}
    taken: set[str] = set()
    for score, name, target, reason in pairs:
        if name in chosen or target in taken or score < _WEAK:
            continue
        rivals = tuple(
            other
            for other, (against, _) in scored[name].items()
            if other != target and other not in taken and score - against < _CLOSE and score < 100
        )
        chosen[name] = Suggestion(name, target, round(score), reason, rivals)
        taken.add(target)
    return [chosen.get(name) or Suggestion(name, "", 0, _why_none(profiles[name])) for name in profiles]


def _why_none(profile: Profile) -> str:
    if profile.identifying:
        return f"may identify somebody ({', '.join(profile.identifying)}); leave it out"
    return "empty" if profile.kind == "empty" else "no variable of the template is named like it"


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of a variable: its words, and how it is written."""

    target: Target
    words: Words
    said: str


class _Names:
    """All names of the variables of a template, to be found by their words and by their letters."""

    def __init__(self, template: Template) -> None:
        self._names: list[_Name] = []
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._by_letters: defaultdict[str, list[int]] = defaultdict(list)
        self.targets = {target.name: target for target in template.targets}
        for target in template.targets:
            for words, said in _synonyms(target.element, target.name, target.title):
                self._by_letters["".join(words)].append(len(self._names))
                for word in set(words):
                    self._by_word[word].append(len(self._names))
                self._names.append(_Name(target, words, said))
        self._long = [word for word in self._by_word if len(word) >= _SHORT]
        self._written = [letters for letters in self._by_letters if len(letters) > _SHORT]
        self._alike: dict[str, frozenset[str]] = {}

    def alike(self, word: str) -> frozenset[str]:
        """Return the words of names that a word is, is short for, or is but for a letter or two."""
        known = self._alike.get(word)
        if known is None:
            found = [word] if word in self._by_word else []
            if len(word) >= _SHORT:
                found += [one for one, _ in _spelled_like(word, self._long)]
            if len(word) >= _LEAST and word not in _naming.vocabulary():
                found += [one for one in self._long if one.startswith(word)]
            known = self._alike[word] = frozenset(found)
        return known

    def scores(self, header: Words) -> dict[str, tuple[float, str]]:
        """Return the best score of a header for each variable that shares a word with it, and the name."""
        alike = [self.alike(word) for word in header]
        found: dict[str, tuple[float, str]] = {}

        def keep(scored: Iterable[tuple[int, float]]) -> None:
            for number, value in scored:
                name = self._names[number]
                if value > found.get(name.target.name, (0.0, ""))[0]:
                    found[name.target.name] = (value, name.said)

        letters = "".join(header)
        keep((number, _SAME) for number in self._by_letters.get(letters, ()))
        sharing = sorted({number for word in frozenset().union(*alike) for number in self._by_word[word]})
        # A letter is a name only by itself.
        several = (number for number in sharing if len("".join(self._names[number].words)) > 1)
        keep((number, _overlap(header, alike, self._names[number].words)) for number in several)
        if len(letters) > 2 * _SHORT:
            for written, ratio in _spelled_like(letters, self._written):
                keep(
                    (number, _SPELLED * ratio / 100)
                    for number in self._by_letters[written]
                    if _letters(self._names[number].words) == _letters(header)
                )
        return found


def _spelled_like(text: str, choices: Sequence[str]) -> Iterator[tuple[str, float]]:
    """Yield what is written like a text but for a slip or two behind its first letter, with how much (%)."""
    for one, ratio, _ in process.extract(text, choices, scorer=fuzz.ratio, score_cutoff=_FUZZY, limit=None):
        if text[0] == one[0] and Levenshtein.distance(text, one) * _SLIP <= len(text):
            yield one, ratio


@cache
def _synonyms(element: str, name: str, title: str) -> tuple[tuple[Words, str], ...]:
    found: dict[Words, str] = {}
    for said in (name, title, *_naming.names_of(element)):
        for words in _naming.named(said):
            found.setdefault(words, said)
    return tuple(found.items())


def _candidates(forms: Sequence[Words], profile: Profile, names: _Names) -> dict[str, tuple[float, str]]:
    best: dict[str, tuple[float, str]] = {}
    for form in dict.fromkeys(forms):
        scores = names.scores(form)
        if len(form) > 1 and len(form[-1]) == 1 and form[-1] in units():
            unit = units()[form[-1]]
            measured = names.scores(form[:-1])
            scores |= {
                target: score
                for target, score in measured.items()
                if _measured_in(names.targets[target], unit)
            }
        for target, score in scores.items():
            best[target] = max(best.get(target, (0.0, "")), score)
    found = {}
    for target, (points, said) in best.items():
        if points < _WEAK - DISTINCTIVE:
            continue
        change, why = evidence(profile, names.targets[target])
        reason = f"header says {said!r}" + (f"; {why}" if why else "")
        found[target] = (max(0.0, min(100.0, points + change)), reason)
    return found


def _letters(words: Words) -> set[str]:
    """Return the words of one letter, which are no errors of spelling: T is not N."""
    return {word for word in words if len(word) == 1}


def _measured_in(target: Target, unit: str) -> bool:
    return bool(target.unit) and unit_factor(unit, target.unit) is not None


def _overlap(header: Words, alike: Sequence[Collection[str]], name: Words) -> float:
    """Return how much of header and name are the same words, in whatever order."""
    free = list(range(len(header)))
    found = asked = 0.0
    for word in name:
        weight = _weight(word)
        asked += weight
        match = next((at for at in free if header[at] == word), None)
        if match is None:
            match = next((at for at in free if word in alike[at]), None)
        if match is not None:
            found += weight
            free.remove(match)
    if not found:
        return 0.0
    left = sum(_against(header[at], header[at - 1] if at else "") for at in free)
    recall, precision = found / asked, found / (found + left)
    return _ALL * 2 * recall * precision / (recall + precision)


@lru_cache(maxsize=8192)
def _weight(word: str) -> float:
    """Return how much a word tells about which variable it is."""
    if word in header_words("quiet"):
        return 0.15
    return 0.4 if word in header_words("weak") else 0.6 if word in header_words("other") else 1.0


@lru_cache(maxsize=8192)
def _against(word: str, before: str) -> float:
    """Return how much a word of a header that a name lacks tells against it, given the word before.

    A word of no meaning in the field is noise, unless something is at, from or before it.
    """
    if word in header_words("other"):
        return 1.0
    known = word in _naming.vocabulary() or before in header_words("relation")
    return _weight(word) if known else 0.5

"""Which column is which variable: suggestions with a score and a reason, at most one column for each variable.

A score compares the words of a header with the names of a variable in many languages, and then asks whether the values
of the column can be such values. Nothing is decided here: a person confirms.
"""

import math
import os
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain

from rapidfuzz import fuzz, process

from ._profile import Profile, says
from ._target import Target, value_lists
from ._template import Template
from ._values import known_value, words_of
from ._words import folded, header_words, missing_words, rows, split, unit_factor, units

SURE = 80
"""From this score on a suggestion is preselected."""
_WEAK = 55
_COMMON = 4
"""Headers of a table that a word must begin or end to be that of the whole table."""
_CLOSE = 3
_FUZZY = 86
_SHORT = 5
"""Words of fewer letters must be the same to be alike."""
_GLUED, _PART, _MOST_PARTS = 7, 3, 4
"""Letters of a word that may be several, letters of each of them, and how many there may be."""
_JOINING = frozenset(("at", "of", "to", "in", "id", "os"))
_DISTINCTIVE = 12
"""What values are worth that nothing else is written with."""
_CODED = frozenset(("0", "1", "2"))
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_NUMERO = re.compile(r"\bn\s?[º°]", re.I)
_CODES = re.compile(r"[-+]?\w{1,4}\s*=\s*[^=,;|{}()\[\]]+")


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
    common, start = _common(profiles), _common_start(profiles)
    bare = {name: _without(name.removeprefix(start), common) for name in profiles}
    scored = {
        name: _candidates(tuple(dict.fromkeys((*_forms(name), *_forms(bare[name])))), one, template)
        for name, one in profiles.items()
    }
    order = {target.name: number for number, target in enumerate(template.targets)}
    pairs = sorted(
        (
            (score, name, target, reason)
            for name, found in scored.items()
            for target, (score, reason) in found.items()
        ),
        key=lambda pair: (-pair[0], order[pair[2]], list(scored).index(pair[1])),
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


def _common(headers: Collection[str]) -> frozenset[str]:
    """Return words that begin or end so many headers of a table that they tell nothing: its name, a form, a visit."""
    split_ = [split(header) for header in headers]
    ends = Counter(word for words in split_ if len(words) > 1 for word in {words[0], words[-1]})
    least = max(_COMMON, len(split_) * 0.1)
    return frozenset(word for word, count in ends.items() if count >= least and word not in _vocabulary())


def _common_start(headers: Collection[str]) -> str:
    """Return the letters that so many headers of a table begin with that they tell nothing; empty if there are none."""
    ordered, least = sorted(headers), max(_COMMON, math.ceil(len(headers) * 0.3))
    windows = (ordered[at : at + least] for at in range(len(ordered) - least + 1))
    start = max(map(os.path.commonprefix, windows), key=len, default="")
    known = any(word in _vocabulary() for word in split(start))
    return "" if known or len(start) < _GLUED else start


def _without(header: str, common: Collection[str]) -> str:
    words = split(header)
    return (
        " ".join(word for word in words if word not in common)
        if not set(words).isdisjoint(common)
        else header
    )


def _why_none(profile: Profile) -> str:
    if profile.identifying:
        return f"may identify somebody ({', '.join(profile.identifying)}); leave it out"
    return "empty" if profile.kind == "empty" else "no variable of the template is named like it"


def _candidates(
    forms: Sequence[tuple[str, ...]], profile: Profile, template: Template
) -> dict[str, tuple[float, str]]:
    found = {}
    for target in template.targets:
        score, word = max((_against(form, target) for form in forms), default=(0.0, ""))
        if score < _WEAK - 10:
            continue
        change, why = _evidence(profile, target)
        reason = f"header says {word!r}" + (f"; {why}" if why else "")
        found[target.name] = (max(0.0, min(100.0, score + change)), reason)
    return found


def _forms(header: str) -> list[tuple[str, ...]]:
    """Return the words of a header, without code books, brackets and units."""
    text = _NUMERO.sub(" number ", _CODES.sub(" ", header))
    bare = _BRACKETS.sub(" ", text)
    forms = [_plain(bare)]
    if any(split(inside) for inside in _BRACKETS.findall(text)):
        forms.append(_plain(text))
    forms += [form[:-1] for form in forms if len(form) > 1 and len(form[-1]) > 1 and form[-1] in units()]
    # Codes told without a sign of equality, as in 1-dead 0-alive.
    plain = [tuple(word for word in form if not word.isdigit()) for form in forms]
    forms += [few for form, few in zip(forms, plain, strict=True) if len(form) - len(few) > 1]
    return [form for form in dict.fromkeys(forms) if form]


def _plain(text: str) -> tuple[str, ...]:
    parts = [
        part for whole in split(text) for part in ((whole,) if whole in _expansions() else _apart(whole))
    ]
    return tuple(word for part in parts for word in _expansions().get(part, part).split())


@cache
def _expansions() -> dict[str, str]:
    return dict(
        pair.split("=")
        for row in rows("header_terms.csv")
        if row["kind"] == "expand"
        for pair in row["words"].split("|")
    )


def _named() -> tuple[dict[str, str], ...]:
    return (*rows("headers.csv"), *rows("model_headers.csv"))


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words that headers are made of."""
    kinds = ("quiet", "weak", "other")
    return frozenset(
        word
        for text in chain.from_iterable(row["words"].split("|") for row in _named())
        for word in split(text)
        if len(word) >= _PART or word in _JOINING
    ).union(*(header_words(kind) for kind in kinds))


@lru_cache(maxsize=4096)
def _apart(word: str) -> tuple[str, ...]:
    """Return the words that a long one is made of, as in `ageatdiagnosis`; the word itself if it is not known how."""
    if len(word) < _GLUED or word in _vocabulary() or not word.isascii() or not word.isalpha():
        return (word,)
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(2, len(word) + 1):
        ways = [
            (*best[start], word[start:end])
            for start in range(max(0, end - 16), end - 1)
            if start in best
            and word[start:end] in _vocabulary()
            and (end - start >= _PART or word[start:end] in _JOINING)
        ]
        if ways:
            best[end] = min(ways, key=len)
    found = best.get(len(word), (word,))
    return found if len(found) <= _MOST_PARTS else (word,)


@cache
def _synonyms(element: str, name: str, title: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    words = [name, title]
    words += (word for row in _named() if row["element"] == element for word in row["words"].split("|"))
    return tuple({form: word for word in words if (form := _plain(word))}.items())


def _against(header: tuple[str, ...], target: Target) -> tuple[float, str]:
    """Return the best score of a header against the names of a variable, and the name."""
    best = (0.0, "")
    joined = "".join(header)
    for words, said in _synonyms(target.element, target.name, target.title):
        if joined == "".join(words):
            return 100.0, said
        if len("".join(words)) == 1:
            continue  # a letter is a name only by itself
        score = _overlap(header, words)
        if len(joined) > 2 * _SHORT and min(len(joined), sum(map(len, words))) > _SHORT:
            score = max(score, fuzz.ratio(joined, "".join(words), score_cutoff=_FUZZY) * 0.97)
        if score > best[0]:
            best = (score, said)
    return best


def _overlap(header: tuple[str, ...], synonym: tuple[str, ...]) -> float:
    free = list(header)
    found = asked = 0.0
    for word in synonym:
        weight = _weight(word)
        asked += weight
        match = _alike(word, free)
        if match is not None:
            found += weight
            free.remove(match)
    if not found:
        return 0.0
    left = sum(_weight(word) * (1.6 if word in header_words("other") else 1.0) for word in free)
    total = found + left
    recall, precision = found / asked, found / total
    return 97.0 * 2 * recall * precision / (recall + precision)


def _weight(word: str) -> float:
    if word in header_words("quiet"):
        return 0.15
    return 0.4 if word in header_words("weak") else 0.6 if word in header_words("other") else 1.0


def _alike(word: str, others: Sequence[str]) -> str | None:
    if word in others:
        return word
    if len(word) < _SHORT:
        return None
    for other in others:
        if len(other) > _PART and word.startswith(other) and other not in _vocabulary():
            return other  # an abbreviation
    long = [other for other in others if len(other) >= _SHORT]
    found = process.extractOne(word, long, scorer=fuzz.ratio, score_cutoff=_FUZZY)
    return found[0] if found else None


def _evidence(profile: Profile, target: Target) -> tuple[float, str]:
    """Return by how much the values speak for or against a variable, and why."""
    if profile.kind == "empty":
        return -10, "the column is empty"
    if target.element == "patient_id":
        return (-40, "values are no identifiers") if profile.kind in ("date", "number") else (0, "")
    dated = profile.kind == "date" or (profile.dates.share > 0.9 and profile.kind != "integer")
    if target.type == "date":
        return (3, "values are dates") if dated else (-45, "values are no dates")
    if dated:
        return -50, "values are dates"
    if target.type in ("integer", "number"):
        return _numeric(profile, target)
    if target.allowed:
        return _coded(profile, target)
    if target.pattern and profile.values:
        fits = sum(bool(re.fullmatch(target.pattern, value.strip(), re.I)) for value in profile.values) / len(
            profile.values
        )
        written = not all(value.strip().isdigit() for value in profile.values)
        if fits > 0.9 and written:
            return _DISTINCTIVE, "values have its form"
        if not fits and len(profile.name.strip("_ .")) == 1:
            return -30, "values do not have its form"
        return (5, "values have its form") if fits > 0.7 else (0, "")
    return (-25, "values are numbers") if profile.kind == "number" else (0, "")


def _numeric(profile: Profile, target: Target) -> tuple[float, str]:
    if profile.kind not in ("integer", "number") and not profile.book:
        return -35, "values are no numbers"
    if target.unit and profile.unit and unit_factor(profile.unit, target.unit) is None:
        return -30, f"the unit is {profile.unit}"
    if target.unit and profile.values and profile.values.keys() <= _CODED:
        return -30, "values are codes"
    if target.unit and profile.unit:
        return 3, f"the unit is {profile.unit}"
    return 0, ""


def _only_here(values: Sequence[str], target: Target) -> bool:
    """Tell whether values are written as those of one list of values only; yes and no are those of many."""
    others = [name for name in value_lists() if name != target.values]
    return bool(target.values) and not any(
        folded(value) in words_of(name) for value in values for name in others
    )


def _coded(profile: Profile, target: Target) -> tuple[float, str]:
    if profile.book:
        return 2, "the header explains its codes"
    values = [value for value in profile.values if says(value)]
    known = [value for value in values if known_value(value, target) is not None]
    if values and len(known) >= 0.6 * len(values):
        return (_DISTINCTIVE if _only_here(known, target) else 5), "its values are known"
    counted = profile.kind == "integer" and profile.distinct > 2 * len(target.allowed) + 4
    if profile.kind == "number" or counted or (not profile.values and profile.distinct > 200):
        return -30, "values are no codes"
    worded = [
        value for value in values if not value.strip().lstrip("+-").isdigit() and len(folded(value)) > 1
    ]
    return (
        (-8, "its values are not known")
        if worded and not known and folded(worded[0]) not in missing_words()
        else (0, "")
    )

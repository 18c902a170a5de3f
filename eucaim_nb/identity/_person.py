"""Everything in a person's record that would name them in a text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from ._calendar import Day, is_day
from ._fold import ALNUM, fold, variants
from ._phrases import Phrases, words_of_phrase
from ._vocabulary import eponyms, folded_cues, protocol_words

STRONG, TERM, WEAK, INITIAL, BRIDGE = 4, 3, 2, 1, 0
"""How sure a word is: a name by itself; by itself unless it stands as a medical eponym; beside another name or a
title only; an initial, which belongs to the name beside it; a particle, which joins two."""

_PARTS = re.compile(r"[^\W\d_]+(?:['’´`][^\W\d_]+)*")
_COMPONENTS = re.compile(r"[\^=\\]+")
_SHORTEST_ALONE = 3
_SHORTEST_TRUNCATED = 5
_MOST_PARTS = 7
_MOST_NAMES = 60
_MOST_KEPT = 4096
_TOWN = re.compile(r"\s*(?:[A-Z]{1,2}-)?[0-9]{2,5}[ -]?[0-9A-Z]{0,3}\s+([^\d]+)")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f]+")


@dataclass(frozen=True, slots=True)
class _Number:
    pattern: str
    digits: int


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """The words, numbers and dates of one patient and of those around them. Its text shows nothing of them."""

    words: dict[str, int]
    """Sureness by folded form."""
    wide: tuple[str, ...]
    """Names in Chinese, Japanese and Korean letters, which stand in texts without spaces around them."""
    numbers: re.Pattern[str] | None
    short_numbers: re.Pattern[str] | None
    """Numbers so short that they are only meant beside a label."""
    days: frozenset[Day]
    written_days: re.Pattern[str] | None
    """The days in digits, in any order, with or without separators."""
    phrases: Phrases
    least_digits: int
    """A text with fewer digits than this holds none of the numbers."""

    @classmethod
    def of(
        cls,
        names: Iterable[str] = (),
        ids: Iterable[str] = (),
        dates: Iterable[str] = (),
        others: Iterable[str] = (),
    ) -> "Person":
        """Gather what names a person.

        Parameters
        ----------
        names
            Values of PN, or names as people write them: of the patient, relatives and physicians.
        ids
            Patient IDs, accession numbers and the like.
        dates
            DA values that identify by themselves, such as the date of birth.
        others
            Addresses, telephone numbers, e-mail addresses, institutions: found as a whole, not word by word.
        """
        words: dict[str, int] = {}
        initials: set[str] = set()
        wide: set[str] = set()
        for name in list(dict.fromkeys(names))[:_MOST_NAMES]:
            for group in name.split("="):
                _add_name(group, words, initials, wide)
        numbers: list[_Number] = []
        short: list[_Number] = []
        phrases: set[tuple[str, ...]] = set()
        for value in ids:
            _add_number(value, numbers, short, words)
        for value in others:
            _add_other(value, numbers, short, words, phrases)
        for one in initials:
            words.setdefault(one, INITIAL)
        for one in folded_cues("particle"):
            words.setdefault(one, BRIDGE)
        days = frozenset(day for day in map(_day, dates) if day)
        return cls(
            words,
            tuple(sorted(wide, key=len, reverse=True)),
            _any_of(numbers),
            _any_of(short),
            days,
            re.compile("|".join(map(_in_digits, sorted(days)))) if days else None,
            Phrases(sorted(phrases)),
            min((one.digits for one in (*numbers, *short)), default=0),
        )

    def __repr__(self) -> str:
        return "Person(…)"


def _add_name(name: str, words: dict[str, int], initials: set[str], wide: set[str]) -> None:
    wide_parts = _WIDE.findall(name)
    wide.update(part for part in wide_parts if len(part) > 1)
    if len(wide_parts) > 1:
        wide.update(between.join(two) for two in permutations(wide_parts[:3], 2) for between in ("", " ", "\u3000"))
    parts = [part for part in _PARTS.findall(_WIDE.sub(" ", name)) if fold(part) not in folded_cues("nobody")]
    forms, shortened = _forms_of(tuple(dict.fromkeys(parts))[:_MOST_PARTS])
    for form, sure in forms.items():
        words[form] = max(sure, words.get(form, 0))
    initials |= shortened


@lru_cache(maxsize=_MOST_KEPT)
def _forms_of(parts: tuple[str, ...]) -> tuple[Mapping[str, int], frozenset[str]]:
    """Return the words of a name in all forms in which they may be met, with their sureness, and the initials.

    The physicians of a hospital stand in the files of many patients.
    """
    words: dict[str, int] = {}
    plain = []
    for part in parts:
        pieces = re.split("['’´`]", part)
        for form in variants("".join(pieces)):
            _add_word(form, words)
        for piece in pieces if len(pieces) > 1 else ():
            for form in variants(piece):
                _add_word(form, words)
        plain += [fold("".join(pieces)), *(fold(piece) for piece in pieces if 2 < len(piece) < len(part))]
    plain = [form for form in plain if form]
    _add_joined(plain, words)
    _add_beginnings([form for form, sure in words.items() if sure != WEAK], words)
    pairs = {a[0] + b[0] for a, b in permutations(plain, 2)}
    # One Cyrillic letter may be two Latin ones.
    initials = {form[0] for form in plain} | {fold(part[0]) for part in parts}
    return words, frozenset(initials | (pairs - protocol_words() - folded_cues("particle")))


def _add_beginnings(forms: Iterable[str], words: dict[str, int]) -> None:
    """Add words cut short, as fields of fixed length leave them."""
    terms, names = protocol_words(), eponyms()
    for form in forms:
        for length in range(_SHORTEST_TRUNCATED, len(form)):
            start = form[:length]
            if start not in names:
                words.setdefault(start, WEAK if start in terms else words[form])


def _add_word(form: str, words: dict[str, int]) -> None:
    if not form:
        return
    if len(form) < _SHORTEST_ALONE or form in protocol_words() or form in folded_cues("particle"):
        sure = WEAK
    else:
        sure = TERM if form in eponyms() else STRONG
    words[form] = max(sure, words.get(form, 0))


def _add_joined(plain: list[str], words: dict[str, int]) -> None:
    """Add names written without a gap: GARCIALOPEZ, JuanGarcia, jgarcia."""
    for count in (2, 3) if len(plain) < 6 else (2,):
        for several in permutations(plain, count):
            joined = "".join(several)
            if len(joined) > 4 and max(map(len, several)) > 2 and joined not in protocol_words():
                words.setdefault(joined, STRONG)
    for form in plain:  # both family names may be the same
        if len(form) > 3:
            words.setdefault(form + form, STRONG)
    for first, second in permutations(plain, 2):
        if first and len(second) > 3:
            for joined in (first[0] + second, second + first[0]):
                if joined not in protocol_words() and joined not in eponyms():
                    words.setdefault(joined, STRONG)


def _add_number(value: str, numbers: list[_Number], short: list[_Number], words: dict[str, int]) -> None:
    """Add a number: with or without leading zeros, with other separators or none."""
    pieces = ALNUM.findall(value)
    joined = "".join(pieces)
    if not any(map(str.isdigit, joined)):
        if len(joined) > 3 and fold(joined) not in protocol_words() | folded_cues("nobody"):
            _add_word(fold(joined), words)
        return
    bare = joined.lstrip("0")
    digits = sum(map(str.isdigit, bare))
    as_given = _Number(rf"(?<![^\W_]){re.escape(joined)}(?![^\W_])", sum(map(str.isdigit, joined)))
    if len(bare) < 2:
        if len(joined) > 4:
            numbers.append(as_given)
        return
    if len(bare) > 6:
        body = r"[-./ _]?".join(map(re.escape, bare))
    elif len(pieces) > 1:
        body = r"[-./ _]?".join(re.escape(piece) for piece in (pieces[0].lstrip("0"), *pieces[1:]) if piece)
    else:
        body = re.escape(bare)
    # Digits may stand against letters, as in MRN1234567; what begins or ends in letters is bounded by other letters.
    edge = r"[0-9]" if len(bare) > 5 else r"[^\W_]"
    before = edge if bare[0].isdigit() else r"[^\W_]"
    after = edge if bare[-1].isdigit() else r"[^\W_]"
    pattern = rf"(?<!{before})0*{body}(?!{after})"
    if len(bare) > 3:
        decimal = r"(?<![0-9][.,])" if bare.isdigit() and len(bare) < 7 else ""
        numbers.append(_Number(decimal + pattern, digits))
    else:
        short.append(_Number(pattern, digits))
        if len(joined) > 3:
            numbers.append(as_given)


def _add_other(
    value: str,
    numbers: list[_Number],
    short: list[_Number],
    words: dict[str, int],
    phrases: set[tuple[str, ...]],
) -> None:
    digits = "".join(each for each in value if each.isdigit())
    if "@" not in value and len(digits) > 5 and not re.search(r"[^\W\d_]{3}", value):
        _add_number(value, numbers, short, words)
        if len(digits) > 9:
            # The number as it is called inside the country, whatever stands before it.
            body = r"[-./ ()]{0,2}".join(digits[-9:])
            numbers.append(_Number(rf"(?:\+|00)?[0-9]{{0,3}}[-./ ()]{{0,2}}0?{body}(?![0-9])", 9))
        return
    parts = [value, *re.split(r"[,;\r\n\^]+", value)]
    # The town behind a postal code.
    parts += [town[1] for part in parts if (town := _TOWN.fullmatch(part))]
    for part in parts:
        pieces = words_of_phrase(part)
        joined = "".join(pieces)
        if len(pieces) == 1:
            if any(map(str.isdigit, joined)):
                if len(joined) > 4 and not joined.isdigit():
                    _add_number(joined, numbers, short, words)
            elif len(joined) > 4:
                # Folded from the value itself: a text is, and "χ" there becomes "ch".
                _add_word(fold("".join(ALNUM.findall(part))), words)
        elif len(joined) > 5 and not all(piece in protocol_words() for piece in pieces):
            phrases.add(pieces)


def _any_of(numbers: Iterable["_Number"]) -> re.Pattern[str] | None:
    ordered = sorted({one.pattern for one in numbers}, key=lambda one: (-len(one), one))
    return re.compile("|".join(f"(?:{one})" for one in ordered), re.I) if ordered else None


def _day(text: str) -> Day | None:
    digits = "".join(each for each in text if each in "0123456789")[:8]
    if len(digits) < 8:
        return None
    day = (int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    return day if is_day(*day) else None


def _in_digits(day: Day) -> str:
    year = f"(?:{day[0]:04d}|{day[0] % 100:02d})"
    loose = [rf"0?{day[1]}", rf"0?{day[2]}"]
    close = [f"{day[1]:02d}", f"{day[2]:02d}"]
    separated = [
        r"[./_ -]\s?".join(order) for month, number in (loose,) for order in _orders(year, month, number)
    ]
    joined = ["".join(order) for month, number in (close,) for order in _orders(year, month, number)]
    return rf"(?<![0-9])(?:{'|'.join(separated + joined)})(?![0-9])"


def _orders(year: str, month: str, number: str) -> tuple[tuple[str, str, str], ...]:
    return (year, month, number), (number, month, year), (month, number, year)

"""What a word announces in a text: the name behind a title, the number behind a label, the date around a month."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from ._calendar import spelled_date
from ._fold import WORD, fold
from ._found import ADDRESS, DATE, ID, NAME, PHONE, Found
from ._strangers import is_name_like
from ._towns import home
from ._vocabulary import cues, eponyms, folded_cues, months, protocol_words

_LABELLED_PHONE = re.compile(
    r"[\s.:=]{0,3}(?:n[ro]?[.º°]?\s?)?\+?[0-9(](?:[\s()./-]{0,2}[0-9]){5,14}(?![0-9])", re.I
)
_LABELLED_ID = re.compile(
    r"(?:[\s._-]{0,2}(?:id|n[ro]|num|number|nummer|numero|número|numer|numéro|αριθμός|αρ"
    r"|is|es|est|ist|è|é|je|lautet|jest|to|är)\b)?"
    r"[\s.]{0,2}[nN]?[:#=º°]?[\s]{0,2}"
    r"((?:[^\W\d_]{1,4}[-/ ]?)?"
    r"(?:[0-9]{1,4}(?:[ .][0-9]{2,4}){2,5}(?!\w)|[0-9][0-9A-Za-z]*(?:[./-][0-9A-Za-z]+){0,5}))",
    re.I,
)
_UNIT_AFTER = re.compile(r"\s?(?:mm|cm|ms|s|sec|min|hz|kv|ma|mas|ml|hu|%)\b", re.I)
_BIRTH = re.compile(
    r"[\s.:=*]{0,3}(?:(?:le|el|il|a|on|am|op|dne|at)\s)?[\s]?"
    r"([0-9]{6}|[0-9]{1,2}[./ -][0-9]{1,2}[./ -][0-9]{2,4})(?![0-9])"
)
_CAPITALISED = re.compile(r"[^\W\d_a-zß-öø-ÿα-ώа-я][^\W\d_]*+(?:['’-][^\W\d_]++)*+(?![0-9])")
_GAP = re.compile(r"\.?[ \t]{0,2}(?=[^\W\d_])|\.?[\^_]")
_GAP_IN_LIST = re.compile(r"[.,]?[ \t]{0,2}(?=[^\W\d_])|[.,]?[\^_]")
_MORE_TITLES = re.compile(
    r"\.?(?:ssa|ra)?\.?[ ]{0,2}(?:(?:(?:Prof|Dr|med|Dipl|univ|habil|dent|Ing|phil|ing)\b\.?[ ]?){1,4})?"
)
_FLAT = (
    r"(?:[ ]?[/-][ ]?[0-9]{1,4}[A-Za-z]?){0,2}"
    r"(?:,? ?(?:[0-9]{1,2}[ºª°](?: ?[A-Za-z]\b)?"
    r"|(?:m|bl|sc|ap|et|lgh|bus|dpto|piso|esc|pta|int|flat|apt)\.? ?[0-9A-Z]{1,4}\b)){0,4}"
)
_AFTER_NUMBER = r"(?!\w|[.,][0-9]|[ ]?(?:mm|cm|ms|ml|mg|%)(?!\w))"
_NUMBER_OF_HOUSE = re.compile(rf"\.? [0-9]{{1,4}}(?: ?[a-zA-Z])?{_AFTER_NUMBER}{_FLAT}")
_NUMBER_AFTER = re.compile(
    rf"[,]?[ ]?(?:(?:n[or]?|núm|num|αρ)?[.º°]{{0,2}}[ ]?)([0-9]{{1,4}}[A-Za-z]?){_AFTER_NUMBER}{_FLAT}", re.I
)
_INSIDE = re.compile(r"[^\W\d_],? \Z")
_PLACE_WITH_NUMBER = re.compile(
    rf"(?: (?:der|dem|den|die)\b)? [A-ZÄÖÜ][^\W\d_]+(?: [A-ZÄÖÜ][^\W\d_]+)?{_NUMBER_OF_HOUSE.pattern}"
)
_BLOCK_BEFORE = re.compile(r"([^\W\d_]+)[- ]\Z")
_BLOCK_AFTER = re.compile(r" ?[0-9]{1,4}(?:-(?:chome|[0-9]{1,4})){0,3}(?: ?(?:hao|ban|go))?(?!\w)")
_NUMBER_BEFORE = re.compile(r"(?<![\w.])[0-9]{1,4}[A-Za-z]?(?: (?:bis|ter|quater))?,? \Z")
_SMALL_NAME = re.compile(r"([^\W\d_]{3,40}(?: [^\W\d_]{3,40})?)(?=,? ?[0-9])")
_MOST_WORDS = 6
"""Of a name: first names, initials and particles with the family name."""
_LONGEST_WORD = 40


Find = Callable[[str, int, int], Iterator[Found]]
"""Finds what the word announces that stands in a text from one place to another."""


def announced_by(word: str) -> tuple[Find, ...]:
    """Return what may find something beside a word, given folded; for nearly all words nothing."""
    found = _cues().get(word)
    if found is not None:
        return found
    return (_street_end,) if word.endswith(_street_ends()) else ()


@cache
def _cues() -> dict[str, tuple[Find, ...]]:
    table: dict[str, tuple[Find, ...]] = {}
    for words, find in (
        (months(), _spelled),
        (folded_cues("title") | folded_cues("title."), _titled),
        (folded_cues("name"), _labelled_name),
        (folded_cues("id"), _labelled_id),
        (folded_cues("birth"), _birth),
        (folded_cues("phone"), _labelled_phone),
        (folded_cues("street"), _street),
        (folded_cues("street-last"), _street_last),
        (folded_cues("street-east"), _street_east),
        (folded_cues("street-china"), _street_east),
        (folded_cues("lives"), home),
        (folded_cues("street-at"), _street_at),
    ):
        for word in words:
            table[word] = (*table.get(word, ()), find)
    # Written with a hyphen or a slash, which parts words.
    for word, find in (("d", _titled), ("г", _titled), ("c", _street)):
        table[fold(word)] = (*(one for one in table.get(fold(word), ()) if one is not find), find)
    return table


@cache
def _street_ends() -> tuple[str, ...]:
    return tuple(folded_cues("street-end"))


def _spelled(text: str, start: int, end: int) -> Iterator[Found]:
    if one := spelled_date(text, start, end):
        yield Found(one.start, one.end, DATE, "date with a month")


def _labelled_id(text: str, start: int, end: int) -> Iterator[Found]:
    one = _LABELLED_ID.match(text, end)
    if not one or (one.start(1) == end and not text[end].isdigit()):
        return
    digits = sum(map(str.isdigit, one[1]))
    explicit = any(sign in text[end : one.start(1)] for sign in ":#=")
    if digits >= (3 if explicit else 5) and not _UNIT_AFTER.match(text, one.end()):
        yield Found(one.start(1), one.end(1), ID, "labelled number")


def _labelled_phone(text: str, start: int, end: int) -> Iterator[Found]:
    if one := _LABELLED_PHONE.match(text, end):
        begin = one.start() + next(at for at, sign in enumerate(one[0]) if sign in "+(0123456789")
        yield Found(begin, one.end(), PHONE, "labelled phone")


def _birth(text: str, start: int, end: int) -> Iterator[Found]:
    if one := _BIRTH.match(text, end):
        yield Found(one.start(1), one.end(1), DATE, "date of birth")


def _labelled_name(text: str, start: int, end: int) -> Iterator[Found]:
    at = end
    while at < len(text) and text[at] in " \t":
        at += 1
    if at < len(text) and text[at] in ":=":
        at += 1
        while at < len(text) and text[at] in " \t":
            at += 1
        last = _end_of_names(text, at, _GAP_IN_LIST)
        if last > at:
            yield Found(at, last, NAME, "labelled name")


def _titled(text: str, start: int, end: int) -> Iterator[Found]:
    stopped = end < len(text) and text[end] == "."
    word = text[start:end]
    if text[end : end + 2] in ("-р", "-н", "-ж"):
        end = min(len(text), end + (3 if text[end + 1] == "ж" else 2))
    elif not (word in cues("title") or (stopped and (word in cues("title.") or word in cues("title")))):
        return
    if start and (text[start - 1].isalnum() or text[start - 1] in "^_"):
        return
    # More titles, degrees and full stops before the name: Prof. Dr. med., Dott.ssa.
    more = _MORE_TITLES.match(text, end)
    at = more.end() if more else end
    last = _end_of_names(text, at, _GAP)
    if last <= at:
        return
    if word == "M" and fold(text[at:last].split()[0]) in eponyms():
        return  # Morbus
    yield Found(start, last, NAME, "title")


def _end_of_names(text: str, at: int, gaps: re.Pattern[str]) -> int:
    """Return where the capitalised words end that begin at a place and are not the words of protocols."""
    last, names = at, 0
    for _ in range(_MOST_WORDS):
        if one := _CAPITALISED.match(text, at):
            if len(one[0]) == 1:  # an initial, which counts beside a name only
                if names:
                    last = one.end() + text.startswith(".", one.end())
            elif _is_no_name(one[0]) or (one[0] in cues("title") and not names):
                break
            else:
                last, names = one.end(), names + 1
        elif not (one := WORD.match(text, at)) or fold(one[0]) not in folded_cues("particle"):
            break
        gap = gaps.match(text, one.end())
        if not gap:
            break
        at = gap.end()
    return last


def _is_no_name(word: str) -> bool:
    form = fold(word)
    return form in protocol_words() and form not in months()


def _street(text: str, start: int, end: int) -> Iterator[Found]:
    """Find `Calle Serrano 12` and `12, rue Pasteur`: the kind of street, capitalised words, and a number."""
    word = text[start:end]
    if word in ("c", "C"):
        if text[end : end + 1] != "/":
            return
        end += 1
    elif len(word) < 4 and word.lower() != "via" and text[end : end + 1] not in (".", " "):
        return
    at = end
    while at < len(text) and text[at] in ". ":
        at += 1
    last = _end_of_names_of_places(text, at)
    if last == at and text[start].isupper() and (one := _SMALL_NAME.match(text, at)) and not _is_protocol(one[1]):
        last = one.end(1)  # Ulica bukova 4
    if last == at or (word == "via" and _is_protocol(text[at:last])):
        return
    if one := _NUMBER_AFTER.match(text, last):
        yield Found(start, one.end(), ADDRESS, "street")
    elif one := _NUMBER_BEFORE.search(text, max(0, start - 12), start):
        yield Found(one.start(), last, ADDRESS, "street")


def _end_of_names_of_places(text: str, at: int) -> int:
    last = at
    for _ in range(6):
        one = _CAPITALISED.match(text, at)
        if (
            one
            and len(one[0]) > 1
            and (fold(one[0]) not in protocol_words() or last > at or one[0].istitle())
        ):
            last = at = one.end()
        elif (one := WORD.match(text, at)) and fold(one[0]) in folded_cues("particle"):
            at = one.end()
        else:
            break
        if text[at : at + 1] == "'":
            at += 1
        while at < len(text) and text[at] == " ":
            at += 1
    return last


def _street_at(text: str, start: int, end: int) -> Iterator[Found]:
    """Find `Am Bach 3`: a preposition with a capital inside a sentence, names, and a number."""
    if not text[start].isupper() or text[start + 1].isupper() or not _INSIDE.search(text, max(0, start - 4), start):
        return
    one = _PLACE_WITH_NUMBER.match(text, end)
    if one and all(
        is_name_like(word) for word in WORD.findall(one[0]) if word[0].isupper() and len(word) > 2
    ):
        yield Found(start, one.end(), ADDRESS, "street")


def _is_protocol(words: str) -> bool:
    return all(fold(word) in protocol_words() for word in WORD.findall(words))


def _street_east(text: str, start: int, end: int) -> Iterator[Found]:
    """Find `Aoba-cho 3-12-1` and `Renmin Lu 25`: names, the kind of street or quarter, and numbers."""
    head = _BLOCK_BEFORE.search(text, max(0, start - _LONGEST_WORD), start)
    number = _BLOCK_AFTER.match(text, end)
    if head and number and head[1][0].isupper() and fold(head[1]) not in protocol_words():
        hyphen = text[start - 1] == "-"
        if hyphen or text[start].isupper():
            yield Found(head.start(), number.end(), ADDRESS, "street")


def _street_last(text: str, start: int, end: int) -> Iterator[Found]:
    """Find `12 Baker Street`: a number, capitalised words, and the kind of street."""
    if not text[start].isupper() or not start or text[start - 1] != " ":
        return
    begin, words = start - 1, 0
    while words < 3:
        head = text[max(0, begin - _LONGEST_WORD) : begin].rpartition(" ")[2]
        if not _CAPITALISED.fullmatch(head) or len(head) < 2 or fold(head) in protocol_words():
            break
        begin -= len(head) + 1
        words += 1
        if one := _NUMBER_BEFORE.search(text, max(0, begin - 7), begin + 1):
            yield Found(one.start(), end, ADDRESS, "street")
            return


def _street_end(text: str, start: int, end: int) -> Iterator[Found]:
    """Find `Lindenstraße 5`: one word that ends like a street, and a number."""
    word = text[start:end]
    if word[0].islower():
        # Stora torget 3
        head = _BLOCK_BEFORE.search(text, max(0, start - _LONGEST_WORD), start)
        if not head or not head[1][0].isupper() or len(head[1]) < 3 or text[start - 1] != " ":
            return
        start = head.start()
    elif (word.isupper() and len(word) < 9) or fold(word) in protocol_words():
        return
    elif fold(word) in _street_ends() and (
        head := _BLOCK_BEFORE.search(text, max(0, start - _LONGEST_WORD), start)
    ):
        start = head.start() if head[1][0].isupper() and text[start - 1] == " " else start  # Nieuwe Gracht 8
    if one := _NUMBER_OF_HOUSE.match(text, end):
        yield Found(start, one.end(), ADDRESS, "street")

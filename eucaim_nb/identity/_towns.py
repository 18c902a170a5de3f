"""Towns in a text, told by the postal code before them or by the word for living there."""

import re
from collections.abc import Iterator

from ._fold import WORD, fold
from ._found import ADDRESS, Found
from ._strangers import is_name_like
from ._vocabulary import folded_cues

_CODE = re.compile(
    r"(?<![\w.,/:-])(?:"
    r"(?:[A-Z]{1,3}-)[0-9]{4,6}|[A-Z]{1,2}-[0-9]{3} [0-9]{2}|(?P<sure>[0-9]{2}-[0-9]{3}|[0-9]{4}-[0-9]{3})"
    r"|(?P<nl>[0-9]{4} ?[A-Z]{2})|(?P<spaced>[0-9]{3} [0-9]{2})|(?P<bare>[0-9]{5,6})|(?P<short>[0-9]{4})"
    r"|〒?(?P<jp>[0-9]{3}-[0-9]{4}))(?=$|[\s,.;)])"
)
_TOWN = re.compile(r"[ ]{1,2}([^\W\d_a-zß-öø-ÿα-ώа-я][^\W\d_]+)")
_MORE = re.compile(
    r"(?:[ -](?:(?:de|del|della|di|da|do|dos|du|la|le|las|los|les|sur|sous|en|am|an|der|im|ob|aan|den|op|nad|upon"
    r"|l|d|i|y|e)[ '’-]){0,3}"
    r"|[ -])([^\W\d_a-zß-öø-ÿα-ώа-я][^\W\d_]+)"
)
_CONTEXT = re.compile(
    r"(?:[,;(]|(?:^|\s)(?:in|en|a|à|din|z|w|we|te|i|de|da|em|from|aus|στη|στην|στο|från|à|plz|cp|cap|ap|tk|τκ|postcode|postal|kod|code)[.:]?)\s?\Z",
    re.I,
)
_POST_LABEL = re.compile(
    r"(?:\b(?:plz|c\.?p|c\.?a\.?p|τ\.?κ|postcode|postal|postnr|postnummer)\.?:?|〒)\s?\Z", re.I
)
_LOOK_BACK = 16
_NEVER_IN_CODES = ("SA", "SD", "SS", "MM", "MA", "KV", "HU", "MS", "CM")
_STREET_BEFORE = re.compile(r"[0-9][0-9A-Za-z/-]{0,5},? \Z")


def towns(text: str) -> Iterator[Found]:
    """Find postal codes with the town behind them."""
    for one in _CODE.finditer(text):
        town = _TOWN.match(text, one.end())
        before = text[max(0, one.start() - _LOOK_BACK) : one.start()]
        if one["jp"]:
            if "〒" in before or _CONTEXT.search(before) or (town and is_name_like(town[1])):
                yield Found(one.start(), _end(text, town) if town else one.end(), ADDRESS, "postal code")
            continue
        if _POST_LABEL.search(before) and not one["short"]:
            yield Found(one.start(), _end(text, town) if town else one.end(), ADDRESS, "postal code")
            continue
        if not town or not _is_town(town[1]):
            continue
        if one["short"] and not _STREET_BEFORE.search(before):
            continue  # four digits alone are a year as well
        if one["spaced"] and before[-2:-1].isdigit():
            continue
        if one["nl"] and one["nl"][-2:] in _NEVER_IN_CODES:
            continue
        yield Found(one.start(), _end(text, town), ADDRESS, "town")


def _is_town(word: str) -> bool:
    return len(word) > 2 and (not word.isupper() or len(word) > 4) and is_name_like(word)


def _end(text: str, town: re.Match[str]) -> int:
    end = town.end()
    for _ in range(3):
        more = _MORE.match(text, end)
        if not more or not is_name_like(more[1]):
            break
        end = more.end()
    return end


def home(text: str, start: int, end: int) -> Iterator[Found]:
    """Find where somebody lives, behind the word for living: `wohnhaft in Neustadt`."""
    at = end
    for _ in range(5):
        while at < len(text) and text[at] in " .,:":
            at += 1
        word = WORD.match(text, at)
        if not word:
            return
        if text[at].isupper():
            break
        if fold(word[0]) not in folded_cues("lives-at") and fold(word[0]) not in folded_cues("lives"):
            return
        at = word.end()
    else:
        return
    town = _TOWN.match(text, at - 1) if at and text[at - 1] == " " else None
    if town and _is_town(town[1]):
        last = _end(text, town)
        if number := _HOUSE.match(text, last):
            last = number.end()
        yield Found(at, last, ADDRESS, "home")


_HOUSE = re.compile(r",? [0-9]{1,4}[ ]?[A-Za-z]?(?:[/-][0-9A-Za-z]{1,4}){0,2}(?![\w]|[.,][0-9])")

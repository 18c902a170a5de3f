"""Names in Chinese and Japanese script, where nothing like a capital tells them: by the words beside them."""

import re
from collections.abc import Iterator
from functools import cache

from ._found import NAME, Found
from ._vocabulary import chinese_names, cues

_HAN = "\u3400-\u9fff\uf900-\ufaff々"
_KATAKANA = "\u30a1-\u30ff"
_EAST = re.compile(rf"[{_HAN}{_KATAKANA}]")
_ILLNESS = re.compile("[癌症炎病腫瘤肿術术痛血节節]")
_END = r"(?=[\s，。、,.;；：:（）()0-9]|さん|様|に|が|と|へ|を|は|の|电话|電話|陪同|签字|$)"


def eastern(text: str) -> Iterator[Found]:
    """Find names before a title (`佐藤先生`, `王医生`) and behind a word of kinship or a label (`妻：山田花子`)."""
    if text.isascii() or not _EAST.search(text):
        return
    for pattern in _patterns():
        for one in pattern.finditer(text):
            if one["name"] not in cues("east-nobody") and not _ILLNESS.search(one["name"]):
                yield Found(*one.span("name"), NAME, "name beside an eastern word")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    chinese, kin = _any(chinese_names()), _any(cues("east-kin"))
    japanese = rf"[{_HAN}{_KATAKANA}]{{1,4}}?(?:[ \u3000・][{_HAN}{_KATAKANA}]{{1,4}}?)?"
    return (
        re.compile(rf"(?:(?:{kin})の?)?(?P<name>{japanese})[ \u3000]?(?=(?:{_any(cues('east-honorific'))}))"),
        re.compile(rf"(?P<name>(?:{chinese})[{_HAN}]{{0,2}}?)(?=(?:{_any(cues('east-title'))}))"),
        re.compile(
            rf"(?:{kin})(?:[の为是：:，,、（( \u3000]){{1,3}}"
            rf"(?P<name>[{_HAN}]{{1,5}}?(?:[ \u3000・][{_HAN}]{{1,3}})?|[{_KATAKANA}・]{{2,12}}){_END}"
        ),
        re.compile(rf"(?:{kin})(?P<name>(?:{chinese})[{_HAN}]{{1,2}}?){_END}"),
    )


def _any(words: frozenset[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))

"""Addresses, institutions and the like, which are found in a text as a whole."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from ._fold import ALNUM, fold


class Phrases:
    """Phrases to look for, with any separators between their words, or none.

    Parameters
    ----------
    phrases
        The words of each, as `words_of_phrase` gives them.
    """

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self._phrases = tuple(phrases)
        self._joined = tuple(map("".join, self._phrases))

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """Find the phrases; what is matched is `level(text)`."""
        here = level(text)
        letters = "".join(ALNUM.findall(here))
        # Few texts hold one, and a pattern takes longer to make than many texts to look through.
        if any(one in letters for one in self._joined):
            yield from self._pattern.finditer(here)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        ways = (r"[\W_]{0,3}".join(map(re.escape, words)) for words in self._phrases)
        longest_first = "|".join(sorted(ways, key=len, reverse=True))
        return re.compile(rf"(?<![^\W_])(?:{longest_first})(?![^\W_])")


def words_of_phrase(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a phrase as they are looked for."""
    return tuple(ALNUM.findall(level(text)))


def level(text: str) -> str:
    """Return a text in lower case without accents, letter by letter, so that every place stays where it is."""
    if text.isascii():
        return text.lower()
    return "".join((fold(one) or one)[0] for one in text)

"""One written form for a word, whatever its accents, case and alphabet."""

import re
import unicodedata
from functools import lru_cache
from itertools import product

WORD = re.compile(r"[^\W\d_]+")
"""A word: letters of any alphabet, without digits and signs."""
ALNUM = re.compile(r"[^\W_]+")
"""A run of letters and digits."""

_LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h", "ŋ": "ng", "ĸ": "k",
    # Greek, ELOT 743
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
    # Cyrillic, as in passports
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i",
    "ђ": "dj", "є": "ie", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ґ": "g",
}  # fmt: skip
_PAIRS = {
    "ου": "ou",
    "αυ": "av",
    "ευ": "ev",
    "ηυ": "iv",
    "γγ": "ng",
    "γξ": "nx",
    "γχ": "nch",
    "μπ": "b",
    "ντ": "nt",
}
_OTHERWISE = {
    "ä": ("ae",), "ö": ("oe",), "ü": ("ue",), "å": ("aa",), "ø": ("oe",), "æ": ("a",), "ñ": ("ny", "gn"),
    "β": ("b",), "η": ("e",), "υ": ("u",), "χ": ("h", "kh"), "ξ": ("ks",), "φ": ("ph",), "γ": ("gh",), "μπ": ("mp",),
    "ντ": ("d", "nd"), "ου": ("u",), "αυ": ("af", "au"), "ευ": ("ef", "eu"), "γγ": ("gg",), "κ": ("c",),
    "ж": ("j", "z"), "х": ("h", "ch"), "ц": ("c", "tz"), "щ": ("sht", "sch"), "ъ": ("a",), "ю": ("iu", "ju"),
    "я": ("ia", "ja"), "ч": ("c", "tch"), "ш": ("s", "sch"), "й": ("y", "j"), "у": ("ou",), "г": ("h",), "ы": ("i",),
}  # fmt: skip
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
_MOST_VARIANTS = 24


def fold(word: str) -> str:
    """Return a word in lower-case Latin letters without accents: `MÜLLER` and `Müller` are both `muller`."""
    return word.lower() if word.isascii() else _fold_other(word)


def variants(word: str) -> frozenset[str]:
    """Return the folded forms in which the same word may be met: `Müller` also as `mueller`, `Βασίλης` as `basilis`."""
    plain = fold(word)
    found = {plain}
    if word.isascii():
        for digraph, letter in _DIGRAPHS:
            if digraph in plain:
                found.add(plain.replace(digraph, letter))
        return frozenset(found)
    choices = [
        (_latin(unit), *_OTHERWISE.get(unit, ()))
        for unit in _units(unicodedata.normalize("NFC", word.casefold()))
    ]
    for number, spelling in enumerate(product(*choices)):
        if number == _MOST_VARIANTS:
            break
        found.add("".join(spelling))
    # All second choices at once, which is how German and Danish write without their letters.
    found.add("".join(choice[1] if len(choice) > 1 else choice[0] for choice in choices))
    return frozenset(found)


@lru_cache(maxsize=16384)
def _fold_other(word: str) -> str:
    return "".join(_latin(unit) for unit in _units(unicodedata.normalize("NFKC", word.casefold())))


def _units(word: str) -> list[str]:
    """Split a word into letters, and the pairs of Greek letters that are one sound."""
    units, at = [], 0
    bare = _bare(word)
    paired = len(bare) == len(word)
    while at < len(word):
        pair = bare[at : at + 2] if paired else ""
        if pair in _PAIRS and word[at : at + 2].find("ϊ") < 0 and word[at : at + 2].find("ϋ") < 0:
            units.append(pair)
            at += 2
        else:
            units.append(word[at])
            at += 1
    return units


def _latin(unit: str) -> str:
    if unit in _PAIRS:
        return _PAIRS[unit]
    return "".join(_LETTERS.get(letter, letter) for letter in _bare(unit))


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    if decomposed == word:
        return word
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))

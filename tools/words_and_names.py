"""Write eucaim_nb/reference/everyday_words.txt and person_names.txt, by which a word is told from a stranger's name.

The words come from the package wordfreq, the names from Faker; nothing is downloaded by this script. Run it again when
a language is added:

    pip install wordfreq==3.1.1 faker==40.63.0
    python tools/words_and_names.py
"""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from wordfreq import iter_wordlist

from eucaim_nb.identity import fold
from eucaim_nb.identity._fold import WORD

REFERENCE = Path(__file__).parent.parent / "eucaim_nb" / "reference"
LANGUAGES = (
    "bg", "ca", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "lt", "lv", "nb", "nl", "pl", "pt", "ro",
    "sh", "sk", "sl", "sv",
)  # fmt: skip
MOST = 3000
MOST_GERMAN = 30_000
"""German writes every noun with a capital, so that more of its words must be known."""
LOCALES = (
    "bg_BG", "cs_CZ", "da_DK", "de_AT", "de_CH", "de_DE", "de_LU", "el_GR", "en_GB", "en_IE", "en_US", "es_AR", "es_CO",
    "es_ES", "es_MX", "et_EE", "fi_FI", "fr_BE", "fr_CH", "fr_FR", "hr_HR", "hu_HU", "it_IT", "lt_LT", "lv_LV", "nl_BE",
    "nl_NL", "no_NO", "pl_PL", "pt_BR", "pt_PT", "ro_RO", "ru_RU", "sk_SK", "sl_SI", "sv_SE", "tr_TR", "uk_UA",
)  # fmt: skip
CHINESE = "zh_CN"
WIDTH = 120


def words_of(language: str) -> list[str]:
    """Return the most frequent words of a language, folded, the most frequent first."""
    most = MOST_GERMAN if language == "de" else MOST
    plain = (fold(word) for word in iter_wordlist(language, "small") if WORD.fullmatch(word))
    return list(islice(dict.fromkeys(word for word in plain if len(word) > 1 and word.isascii()), most))


def names_of(locale: str, kind: str) -> Iterator[str]:
    """Return the given (`first`) or family (`last`) names of a locale, as they are written."""
    provider = import_module(f"faker.providers.person.{locale}").Provider
    for attribute in dir(provider):
        names = getattr(provider, attribute)
        if attribute.startswith(f"{kind}_name") and "romanized" not in attribute and not callable(names):
            yield from (name for name in names if isinstance(name, str))


def wrapped(words: list[str]) -> str:
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) >= WIDTH:
            lines.append(line)
            line = ""
        line += f" {word}" if line else word
    return "\n".join([*lines, line])


def main() -> None:
    text = f"""# Frequent words of the languages of Europe, folded (lower case, no accents, Latin letters), the most
# frequent first. Taken from wordfreq {version("wordfreq")} (https://github.com/rspeer/wordfreq), whose data may be
# redistributed under CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/), as may
# this file; NOTICE names its sources. Made by tools/words_and_names.py: the first {MOST} of each language,
# {MOST_GERMAN} of German.
"""
    for language in LANGUAGES:
        text += f"\n[{language}]\n{wrapped(words_of(language))}\n"
    (REFERENCE / "everyday_words.txt").write_text(text, encoding="utf-8", newline="\n")
    text = f"""# Given and family names of Europe, folded (lower case, no accents, Latin letters), and Chinese family
# names. Taken from Faker {version("faker")} (https://github.com/joke2k/faker), MIT licence, Copyright (c) 2012 Daniele
# Faraglia. Made by tools/words_and_names.py.
"""
    for section, kind in (("given", "first"), ("family", "last")):
        names = {
            fold(part) for locale in LOCALES for name in names_of(locale, kind) for part in WORD.findall(name)
        }
        kept = sorted(name for name in names if len(name) > 2 and name.isascii())
        text += f"\n[{section}]\n{wrapped(kept)}\n"
    text += f"\n[chinese]\n{wrapped(sorted(set(names_of(CHINESE, 'last'))))}\n"
    (REFERENCE / "person_names.txt").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

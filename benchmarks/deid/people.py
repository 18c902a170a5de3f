"""Invented patients with everything a hospital knows about them, in their own language and character set."""

from __future__ import annotations

import random
import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

SEED = 20261120
LANGUAGES = ("es", "it", "de", "el", "pl", "ja", "zh")
HELD_OUT = ("fr", "nl", "pt", "sv", "ro")
SECOND = ("cs", "da", "hu", "fi", "hr")
CORPORA = {
    "tuned": (LANGUAGES, SEED, 8),
    "held_out": (HELD_OUT, SEED + 1, 8),
    "held_out_second": (SECOND, SEED + 2, 10),
}
"""Languages, seed and number of patients of each corpus."""


@dataclass(frozen=True)
class Person:
    """One invented patient.

    `latin` is (family, given) in Latin letters, for pixels, headers and file names that know no other script.
    `id` is written with leading zeros for every third patient; `id_text` is how people type it.
    """

    index: int
    language: str
    charset: str
    family: str
    given: str
    latin: tuple[str, str]
    sex: str
    birth: date
    id: str
    national: str
    first_study: date
    age: str
    words: dict[str, Any]
    root: str

    @property
    def id_text(self) -> str:
        return self.id.lstrip("0")

    @property
    def person_name(self) -> str:
        """Value of Patient's Name (PN), with an ideographic group where the script needs one."""
        latin = f"{self.latin[0]}^{self.latin[1]}"
        native = f"{self.family}^{self.given}"
        return f"{latin}={native}" if self.language in {"ja", "zh"} else native

    @property
    def name_words(self) -> tuple[str, ...]:
        """Words of the name that must be nowhere: in its own script, and in Latin letters."""
        return tuple(dict.fromkeys(words(f"{self.family} {self.given} {' '.join(self.latin)}")))

    @property
    def ascii_id(self) -> str:
        """Family name as a keyboard without accents gives it, in capitals."""
        return plain(self.latin[0]).upper()

    def __getitem__(self, key: str) -> Any:
        return self.words[key]

    def phrase(self, kind: str, turn: int) -> str:
        """One of the sentences of a kind, which take turns where a language has several."""
        several = self.words.get("comments" if kind == "comment" else "histories") or [self.words[kind]]
        return str(several[turn % len(several)])

    def uid(self, *parts: object) -> str:
        """UID below a root that carries the patient's number, as some systems make them."""
        chance = random.Random(f"{self.root} {parts}")
        return f"{self.root}.{chance.randint(1, 10**9)}.{chance.randint(1, 10**9)}"

    def chance(self, *parts: object) -> random.Random:
        return random.Random(f"{self.root} {parts}")

    def long_date(self, on: date) -> str:
        month = self.words["months"][on.month - 1]
        return str(self.words["long_date"]).format(d=on.day, m=month, y=on.year)


@cache
def languages() -> dict[str, dict[str, Any]]:
    """The blocks of people.toml."""
    return tomllib.loads(Path(__file__).with_name("people.toml").read_text(encoding="utf-8"))


def person(seed: int, index: int, chosen: tuple[str, ...] = LANGUAGES) -> Person:
    """Patient number `index` of the corpus made from `seed`; languages take turns."""
    language = chosen[index % len(chosen)]
    block = languages()[language]
    chance = random.Random(f"{seed} {index} {language}")
    turn = index // len(chosen)
    number = turn % len(block["people"])
    family, given, sex = block["people"][number]
    if turn >= len(block["people"]):
        family += f" {_extra(chance)}"
    latin_names = block.get("latin")
    latin = tuple(latin_names[number]) if latin_names else (family, given)
    old = index % 4 == 3
    first_study = date(2021, 1, 4) + timedelta(days=chance.randint(0, 1100))
    while first_study.day == 1:
        first_study += timedelta(days=1)
    birth = date(first_study.year - (93 if old else chance.randint(41, 79)), chance.randint(1, 12), 17)
    years = first_study.year - birth.year - ((first_study.month, first_study.day) < (birth.month, birth.day))
    digits = str(chance.randint(4_100_000, 9_899_999))
    patient_id = f"00{digits}" if index % 3 == 0 else digits
    return Person(
        index=index,
        language=language,
        charset=block["charset"],
        family=family,
        given=given,
        latin=(latin[0], latin[1]),
        sex=sex,
        birth=birth,
        id=patient_id,
        national=NATIONAL[language](birth, sex, chance) if language in NATIONAL else "",
        first_study=first_study,
        age=f"{years:03}Y",
        words=_of_one(block, index),
        root=f"1.2.826.0.1.3680043.10.1457.{digits}.{first_study:%Y%m%d}",
    )


def _of_one(block: dict[str, Any], index: int) -> dict[str, Any]:
    """A block with one of its strangers, the first where it has no other."""
    return block | {"other": block["others"][index % len(block["others"])]} if "others" in block else block


def plain(text: str) -> str:
    """Text without accents, as ASCII keyboards give it."""
    text = text.replace("ß", "ss").replace("Ł", "L").replace("ł", "l").replace("ø", "o").replace("æ", "ae")
    text = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a name that identify: particles and initials are left out."""
    parts = text.replace("-", " ").replace("'", " ").replace("^", " ").replace("=", " ").split()
    particles = {"van", "der", "den"}
    return [part for part in parts if not part.isascii() or (len(part) > 2 and part not in particles)]


def _extra(chance: random.Random) -> str:
    """A made-up second family name, when a language runs out of people."""
    return "".join(chance.choice(pair) for pair in ("BVTK", "aeo", "lrn", "uio", "vzg", "aeo", "nsk")).title()


def _luhn(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def _weighted(digits: str, weights: str | list[int]) -> int:
    return sum(int(digit) * int(weight) for digit, weight in zip(digits, weights, strict=True))


def _dni(birth: date, sex: str, chance: random.Random) -> str:
    number = chance.randint(10_000_000, 79_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def _codice_fiscale(birth: date, sex: str, chance: random.Random) -> str:
    letters = "".join(chance.choice("BCDFGLMNPRSTVZ") for _ in range(6))
    day = birth.day + (40 if sex == "F" else 0)
    body = f"{letters}{birth:%y}{'ABCDEHLMPRST'[birth.month - 1]}{day:02}F{chance.randint(100, 999)}"
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    total = 0
    for place, letter in enumerate(body, start=1):
        value = int(letter) if letter.isdigit() else ord(letter) - 65
        total += odd[value] if place % 2 else value
    return body + chr(65 + total % 26)


def _steuer_id(birth: date, sex: str, chance: random.Random) -> str:
    digits = chance.sample(range(10), 10)
    digits[0] = digits[0] or digits[9]
    digits[9] = digits[3]
    product = 10
    for digit in digits:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return "".join(map(str, digits)) + str((11 - product) % 10)


def _amka(birth: date, sex: str, chance: random.Random) -> str:
    body = f"{birth:%d%m%y}{chance.randint(1000, 9999)}"
    return f"{body}{_luhn(body)}"


def _pesel(birth: date, sex: str, chance: random.Random) -> str:
    body = f"{birth:%y%m%d}{chance.randint(1000, 9999)}"
    return f"{body}{-_weighted(body, '1379137913') % 10}"


def _resident_id(birth: date, sex: str, chance: random.Random) -> str:
    body = f"4403{chance.randint(10, 99)}{birth:%Y%m%d}{chance.randint(100, 999)}"
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    return body + "10X98765432"[_weighted(body, weights) % 11]


def _nir(birth: date, sex: str, chance: random.Random) -> str:
    body = f"{1 if sex == 'M' else 2}{birth:%y%m}{chance.randint(10, 95)}{chance.randint(100, 999)}"
    body += f"{chance.randint(100, 999)}"
    return f"{body}{97 - int(body) % 97:02}"


def _bsn(birth: date, sex: str, chance: random.Random) -> str:
    while True:
        body = str(chance.randint(10_000_000, 29_999_999))
        check = _weighted(body, "98765432") % 11
        if check < 10:
            return f"{body}{check}"


def _nif(birth: date, sex: str, chance: random.Random) -> str:
    body = str(chance.randint(20_000_000, 29_999_999))
    check = 11 - _weighted(body, "98765432") % 11
    return f"{body}{check if check < 10 else 0}"


def _personnummer(birth: date, sex: str, chance: random.Random) -> str:
    body = f"{birth:%y%m%d}{chance.randint(100, 989)}"
    return f"{birth:%y%m%d}-{body[6:]}{_luhn(body)}"


def _cnp(birth: date, sex: str, chance: random.Random) -> str:
    body = f"{1 if sex == 'M' else 2}{birth:%y%m%d}{chance.randint(10, 46)}{chance.randint(100, 999)}"
    check = _weighted(body, "279146358279") % 11
    return f"{body}{check if check < 10 else 1}"


def _rodne_cislo(birth: date, sex: str, chance: random.Random) -> str:
    while True:
        number = int(f"{birth:%y}{birth.month + (50 if sex == 'F' else 0):02}{birth:%d}{chance.randint(100, 999)}")
        check = number % 11
        if check < 10:
            return f"{number // 1000:06}/{number % 1000:03}{check}"


def _cpr(birth: date, sex: str, chance: random.Random) -> str:
    return f"{birth:%d%m%y}-{chance.randint(1000, 3999)}"


def _taj(birth: date, sex: str, chance: random.Random) -> str:
    body = str(chance.randint(10_000_000, 99_999_999))
    number = f"{body}{_weighted(body, '37373737') % 10}"
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _hetu(birth: date, sex: str, chance: random.Random) -> str:
    number = chance.randint(2, 899)
    return f"{birth:%d%m%y}-{number:03}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(f'{birth:%d%m%y}{number:03}') % 31]}"


def _oib(birth: date, sex: str, chance: random.Random) -> str:
    digits = str(chance.randint(1_000_000_000, 9_999_999_999))
    rest = 10
    for digit in digits:
        rest = ((int(digit) + rest) % 10 or 10) * 2 % 11
    return f"{digits}{(11 - rest) % 10}"


NATIONAL = {
    "cs": _rodne_cislo,
    "da": _cpr,
    "hu": _taj,
    "fi": _hetu,
    "hr": _oib,
    "es": _dni,
    "it": _codice_fiscale,
    "de": _steuer_id,
    "el": _amka,
    "pl": _pesel,
    "zh": _resident_id,
    "fr": _nir,
    "nl": _bsn,
    "pt": _nif,
    "sv": _personnummer,
    "ro": _cnp,
}

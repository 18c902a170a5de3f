"""National numbers of persons in Europe, told by their own check digits and the dates inside them.

The rules are the public ones of the issuing authorities. A number of few digits and one check digit also
arises by chance (one in eleven), so those without a date inside are only looked for beside a label.
"""

import re
from collections.abc import Callable, Sequence

from ._calendar import is_day

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_PPS = "WABCDEFGHIJKLMNOPQRSTUV"
_HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CF_ODD_DIGITS = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_CF_ODD_LETTERS = (*_CF_ODD_DIGITS, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_CF_ODD = {
    **dict(zip("0123456789", _CF_ODD_DIGITS, strict=True)),
    **dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _CF_ODD_LETTERS, strict=True)),
}
_VERHOEFF_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_P = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def national_number(digits: str) -> str:
    """Return which country's number a run of digits is, told by date and check digits together; '' if none's."""
    for name, test in _BY_LENGTH.get(len(digits), ()):
        if test(digits):
            return name
    return ""


def hyphenated_number(digits: str) -> str:
    """Return which country's number ten digits are that are written in six and four; '' if none's.

    The hyphen tells more than the check digit: Denmark gives out numbers with any.
    """
    if _sweden(digits):
        return "se.personnummer"
    return "dk.cpr" if _date_inside(digits[4:6], digits[2:4], digits[:2]) else ""


def lettered_number(text: str) -> str:
    """Return which country's number an upper-case word of letters and digits is; '' if none's."""
    plain = text.replace("-", "").replace(" ", "").replace(".", "")
    for name, shape, test in _LETTERED:
        if shape.fullmatch(plain) and test(plain):
            return name
    return ""


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _date_inside(year: str, month: str, day: str, century: int | None = None) -> bool:
    centuries = (1800, 1900, 2000) if century is None else (century,)
    return any(is_day(each + int(year), int(month), int(day)) for each in centuries)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _verhoeff(digits: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF_D[check][int(_VERHOEFF_P[place % 8][int(digit)])])
    return check == 0


def _bulgaria(digits: str) -> bool:
    month = int(digits[2:4])
    century = 1800 if month > 20 and month < 40 else 2000 if month > 40 else 1900
    return _date_inside(digits[:2], str(month % 20), digits[4:6], century) and (
        _weighted(digits, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(digits[9])
    )


def _czech(digits: str) -> bool:
    return int(digits) % 11 == 0 and _date_inside(digits[:2], str(int(digits[2:4]) % 50), digits[4:6])


def _austria(digits: str) -> bool:
    check = _weighted(digits, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11
    return digits[0] != "0" and check == int(digits[3]) and _date_inside(digits[8:], digits[6:8], digits[4:6])


def _sweden(digits: str) -> bool:
    day = int(digits[4:6])
    return _luhn(digits) and _date_inside(digits[:2], digits[2:4], str(day - 60 if day > 60 else day))


def _belgium(digits: str) -> bool:
    number, check = int(digits[:9]), int(digits[9:])
    month = int(digits[2:4]) % 20
    return check in (97 - number % 97, 97 - (2_000_000_000 + number) % 97) and (
        month == 0 or _date_inside(digits[:2], str(month), digits[4:6])
    )


def _poland(digits: str) -> bool:
    month = int(digits[2:4])
    century = {0: 1900, 1: 2000, 4: 1800}.get(month // 20)
    return (
        century is not None
        and _date_inside(digits[:2], str(month % 20), digits[4:6], century)
        and _weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0
    )


def _baltic(digits: str) -> bool:
    if digits[0] not in "123456" or not _date_inside(
        digits[1:3], digits[3:5], digits[5:7], 1800 + (int(digits[0]) - 1) // 2 * 100
    ):
        return False
    check = _weighted(digits, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = _weighted(digits, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return check == int(digits[10])


def _greece(digits: str) -> bool:
    return _luhn(digits) and _date_inside(digits[4:6], digits[2:4], digits[:2])


def _hungary(digits: str) -> bool:
    if digits[0] not in "12345678" or not _date_inside(digits[1:3], digits[3:5], digits[5:7]):
        return False
    rising = _weighted(digits, range(1, 11)) % 11
    falling = _weighted(digits, range(10, 0, -1)) % 11
    return int(digits[10]) in (rising, falling)


def _norway(digits: str) -> bool:
    day = int(digits[:2])
    return (
        _date_inside(digits[4:6], digits[2:4], str(day - 40 if day > 40 else day))
        and _weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
        and _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    )


def _latvia(digits: str) -> bool:
    if digits.startswith("32"):
        return False  # the newer numbers hold no date: only beside a label
    check = (1 - _weighted(digits, (10, 5, 8, 4, 2, 1, 6, 3, 7, 9))) % 11
    return (
        digits[6] in "012" and _date_inside(digits[4:6], digits[2:4], digits[:2]) and check == int(digits[10])
    )


def _yugoslav(digits: str) -> bool:
    year = int(digits[4:7])
    check = -_weighted(digits, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return is_day(year + (1000 if year > 800 else 2000), int(digits[2:4]), int(digits[:2])) and check == int(
        digits[12]
    )


def _romania(digits: str) -> bool:
    check = _weighted(digits, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (
        digits[0] in "12345678"
        and _date_inside(digits[1:3], digits[3:5], digits[5:7])
        and int(digits[12]) == (1 if check == 10 else check)
    )


def _luxembourg(digits: str) -> bool:
    return (
        is_day(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        and _luhn(digits[:12])
        and _verhoeff(digits[:11] + digits[12])
    )


def _switzerland(digits: str) -> bool:
    return digits.startswith("756") and _weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


def _france(digits: str) -> bool:
    return (
        digits[0] in "1234"
        and (1 <= int(digits[3:5]) <= 12 or 20 <= int(digits[3:5]) <= 42)
        and (97 - int(digits[:13]) % 97 == int(digits[13:]))
    )


def _corsica(text: str) -> bool:
    place = {"2A": "19", "2B": "18"}[text[5:7]]
    return _france(text[:5] + place + text[7:])


def _spain(text: str) -> bool:
    number = text[:-1]
    if number[0] in "XYZ":
        number = str("XYZ".index(number[0])) + number[1:]
    return _DNI[int(number) % 23] == text[-1]


def _ireland(text: str) -> bool:
    total = _weighted(text, (8, 7, 6, 5, 4, 3, 2)) + (
        9 * (ord(text[8]) - 64) if len(text) == 9 and text[8] != "W" else 0
    )
    return _PPS[total % 23] == text[7]


def _italy(text: str) -> bool:
    total = sum(
        _CF_ODD[each] if place % 2 == 0 else (int(each) if each.isdigit() else ord(each) - 65)
        for place, each in enumerate(text[:15])
    )
    return chr(65 + total % 26) == text[15]


def _finland(text: str) -> bool:
    digits = text[:6] + text[-4:-1]
    return _HETU[int(digits) % 31] == text[-1] and _date_inside(text[4:6], text[2:4], text[:2])


_Test = Callable[[str], bool]
_BY_LENGTH: dict[int, tuple[tuple[str, _Test], ...]] = {
    10: (("bg.egn", _bulgaria), ("cz.rc", _czech), ("at.vnr", _austria)),
    11: (
        ("be.nn", _belgium), ("pl.pesel", _poland), ("ee.ik", _baltic), ("gr.amka", _greece),
        ("hu.szemelyi", _hungary), ("no.fodselsnummer", _norway), ("lv.pk", _latvia),
    ),
    12: (("se.personnummer", lambda digits: digits[:2] in ("19", "20") and _sweden(digits[2:])),),
    13: (("si.emso", _yugoslav), ("ro.cnp", _romania), ("lu.matricule", _luxembourg), ("ch.ahv", _switzerland)),
    15: (("fr.nir", _france),),
}  # fmt: skip
_LETTERED: tuple[tuple[str, re.Pattern[str], _Test], ...] = (
    ("es.dni", re.compile(r"[0-9XYZ][0-9]{7}[A-Z]"), _spain),
    ("ie.pps", re.compile(r"[0-9]{7}[A-W][A-IW]?"), _ireland),
    (
        "it.codicefiscale",
        re.compile(r"[A-Z]{6}[0-9L-NP-V]{2}[ABCDEHLMPRST][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]"),
        _italy,
    ),
    ("fr.nir", re.compile(r"[12][0-9]{4}2[AB][0-9]{8}"), _corsica),
)


def finnish_number(text: str) -> str:
    """Return `fi.hetu` for a Finnish number, whose sign between date and digits tells the century; '' otherwise."""
    return "fi.hetu" if _finland(text) else ""

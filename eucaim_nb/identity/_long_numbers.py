"""Numbers so long that they can only count people or papers, whatever country or system gave them out."""

import re
from collections.abc import Iterator

from ._calendar import compact_days, numeric_dates
from ._found import ID, Found
from ._prose import prose_of, words_of

LEAST_DIGITS = 7
"""A text with fewer holds none."""
_RUN = re.compile(r"(?<![^\W_])(?<![0-9][.,])(?<!\+)[0-9]{7,}(?![^\W_]|[.,][0-9])")
_GROUPED = re.compile(
    r"(?<![\w+])(?<!\w[.,/-])[0-9]{2,8}(?:[ ./-][0-9]{2,8}){1,6}(?![\w]|[.,/:-][0-9]|[ ]?[x×*])"
    r"(?![ ]?(?:mm|cm|ms|ml|mg|hu|kv|mas|s|%|uh|he|ue|μm|hz|gy|mmhg)(?!\w))",
    re.I,
)
_TRIPLES = re.compile(
    r"(?<![\w.,/+-])(?<![0-9] )[0-9]{3}(?P<sign>[ .-])[0-9]{3}(?:(?P=sign)[0-9]{3}){1,2}(?![\w.,/-]| [0-9])"
)
_MATRICES = frozenset(("064", "128", "192", "256", "320", "384", "448", "512", "640", "768"))
_PARTS = re.compile(r"[0-9]+")
_DATED = (8, 12, 14)
"""Digits of a day, with the time, with seconds."""


def long_numbers(text: str) -> Iterator[Found]:
    """Find runs of seven digits and more; in sentences also those that stand in groups.

    Dates are left to those who know what becomes of dates, and so are UIDs and numbers with a decimal point.
    """
    for one in _RUN.finditer(text):
        if not (len(one[0]) in _DATED and any(1900 <= day[0] <= 2099 for day in compact_days(one[0][:8]))):
            yield Found(*one.span(), ID, "long number")
    narrative = prose_of(text, words_of(text)).narrative
    for one in (_GROUPED if narrative else _TRIPLES).finditer(text):
        parts = _PARTS.findall(one[0])
        # Round numbers are b-values and sizes.
        if (
            sum(map(len, parts)) >= LEAST_DIGITS
            and not all(part.endswith("0") or part in _MATRICES for part in parts)
            and not numeric_dates(one[0])
        ):
            yield Found(*one.span(), ID, "long number")

"""Dates, times and ages as DICOM writes them (PS3.5 table 6.2-1), and what a policy makes of them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_DA = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})|([0-9]{4})\.([0-9]{2})\.([0-9]{2})")
_CLOCK = r"(?:[01][0-9]|2[0-3])(?:[0-5][0-9](?:(?:[0-5][0-9]|60)(?:\.[0-9]{1,6})?)?)?"
_TM = re.compile(_CLOCK)
_TM_COLONS = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?")
_DT = re.compile(
    rf"([0-9]{{4}})(?:([0-9]{{2}})(?:([0-9]{{2}})({_CLOCK})?)?)?([+-](?:0[0-9]|1[0-4])[0-5][0-9])?"
)
_AS = re.compile(r"([0-9]{1,3})([DWMY])")
_UNITS_PER_YEAR = {"Y": 1, "M": 12, "W": 52, "D": 365}
_PADDING = " \0"


class DatePolicy(StrEnum):
    """What becomes of dates."""

    SHIFT = "shift"
    """Moved by a constant number of days per patient: intervals stay."""
    MONTH = "month"
    """The day becomes the first of the month."""
    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Dates:
    """A policy for the dates of one patient. Each method takes one value, and gives '' for one it cannot read.

    Parameters
    ----------
    policy
    shift_days
        Days to add under `DatePolicy.SHIFT`, not 0.
    """

    policy: DatePolicy
    shift_days: int = 0

    def __post_init__(self) -> None:
        if self.policy is DatePolicy.SHIFT and not self.shift_days:
            raise ValueError("To shift dates, the number of days must not be 0")

    def da(self, text: str) -> str:
        """Return a DA value; one with full stops, as older systems wrote it, comes back without."""
        found = _DA.fullmatch(text.strip(_PADDING))
        if not found or self.policy is DatePolicy.REMOVE:
            return ""
        year, month, day = (int(part) for part in found.groups() if part)
        return self._moved(year, month, day)

    def dt(self, text: str) -> str:
        """Return a DT value: its time, fraction and offset from UTC stay.

        A value without a day moves by the days of the policy from the middle of its month or year, and stays as
        coarse as it was.
        """
        found = _DT.fullmatch(text.strip(_PADDING))
        if not found or self.policy is DatePolicy.REMOVE:
            return ""
        year, month, day, clock, offset = found.groups(default="")
        if day:
            moved = self._moved(int(year), int(month), int(day))
        elif month:
            moved = self._moved(int(year), int(month), 15)[:6]
        else:
            moved = self._moved(int(year), 7, 1)[:4]
        return moved and moved + clock + offset

    def tm(self, text: str) -> str:
        """Return a TM value: unchanged unless dates are removed, because they only ever move by whole days."""
        value = text.strip(_PADDING)
        if _TM_COLONS.fullmatch(value):
            value = value.replace(":", "")
        return value if self.policy is not DatePolicy.REMOVE and _TM.fullmatch(value) else ""

    def _moved(self, year: int, month: int, day: int) -> str:
        try:
            moved = date(year, month, day)
            if self.policy is DatePolicy.SHIFT:
                moved += timedelta(days=self.shift_days)
            elif self.policy is DatePolicy.MONTH:
                moved = moved.replace(day=1)
        except (ValueError, OverflowError):
            return ""
        return f"{moved.year:04d}{moved.month:02d}{moved.day:02d}"


def top_coded_age(text: str, limit: int = 89) -> str:
    """Return an AS value in which every age above `limit` years is the one just above: `092Y` becomes `090Y`.

    Ages that are not counted in years stay as they are, unless they too are above the limit. What is no age gives ''.
    """
    found = _AS.fullmatch(text.strip(_PADDING))
    if not found:
        return ""
    count, unit = int(found[1]), found[2]
    return f"{limit + 1:03d}Y" if count // _UNITS_PER_YEAR[unit] > limit else f"{count:03d}{unit}"

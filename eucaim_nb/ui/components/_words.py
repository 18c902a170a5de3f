"""Numbers, sizes, durations and times as a person reads them."""

from datetime import datetime


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun, such as "1,204 files"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: float) -> str:
    """Return a number of bytes in decimal units, such as "104 MB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 999.5:
            return f"{number:.1f} {unit}" if unit != "bytes" and number < 9.95 else f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"


def duration(seconds: float) -> str:
    """Return a time span in one unit that suits it, such as "4 min"."""
    if seconds < 1:
        return "less than 1 s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} hours"


def moment(seconds: float) -> str:
    """Return seconds since the epoch as a date and time in the user's zone."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%d %b %Y %H:%M}"

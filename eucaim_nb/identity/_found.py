"""What was found in a text, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

NAME, ID, DATE, PHONE = "name", "id", "date", "phone"
EMAIL, ADDRESS, NUMBER, URL = "e-mail", "address", "number", "url"


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text that points to a person. It holds no text itself, so it may be logged and reported."""

    start: int
    end: int
    kind: str
    """`name`, `id`, `date`, `phone`, `e-mail`, `address`, `number` or `url`."""
    detector: str
    """Who found it, for instance `own name` or `es.dni`."""


def without_overlap(found: Iterable[Found]) -> tuple[Found, ...]:
    """Return findings in the order of the text; where two overlap, the wider one that covers both."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end, each.kind == DATE)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif one.end > kept[-1].end:
            before = kept[-1]
            kept[-1] = Found(before.start, one.end, before.kind, before.detector)
    return tuple(kept)

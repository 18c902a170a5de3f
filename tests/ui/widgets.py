"""Looking into pages that no browser shows."""

import time
from collections.abc import Callable, Iterator
from typing import Any


def every(widget: Any) -> Iterator[Any]:
    """Go through a widget and everything in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def text(widget: Any) -> str:
    """Return what a page shows through HTML widgets."""
    return "\n".join(part.value for part in every(widget) if type(part).__name__ == "HTML")


def labels(widget: Any) -> list[str]:
    """Return the words on buttons, boxes and fields."""
    return [part.description for part in every(widget) if getattr(part, "description", "")]


def named(widget: Any, words: str) -> Any:
    """Return the first button, box or field with these words on it."""
    return next(part for part in every(widget) if words in getattr(part, "description", ""))


def in_sight(widget: Any) -> Iterator[Any]:
    """Go through a widget and what is in it, without what is hidden."""
    if getattr(widget.layout, "display", None) != "none":
        yield widget
        for child in getattr(widget, "children", ()):
            yield from in_sight(child)


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is true of a page that a thread changes."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()

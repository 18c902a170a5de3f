"""Attributes of data sets, one by one, as text."""

from collections.abc import Iterator

from pydicom import Dataset

Place = tuple[int, ...]
UNSEEN = {0x7FE00010, 0x00020000}


def flat(source: Dataset, above: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield the path of tags and item numbers of every attribute, and its value; sequences have none of their own."""
    for element in source:
        tag = int(element.tag)
        if element.VR == "SQ":
            for number, item in enumerate(element.value or []):
                yield from flat(item, (*above, tag, number))
        elif tag not in UNSEEN:
            yield (*above, tag), text(element.value)


def text(value) -> str:
    """Return a value as CTP and pydicom both read it."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    parts = value if isinstance(value, list) or hasattr(value, "append") else [value]
    return "\\".join(str(one).strip() for one in parts)

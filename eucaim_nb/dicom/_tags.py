"""Tags, and the ways to attributes however deep they are nested, as they are written."""

import re

AttributePath = tuple[int, ...]
"""The tags of the sequences around an attribute, each with the number of the item, and its own tag last."""


_TAG = re.compile(r"\(?([0-9A-Fa-f]{4}),? ?([0-9A-Fa-f]{4})\)?")


def tag_text(tag: int) -> str:
    """Return a tag as the standard writes it, such as `(0010,0020)`."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def tag_of(written: str) -> int:
    """Return the tag that is written as `(0010,0020)`, `0010,0020` or `00100020`.

    Raises
    ------
    ValueError
        It is none.
    """
    matched = _TAG.fullmatch(written.strip())
    if matched is None:
        raise ValueError(f"{written!r} is no tag")
    return int(matched[1] + matched[2], 16)


def path_text(path: AttributePath) -> str:
    """Return a path such as `(0040,A730)[2](0040,A160)`."""
    return "".join(f"[{part}]" if place % 2 else tag_text(part) for place, part in enumerate(path))

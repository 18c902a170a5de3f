"""Words in a language, as one text: English as it is, another language with `@de` at the end."""

import re

ENGLISH = "en"
_TAG = re.compile(r"(?s)(.*?)@([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)")


def split(text: str) -> tuple[str, str]:
    """Return words and their language."""
    found = _TAG.fullmatch(text)
    return (found[1].rstrip(), found[2]) if found and found[1].strip() else (text, ENGLISH)


def joined(words: str, language: str) -> str:
    """Return words and language as one text, which `split` takes apart again."""
    return words if language == ENGLISH and split(words) == (words, ENGLISH) else f"{words}@{language}"

"""Calls in CTP's script language, read as CTP reads them."""

import re
from collections.abc import Iterator

FUNCTIONS = frozenset(
    (
        "contents", "value", "truncate", "date", "time", "encrypt", "decrypt", "hash", "hashname", "hashuid",
        "hashptid", "hashdate", "if", "select", "append", "always", "incrementdate", "dateinterval",
        "modifydate", "lowercase", "uppercase", "initials", "lookup", "integer", "param", "quarantine",
        "require", "round", "skip", "process", "call", "pathelement", "keep", "remove", "empty", "blank",
    )
)  # fmt: skip
UNKEYED = frozenset(("hash", "hashname", "hashuid", "hashptid", "hashdate", "encrypt", "initials"))
"""What these give can be found again by trying, or is part of the value: none of them has a secret worth the name."""

_CALL = re.compile(r"@([^(){}@]*)(\(?)")
_PARAMETER = re.compile(r"@([A-Z][A-Z0-9_]*)\b(?!\()")


def calls(script: str) -> Iterator[str]:
    """Yield the name of every function that is called; one without its parenthesis has none to close."""
    for name, opened in _CALL.findall(_without_parameters(script)):
        yield name.strip() if opened else f"{name.strip()} without ("


def parameters(script: str) -> set[str]:
    """Return the parameters that a script refers to."""
    return set(_PARAMETER.findall(script))


def balanced(script: str) -> bool:
    """Tell whether every bracket that a script opens is closed; quoted text does not count."""
    open_ones: list[str] = []
    pairs = {")": "(", "}": "{"}
    for one in re.sub(r'"[^"]*"', "", script):
        if one in "({":
            open_ones.append(one)
        elif one in pairs and (not open_ones or open_ones.pop() != pairs[one]):
            return False
    return not open_ones and script.count('"') % 2 == 0


def _without_parameters(script: str) -> str:
    return _PARAMETER.sub("", script)

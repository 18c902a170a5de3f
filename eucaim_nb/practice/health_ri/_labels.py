"""Names of projects, subjects, sessions, scans and resources: what is refused, and what is quietly changed."""

import re

from ._answers import Refused


def checked(label: str, what: str) -> str:
    """Return a label that was given in an address.

    Raises
    ------
    Refused
        417: it has other characters than ASCII letters, digits, `_` and `-`; or it is too long.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", label):
        raise Refused(417, f"Invalid character in the {what}: use letters, digits, '_' and '-' (at most 64)")
    return label


def cleaned(label: str) -> str:
    """Return a label from an import as the archiver keeps it: two labels can become one this way."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", label.strip())[:64]


def routing(comments: str) -> dict[str, str]:
    """Read `Project:X;Subject:Y;Session:Z;AA:true`, separated by `;`, `,` or white space."""
    found = re.findall(r"(Project|Subject|Session|AA)\s*:\s*([^\s;,]+)", comments, re.IGNORECASE)
    return {name.lower(): value for name, value in reversed(found)}

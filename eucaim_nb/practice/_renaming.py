"""Give an instance new UIDs, as an intake that anonymises does."""

import hashlib

from ._header import Header, read_header
from ._spool import Spooled


def renamed(spooled: Spooled, header: Header) -> tuple[Spooled, Header]:
    """Rewrite the study, series and instance UIDs of a part, everywhere in it, by others of the same length."""
    content = spooled.path.read_bytes()
    for uid in (header.study, header.series, header.sop):
        content = content.replace(uid.encode(), _other(uid).encode())
    spooled.path.write_bytes(content)
    rewritten = Spooled(spooled.path, hashlib.sha256(content).hexdigest(), len(content))
    return rewritten, read_header(spooled.path)


def _other(uid: str) -> str:
    """Return a UID whose last component has as many digits, made from this one."""
    kept, _, last = uid.rpartition(".")
    digits = str(int(hashlib.sha256(uid.encode()).hexdigest(), 16))
    return f"{kept}.{'9' * (len(last) > 1)}{digits[: max(1, len(last) - 1)]}"

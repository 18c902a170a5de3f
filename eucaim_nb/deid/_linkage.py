"""Whether the UIDs of originals and their replacements belong together one by one, over many files."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from eucaim_nb.ledger import DeidRow

from ._finding import Finding, Kind, Severity
from ._profile import IdPolicy, Profile


class Linkage:
    """What became of every UID so far, in digests of 12 bytes each."""

    def __init__(self) -> None:
        self._new: dict[bytes, bytes] = {}
        self._old: dict[bytes, bytes] = {}

    def findings(self, uids: Mapping[str, str], row: DeidRow, profile: Profile) -> Iterator[Finding]:
        """Yield UIDs that became two different ones, and different UIDs that became the same.

        Parameters
        ----------
        uids
            What became of those of one file, told by the original and the output.
        row, profile
            What the file was made with.
        """
        # Lethe's UIDs follow from the patient too, so that a UID which two patients have becomes two.
        common = row.recipe + (row.patient if profile.ids is IdPolicy.LETHE else "")
        for old, new in uids.items():
            before, after = _short(common + old), _short(common + new)
            if self._new.setdefault(before, after) != after:
                yield _broken("One UID of the originals has two replacements: references are broken.")
            if self._old.setdefault(after, before) != before:
                yield _broken("Two UIDs of the originals have the same replacement.")


def _broken(words: str) -> Finding:
    return Finding("", "", Kind.REFERENCE, Severity.ERR, f"{words} De-identify all again.")


@lru_cache(maxsize=65536)
def _short(uid: str) -> bytes:
    return hashlib.blake2b(uid.encode(), digest_size=12).digest()

"""The pseudonyms of the EUCAIM anonymiser (Lethe), for data that partly went through it already."""

import hashlib

from eucaim_nb.errors import SettingsError

from ._key import Key
from ._pseudonyms import Pseudonyms

_UID_ROOT = "1.3.6.1.4.1.58108.2023"
_PREFIX = "EUCAIM-"
_LONGEST_UID = 64


class LethePseudonyms(Pseudonyms):
    """What Lethe 0.9.16 puts for patients and UIDs, given its secret; all other numbers are keyed with that secret.

    Lethe derives a UID from the old one and the patient's new ID, both of which may be known to others: anybody who
    has an original UID can tell what became of it. Prefer `Pseudonyms` unless both kinds of data must match.

    Parameters
    ----------
    secret
        What Lethe was run with (`--secret`).
    """

    def __init__(self, secret: str) -> None:
        if not secret:
            raise SettingsError("The secret that the EUCAIM anonymiser was run with is needed.")
        super().__init__(Key(hashlib.sha256(b"eucaim_nb lethe\0" + secret.encode()).digest()), "EUCAIM")
        self._lethe_secret = secret

    def patient(self, patient_id: str, issuer: str = "") -> str:
        """Return `EUCAIM-` and the MD5 of secret and ID as a decimal number; the issuer does not count there."""
        return _PREFIX + _decimal_md5(f"[{self._lethe_secret}]{patient_id.strip()}")

    def uid(self, uid: str, patient_id: str = "") -> str:
        """Return the UID that replaces one; `patient_id` is the original ID of the patient whose file it is in."""
        value = uid.strip(" \0")
        if not value or value.startswith("1.2.840.10008."):
            return value
        return f"{_UID_ROOT}.{_decimal_md5(value + self.patient(patient_id))}"[:_LONGEST_UID]


def _decimal_md5(text: str) -> str:
    return str(int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest(), "big"))

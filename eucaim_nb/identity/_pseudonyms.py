"""Keyed pseudonyms: the same for the same key on every machine, and not to be guessed without it.

All are cut from HMAC-SHA256 (RFC 2104) over the kind of the value and the value, so that a kind never tells
about another. PS3.15 E.1.1 advises against hashes without a key, which a list of candidates undoes.
"""

import base64
import hmac
import re

from eucaim_nb.errors import SettingsError

from ._key import Key

_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")
_DICOM_ROOT = "1.2.840.10008."
_PADDING = " \0"
_WEEKS = range(53, 522)
"""Every patient's dates move between 371 and 3647 days into the past."""


class Pseudonyms:
    """What replaces the identifiers of a submission.

    Parameters
    ----------
    key
        The workspace's key.
    prefix
        Put before the pseudonym of a patient: letters, digits, hyphens and underscores, at most 48.

    Raises
    ------
    SettingsError
        The prefix cannot stand in a label at both nodes.
    """

    def __init__(self, key: Key, prefix: str) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise SettingsError(
                f"The prefix {prefix!r} of pseudonyms cannot be used. Choose up to 48 letters and digits, beginning "
                "with one of them; hyphens and underscores may follow."
            )
        self._secret = key.secret
        self._prefix = prefix

    def patient(self, patient_id: str, issuer: str = "") -> str:
        """Return the pseudonym of a patient: the prefix and 12 characters (60 bit), a valid LO and XNAT label.

        Padding around the ID and its issuer does not count. An empty ID has a pseudonym like any other; who
        wants to keep patients without an ID apart gives something else that is theirs.
        """
        return f"{self._prefix}-{self._letters('patient', patient_id, issuer)[:12]}"

    def uid(self, uid: str, patient_id: str = "") -> str:
        """Return the UID that replaces one: a UUID of version 8 (RFC 9562) below 2.25, at most 44 characters.

        Those that DICOM itself defines, below 1.2.840.10008, stay. `patient_id` changes nothing here: a
        reference finds its target whoever's file it stands in.
        """
        value = uid.strip(_PADDING)
        if not value or value.startswith(_DICOM_ROOT):
            return value
        number = bytearray(self._digest("uid", value)[:16])
        number[6] = number[6] & 0x0F | 0x80
        number[8] = number[8] & 0x3F | 0x80
        return f"2.25.{int.from_bytes(number, 'big')}"

    def number(self, value: str, kind: str, length: int = 16) -> str:
        """Return what replaces another identifying number: upper-case letters and the digits 2 to 7.

        Parameters
        ----------
        value
            For instance an accession number. An empty one stays empty.
        kind
            What it numbers; the same value of another kind is replaced differently.
        length
            Characters, 4 to 51, five bits each.
        """
        if not 4 <= length <= 51:
            raise ValueError("A pseudonym has 4 to 51 characters")
        return self._letters("number", kind, value)[:length] if value.strip(_PADDING) else ""

    def shift_days(self, patient_id: str) -> int:
        """Return by how many days the dates of a patient move: whole weeks, so that a weekday stays one.

        One of 469 values between -371 and -3647: always into the past, and never by less than a year.
        """
        digest = self._digest("shift", patient_id.strip(_PADDING))
        return -7 * _WEEKS[int.from_bytes(digest[:8], "big") % len(_WEEKS)]

    def _letters(self, *parts: str) -> str:
        return base64.b32encode(self._digest(*(part.strip(_PADDING) for part in parts))).decode("ascii")

    def _digest(self, *parts: str) -> bytes:
        # Lengths first, so that no two lists of parts look the same.
        coded = [part.encode("utf-8", "surrogatepass") for part in parts]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in coded)
        return hmac.digest(self._secret, message, "sha256")

"""Who makes pseudonyms for a profile: the same for images and for clinical data of one workspace."""

import hashlib
import hmac

from ._key import Key
from ._lethe import LethePseudonyms
from ._pseudonyms import Pseudonyms

PREFIX = "EUCAIM"
"""Before the pseudonyms of patients, unless a profile says otherwise."""


def maker_of(
    key: Key, *, prefix: str = PREFIX, lethe: bool = False, secret: str | None = None
) -> tuple[Pseudonyms, Key]:
    """Return the maker of pseudonyms, and the key whose fingerprint names it.

    Parameters
    ----------
    key
        The workspace's key.
    prefix
        Before the pseudonyms of patients.
    lethe
        Whether they are made as the EUCAIM anonymiser makes them.
    secret
        What that was run with; without it, one is made of the key.
    """
    if not lethe:
        return Pseudonyms(key, prefix), key
    secret = secret or hmac.digest(key.secret, b"eucaim_nb lethe secret", "sha256").hex()[:33]
    fingerprinted = Key(hashlib.sha256(b"eucaim_nb lethe fingerprint\0" + secret.encode()).digest())
    return LethePseudonyms(secret), fingerprinted

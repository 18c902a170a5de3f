"""Signing in with a short code on another device (RFC 8628), where the browser cannot come back to this computer."""

import time
from threading import Event

from .._credentials import Credentials
from .._failure import Failure
from .._grant import Grant
from ._issuer import Issuer

_SLOWER = 5.0  # seconds that RFC 8628 section 3.5 adds when it is asked too often


class DeviceSignIn:
    """One sign-in under way: open `address` on any device and type `code`, then `wait`.

    Attributes
    ----------
    address, code
        Page of the node, and what to type there; `complete` is an address that has the code in it, if there is one.
    """

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        answer = issuer.device_codes()
        self.address, self.code = str(answer.get("verification_uri", "")), str(answer.get("user_code", ""))
        self.complete = str(answer.get("verification_uri_complete", ""))
        self._device_code = str(answer["device_code"])
        self._every = float(answer.get("interval") or 5)
        self._until = time.monotonic() + float(answer.get("expires_in") or 600)

    def wait(self, given_up: Event | None = None) -> Credentials | None:
        """Ask until a person has said yes, and return the tokens; None if it was given up.

        Raises
        ------
        Failure
            They said no, or nothing in time.
        """
        given_up = given_up or Event()
        while time.monotonic() < self._until:
            if given_up.wait(self._every):
                return None
            asked_at = time.time()
            answer = self._issuer.by_device(self._device_code)
            if answer == "slow_down":
                self._every += _SLOWER
            elif not isinstance(answer, str):
                grant = Grant()
                grant.take(answer, asked_at)
                return Credentials.of_grant(grant)
        raise Failure("not-finished", self._issuer.title)

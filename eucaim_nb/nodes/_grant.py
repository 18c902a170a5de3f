"""The tokens of one sign-in, held in memory and shared by everything here that uses that sign-in."""

import base64
import json
import re
import time
from collections.abc import Mapping
from threading import RLock
from typing import Any

from eucaim_nb.errors import SettingsError

_MARGIN = 30.0  # seconds before its end at which a token is renewed
_TOKEN = re.compile(r"[\w.~+/=-]{8,}")


class Grant:
    """An access token with what renews it. A refresh token is good once, whoever uses it: where two hold the same, the
    second use ends the sign-in of both (RFC 9700 section 4.14.2). So there is one of these per sign-in.

    Parameters
    ----------
    pasted
        A token that a person copied: an access token, or one to refresh with.

    Attributes
    ----------
    lock
        Held by who renews.

    Raises
    ------
    SettingsError
        What was pasted is no token.
    """

    def __init__(self, pasted: str = "") -> None:
        self.lock = RLock()
        self.access, self.refresh = "", ""
        self.renew_at = self.ends_at = 0.0
        if pasted:
            self._take_pasted(pasted)

    @property
    def usable(self) -> bool:
        """Whether there is something to sign in with, as far as this computer knows."""
        return bool(self.refresh) or time.time() < self.ends_at

    @property
    def claims(self) -> Mapping[str, Any]:
        """What the access token says of its owner. It is read, not verified: that is for the services."""
        return _claims_of(self.access)

    def take(self, answer: Mapping[str, Any], asked_at: float) -> None:
        """Keep what an issuer answered (RFC 6749 section 5.1) to a question sent at a time of this computer's clock."""
        lifetime = float(answer.get("expires_in") or 60)
        with self.lock:
            # An issuer that does not rotate may leave the refresh token out: then the present one stays good.
            self.refresh = str(answer.get("refresh_token") or self.refresh)
            self.access = str(answer["access_token"])
            self.ends_at = asked_at + lifetime
            self.renew_at = self.ends_at - min(_MARGIN, lifetime / 3)

    def hand_over(self) -> str:
        """Return the token with which another process goes on. A refresh token is its from now on: what remains here is
        the present access token, until that ends."""
        with self.lock:
            given = self.refresh or self.access
            if self.refresh:
                self.refresh, self.renew_at = "", self.ends_at
            return given

    def _take_pasted(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise SettingsError("What was given as a token is none. Copy the whole token, without quotes.")
        claims = _claims_of(token)
        if not claims or str(claims.get("typ", "")).lower() in ("refresh", "offline"):
            self.refresh = token  # these may be opaque (RFC 6749 section 1.5)
        else:
            self.access = token
            self.renew_at = self.ends_at = float(claims.get("exp", 0))


def _claims_of(token: str) -> Mapping[str, Any]:
    """Return the claims of a JSON Web Token (RFC 7519), unverified; nothing if it is no such token."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}

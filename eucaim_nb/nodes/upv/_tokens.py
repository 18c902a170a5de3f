"""Access tokens of an OpenID Connect issuer (Keycloak), renewed before they expire."""

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import requests
from requests.auth import AuthBase

from eucaim_nb.errors import NodeError, SettingsError

from .._asking import ask
from .._credentials import Credentials

_MARGIN = 30.0  # seconds before its end at which a token is renewed

_TOKEN = re.compile(r"[\w.~+/=-]{8,}")

# RFC 6749 section 5.2, as Keycloak uses it.
_REFUSALS = {
    "invalid_grant": "it does not accept this user name and password, or the token has expired. "
    "Who came through LS-AAI has no password of the node until one is added under Account security.",
    "unauthorized_client": "it does not take passwords from programs. "
    "Sign in at its web page and paste a token instead, or ask the node to switch direct access grants on.",
    "invalid_client": "it does not know this program. Check client_id under [node] in eucaim.toml.",
}

_NO_ISSUER = "no OpenID Connect issuer answers at its sign-in address. Check issuer in eucaim.toml."


class Tokens(AuthBase):
    """Puts a valid access token into every request.

    Parameters
    ----------
    title
        Name of the node, for errors.
    issuer, client_id
        Address of the issuer, and the public client that this program is to it.
    credentials
        User name and password, or a token that was pasted: an access token, or one to refresh with.
    session
        For the requests to the issuer.
    """

    def __init__(
        self, *, title: str, issuer: str, client_id: str, credentials: Credentials, session: requests.Session
    ) -> None:
        self._title, self._issuer, self._client_id = title, issuer, client_id
        self._credentials, self._session = credentials, session
        self._lock = Lock()
        self._access, self._refresh, self._renew_at = "", "", 0.0
        if credentials.token:
            self._take_pasted(credentials.token)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        request.headers["Authorization"] = f"Bearer {self.access()}"
        return request

    def access(self) -> str:
        """Return an access token that is good for a while.

        Raises
        ------
        NodeError
            The issuer is out of reach or refuses.
        SettingsError
            There is nothing to sign in with any more.
        """
        with self._lock:
            if time.time() >= self._renew_at:
                self._obtain()
            return self._access

    def renew(self) -> bool:
        """Get a new access token although the present one should be good."""
        with self._lock:
            if not (self._refresh or self._credentials.password):
                return False
            self._obtain()
            return True

    def claims(self) -> Mapping[str, Any]:
        """Return what the access token says of its owner. It is read, not verified: that is for the services."""
        return _claims_of(self.access())

    def _take_pasted(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise SettingsError("What was given as a token is none. Copy the whole token, without quotes.")
        claims = _claims_of(token)
        if not claims or str(claims.get("typ", "")).lower() in ("refresh", "offline"):
            self._refresh = token  # these may be opaque (RFC 6749 section 1.5)
        else:
            self._access, self._renew_at = token, float(claims.get("exp", 0))

    def _obtain(self) -> None:
        if self._refresh:
            try:
                self._grant({"grant_type": "refresh_token", "refresh_token": self._refresh})
                return
            except NodeError:
                self._refresh = ""  # the session at the issuer has ended: sign in from the beginning
                if not self._credentials.password:
                    raise
        if not self._credentials.password:
            raise SettingsError(f"The sign-in at {self._title} has expired. Sign in again.")
        self._grant(
            {
                "grant_type": "password",
                "username": self._credentials.username,
                "password": self._credentials.password,
                "scope": "openid",
            }
        )

    def _grant(self, form: Mapping[str, str]) -> None:
        asked_at = time.time()
        endpoint = self._ask(lambda: self._session.get(f"{self._issuer}/.well-known/openid-configuration"))
        address = str(endpoint.get("token_endpoint") or "")
        if not address:
            raise NodeError(self._refused(_NO_ISSUER))
        answer = self._ask(lambda: self._session.post(address, data={"client_id": self._client_id, **form}))
        if "access_token" not in answer:
            why = _REFUSALS.get(str(answer.get("error")), "it gives no token and does not say why.")
            raise NodeError(self._refused(why))
        self._access, self._refresh = str(answer["access_token"]), str(answer.get("refresh_token") or "")
        lifetime = float(answer.get("expires_in") or 60)
        self._renew_at = asked_at + lifetime - min(_MARGIN, lifetime / 3)

    def _ask(self, send: Callable[[], requests.Response]) -> Mapping[str, Any]:
        """Return the JSON object that the issuer answers with, be it a refusal."""

        def question() -> Mapping[str, Any]:
            response = send()
            if response.status_code not in (200, 400, 401, 403):
                response.raise_for_status()
            answer = response.json()
            return answer if isinstance(answer, dict) else {}

        return ask(
            question,
            title=f"The sign-in of {self._title}",
            form="OpenID Connect",
            refusal=lambda status: self._refused(_NO_ISSUER if status == 404 else f"it answered {status}. Try later."),
            renew=lambda: False,
        )

    def _refused(self, why: str) -> str:
        return f"{self._title} refused the sign-in: {why}"


def _claims_of(token: str) -> Mapping[str, Any]:
    """Return the claims of a JSON Web Token (RFC 7519), unverified; nothing if it is no such token."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}

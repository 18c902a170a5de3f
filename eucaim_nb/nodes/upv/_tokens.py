"""Access tokens for the requests to a node, renewed before they expire."""

import time

import requests
from requests.auth import AuthBase

from .._credentials import Credentials
from .._failure import Failure
from .._protocol import Account
from ._account import account_of, ingester_missing
from ._issuer import Issuer

_PATIENCE = 5.0  # seconds until an issuer that did not answer is asked again, while the present token is good


class Tokens(AuthBase):
    """Puts a valid access token into every request. Safe for many threads.

    Parameters
    ----------
    issuer
        Gives the tokens.
    credentials
        User name and password, or the tokens of a sign-in.
    """

    def __init__(self, issuer: Issuer, credentials: Credentials) -> None:
        self._issuer, self._credentials = issuer, credentials
        self._grant = credentials.grant

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        request.headers["Authorization"] = f"Bearer {self.access()}"
        return request

    def access(self) -> str:
        """Return an access token that is good for a while.

        Raises
        ------
        Failure
            The issuer is out of reach or refuses, or there is nothing to sign in with any more.
        """
        grant = self._grant
        with grant.lock:
            if time.time() >= grant.renew_at:
                try:
                    self._obtain()
                except Failure:
                    if time.time() >= grant.ends_at:
                        raise
                    grant.renew_at = min(time.time() + _PATIENCE, grant.ends_at)
            return grant.access

    def renew(self) -> bool:
        """Get a new access token although the present one should be good."""
        with self._grant.lock:
            if not self._credentials.lasting:
                return False
            self._obtain()
            return True

    def account(self, project: str) -> Account:
        """Return who the token is for, and what that account may do in a project."""
        self.access()
        return account_of(self._grant.claims, project)

    def why(self, status: int) -> Failure | None:
        """Tell whether a refusal lies in the token: it lacks the role that brings data to the node, or it ended."""
        if status in (401, 403) and (role := ingester_missing(self._grant.claims)):
            return Failure("role-missing", self._issuer.title, status=status, role=role)
        if status == 401 and not self._credentials.lasting:
            return Failure("session-ended", self._issuer.title)
        return None

    def _obtain(self) -> None:
        grant, known = self._grant, self._credentials
        asked_at = time.time()
        if grant.refresh:
            try:
                grant.take(self._issuer.by_refresh(grant.refresh), asked_at)
                return
            except Failure as failure:
                if failure.cause != "session-ended":
                    raise
                grant.refresh = ""  # never again: a second use would be taken for a theft
        if not known.password:
            raise Failure("session-ended", self._issuer.title)
        grant.take(self._issuer.by_password(known.username, known.password), asked_at)

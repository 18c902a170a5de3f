"""An OpenID Connect issuer (Keycloak): the ways it gives tokens in, and each refusal by its cause."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from .._asking import ask, refusal
from .._failure import Failure
from .._settings import LOOPBACK

Answer = Mapping[str, Any]
_T = TypeVar("_T")
SCOPE = "openid"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

# RFC 6749 section 5.2 and RFC 8628 section 3.5, by error and, where the error means different things in different
# grants, by grant.
_CAUSES = {
    ("invalid_grant", "password"): "wrong-password",
    ("invalid_grant", "refresh_token"): "session-ended",
    ("invalid_grant", "authorization_code"): "not-finished",
    ("invalid_grant", DEVICE_GRANT): "not-finished",
    ("expired_token", DEVICE_GRANT): "not-finished",
    ("unauthorized_client", "password"): "password-switched-off",
    ("unauthorized_client", DEVICE_GRANT): "device-switched-off",
    ("unauthorized_client", "code"): "browser-switched-off",
}
_ANYWHERE = {"invalid_client": "wrong-client", "access_denied": "denied", "unauthorized_client": "wrong-client"}
# What Keycloak says in words only.
_IN_WORDS = {
    "account disabled": "account-disabled",
    "not fully set up": "account-unfinished",
    "invalid client": "wrong-client",
}
_ON_ITS_PAGE = {"redirect_uri": "address-not-allowed", "client": "wrong-client"}


class Issuer:
    """One issuer, and the public client that this program is to it.

    Parameters
    ----------
    title
        Name of the node, for errors.
    url, client_id
        Address of the issuer, and the client.
    session
        For the requests.
    """

    def __init__(self, *, title: str, url: str, client_id: str, session: requests.Session) -> None:
        self.title, self.client_id = title, client_id
        self._url, self._session = url, session
        self._known: Answer = {}

    def by_password(self, username: str, password: str) -> Answer:
        """Ask for tokens with a user name and password (RFC 6749 section 4.3)."""
        return self._tokens("password", username=username, password=password, scope=SCOPE)

    def by_refresh(self, token: str) -> Answer:
        """Ask for new tokens in an open session (RFC 6749 section 6)."""
        return self._tokens("refresh_token", refresh_token=token)

    def by_code(self, code: str, redirect: str, verifier: str) -> Answer:
        """Redeem the code that came back through the browser (RFC 7636 section 4.5)."""
        return self._tokens("authorization_code", code=code, redirect_uri=redirect, code_verifier=verifier)

    def by_device(self, code: str) -> Answer | str:
        """Ask whether a person said yes on another device (RFC 8628 section 3.4): tokens, or the error of waiting."""
        answer = self._post("token_endpoint", {"grant_type": DEVICE_GRANT, "device_code": code})
        waiting = str(answer.get("error"))
        return waiting if waiting in ("authorization_pending", "slow_down") else self._judged(answer, DEVICE_GRANT)

    def device_codes(self) -> Answer:
        """Ask for the codes of a sign-in on another device (RFC 8628 section 3.1)."""
        if not self._discovered().get("device_authorization_endpoint"):
            raise Failure("device-unknown", self.title)
        answer = self._post("device_authorization_endpoint", {"scope": SCOPE})
        if "device_code" not in answer:
            raise self._refused(answer, DEVICE_GRANT)
        return answer

    def page(self, redirect: str, state: str, challenge: str) -> str:
        """Return the address of the page to sign in at (RFC 7636 section 4.3).

        Raises
        ------
        Failure
            The issuer says of it that it would not let this program sign in so.
        """
        address = self._endpoint("authorization_endpoint")
        query = {
            "client_id": self.client_id,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": SCOPE,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        page = f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"
        # Looked at here first: an error there leaves a person on a page of the node that leads nowhere. Without the
        # session, because a page is what is wanted.
        status, text, location = self._look(page)
        if status == 400:
            raise Failure(_on_page(text), self.title, client=self.client_id)
        if location.startswith(redirect):
            answer = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
            raise self._refused(answer, "code")
        return page

    @property
    def url(self) -> str:
        """Address of the issuer as it names itself (RFC 9207)."""
        return str(self._discovered().get("issuer") or self._url)

    def refusal_of(self, answer: Answer) -> Failure:
        """Tell why the browser came back without a code (RFC 6749 section 4.1.2.1)."""
        return self._refused(answer, "code")

    def _look(self, page: str) -> tuple[int, str, str]:
        def question() -> tuple[int, str, str]:
            request = self._session.prepare_request(requests.Request("GET", page))
            request.hooks = {}
            settings = self._session.merge_environment_settings(page, {}, True, None, None)
            with self._session.send(request, allow_redirects=False, **settings) as response:
                beginning = next(response.iter_content(2**16), b"").decode("utf-8", "replace")
                return response.status_code, beginning, response.headers.get("Location", "")

        return self._ask(question)

    def _tokens(self, grant: str, **form: str) -> Answer:
        return self._judged(self._post("token_endpoint", {"grant_type": grant, **form}), grant)

    def _judged(self, answer: Answer, grant: str) -> Answer:
        if "access_token" not in answer:
            raise self._refused(answer, grant)
        return answer

    def _refused(self, answer: Answer, grant: str) -> Failure:
        error, words = str(answer.get("error")), str(answer.get("error_description")).lower()
        in_words = next((cause for said, cause in _IN_WORDS.items() if said in words), None)
        cause = in_words or _CAUSES.get((error, grant)) or _ANYWHERE.get(error, "no-token")
        return Failure(cause, self.title)

    def _discovered(self) -> Answer:
        if not self._known:
            answer = self._json(lambda: self._session.get(f"{self._url}/.well-known/openid-configuration"))
            if not answer.get("token_endpoint"):
                raise Failure("no-issuer", self.title)
            self._known = answer
        return self._known

    def _endpoint(self, name: str) -> str:
        address = str(self._discovered().get(name) or "")
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise Failure("no-issuer", self.title)  # what one signs in with does not travel unencrypted
        return address

    def _post(self, endpoint: str, form: Mapping[str, str]) -> Answer:
        address = self._endpoint(endpoint)
        return self._json(lambda: self._session.post(address, data={"client_id": self.client_id, **form}))

    def _json(self, send: Callable[[], requests.Response]) -> Answer:
        """Return the JSON object that the issuer answers with, be it a refusal."""

        def question() -> Answer:
            response = send()
            if response.status_code not in (200, 400, 401, 403):
                response.raise_for_status()
            answer = response.json()
            return answer if isinstance(answer, dict) else {}

        return self._ask(question)

    def _ask(self, question: Callable[[], _T]) -> _T:
        title = f"The sign-in of {self.title}"
        return ask(
            question,
            title=title,
            form="OpenID Connect",
            refusal=lambda status: (
                Failure("no-issuer", self.title) if status == 404 else refusal(title, status, {})
            ),
            renew=lambda: False,
        )


def _on_page(text: str) -> str:
    """Return what Keycloak's error page is about: it names the parameter that is wrong in every language."""
    words = text.lower()
    return next((cause for said, cause in _ON_ITS_PAGE.items() if said in words), "browser-switched-off")

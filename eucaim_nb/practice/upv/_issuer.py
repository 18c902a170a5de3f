"""The OpenID Connect provider: what Keycloak answers, for one realm and one public client."""

import hmac
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .._http import Request, Response, json_response, problem
from .._login import Login
from .._policy import Policy
from . import _pages
from ._people import people
from ._sessions import DEVICE_LIFETIME, IDLE, NoGrant, Session, Sessions
from ._tokens import CLIENT, REALM, TokenRefused, Tokens

_PROTOCOL = "/protocol/openid-connect"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
Form = dict[str, str]


class Issuer:
    """Discovery, keys, the authorize page, devices, tokens, who-am-I and sign-out."""

    def __init__(self, login: Login, tokens: Tokens, policy: Policy) -> None:
        self._login = login
        self._people = people(login.username)
        self._tokens = tokens
        self._policy = policy
        self._sessions = Sessions()

    def service(self, request: Request) -> str | None:
        """Name the service whose faults apply: discovery and keys always work."""
        return None if request.segments[-1:] in (["openid-configuration"], ["certs"]) else "auth"

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        match request.method, request.path.removeprefix(_PROTOCOL):
            case "GET", "/.well-known/openid-configuration":
                return json_response(200, _discovery(request.base + REALM))
            case "GET", "/certs":
                return json_response(200, self._tokens.key.key_set())
            case "GET" | "POST", "/auth":
                return self._authorize(request)
            case "POST", "/auth/device":
                return self._device_codes(request, _form(request))
            case "GET" | "POST", "/device":
                return self._device_page(request)
            case "POST", "/token":
                return self._token(request, _form(request))
            case "GET" | "POST", "/userinfo":
                return self._who(request)
            case "POST", "/logout":
                self._sessions.end(_form(request).get("refresh_token", ""))
                return Response(204, content_type="")
        return problem(404, "HTTP 404 Not Found")

    def _token(self, request: Request, form: Form) -> Response:
        if form.get("client_id") != CLIENT:
            return _error(401, "invalid_client", "Invalid client or Invalid client credentials")
        try:
            session = self._session(form)
        except NoGrant as refused:
            status = 401 if str(refused) == "Invalid user credentials" else 400
            return _error(status, refused.code, str(refused))
        answer = self._tokens.issue(session.person, session.ident, request.base, request.plan)
        answer |= {"refresh_token": session.refresh_token, "refresh_expires_in": IDLE}
        response = json_response(200, answer)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _session(self, form: Form) -> Session:
        match form.get("grant_type"):
            case None:
                raise NoGrant("Missing form parameter: grant_type", "invalid_request")
            case "password":
                return self._by_password(form.get("username", ""), form.get("password", ""))
            case "refresh_token":
                return self._sessions.refresh(form.get("refresh_token", ""))
            case "authorization_code":
                wanted = [
                    form.get(name, "") for name in ("code", "client_id", "redirect_uri", "code_verifier")
                ]
                return self._sessions.redeem(*wanted)
            case grant if grant == _DEVICE_GRANT and self._policy.device_flow:
                return self._sessions.redeem_device(form.get("device_code", ""))
        raise NoGrant("Unsupported grant_type", "unsupported_grant_type")

    def _by_password(self, username: str, password: str) -> Session:
        if not self._policy.direct_grants:
            raise NoGrant("Client not allowed for direct access grants", "unauthorized_client")
        right = hmac.compare_digest(password.encode(), self._login.password.encode())
        if username not in self._people or not right:
            raise NoGrant("Invalid user credentials")
        return self._sessions.start(self._people[username])

    def _authorize(self, request: Request) -> Response:
        asked = dict(request.query)
        redirect = asked.get("redirect_uri", "")
        if asked.get("client_id") != CLIENT:
            return _pages.page("Client not found.", "", 400)
        if urlsplit(redirect).scheme != "http" or urlsplit(redirect).hostname not in _LOOPBACK:
            return _pages.page("Invalid parameter: redirect_uri", "", 400)
        back = {"state": asked["state"]} if "state" in asked else {}
        if asked.get("response_type") != "code":
            return _redirect(redirect, back | {"error": "unsupported_response_type"})
        challenge = asked.get("code_challenge", "")
        if asked.get("code_challenge_method") != "S256" or not re.fullmatch(r"[\w-]{43}", challenge):
            text = "Missing parameter: code_challenge_method"
            return _redirect(redirect, back | {"error": "invalid_request", "error_description": text})
        if request.method == "GET":
            return _pages.sign_in(self._login.username)
        code = self._sessions.promise(self._people[self._login.username], CLIENT, redirect, challenge)
        return _redirect(redirect, back | {"iss": request.base + REALM, "code": code})

    def _device_codes(self, request: Request, form: Form) -> Response:
        if form.get("client_id") != CLIENT:
            return _error(401, "invalid_client", "Invalid client or Invalid client credentials")
        if not self._policy.device_flow:
            text = (
                "Client is not allowed to initiate OAuth 2.0 Device Authorization Grant. "
                "The flow is disabled for the client."
            )
            return _error(401, "unauthorized_client", text)
        device_code, user_code = self._sessions.await_device()
        page = f"{request.base}{REALM}{_PROTOCOL}/device"
        answer = {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({'user_code': user_code})}",
            "expires_in": DEVICE_LIFETIME,
            "interval": 1,
        }
        return json_response(200, answer)

    def _device_page(self, request: Request) -> Response:
        if request.method == "GET":
            return _pages.device(dict(request.query).get("user_code", ""))
        user_code = _form(request).get("user_code", "")
        if self._sessions.allow_device(user_code, self._people[self._login.username]):
            return _pages.page("Device connected", "<p>You may close this window.</p>")
        return _pages.page("Invalid code, please try again.", "", 400)

    def _who(self, request: Request) -> Response:
        try:
            person = self._tokens.bearer(request)
        except TokenRefused:
            person = None
        if person is None:
            return _error(401, "invalid_token", "Token verification failed")
        claims = {"sub": person.sub, "preferred_username": person.username, "name": person.name}
        return json_response(200, claims | {"email": person.email, "groups": list(person.groups)})


def _discovery(issuer: str) -> dict[str, Any]:
    protocol = issuer + _PROTOCOL
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{protocol}/auth",
        "token_endpoint": f"{protocol}/token",
        "device_authorization_endpoint": f"{protocol}/auth/device",
        "userinfo_endpoint": f"{protocol}/userinfo",
        "end_session_endpoint": f"{protocol}/logout",
        "jwks_uri": f"{protocol}/certs",
        "grant_types_supported": ["authorization_code", "refresh_token", "password", _DEVICE_GRANT],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": ["openid", "profile", "email"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def _form(request: Request) -> Form:
    return dict(parse_qsl(request.body.all().decode("utf-8", "replace"), keep_blank_values=True))


def _error(status: int, code: str, text: str) -> Response:
    return json_response(status, {"error": code, "error_description": text})


def _redirect(address: str, values: Form) -> Response:
    joint = "&" if urlsplit(address).query else "?"
    return Response(302, content_type="", headers={"Location": f"{address}{joint}{urlencode(values)}"})

"""The DICOMweb door: user name and password as before, or an access token of this node."""

from pathlib import Path

from .._http import Request, Response, problem
from .._login import Login
from ._tokens import TokenRefused, Tokens


class LoginOrToken(Login):
    """The practice account, known by its password or by a token that the issuer gave for it."""

    def __init__(self, folder: Path, tokens: Tokens) -> None:
        super().__init__(folder)
        self._tokens = tokens

    def refusal(self, request: Request, *, required: bool) -> Response | None:
        """Return the 401 that a wrong `Authorization` header deserves, or a missing one if it is required."""
        scheme, _, token = request.header("Authorization").partition(" ")
        if scheme.lower() != "bearer":
            return super().refusal(request, required=required)
        try:
            self._tokens.read(token.strip(), request.base)
        except TokenRefused as refused:
            return problem(401, f"invalid access token, {refused}")
        return None

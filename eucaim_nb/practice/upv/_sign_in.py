"""The door of the UPV rooms: a user name and password, or an access token of this node."""

from .._http import Request, Response, problem
from .._login import Login, unauthenticated
from .._policy import Policy
from ._people import DATA_INGESTER, Person, people
from ._tokens import TokenRefused, Tokens


class NotSignedIn(Exception):
    """The text says why; `token` tells whether a token is what is wrong."""

    def __init__(self, text: str, *, token: bool = False) -> None:
        super().__init__(text)
        self.token = token

    def response(self) -> Response:
        """Return the 401 for it."""
        return unauthenticated(str(self), token=self.token)


class SignIn:
    """Tells who asks, and keeps out who may not.

    Parameters
    ----------
    login : Login
        The password that everybody here has.
    tokens : Tokens
        Reads access tokens.
    policy : Policy
        Says whether somebody must be signed in.
    """

    def __init__(self, login: Login, tokens: Tokens, policy: Policy) -> None:
        self._tokens = tokens
        self._policy = policy
        self._login = login
        self._people = people(login.username)

    def person(self, request: Request) -> Person | None:
        """Return who asks, `None` for somebody who may go unnamed.

        Raises
        ------
        NotSignedIn
            There is no password or token where one is needed, or it is not good.
        """
        header = request.header("Authorization")
        scheme, _, token = header.partition(" ")
        if scheme.lower() == "bearer":
            try:
                return self._tokens.read(token.strip(), request.base)
            except TokenRefused as refused:
                raise NotSignedIn(f"invalid access token, {refused}", token=True) from refused
        username = self._login.basic(header)
        if username in self._people:
            return self._people[username]
        if header:
            raise NotSignedIn("the user name or the password is not that of this practice node")
        if self._policy.require_login:
            raise NotSignedIn(
                "sign in with an access token, or the user name and password, of this practice node"
            )
        return None

    def refusal(self, request: Request, *, storing: bool) -> Response | None:
        """Return the 401 or 403 that a request deserves, `None` if it may pass."""
        try:
            person = self.person(request)
        except NotSignedIn as refused:
            return refused.response()
        reason = may_not_upload(person) if storing and person is not None else ""
        return problem(403, reason) if reason else None


def may_not_upload(person: Person) -> str:
    """Return why a person may not upload, in words; empty if it is allowed."""
    if not person.may_upload:
        return (
            f"you are signed in, but your account lacks the role {DATA_INGESTER} (Data ingester): "
            "ask the node for it, then sign in again"
        )
    if not person.projects:
        return "you are signed in, but your account belongs to no project: ask the node to link it to yours"
    return ""

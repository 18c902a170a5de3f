"""Access tokens: what is in them, and when one is refused."""

import time
import uuid
from typing import Any

import jwt

from .._faults import Plan
from .._http import Request
from .._policy import Policy
from ._keys import ALGORITHM, SigningKey
from ._people import AUDIENCE, Person

CLIENT = "dataset-explorer"
REALM = "/upv/auth/realms/EUCAIM-NODE"


class TokenRefused(Exception):
    """The text says why, in the words of the dataset service."""


class Tokens:
    """Makes and checks the access tokens of one practice folder."""

    def __init__(self, key: SigningKey, policy: Policy) -> None:
        self.key = key
        self._policy = policy

    def issue(self, person: Person, session: str, base: str, plan: Plan) -> dict[str, Any]:
        """Return an access and an ID token, as the beginning of a token answer.

        The faults `expired`, `no-role` and `foreign-key` make the access token a useless one.
        """
        now = int(time.time())
        lifetime = self._policy.token_lifetime
        born = now - lifetime - 60 if plan.take("expired") else now
        without = plan.take("no-role") is not None
        roles = [] if without else list(person.roles)
        key = SigningKey.stranger() if plan.take("foreign-key") else self.key
        common = {
            "iss": base + REALM,
            "sub": person.sub,
            "iat": born,
            "exp": born + lifetime,
            "azp": CLIENT,
            "sid": session,
            "preferred_username": person.username,
            "name": person.name,
            "email": person.email,
            "upn": person.username,
        }
        access = common | {
            "typ": "Bearer",
            "jti": str(uuid.uuid4()),
            "aud": [AUDIENCE, "account"],
            "scope": "openid profile email",
            "groups": list(person.groups),
            "realm_access": {"roles": [] if without else list(person.realm_roles)},
            "resource_access": {AUDIENCE: {"roles": roles}} if roles else {},
        }
        identity = common | {"typ": "ID", "jti": str(uuid.uuid4()), "aud": CLIENT}
        return {
            "access_token": key.sign(access),
            "expires_in": lifetime,
            "token_type": "Bearer",
            "id_token": self.key.sign(identity),
            "not-before-policy": 0,
            "session_state": session,
            "scope": "openid profile email",
        }

    def read(self, token: str, base: str) -> Person:
        """Return whom an access token stands for.

        Raises
        ------
        TokenRefused
            It is malformed, expired, somebody else's, or lacks a claim.
        """
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            if kid != self.key.kid:
                raise TokenRefused(f'Unable to find a signing key that matches: "{kid}"')
            claims = jwt.decode(
                token,
                self.key.public,
                [ALGORITHM],
                audience=AUDIENCE,
                issuer=base + REALM,
                options={"require": ["exp", "iat", "iss", "aud"]},
            )
            return Person.from_claims(claims)
        except jwt.PyJWTError as error:
            raise TokenRefused(str(error)) from error
        except KeyError as error:
            raise TokenRefused(f"missing {error}") from error  # the text of a KeyError is the quoted name

    def bearer(self, request: Request) -> Person | None:
        """Return who sent a request, `None` if it carries no `Authorization` header.

        Raises
        ------
        TokenRefused
            See `read`. As on the node, seven characters are dropped, whatever they are.
        """
        header = request.header("Authorization")
        return self.read(header[7:], request.base) if header else None

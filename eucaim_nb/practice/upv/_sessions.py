"""Who is signed in: sessions with their refresh token, codes and devices on the way to one. Kept in memory."""

import base64
import hashlib
import secrets
import threading
import time
from dataclasses import dataclass, field

from ._people import Person

CODE_LIFETIME = 60  # seconds
DEVICE_LIFETIME = 600
IDLE = 1800
LONGEST = 36_000


class NoGrant(Exception):
    """The text says why nobody is signed in; `code` is the error of RFC 6749 or RFC 8628."""

    def __init__(self, text: str, code: str = "invalid_grant") -> None:
        super().__init__(text)
        self.code = code


@dataclass(slots=True)
class Session:
    """Somebody who is signed in."""

    person: Person
    ident: str = field(default_factory=lambda: secrets.token_hex(16))
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    used: set[str] = field(default_factory=set)
    started: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code waiting to be redeemed."""

    person: Person
    client: str
    redirect: str
    challenge: str
    expires: float


@dataclass(slots=True)
class Device:
    """A device waiting for a person to say yes."""

    user_code: str
    expires: float
    person: Person | None = None


class Sessions:
    """All of them. Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._codes: dict[str, Code] = {}
        self._devices: dict[str, Device] = {}

    def start(self, person: Person) -> Session:
        """Sign a person in."""
        session = Session(person)
        with self._lock:
            self._sessions[session.ident] = session
        return session

    def refresh(self, token: str) -> Session:
        """Continue the session of a refresh token, which is replaced. A second use ends the session.

        Raises
        ------
        NoGrant
            The token is unknown, was used before, or its session is over.
        """
        now = time.monotonic()
        with self._lock:
            for session in self._sessions.values():
                if token in session.used:
                    del self._sessions[session.ident]
                    raise NoGrant("Maximum allowed refresh token reuse exceeded")
                if not secrets.compare_digest(token.encode(), session.refresh_token.encode()):
                    continue
                if now - session.seen > IDLE or now - session.started > LONGEST:
                    del self._sessions[session.ident]
                    raise NoGrant("Token is not active")
                session.used.add(token)
                session.refresh_token = secrets.token_urlsafe(48)
                session.seen = now
                return session
        raise NoGrant("Invalid refresh token")

    def end(self, token: str) -> None:
        """Sign out whoever holds this refresh token."""
        with self._lock:
            for session in list(self._sessions.values()):
                if token == session.refresh_token:
                    del self._sessions[session.ident]

    def promise(self, person: Person, client: str, redirect: str, challenge: str) -> str:
        """Return a code that can be redeemed once, by who knows the secret behind the challenge."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[code] = Code(person, client, redirect, challenge, time.monotonic() + CODE_LIFETIME)
        return code

    def redeem(self, code: str, client: str, redirect: str, verifier: str) -> Session:
        """Turn a code into a session (RFC 6749 4.1.3, RFC 7636 4.6).

        Raises
        ------
        NoGrant
            The code, the address or the verifier is wrong, or too late.
        """
        with self._lock:
            known = self._codes.pop(code, None)
        if known is None or known.client != client or time.monotonic() > known.expires:
            raise NoGrant("Code not valid")
        if known.redirect != redirect:
            raise NoGrant("Incorrect redirect_uri")
        if not verifier:
            raise NoGrant("PKCE code verifier not specified")
        digest = hashlib.sha256(verifier.encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != known.challenge:
            raise NoGrant("PKCE verification failed: Code mismatch")
        return self.start(known.person)

    def await_device(self) -> tuple[str, str]:
        """Return a device code, and the short code that a person types."""
        device_code = secrets.token_urlsafe(32)
        letters = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8))
        user_code = f"{letters[:4]}-{letters[4:]}"
        with self._lock:
            self._devices[device_code] = Device(user_code, time.monotonic() + DEVICE_LIFETIME)
        return device_code, user_code

    def allow_device(self, user_code: str, person: Person) -> bool:
        """Say yes to a device; `False` if none waits under this code."""
        with self._lock:
            for device in self._devices.values():
                if device.user_code == user_code.strip().upper() and time.monotonic() < device.expires:
                    device.person = person
                    return True
        return False

    def redeem_device(self, device_code: str) -> Session:
        """Turn a device code into a session, once a person said yes.

        Raises
        ------
        NoGrant
            Not yet, too late, or never heard of.
        """
        with self._lock:
            device = self._devices.get(device_code)
            if device is None:
                raise NoGrant("Device code not valid")
            if time.monotonic() > device.expires:
                del self._devices[device_code]
                raise NoGrant("Device code is expired", "expired_token")
            if device.person is None:
                raise NoGrant("The authorization request is still pending", "authorization_pending")
            del self._devices[device_code]
        return self.start(device.person)

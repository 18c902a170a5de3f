"""Signing in at an XNAT with the `xnat` client, whose habits are kept in check here."""

import contextlib
import logging
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import requests
import xnat
from xnat.exceptions import XNATAuthError, XNATConnectionError, XNATError, XNATExpiredCredentialsError

from .._asking import ask, refusal
from .._credentials import Credentials
from .._failure import Failure, WebPage, explain
from .._session import make_session
from .._settings import is_local

_CONNECTING = RLock()  # the client takes proxy and certificates from the environment of the process only


@dataclass(frozen=True, slots=True)
class Client:
    """Where and as whom to sign in, and through which network."""

    title: str
    url: str
    credentials: Credentials = field(repr=False)
    timeout: float
    ca_file: str = ""
    proxy: str = ""

    def connect(self) -> Any:
        """Return a session that judges no answer and starts no thread of its own.

        Raises
        ------
        NodeError
            The server is out of reach, is no XNAT, or does not accept the sign-in.
        """
        session = ask(
            self._sign_in,
            title=self.title,
            form="XNAT's",
            refusal=lambda status: refusal(self.title, status, {}),
            renew=lambda: False,
        )
        session.skip_response_check = True  # answers are judged by who asked, whatever their status
        session.keepalive = False  # its thread would complain about a server that is gone; a 401 renews
        interface = session.interface
        interface.trust_env = not is_local(self.url)
        if self.ca_file:
            interface.verify = self.ca_file
        if self.proxy:
            interface.proxies = {"http": self.proxy, "https": self.proxy}
        return session

    def _sign_in(self, attempts: int = 3) -> Any:
        self._stay_there()
        try:
            with _CONNECTING, _environment(self._network()):
                return xnat.connect(
                    self.url,
                    user=self.credentials.username,
                    password=self.credentials.password,
                    no_parse_model=True,
                    logger=_silent(),
                    default_timeout=self.timeout,
                    cli=True,  # signing out is up to `close`, which does not mind a server that is gone
                )
        except XNATConnectionError as error:
            raise requests.ConnectionError from error
        except XNATExpiredCredentialsError as error:
            raise Failure("password-expired", self.title) from error
        except XNATAuthError as error:
            # The client tells no status: unless the server gave a reason, it may only be busy for a moment.
            told_why = "problem logging in" in str(error) and "unknown error" not in str(error)
            if not told_why and attempts > 1:
                time.sleep(0.5)
                return self._sign_in(attempts - 1)
            raise (None if told_why else self._stranger()) or Failure("wrong-xnat-password", self.title) from error
        except (XNATError, ValueError) as error:
            if attempts > 1:  # one of the many questions of a sign-in may have met a busy moment
                time.sleep(0.5)
                return self._sign_in(attempts - 1)
            raise self._stranger() or Failure("no-xnat", self.title) from error

    def _stay_there(self) -> None:
        """Refuse to be sent elsewhere: the client would follow, and give the password to whoever answers there."""
        with self._plain_session() as session, contextlib.suppress(WebPage):
            session.get(self.url).close()

    def _stranger(self) -> Failure | None:
        """Tell who answers in the place of an XNAT, if somebody does: the client takes any page for a refusal."""
        try:
            with self._plain_session() as session, session.get(f"{self.url}/data/JSESSION") as response:
                return Failure("no-xnat", self.title) if response.status_code == 404 else None
        except WebPage as error:
            # An XNAT may show its own page to who is not signed in.
            ours = error.response is not None and "xnat" in error.response.text.lower()
            return None if ours else explain(error, self.title)
        except requests.RequestException as error:
            return explain(error, self.title)

    def _plain_session(self) -> requests.Session:
        return make_session(
            timeout=self.timeout, ca_file=self.ca_file, proxy=self.proxy, local=is_local(self.url)
        )

    def _network(self) -> Mapping[str, str]:
        if is_local(self.url):
            return {"NO_PROXY": "127.0.0.1,localhost,::1"}
        proxy = {"HTTPS_PROXY": self.proxy, "HTTP_PROXY": self.proxy} if self.proxy else {}
        return {**proxy, **({"REQUESTS_CA_BUNDLE": self.ca_file} if self.ca_file else {})}


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _silent() -> logging.Logger:
    """Return a logger that says nothing: the client's messages quote addresses and answers."""
    logger = logging.getLogger("eucaim_nb.xnat_client")
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
    return logger

"""HTTP sessions: certificates always verified, a timeout on every request, credentials only in memory."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from ._failure import SentElsewhere, WebPage

CONNECT_SECONDS = 10.0


class _Adapter(HTTPAdapter):
    """Waits no longer than it was told, and trusts whom it was told: requests and its callers wait for ever unless
    asked not to, and a variable of the environment (REQUESTS_CA_BUNDLE) outdoes the certificates of a session."""

    def __init__(self, timeout: tuple[float, float], ca_file: str) -> None:
        self.timeout = timeout
        self.ca_file = ca_file
        super().__init__()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        if options.get("timeout") is None:
            options["timeout"] = self.timeout
        if self.ca_file:
            options["verify"] = self.ca_file
        return super().send(request, **options)


class _Unsigned(AuthBase):
    """Signs nothing: without it, requests would send what a .netrc file says for the computer, unasked."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def make_session(
    *,
    auth: AuthBase | None = None,
    timeout: float,
    ca_file: str = "",
    proxy: str = "",
    local: bool = False,
) -> requests.Session:
    """Return a session for one node, which answers with data: a web page instead is an error.

    Parameters
    ----------
    auth
        What signs each request.
    timeout
        Longest silence of the server, in seconds.
    ca_file
        Certificates of the organisation's own authority (PEM), used instead of the bundled ones.
    proxy
        Proxy URL; empty means what the environment says.
    local
        Whether the node runs on this computer: then no proxy is asked.
    """
    session = requests.Session()
    adapter = _Adapter((CONNECT_SECONDS, timeout), ca_file)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.auth = auth or _Unsigned()
    session.hooks["response"].append(_only_data)
    if local:
        session.trust_env = False
    if ca_file:
        session.verify = ca_file
    if proxy:
        session.proxies = {"http": proxy, "https": proxy}
    return session


def _only_data(response: requests.Response, **_: object) -> None:
    """Refuse a web page, or being sent to another computer, where data was asked for.

    Raises
    ------
    NoData
        One of the two came.
    """
    if response.is_redirect:
        here, there = urlsplit(response.url), urlsplit(urljoin(response.url, response.headers["Location"]))
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            raise SentElsewhere(there.hostname or "", response)
    if response.ok and response.headers.get("Content-Type", "").startswith("text/html"):
        raise WebPage(response=response)

"""HTTP sessions: certificates always verified, a timeout on every request, credentials only in memory."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from eucaim_nb.errors import NodeError

CONNECT_SECONDS = 10.0


class _Adapter(HTTPAdapter):
    """Waits no longer than it was told: requests and its callers wait for ever unless asked not to."""

    def __init__(self, timeout: tuple[float, float]) -> None:
        self.timeout = timeout
        super().__init__()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        if options.get("timeout") is None:
            options["timeout"] = self.timeout
        return super().send(request, **options)


def make_session(
    *,
    auth: AuthBase | None = None,
    timeout: float,
    ca_file: str = "",
    proxy: str = "",
    local: bool = False,
) -> requests.Session:
    """Return a session for one node.

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
    adapter = _Adapter((CONNECT_SECONDS, timeout))
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    if auth is not None:
        session.auth = auth
    if local:
        session.trust_env = False
    if ca_file:
        session.verify = ca_file
    if proxy:
        session.proxies = {"http": proxy, "https": proxy}
    return session


def explain(error: requests.RequestException, title: str) -> NodeError:
    """Say why a node could not be reached, without its URL or credentials."""
    if isinstance(error, requests.exceptions.SSLError):
        reason = (
            "its certificate could not be verified. Does your network inspect TLS? "
            "Set ca_file to your organisation's CA."
        )
    elif isinstance(error, requests.exceptions.ProxyError):
        reason = "the proxy did not let the request through. Check the proxy setting."
    elif isinstance(error, requests.exceptions.Timeout):
        reason = "it did not answer in time. Check the network, then try again."
    elif isinstance(error, requests.exceptions.ConnectionError):
        reason = "nothing answers at its address. Is it running, and does your network allow the connection?"
    else:
        reason = f"the request failed ({type(error).__name__})."
    return NodeError(f"{title} cannot be used: {reason}")

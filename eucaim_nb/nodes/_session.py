"""HTTP sessions: certificates always verified, a timeout on every request, credentials only in memory."""

import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from eucaim_nb.errors import NodeError

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
    adapter = _Adapter((CONNECT_SECONDS, timeout), ca_file)
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
        reason = _distrust(error)
    elif isinstance(error, requests.exceptions.ProxyError):
        reason = "the proxy did not let the request through. Check the proxy setting."
    elif isinstance(error, requests.exceptions.Timeout):
        reason = "it did not answer in time. Check the network, then try again."
    elif isinstance(error, requests.exceptions.ConnectionError):
        reason = "nothing answers at its address. Is it running, and does your network allow the connection?"
    else:
        reason = f"the request failed ({type(error).__name__})."
    return NodeError(f"{title} cannot be used: {reason}")


def _distrust(error: BaseException | None) -> str:
    """Say why an encrypted connection was refused here, and what to do."""
    found = _verification(error)
    code = found.verify_code if found is not None else None
    if code in (9, 10):  # not yet valid, expired: X509_V_ERR_… of OpenSSL
        return "its certificate is not valid today. Check this computer's clock; if it is right, tell the node."
    if code in (62, 64):
        return "its certificate is for another name. Check the address; if it is right, tell the node."
    if found is None:
        return "no encrypted connection could be agreed on. It must offer TLS 1.2 or newer. Tell the node."
    return (
        "its certificate could not be verified. Does your network inspect TLS? Set ca_file under [node] in "
        "eucaim.toml to your organisation's CA."
    )


def _verification(error: object, depth: int = 0) -> ssl.SSLCertVerificationError | None:
    """Find the error of the certificate below those that requests and urllib3 wrapped around it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error
    if not isinstance(error, BaseException) or depth > 6:
        return None
    inside = (*error.args, getattr(error, "reason", None), error.__cause__, error.__context__)
    return next(filter(None, (_verification(one, depth + 1) for one in inside)), None)

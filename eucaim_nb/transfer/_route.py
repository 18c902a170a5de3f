"""How a server is reached: straight or through a proxy, with which certificates; the same as `requests` would."""

import socket
import ssl
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_auth_from_url, prepend_scheme_if_needed, select_proxy
from urllib3.util import create_urllib3_context, make_headers

from eucaim_nb.errors import SettingsError

_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `headers` carry what it wants to know of us."""

    host: str
    port: int
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """The way to the server of an address; `tls` is None where the connection is not encrypted."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    proxy: Proxy | None

    def connect(self) -> socket.socket:
        """Return a new connection.

        Raises
        ------
        requests.RequestException
            The server or the proxy cannot be reached, or the certificate of the server is not to be trusted.
        """
        connection = self._new()
        try:
            connection.connect()
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError) as error:
            raise requests.ConnectionError from error  # the line broke: nothing is said about trust
        except ssl.SSLError as error:
            raise requests.exceptions.SSLError(error) from error
        except TimeoutError as error:
            raise requests.exceptions.ConnectTimeout from error
        except OSError as error:
            connection.close()
            kind = requests.exceptions.ProxyError if self.proxy else requests.ConnectionError
            raise kind from error
        made: socket.socket = connection.sock
        return made

    def target(self, url: str) -> str:
        """Return what stands in the request line (RFC 9112 section 3.2)."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return f"{parts.scheme}://{parts.netloc}{path}" if self._relayed else path

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request that are meant for the proxy."""
        return self.proxy.headers if self.proxy and self._relayed else {}

    @property
    def _relayed(self) -> bool:
        """Whether the proxy reads the requests, instead of passing on a tunnel."""
        return self.proxy is not None and self.tls is None

    def _new(self) -> HTTPConnection:
        host, port = (self.proxy.host, self.proxy.port) if self.proxy else (self.host, self.port)
        if self.tls is None:
            return HTTPConnection(host, port, timeout=_CONNECT_SECONDS)
        connection = HTTPSConnection(host, port, timeout=_CONNECT_SECONDS, context=self.tls)
        if self.proxy:
            connection.set_tunnel(self.host, self.port, self.proxy.headers)
        return connection


def route_of(session: requests.Session, url: str) -> Route:
    """Return the way that a session's requests to an address take.

    Raises
    ------
    SettingsError
        The proxy is of a kind that cannot be used, or the certificates cannot be read.
    """
    found = session.merge_environment_settings(url, {}, None, None, None)
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    return Route(
        host=parts.hostname or "",
        port=parts.port or (443 if secure else 80),
        # Certificates that the session was given count, whatever the environment says.
        tls=_tls(session.verify if isinstance(session.verify, str) else found["verify"]) if secure else None,
        proxy=_proxy(select_proxy(url, found["proxies"])),
    )


def _proxy(address: str | None) -> Proxy | None:
    if not address:
        return None
    address = prepend_scheme_if_needed(address, "http")  # type: ignore[no-untyped-call]
    parts = urlsplit(address)
    if parts.scheme != "http" or not parts.hostname:
        raise SettingsError(
            f"A proxy of the kind {parts.scheme}:// cannot be used. Write its address as http://host:port; what goes "
            "through it to the node is encrypted all the same."
        )
    user, password = get_auth_from_url(address)
    headers = make_headers(proxy_basic_auth=f"{user}:{password}") if user else {}
    return Proxy(parts.hostname, parts.port or 80, dict(headers))


@cache
def _tls(verify: bool | str) -> ssl.SSLContext:
    """Return what encrypted connections are made with: certificates are verified, TLS is 1.2 or newer."""
    authorities = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
    context = create_urllib3_context(ssl_minimum_version=ssl.TLSVersion.TLSv1_2)
    context.set_alpn_protocols(["http/1.1"])
    try:
        if Path(authorities).is_dir():
            context.load_verify_locations(capath=authorities)
        else:
            context.load_verify_locations(authorities)
    except OSError as error:
        raise SettingsError(
            "The certificates of the authority cannot be read. Set ca_file under [node] in eucaim.toml to a PEM file."
        ) from error
    return context

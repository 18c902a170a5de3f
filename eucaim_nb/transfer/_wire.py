"""Large requests to one server, over connections that are kept and shared by many threads."""

from collections import deque

import requests

from ._body import Body
from ._connection import Connection, Reply
from ._flow import Flow
from ._route import route_of

_WORTH_ASKING = 2**20
"""Bytes of a body above which it is worth a moment to be invited first."""


class Wire:
    """Sends bodies to one server. Safe for many threads; each request has a connection of its own while it lasts.

    Parameters
    ----------
    session
        Signs the requests, and knows proxy and certificates.
    url
        An address of the server.
    silence
        Seconds without a byte in either direction after which the server is given up.
    """

    def __init__(self, session: requests.Session, url: str, silence: float) -> None:
        self._session = session
        self._route = route_of(session, url)
        self._silence = silence
        self._idle: deque[Connection] = deque()
        # Servers that know no invitation cost a second of waiting: only one that refused a body half-way is asked.
        self._asks_first = False

    def post(self, url: str, body: Body, headers: dict[str, str], flow: Flow) -> Reply:
        """Send one request and return the answer, whatever its status.

        Raises
        ------
        requests.RequestException
            The connection failed; whether the server did anything is unknown.
        FileChanged
            A file is not what it was; the server got an incomplete request.
        """
        connection = self._connection()
        invited = self._asks_first and not connection.reusable and len(body) > _WORTH_ASKING
        try:
            head = self._head(url, len(body), headers, invited)
            reply = connection.exchange(head, body.pieces, flow, invited=invited)
            if reply.status == 417 and invited:
                connection.close()
                connection = Connection(self._route.connect(), self._silence)
                head = self._head(url, len(body), headers, invited=False)
                reply = connection.exchange(head, body.pieces, flow, invited=False)
        except BaseException:
            connection.close()
            raise
        self._asks_first |= connection.cut_short
        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop().close()

    def _connection(self) -> Connection:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break  # another thread was faster
            if not connection.stale():
                return connection
            connection.close()
        return Connection(self._route.connect(), self._silence)

    def _head(self, url: str, length: int, headers: dict[str, str], invited: bool) -> bytes:
        request = self._session.prepare_request(requests.Request("POST", url, headers=headers))
        assert request.url is not None
        lines = {
            "Host": request.url.split("/")[2].rpartition("@")[2],
            **request.headers,
            "Accept-Encoding": "identity",
            "Connection": "keep-alive",
            "Content-Length": str(length),
            **({"Expect": "100-continue"} if invited else {}),
            **self._route.headers,
        }
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"POST {self._route.target(request.url)} HTTP/1.1\r\n{text}\r\n".encode("latin-1")

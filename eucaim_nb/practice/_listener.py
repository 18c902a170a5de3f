"""The HTTP/1.1 listener: loopback only, one thread per connection; it logs method, path and status only."""

import logging
import re
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from ._control import RequestLog
from ._faults import Plan
from ._http import Body, BodyTruncated, Drop, Request, Response, problem
from ._router import Router

logger = logging.getLogger("eucaim_nb.practice")

_IDLE = 120  # seconds a connection may be silent
_LINGER = 30  # seconds to take in what the client still sends after an early answer
_DRAIN = 1 << 20  # bytes of an unread body worth reading to keep the connection
_BLOCK = 64 * 1024
# Names of people, or made from theirs: subjects, sessions and files.
_NAMES = re.compile(r"(/(?:subjects|experiments)/|/prearchive/projects/[^/]+/[^/]+/)[^/]+|(/files/).+")
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)


class Listener(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and hands requests to a router.

    Parameters
    ----------
    port : int
        0 for a free one; `port` tells which.
    router : Router
        Answers.
    log : RequestLog
        Notes every request but those below `quiet`.
    quiet : str
        A prefix that is not logged.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, router: Router, log: RequestLog, quiet: str) -> None:
        self.router = router
        self.log = log
        self.quiet = quiet
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    @property
    def base(self) -> str:
        """The address of the practice nodes, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the host name, which can hang for seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.port

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that `stop` can close it."""
        with self._changed:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection and forget it."""
        super().shutdown_request(request)
        with self._changed:
            self._connections.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note the kind of an error: its text and traceback could carry a patient value."""
        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, OSError):  # OSError: the client went away
            logger.error("request failed: %s", kind.__name__)

    def stop(self) -> None:
        """Stop listening, close every connection and wait for their threads."""
        self.shutdown()
        self.server_close()
        with self._changed:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # closed by the client in the meantime
                    continue
            self._changed.wait_for(lambda: not self._connections, timeout=5)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "eucaim-nb-practice"
    sys_version = ""
    disable_nagle_algorithm = (
        True  # headers and body leave in separate writes: Nagle would cost 40 ms per answer
    )
    timeout = _IDLE

    def _serve(self) -> None:
        server = cast(Listener, self.server)
        path, _, query = self.path.partition("?")
        shown = re.sub(r"[^!-~]", "?", _NAMES.sub(r"\1\2*", path))
        quiet = path.startswith(server.quiet)
        try:
            body = self._body()
        except ValueError:
            self.close_connection = True
            self._send(problem(400, "the length of the body cannot be understood"))
            return
        # HEAD is GET without the body (RFC 9110 9.3.2): rooms need not know of it.
        method = "GET" if self.command == "HEAD" else self.command
        request = Request(method, path, query, self.headers, body, server.base, Plan())
        status: int | None = None
        response = None
        try:
            response = self._foreign() or server.router.answer(request)
            body.drop_at = body.limit = body.rate = None
            if not body.drain(_DRAIN):
                self.close_connection = True
            status = response.status
        except (Drop, BodyTruncated):
            self.close_connection = True
        except (
            Exception
        ) as error:  # a broken room must not take the others down, nor show what it stumbled over
            logger.error("%s %s failed: %s", self.command, shown, type(error).__name__)
            status, response = 500, problem(500, "the practice node failed; its log names the kind of error")
            self.close_connection = True
        if not quiet:
            server.log.add(self.command, shown, status, body.taken, request.stored)
            logger.info("%s %s %s", self.command, shown, status or "dropped")
        if response is not None:
            self._send(response)
            if not body.ended:
                self._linger()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _serve  # noqa: N815 - names that http.server looks for

    def _foreign(self) -> Response | None:
        """Refuse what a web page could send here: by a rebound host name, or from another site."""
        if not _LOOPBACK.fullmatch(self.headers.get("Host", "")):
            return problem(421, "this server answers to 127.0.0.1 and localhost only")
        origin = self.headers.get("Origin")
        if origin is not None and not _LOOPBACK.fullmatch(origin.partition("://")[2]):
            return problem(403, "this server answers no other web site")
        return None

    def _body(self) -> Body:
        def invite() -> None:
            if self.headers.get("Expect", "").lower() == "100-continue":
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

        coding = self.headers.get("Transfer-Encoding", "").strip().lower()
        lengths = set(self.headers.get_all("Content-Length", []))
        if coding and (coding != "chunked" or lengths):
            raise ValueError("both or unknown")
        if coding:
            return Body(self.rfile, None, invite)
        if len(lengths) > 1 or not all(re.fullmatch(r"\d{1,18}", length) for length in lengths):
            raise ValueError("no number")
        return Body(self.rfile, int(lengths.pop()) if lengths else 0, invite)

    def _send(self, response: Response) -> None:
        length = len(response.body) if isinstance(response.body, bytes) else response.length
        chunked = length is None and self.request_version != "HTTP/1.0"
        self.close_connection |= length is None and not chunked
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.content_type:
            self.send_header("Content-Type", response.content_type)
        if response.status == 401 and "WWW-Authenticate" not in response.headers:
            self.send_header("WWW-Authenticate", 'Basic realm="practice node", charset="UTF-8"')
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif length is not None:
            self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            _let_go(response)
            return
        sent = 0
        for block in _blocks(response):
            if response.cut is not None and sent + len(block) > response.cut:
                block = block[: response.cut - sent]
                self.close_connection = True
            sent += len(block)
            if block:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block)
            if response.cut is not None and sent >= response.cut:
                self.close_connection = True
                return
            if response.rate:
                time.sleep(len(block) / response.rate)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _linger(self) -> None:
        """Let the client finish sending, else a reset connection would swallow the answer."""
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(5)
            end = time.monotonic() + _LINGER
            while time.monotonic() < end and self.rfile.read1(1 << 20):
                pass
        except OSError:  # the client closed or fell silent: that is what was waited for
            return

    def handle_expect_100(self) -> bool:
        """Invite the body only when it is going to be read."""
        return True

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: http.server would log the query."""


def _let_go(response: Response) -> None:
    """Close what a body would be read from: only a generator that has begun does that when it is closed."""
    if isinstance(response.body, Generator):
        next(response.body, None)
        response.body.close()


def _blocks(response: Response) -> Iterator[bytes]:
    """Yield the body in pieces that are worth a packet, and small ones when the answer shall be slow."""
    size = _BLOCK if response.rate is None else max(1, int(response.rate / 10))
    waiting = bytearray()
    for piece in (response.body,) if isinstance(response.body, bytes) else response.body:
        waiting += piece
        if len(waiting) >= size:
            step = size if response.rate is not None else len(waiting)
            while len(waiting) >= step:
                yield bytes(waiting[:step])
                del waiting[:step]
    if waiting:
        yield bytes(waiting)

"""One HTTP/1.1 connection that a body flows through: from disk to network by the operating system where it can.

What `http.client` does not do, and large requests need: it listens while it speaks. A server that has seen enough
answers before the body is through (413, 401, 503) and closes; its answer is read, not lost in a broken pipe. And what
is waited for is the next byte in either direction, never the whole exchange.
"""

import errno
import io
import os
import select
import socket
import ssl
import time
from collections.abc import Callable
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import IO, NamedTuple

import requests

from ._body import FileChanged, Part, is_file
from ._flow import Flow

_SLICE = 0.5  # seconds after which someone who wants to stop is heard
_INVITATION = 1.0  # seconds to wait for 100 Continue from servers that know it (RFC 9110 section 10.1.1)
_LAST_WORDS = 2.0  # seconds to wait for the answer of a server that broke off
_LONGEST_ANSWER = 64 * 2**20
_BLOCK = 256 * 2**10
_WANTS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_NO_SENDFILE = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOTSOCK})
_MORE = getattr(socket, "MSG_MORE", 0)


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    headers: Message
    content: bytes


class _Answered(Exception):
    """The server has begun to answer."""


class Connection:
    """A connection that carries one request after the other.

    Parameters
    ----------
    sock
        Connected; closed with this.
    silence
        Seconds without a byte in either direction after which the server is given up.
    """

    def __init__(self, sock: socket.socket, silence: float) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._silence = silence
        self._early = bytearray()
        self._flow: Flow
        self._encrypted = isinstance(sock, ssl.SSLSocket)
        self._sendfile = hasattr(os, "sendfile") and not self._encrypted
        self._block = memoryview(bytearray(_BLOCK))
        self.reusable = False
        """Whether it can carry another request; False before the first."""
        self.cut_short = False
        """Whether the server answered the last request before all of it was sent."""

    def stale(self) -> bool:
        """Tell whether the server has closed it, or said something nobody asked for, since the last answer."""
        return self._ready(write=False, seconds=0)[0]

    def close(self) -> None:
        """Close it. In the middle of a body this tells the server that the request is void."""
        self._sock.close()

    def exchange(self, head: bytes, pieces: tuple[bytes | Part, ...], flow: Flow, *, invited: bool) -> Reply:
        """Send a request and return the answer.

        Parameters
        ----------
        head
            Request line and headers.
        pieces
            The body.
        invited
            Whether `head` asks for an invitation (`Expect: 100-continue`) before the body leaves.

        Raises
        ------
        requests.RequestException
            The connection broke, or the server fell silent.
        FileChanged
            A file is not what it was; the request was not completed.
        """
        self._flow, self.reusable = flow, False
        self.cut_short = True
        try:
            self._send(head, more=not invited)
            if invited:
                self._await_invitation()
            for piece in pieces:
                if isinstance(piece, bytes):
                    self._send(piece, more=piece is not pieces[-1])
                else:
                    self._send_part(piece)
            self.cut_short = False
        except _Answered:
            pass
        except TimeoutError as error:
            raise requests.exceptions.Timeout from error
        except OSError as error:
            if not self._has_last_words():
                raise requests.ConnectionError from error
        return self._answer()

    # Speaking

    def _send(self, data: bytes | memoryview, *, more: bool = False) -> None:
        left = memoryview(data)
        flags = _MORE if more and not self._encrypted else 0
        while left:
            try:
                sent = self._sock.send(left[: self._flow.piece], flags)
            except _WANTS:
                self._wait_to_speak()
            else:
                left = left[sent:]
                self._flow(sent)

    def _send_part(self, part: Part) -> None:
        self._listen()
        with part.opened() as file:
            if not (self._sendfile and is_file(file) and self._hand_over(file, part.size)):
                self._copy(file, part.size)

    def _hand_over(self, file: IO[bytes], size: int) -> bool:
        """Let the operating system send a file; False if it cannot do that with this one."""
        offset, here, there = 0, file.fileno(), self._sock.fileno()
        while offset < size:
            try:
                sent = os.sendfile(there, here, offset, min(self._flow.piece, size - offset))
            except BlockingIOError:
                self._wait_to_speak()
                continue
            except (ConnectionError, TimeoutError):
                raise
            except OSError as error:
                if offset == 0 and error.errno in _NO_SENDFILE:
                    self._sendfile = False
                    return False
                raise FileChanged from error
            if sent == 0:
                raise FileChanged
            offset += sent
            self._flow(sent)
        return True

    def _copy(self, file: IO[bytes], size: int) -> None:
        left = size
        while left:
            try:
                count = file.readinto(self._block[: min(left, _BLOCK)])  # type: ignore[attr-defined]
            except Exception as error:
                # An error of a file or archive would be taken for one of the network.
                raise FileChanged from error
            if not count:
                raise FileChanged
            self._send(self._block[:count])
            left -= count

    # Listening

    def _wait_to_speak(self) -> None:
        end = time.monotonic() + self._silence
        while True:
            readable, writable = self._ready(write=True, seconds=_SLICE)
            if readable:
                self._hear()
            if writable:
                return
            self._flow()
            if time.monotonic() > end:
                raise TimeoutError

    def _listen(self) -> None:
        """Look whether the server says something already."""
        if self._ready(write=False, seconds=0)[0]:
            self._hear()

    def _hear(self) -> bool:
        """Take in what the server says while a body flows; False when it was a matter of TLS alone."""
        try:
            data = self._sock.recv(_BLOCK)
        except _WANTS:
            return False
        if not data:
            raise ConnectionResetError
        self._early += data
        if self._final_answer_begins():
            raise _Answered
        return True

    def _final_answer_begins(self) -> bool:
        """Drop complete interim answers (1xx), and tell whether another one begins."""
        while self._early.startswith(b"HTTP/1.1 1"):
            _, end, rest = bytes(self._early).partition(b"\r\n\r\n")
            if not end:
                return False
            self._early = bytearray(rest)
        return len(self._early) >= len(b"HTTP/1.1 1")

    def _await_invitation(self) -> None:
        end = time.monotonic() + _INVITATION
        while (seconds := end - time.monotonic()) > 0:
            if self._ready(write=False, seconds=seconds)[0] and self._hear() and not self._early:
                return  # the invitation came, and was dropped
        # No word: a server that does not know of invitations waits for the body.

    def _has_last_words(self) -> bool:
        """Look for the answer of a server that broke off the connection."""
        end = time.monotonic() + _LAST_WORDS
        while time.monotonic() < end:
            if self._ready(write=False, seconds=_SLICE)[0]:
                try:
                    self._hear()
                except _Answered:
                    return True
                except OSError:
                    return False
        return False

    def _answer(self) -> Reply:
        try:
            self._await_answer()
            response = HTTPResponse(_Incoming(self._receive), method="POST")  # type: ignore[arg-type]
            response.begin()
            content = response.read(_LONGEST_ANSWER)
            if response.length:
                raise HTTPException("cut off, or too long")
            self.reusable = not self.cut_short and response.isclosed() and not response.will_close
            return Reply(response.status, response.headers, content)
        except TimeoutError as error:
            raise requests.exceptions.ReadTimeout from error
        except (OSError, HTTPException) as error:
            raise requests.ConnectionError from error

    def _await_answer(self) -> None:
        """Wait until a final answer begins; `http.client` would take an interim one (102) for it."""
        end = time.monotonic() + self._silence
        while not self._final_answer_begins():
            try:
                if self._hear():
                    end = time.monotonic() + self._silence
            except _Answered:
                return
            self._ready(write=False, seconds=_SLICE)
            self._flow()
            if time.monotonic() > end:
                raise TimeoutError

    def _receive(self, buffer: memoryview) -> int:
        """Read what has arrived, waiting for it."""
        if self._early:
            count = min(len(buffer), len(self._early))
            buffer[:count] = self._early[:count]
            del self._early[:count]
            return count
        end = time.monotonic() + self._silence
        while True:
            try:
                return self._sock.recv_into(buffer)
            except _WANTS:
                self._ready(write=False, seconds=_SLICE)
            self._flow()
            if time.monotonic() > end:
                raise TimeoutError

    def _ready(self, *, write: bool, seconds: float) -> tuple[bool, bool]:
        """Wait until something can be read or, if that is wanted, written; tell which."""
        if not hasattr(select, "poll"):
            readable, writable, _ = select.select([self._sock], [self._sock] if write else [], [], seconds)
            return bool(readable), bool(writable)
        poll = select.poll()
        poll.register(self._sock, select.POLLIN | (select.POLLOUT if write else 0))
        happened = dict(poll.poll(seconds * 1000)).get(self._sock.fileno(), 0)
        return bool(happened & ~select.POLLOUT), bool(happened & (select.POLLOUT | select.POLLERR | select.POLLHUP))


class _Incoming(io.RawIOBase):
    """The answer as `http.client` wants to read it."""

    def __init__(self, receive: Callable[[memoryview], int]) -> None:
        self._receive = receive

    def makefile(self, _mode: str) -> IO[bytes]:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._receive(memoryview(buffer))

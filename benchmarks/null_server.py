"""A DICOMweb server that reads, drops and remembers no byte: what is left is the cost of the client.

    python -m benchmarks.null_server [--certificate FILE]

It prints its port. Of a body whose parts have a Content-Length, as ours have, it looks into the first bytes of each for
the SOP Instance UID (of `benchmarks.corpora`), says that it stored it, and lists it in its series from then on. Other
bodies are dropped as they come. Which series an instance is of stands in its UID.
"""

import argparse
import json
import re
import socket
import ssl
import threading
from collections import defaultdict

from benchmarks.corpora import ROOT

_BLOCK = 2**20
_HEAD = re.compile(rb"(?i)content-length: *(\d+)")
_UID = re.compile(rf"{re.escape(ROOT)}\.2\.(\d+)\.\d+".encode())
_LISTED = re.compile(rf"/series/{re.escape(ROOT)}\.4\.(\d+)/instances.*?offset=(\d+)")
_COUNTED = re.compile(rf"/series\?.*SeriesInstanceUID={re.escape(ROOT)}\.4\.(\d+)")

stored: dict[str, set[str]] = defaultdict(set)


class Incoming:
    """Bytes of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._block = memoryview(bytearray(_BLOCK))
        self._from = self._to = 0

    def _fill(self) -> None:
        if self._from:
            left = self._to - self._from
            self._block[:left] = self._block[self._from : self._to]
            self._from, self._to = 0, left
        count = self._sock.recv_into(self._block[self._to :])
        if not count:
            raise EOFError
        self._to += count

    def until_blank_line(self) -> bytes:
        while True:
            end = bytes(self._block[self._from : min(self._to, self._from + 8192)]).find(b"\r\n\r\n")
            if end >= 0:
                head = bytes(self._block[self._from : self._from + end + 4])
                self._from += end + 4
                return head
            self._fill()

    def first(self, count: int) -> bytes:
        while self._to - self._from < count:
            self._fill()
        return bytes(self._block[self._from : self._from + count])

    def drop(self, count: int) -> None:
        here = min(count, self._to - self._from)
        self._from += here
        count -= here
        while count:
            self._from = self._to = 0
            got = self._sock.recv_into(self._block[: min(count, _BLOCK)])
            if not got:
                raise EOFError
            count -= got


def body(incoming: Incoming, length: int) -> list[str]:
    """Take in a body, and return the UIDs that were seen in it."""
    uids = []
    while length > 200:
        first = incoming.first(min(length, 400))
        head, end, _ = first.partition(b"\r\n\r\n")
        size = _HEAD.search(head) if end and head.lstrip().startswith(b"--") else None
        if size is None:
            break
        incoming.drop(len(head) + 4)
        found = _UID.search(incoming.first(min(int(size[1]), 600)))
        if found:
            uids.append(found[0].decode())
            stored[found[1].decode()].add(uids[-1])
        incoming.drop(int(size[1]))
        length -= len(head) + 4 + int(size[1])
    incoming.drop(length)
    return uids


def serve(sock: socket.socket) -> None:
    """Answer the requests of one connection."""
    incoming = Incoming(sock)
    try:
        while True:
            head = incoming.until_blank_line()
            if b"100-continue" in head:
                sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            size = _HEAD.search(head)
            if size:
                uids = body(incoming, int(size[1]))
                answer: object = {"00081199": {"vr": "SQ", "Value": [item("00081155", uid) for uid in uids]}}
            elif b"chunked" in head.lower():
                while count := int(chunk_size(incoming), 16):
                    incoming.drop(count + 2)
                incoming.drop(2)
                answer = {}
            else:
                answer = found(head.split(b" ")[1].decode())
            content = json.dumps(answer).encode()
            sock.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\nContent-Length: %d\r\n\r\n" % len(content)
                + content
            )
    except (EOFError, OSError):
        sock.close()


def found(address: str) -> list[dict[str, object]]:
    """Answer a query: how many instances a series has, or which."""
    if counted := _COUNTED.search(address):
        return [{"00201209": {"vr": "IS", "Value": [len(stored[counted[1]])]}}]
    listed = _LISTED.search(address)
    uids = sorted(stored[listed[1]]) if listed and listed[2] == "0" else []
    return [item("00080018", uid) for uid in uids]


def chunk_size(incoming: Incoming) -> bytes:
    line = b""
    while not line.endswith(b"\r\n"):
        line += incoming.first(1)
        incoming.drop(1)
    return line


def item(tag: str, uid: str) -> dict[str, object]:
    return {tag: {"vr": "UI", "Value": [uid]}}


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--certificate", help="PEM with key and certificate; then it speaks TLS")
    options = parser.parse_args()
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listening.getsockname()[1], flush=True)
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate)
    while True:
        sock, _ = listening.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=welcome, args=(sock, context), daemon=True).start()


def welcome(sock: socket.socket, context: ssl.SSLContext | None) -> None:
    serve(context.wrap_socket(sock, server_side=True) if context else sock)


if __name__ == "__main__":
    main()

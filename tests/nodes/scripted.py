"""Small servers that answer as they are told, also badly: TLS of every kind, proxies, issuers that refuse."""

import datetime as dt
import http.server
import ipaddress
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass
class Reply:
    """An answer; the type is JSON unless it is said."""

    status: int = 200
    body: bytes = b"[]"
    kind: str = "application/dicom+json"
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), "application/json")


@contextmanager
def answering(answer: Callable[[str, str], Reply], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run a server that answers with what `answer` makes of method and path; give its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            reply = answer(self.command, self.path)
            self.send_response_only(reply.status)
            headers = {"Date": self.date_time_string(), "Content-Type": reply.kind, **reply.headers}
            for name, value in {**headers, "Content-Length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            pass

    for method in ("GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_one)

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # a handshake that failed is what some tests want

    running = Server(("127.0.0.1", 0), Handler)
    if tls:
        running.socket = tls.wrap_socket(running.socket, server_side=True, do_handshake_on_connect=False)
    with _serving(running):
        yield f"{'https' if tls else 'http'}://127.0.0.1:{running.server_port}"


@contextmanager
def hanging_up() -> Iterator[str]:
    """Run a server that takes a request and closes the connection without an answer."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1000)
            self.request.shutdown(socket.SHUT_RDWR)

    running = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    with _serving(running):
        yield f"http://127.0.0.1:{running.server_address[1]}"


@contextmanager
def _serving(running: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def closed_port() -> int:
    """Return a port of this computer on which nothing listens."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


class Authority:
    """A certificate authority of a test; `file` is its certificate."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        now = dt.datetime.now(dt.UTC)
        made = self._certificate(self._name, self._key.public_key(), now - DAY, now + DAY)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        usage = dict.fromkeys(
            (
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        made = made.add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), critical=True
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def server(self, address: str = "127.0.0.1", begins: int = -1, ends: int = 1) -> ssl.SSLContext:
        """Return what a server at an address needs; the certificate is good from and until some days from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Server of a test")])
        made = self._certificate(name, key.public_key(), now + begins * DAY, now + ends * DAY)
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        made = made.add_extension(names, critical=False)
        file = self._folder / "server.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(
            private + made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, begins: dt.datetime, ends: dt.datetime
    ) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key)
        return (
            builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
        )

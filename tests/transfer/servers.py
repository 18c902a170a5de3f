"""Small servers that do one thing wrong, or stand in between: a scripted one, a proxy, and a test authority."""

import datetime
import ipaddress
import select
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Talk:
    """One connection as the scripted server sees it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._file = sock.makefile("rb")

    def head(self) -> dict[str, str]:
        """Read a request head; its request line is under ''."""
        lines = iter(self._file.readline, b"\r\n")
        fields = {"": next(lines).decode().strip()}
        for line in lines:
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        return fields

    def body(self, length: int) -> bytes:
        """Read so many bytes, or fewer if the client breaks off."""
        return self._file.read(length)

    def request(self) -> tuple[dict[str, str], bytes]:
        """Read a whole request, inviting its body if it asks for that."""
        head = self.head()
        if "expect" in head:
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return head, self.body(int(head["content-length"]))

    def answer(self, status: int, content: bytes = b"{}", *, length: int | None = None, close: bool = False) -> None:
        connection = "Connection: close\r\n" if close else ""
        announced = len(content) if length is None else length
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {announced}\r\n{connection}\r\n"
        self.sock.sendall(head.encode() + content)


class Scripted:
    """A server that plays a script for each connection, the first for the first; the last for all others."""

    def __init__(self, *scripts: Callable[[Talk], None], context: ssl.SSLContext | None = None) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._scripts = list(scripts)
        self._context = context
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://localhost:{self.port}/dicom-web"

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            script = self._scripts[min(self.connections, len(self._scripts) - 1)]
            self.connections += 1
            threading.Thread(target=self._play, args=(sock, script), daemon=True).start()

    def _play(self, sock: socket.socket, script: Callable[[Talk], None]) -> None:
        try:
            if self._context:
                sock = self._context.wrap_socket(sock, server_side=True)
            with sock:
                script(Talk(sock))
        except (OSError, StopIteration):
            return  # the client went away

    def __enter__(self) -> "Scripted":
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()


class ForwardProxy(Scripted):
    """An HTTP proxy: CONNECT tunnels and absolute addresses, for one account, to this computer only."""

    def __init__(self, account: str = "") -> None:
        self.asked: list[str] = []
        self._wanted = f"Basic {b64encode(account.encode()).decode()}" if account else None
        super().__init__(self._relay)

    def _relay(self, talk: Talk) -> None:
        head = talk.head()
        method, target, _ = head[""].split(" ")
        self.asked.append(f"{method} {target}")
        if self._wanted and head.get("proxy-authorization") != self._wanted:
            talk.answer(407)
            return
        if method == "CONNECT":
            with socket.create_connection(("127.0.0.1", int(target.rpartition(":")[2]))) as there:
                talk.sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                _pass_on(talk.sock, there)
        else:
            body = talk.body(int(head["content-length"]))
            talk.answer(200, f"{target} {len(body)}".encode())


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    while True:
        for sock in select.select([one, other], [], [])[0]:
            data = sock.recv(65536)
            if not data:
                return
            (other if sock is one else one).sendall(data)


class TestAuthority:
    """A certificate authority that nobody knows, and servers with certificates of its making."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.file = folder / "ca.pem"
        certificate = self._sign(self._key, self._name, x509.BasicConstraints(ca=True, path_length=None), 1)
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str = "localhost", days: int = 1) -> ssl.SSLContext:
        """Return what a server of this name speaks TLS with; its certificate ends in so many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))])
        certificate = self._sign(key, name, names, days)
        file = self._folder / f"{host}{days}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _sign(
        self, key: ec.EllipticCurvePrivateKey, name: x509.Name, extension: x509.ExtensionType, days: int
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        identifier = x509.SubjectKeyIdentifier.from_public_key
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=9))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .add_extension(identifier(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )

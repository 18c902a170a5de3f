"""Servers to send to: one that drops everything, and Orthanc."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"


@contextmanager
def null_server(certificate: Path | None = None) -> Iterator[str]:
    """Run the server that drops everything; give its DICOMweb address."""
    command = [sys.executable, "-m", "benchmarks.null_server"]
    command += ["--certificate", str(certificate)] if certificate else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"{'https' if certificate else 'http'}://localhost:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def orthanc(below: Path) -> Iterator[str]:
    """Run an empty Orthanc; give its DICOMweb address."""
    with tempfile.TemporaryDirectory(dir=below, prefix="orthanc-") as folder:
        ports = [free_port(), free_port()]
        os.environ["DICOM_PORT"] = str(ports[1])
        settings = {
            "Name": "BENCH",
            "StorageDirectory": folder,
            "IndexDirectory": folder,
            "Plugins": [PLUGIN],
            "HttpPort": ports[0],
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "DicomPort": ports[1],
            "DicomAet": "BENCH",
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }
        configuration = Path(folder, "orthanc.json")
        configuration.write_text(json.dumps(settings))
        process = subprocess.Popen(
            ["Orthanc", str(configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TCP_NODELAY": "1"},
        )
        try:
            wait_for(ports[0])
            yield f"http://127.0.0.1:{ports[0]}/dicom-web"
        finally:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(400):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/system")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("Orthanc did not start")


def cpu_of_server() -> float:
    """Return the CPU seconds so far of the server that runs, the only child of this process then."""
    times = [child.cpu_times() for child in psutil.Process().children()]
    return sum(one.user + one.system for one in times)


def write_certificate(path: Path) -> None:
    """Write a certificate for localhost, signed by itself, with its key."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )

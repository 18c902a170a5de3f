"""How fast images are sent over DICOMweb, next to other clients, to Orthanc and to a server that drops everything.

    python -m benchmarks.stow --dir DIR [--repeat 5] [--json FILE]

All ways send the same files, each in a process of its own, in turn within each repetition; a ratio is taken within a
repetition, and the median of the ratios counts. `ours` is the sending of `eucaim_nb.transfer.upload` with its journal
and the confirmation of each instance; `whole upload` is all of the verb: asking the node before and the rest. Orthanc
runs with its defaults and TCP_NODELAY=1, without which C-STORE takes 44 ms per instance on loopback.
"""

import argparse
import http.client
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.corpora import SLICES, corpus

PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
AT_ONCE = 4
_IN_A_REQUEST = 13
"""As many as ours sends of a series of 100 on four connections."""

Numbers = dict[str, float]


# The ways to send; each runs in a process of its own and returns what it measured


def ours(url: str, files: list[Path], workspace: Path) -> Numbers:
    """Upload with the verb; the sending within it is measured apart."""
    from eucaim_nb import transfer
    from eucaim_nb.nodes import connect
    from eucaim_nb.transfer import _sender
    from eucaim_nb.workspace import open_workspace

    opened = open_workspace(workspace)
    inside: Numbers = {}
    send = _sender.Sender.send

    def measured(self: _sender.Sender, *given: object) -> None:
        inside.update(measure(lambda: send(self, *given)))  # type: ignore[arg-type]

    _sender.Sender.send = measured  # type: ignore[method-assign, assignment]
    connect(opened)  # imports what it needs
    whole = measure(
        lambda: transfer.upload(opened, source=str(common(files)), override="invented").verified == len(files)
        or sys.exit("not all were verified")
    )
    return {**inside, "whole_seconds": whole["seconds"], "whole_cpu": whole["cpu"]}


def dicomweb_client(url: str, files: list[Path], workspace: Path) -> Numbers:
    """Send a series of 100 at a time with `store_instances`."""
    from dicomweb_client.api import DICOMwebClient
    from pydicom import dcmread

    client = DICOMwebClient(url)

    def work() -> None:
        for start in range(0, len(files), SLICES):
            client.store_instances([dcmread(path) for path in files[start : start + SLICES]])

    return measure(work)


def bare(url: str, files: list[Path], workspace: Path) -> Numbers:
    """Post the bytes of 100 files at a time with sendfile, on one connection, without any form or journal."""
    connection = http.client.HTTPConnection(url.split("/")[2])
    connection.connect()

    def work() -> None:
        for start in range(0, len(files), SLICES):
            some = files[start : start + SLICES]
            connection.putrequest("POST", "/studies")
            connection.putheader("Content-Length", str(sum(path.stat().st_size for path in some)))
            connection.endheaders()
            for path in some:
                with path.open("rb") as file:
                    connection.sock.sendfile(file)
            connection.getresponse().read()

    return measure(work)


def raw_instances(url: str, files: list[Path], workspace: Path) -> Numbers:
    """Post each file to Orthanc's own intake with sendfile, on four connections."""
    host = url.split("/")[2]

    def some(own: list[Path]) -> None:
        connection = http.client.HTTPConnection(host)
        for path in own:
            connection.putrequest("POST", "/instances")
            connection.putheader("Content-Length", str(path.stat().st_size))
            connection.endheaders()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with path.open("rb") as file:
                connection.sock.sendfile(file)
            connection.getresponse().read()

    def work() -> None:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(some, [files[number::AT_ONCE] for number in range(AT_ONCE)]))

    return measure(work)


def bare_stow(url: str, files: list[Path], workspace: Path) -> Numbers:
    """Post 13 files at a time by STOW-RS with sendfile, on four connections, without journal or answer: what a server
    makes of STOW-RS at most.
    """
    host, path = url.split("/", 3)[2:]
    head = b"\r\n--bound\r\nContent-Type: application/dicom\r\n\r\n"
    end = b"\r\n--bound--\r\n"

    def some(own: list[list[Path]]) -> None:
        connection = http.client.HTTPConnection(host)
        connection.connect()
        for batch in own:
            size = sum(len(head) + path.stat().st_size for path in batch) + len(end)
            connection.putrequest("POST", f"/{path}/studies")
            connection.putheader("Content-Type", 'multipart/related; type="application/dicom"; boundary=bound')
            connection.putheader("Accept", "application/dicom+json")
            connection.putheader("Content-Length", str(size))
            connection.endheaders()
            for one in batch:
                connection.sock.sendall(head, socket.MSG_MORE)
                with one.open("rb") as file:
                    connection.sock.sendfile(file)
            connection.sock.sendall(end)
            connection.getresponse().read()

    def work() -> None:
        batches = [files[start : start + _IN_A_REQUEST] for start in range(0, len(files), _IN_A_REQUEST)]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(some, [batches[number::AT_ONCE] for number in range(AT_ONCE)]))

    return measure(work)


def storescu(url: str, files: list[Path], workspace: Path) -> Numbers:
    """Send with four associations of dcmtk."""
    port = os.environ["DICOM_PORT"]

    def work() -> None:
        running = [
            subprocess.Popen(["storescu", "-R", "-aec", "BENCH", "127.0.0.1", port, *map(str, files[number::AT_ONCE])])
            for number in range(AT_ONCE)
        ]
        if [one.wait() for one in running] != [0] * AT_ONCE:
            sys.exit("storescu failed")

    return measure(work)


WAYS: dict[str, Callable[[str, list[Path], Path], Numbers]] = {
    "ours": ours,
    "dicomweb-client": dicomweb_client,
    "bare sendfile": bare,
    "raw /instances x4": raw_instances,
    "bare STOW x4": bare_stow,
    "storescu x4": storescu,
}


def measure(work: Callable[[], object]) -> Numbers:
    """Return wall-clock and CPU seconds, those of child processes included."""

    def cpu() -> float:
        return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

    before, began = cpu(), time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - began, "cpu": cpu() - before}


def common(files: Sequence[Path]) -> Path:
    return Path(os.path.commonpath(files))


# Servers


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


# One run


def run(way: str, url: str, files: list[Path], workspace: Path) -> Numbers:
    """Run one way in a process of its own; return what it measured, and its peak memory in MB."""
    order = json.dumps({"way": way, "url": url, "files": [str(path) for path in files], "workspace": str(workspace)})
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stow", "--child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(order.encode())
    child.stdin.close()
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{way} failed")
    unit = 1 if sys.platform == "darwin" else 1024
    return {**json.loads(said), "peak_mb": usage.ru_maxrss * unit / 1e6}


def child() -> None:
    order = json.load(sys.stdin)
    numbers = WAYS[order["way"]](order["url"], [Path(one) for one in order["files"]], Path(order["workspace"]))
    print(json.dumps(numbers))


@contextmanager
def prepared(files: list[Path], below: Path) -> Iterator[Callable[[str, str, int], Path]]:
    """Scan files once; give what makes a new workspace with them for a server."""
    from eucaim_nb import workspace as workspaces
    from eucaim_nb.dicom import scan

    with tempfile.TemporaryDirectory(dir=below, prefix="workspaces-") as made:
        scanned = workspaces.create(Path(made, "scanned"), node="upv")
        scan(scanned, [common(files)])

        def fresh(url: str, ca_file: str = "", connections: int = AT_ONCE) -> Path:
            folder = Path(tempfile.mkdtemp(dir=made)) / "workspace"
            shutil.copytree(scanned.folder, folder)
            options = {"dicomweb": url, "dicomweb_sign_in": "none", "ca_file": ca_file, "connections": connections}
            workspaces.open_workspace(folder).change(node_options=options)
            return folder

        yield fresh


def cpu_of_server() -> float:
    """Return the CPU seconds so far of the server that runs, the only child of this process then."""
    times = [child.cpu_times() for child in psutil.Process().children()]
    return sum(one.user + one.system for one in times)


# What is compared


def compare(
    server: Callable[[], "contextmanager[str]"], ways: Sequence[str], files: list[Path], below: Path, repeat: int
) -> dict[str, list[Numbers]]:
    """Run each way `repeat` times, in turn, on a new server each time."""
    runs: dict[str, list[Numbers]] = defaultdict(list)
    with prepared(files, below) as fresh:
        for number in range(repeat):
            for way in ways:
                with server() as url:  # type: ignore[attr-defined]
                    before = cpu_of_server()
                    numbers = run(way, url, files, fresh(url))
                    runs[way].append({**numbers, "server_ms": (cpu_of_server() - before) / len(files) * 1000})
                print(f"{number + 1}: {way}: {len(files) / runs[way][-1]['seconds']:,.0f}/s", file=sys.stderr)
    return runs


def rows_of(runs: dict[str, list[Numbers]], files: list[Path]) -> list[dict[str, object]]:
    """Return one row per way: instances per second, ratio of ours to it, CPU seconds per GB, peak memory, and the
    CPU milliseconds of the server per instance.
    """
    gigabytes = sum(path.stat().st_size for path in files) / 1e9
    rows: list[dict[str, object]] = []
    for way, own in runs.items():
        ratios = [a["seconds"] / b["seconds"] for a, b in zip(own, runs["ours"], strict=True)]
        rows.append(
            {
                "way": way,
                "instances_per_second": round(len(files) / median(own, "seconds")),
                "ours_is": f"{statistics.median(ratios):.2f} x",
                "least_most": f"{min(ratios):.2f} to {max(ratios):.2f}",
                "cpu_s_per_gb": round(median(own, "cpu") / gigabytes, 2),
                "peak_mb": round(median(own, "peak_mb")),
                "server_ms": round(median(own, "server_ms"), 1),
            }
        )
    whole = [{"seconds": one["whole_seconds"], "cpu": one["whole_cpu"]} for one in runs["ours"]]
    ratios = [a["seconds"] / b["seconds"] for a, b in zip(whole, runs["ours"], strict=True)]
    rows.append(
        {
            "way": "whole upload",
            "instances_per_second": round(len(files) / median(whole, "seconds")),
            "ours_is": f"{statistics.median(ratios):.2f} x",
            "least_most": f"{min(ratios):.2f} to {max(ratios):.2f}",
            "cpu_s_per_gb": round(median(whole, "cpu") / gigabytes, 2),
            "peak_mb": "",
            "server_ms": "",
        }
    )
    return rows


def median(runs: Sequence[Numbers], name: str) -> float:
    return statistics.median(one[name] for one in runs)


def with_tls(files: list[Path], below: Path, repeat: int) -> dict[str, list[Numbers]]:
    """Measure ours over TLS."""
    certificate = Path(below, "certificate.pem")
    write_certificate(certificate)
    runs: dict[str, list[Numbers]] = {"ours": []}
    with prepared(files, below) as fresh:
        for _ in range(repeat):
            with null_server(certificate) as url:
                runs["ours"].append({**run("ours", url, files, fresh(url, str(certificate))), "server_ms": 0.0})
    return runs


def with_large_series(below: Path) -> dict[str, object]:
    """Measure memory: one series of 4 GB, ten connections."""
    with tempfile.TemporaryDirectory(dir=below, prefix="large-") as folder, null_server() as url:
        files = [large_file(Path(folder), number) for number in range(40)]
        with prepared(files, below) as fresh:
            numbers = run("ours", url, files, fresh(url, connections=10))
    return {"peak_mb": round(numbers["peak_mb"]), "seconds": round(numbers["seconds"], 1)}


def large_file(folder: Path, number: int) -> Path:
    """Write a file of 100 MB whose pixels take no room on the disk."""
    from benchmarks.corpora import _ct, _write

    path = folder / f"{number:03}.dcm"
    dataset = _ct(9999, number)
    dataset.Rows = dataset.Columns = 7071
    del dataset.PixelData
    _write(dataset, path)
    size = 7071 * 7071 * 2
    with path.open("ab") as file:
        file.write(b"\xe0\x7f\x10\x00OW\0\0" + size.to_bytes(4, "little"))
        file.truncate(file.tell() + size)
    return path


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


def table(title: str, rows: list[dict[str, object]]) -> str:
    names = list(rows[0])
    lines = [f"\n### {title}\n", f"| {' | '.join(names)} |", f"|---|{'---:|' * (len(names) - 1)}"]
    lines += [f"| {' | '.join(str(value) for value in row.values())} |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Measure, print tables, and write the numbers if asked to."""
    if "--child" in sys.argv:
        child()
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", choices=["null", "orthanc", "tls", "memory"], action="append")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    wanted = options.only or ["null", "orthanc", "tls", "memory"]
    below = options.dir
    below.mkdir(parents=True, exist_ok=True)
    results: dict[str, list[dict[str, object]]] = {}
    to_null = ("ours", "dicomweb-client", "bare sendfile")
    to_orthanc = ("ours", "dicomweb-client", "raw /instances x4", "bare STOW x4", "storescu x4")
    for kind, many, few in (("ct", 2000, 400), ("small", 2000, 500)):
        files = corpus(kind, below, many)
        for path in files:
            path.read_bytes()  # all read from memory
        if "null" in wanted:
            runs = compare(null_server, to_null, files, below, options.repeat)
            results[f"{kind}, null server"] = rows_of(runs, files)
        if "orthanc" in wanted:
            some = few_of(files, few, below / f"{kind}-{few}")
            runs = compare(lambda: orthanc(below), to_orthanc, some, below, options.repeat)
            results[f"{kind}, Orthanc"] = rows_of(runs, some)
        if "tls" in wanted and kind == "ct":
            results["ct, null server with TLS"] = rows_of(with_tls(files, below, options.repeat), files)
    if "memory" in wanted:
        results["a series of 4 GB, 10 connections"] = [with_large_series(below)]
    for title, rows in results.items():
        print(table(title, rows))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def few_of(files: list[Path], count: int, folder: Path) -> list[Path]:
    """Return the first files, in a folder of their own."""
    links = []
    for path in files[:count]:
        link = folder / path.parent.parent.name / path.parent.name / path.name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            os.link(path, link)
        links.append(link)
    return links


if __name__ == "__main__":
    main()

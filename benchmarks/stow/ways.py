"""The ways to send images; each runs in a process of its own and returns what it measured."""

import http.client
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.corpora import SLICES

AT_ONCE = 4
_IN_A_REQUEST = 13
"""As many as ours sends of a series of 100 on four connections."""

Numbers = dict[str, float]


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

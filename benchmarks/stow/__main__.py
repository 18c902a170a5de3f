"""How fast images are sent over DICOMweb, next to other clients, to Orthanc and to a server that drops everything.

    python -m benchmarks.stow --dir DIR [--repeat 5] [--json FILE]

All ways send the same files, each in a process of its own, in turn within each repetition; a ratio is taken within a
repetition, and the median of the ratios counts. `ours` is the sending of `eucaim_nb.transfer.upload` with its journal
until each instance is acknowledged; `whole upload` is all of the verb: asking the node before, and for its listing
after. `bare STOW x4` is what the server makes of STOW-RS at most; `server_ms` is its own CPU time per instance. Orthanc
runs with its defaults and TCP_NODELAY=1, without which C-STORE takes 44 ms per instance on loopback.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.corpora import corpus

from .servers import cpu_of_server, null_server, orthanc, write_certificate
from .ways import AT_ONCE, WAYS, Numbers, common


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
    from benchmarks.corpora import _write, data_set

    path = folder / f"{number:03}.dcm"
    dataset = data_set("ct", 9999, number)
    dataset.Rows = dataset.Columns = 7071
    del dataset.PixelData
    _write(dataset, path)
    size = 7071 * 7071 * 2
    with path.open("ab") as file:
        file.write(b"\xe0\x7f\x10\x00OW\0\0" + size.to_bytes(4, "little"))
        file.truncate(file.tell() + size)
    return path


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

"""Run other packages, and this project, over one corpus, and score all with one scorer.

    python -m benchmarks.deid.peers --dir /tmp/deid --cache /tmp/peers

Every package gets its own virtual environment in the cache folder, made with pip when it is not there yet. They run
with their defaults, except that dicom-anonymizer is given its newest table. CTP's command runs too where its jars are:
see `benchmarks.deid.ctp`. `nothing` copies the input and
`delete everything` writes nothing: the two ends of every scale.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.deid import ctp
from benchmarks.deid.score import GROUPS, Score, conformance, score

PACKAGES = {
    "dicom-anonymizer": "dicom-anonymizer==2.1.0",
    "dicognito": "dicognito==0.19.0",
    "deid": "deid==0.4.13",
    "dcm-anonymizer": "dcm-anonymizer==0.5.0",
}
OURS = "eucaim-nb"
_RUNNER = Path(__file__).with_name("peer_run.py")


@dataclass
class Result:
    """One tool's score and cost. `failed` counts files that made it raise an error."""

    name: str
    score: Score
    cpu_ms_per_file: float | None = None
    failed: int = 0
    added_errors: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "cpu_ms_per_file": self.cpu_ms_per_file,
            "failed": self.failed,
            "added_errors": self.added_errors,
            **self.score.as_dict(),
        }


def python_of(package: str, cache: Path) -> Path:
    """Python of a peer's own virtual environment, which is made if it is absent."""
    return python_with(PACKAGES[package], cache)


def python_with(requirement: str, cache: Path) -> Path:
    """Python of a virtual environment with one package of a certain version, which is made if it is absent."""
    home = cache / requirement.replace("==", "-")
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", requirement], check=True)
        (home / "ready").touch()
    return python


def run_peer(package: str, corpus: Path, out: Path, cache: Path, warm: int = 0) -> dict[str, Any]:
    """Let a package de-identify the corpus, `warm` of its files once before; returns what `peer_run` measured."""
    command = [python_of(package, cache), str(_RUNNER), package, str(corpus), str(out), str(warm)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=out.parent)
    if done.returncode:
        raise RuntimeError(f"{package} ended with code {done.returncode}: {done.stderr[-400:]}")
    measured: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return measured


def run_ours(corpus: Path, out: Path) -> dict[str, Any] | None:
    """De-identify the corpus through the command line, as a user does; None while there is no such command."""
    command = [sys.executable, "-m", "eucaim_nb", "deidentify", "--help"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return None
    workspace = out.parent / "workspace"
    shutil.rmtree(workspace, ignore_errors=True)
    _ours("init", workspace, "--node", "practice-upv")
    _ours("scan", workspace, corpus)
    began = os.times()
    _ours("deidentify", workspace, "--workers", "1")
    ended = os.times()
    shutil.copytree(workspace / "deidentified", out)
    for ours, name in (("uid_mapping.csv", "uid_mapping.csv"), ("patient_mapping.csv", "patid_mapping.csv")):
        if (workspace / "private" / ours).exists():
            shutil.copy(workspace / "private" / ours, out / name)
    files = sum(path.is_file() and path.suffix != ".csv" for path in corpus.rglob("*"))
    seconds = ended.children_user + ended.children_system - began.children_user - began.children_system
    return {"cpu_seconds": seconds, "files": files, "failed": 0}


def _ours(*words: object) -> None:
    command = [sys.executable, "-m", "eucaim_nb", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # 1 means done with findings, which a corpus full of traps must give.
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"eucaim-nb {words[0]} ended with code {done.returncode}: {done.stderr[-400:]}")


def nothing(corpus: Path, out: Path) -> None:
    """Copy the corpus as it is."""
    shutil.copytree(corpus, out)


def delete_everything(corpus: Path, out: Path) -> None:
    """Write an empty folder."""
    out.mkdir(parents=True)


BASELINES: dict[str, Callable[[Path, Path], None]] = {
    "nothing": nothing,
    "delete everything": delete_everything,
}


def names_of_all(ctp_home: Path | None) -> list[str]:
    """Return every tool that can run here."""
    return [*BASELINES, *PACKAGES, *([ctp.NAME] if ctp_home else []), OURS]


def compare(
    folder: Path, cache: Path, names: list[str], *, ctp_home: Path | None = None, check_conformance: bool = True
) -> list[Result]:
    """Score every named tool on the corpus in `folder`; outputs go to `<folder>/outputs/<tool>`."""
    corpus, key = folder / "input", folder / "key.jsonl"
    results = []
    for name in names:
        out = folder / "outputs" / name.replace(" ", "_")
        shutil.rmtree(out, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        measured: dict[str, Any] | None = {}
        try:
            if name in BASELINES:
                BASELINES[name](corpus, out)
            elif name == OURS:
                measured = run_ours(corpus, out)
            elif name == ctp.NAME and ctp_home is not None:
                measured = ctp.run_ctp(corpus, out, ctp_home)
            else:
                measured = run_peer(name, corpus, out, cache)
        except RuntimeError as error:
            print(f"{name}: left out. {error}", flush=True)
            continue
        if measured is None:
            print(f"{name}: no deidentify command here; left out.", flush=True)
            continue
        result = Result(name, score(key, corpus, out), failed=measured.get("failed", 0))
        if measured:
            result.cpu_ms_per_file = 1000 * measured["cpu_seconds"] / measured["files"]
        if check_conformance:
            result.added_errors = conformance(corpus, out)
        results.append(result)
        with (folder / f"failures_{out.name}.jsonl").open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in result.score.failures)
        print(f"{name}: scored", flush=True)
    return results


def table(results: list[Result]) -> str:
    """One column a tool: headlines in percent, losses, conformance and cost."""
    lines = ["| | " + " | ".join(result.name for result in results) + " |", "|---|" + "---:|" * len(results)]
    for headline in GROUPS:
        total = results[0].score.headlines.get(headline, (0, 0))[1]
        cells = [f"{result.score.percent(headline):.2f}" for result in results]
        lines.append(f"| **{headline}** ({total:,}) | " + " | ".join(cells) + " |")
    rows: list[tuple[str, Callable[[Result], object]]] = [
        ("files missing", lambda result: result.score.missing),
        ("files not readable", lambda result: result.score.unreadable),
        ("dciodvfy errors added", lambda result: _or_dash(result.added_errors)),
        ("CPU ms per file", lambda result: _or_dash(result.cpu_ms_per_file)),
    ]
    for title, value in rows:
        lines.append(f"| {title} | " + " | ".join(str(value(result)) for result in results) + " |")
    return "\n".join(lines)


def by_category(results: list[Result]) -> str:
    """Passed per category, one column a tool."""
    names = sorted({name for result in results for name in result.score.categories})
    lines = [
        "| headline | category (action) | of | " + " | ".join(result.name for result in results) + " |",
        "|---|---|---:|" + "---:|" * len(results),
    ]
    for name in names:
        headline, action, category = name
        cells = [str(result.score.categories[name][0]) for result in results]
        total = results[0].score.categories[name][1]
        lines.append(f"| {headline} | {category} ({action}) | {total} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def default_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "eucaim-nb" / "peers"


def main() -> None:
    """Compare the tools on a corpus that `generate` wrote."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder that `generate` wrote")
    parser.add_argument(
        "--cache", type=Path, default=default_cache(), help="where the packages' environments lie"
    )
    parser.add_argument("--only", nargs="*", help="names of tools; all without it")
    parser.add_argument("--ctp-home", type=Path, help="folder of DAT.jar; CTP_HOME without it")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--categories", action="store_true", help="print every category too")
    arguments = parser.parse_args()
    ctp_home = ctp.home_of(arguments.ctp_home)
    names = arguments.only or names_of_all(ctp_home)
    results = compare(arguments.dir.resolve(), arguments.cache.resolve(), names, ctp_home=ctp_home)
    print(table(results))
    if arguments.categories:
        print(by_category(results))
    if arguments.json:
        arguments.json.write_text(
            json.dumps([result.as_dict() for result in results], indent=1), encoding="utf-8"
        )


if __name__ == "__main__":
    main()

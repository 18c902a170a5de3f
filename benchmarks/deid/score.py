"""Score what a tool made of the corpus: privacy, utility, linkage, stamps and pixels, each for itself.

    python -m benchmarks.deid.score --key KEY.jsonl --input FOLDER --output FOLDER --failures failures.jsonl

Knows no tool: it reads files with pydicom and searches bytes. A missing file reveals nothing and is of no use, so
its removal checks pass and all others fail; a file that cannot be read fails everything.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

from benchmarks.deid import checks
from benchmarks.deid.outputs import File, Outputs

GROUPS = {
    "privacy": (
        "text_removed",
        "date_shifted",
        "uid_changed",
        "bytes_removed",
        "preamble_clean",
        "jpeg_exif_removed",
        "filename_clean",
    ),
    "utility": (
        "tag_retained",
        "text_notnull",
        "text_retained",
        "class_uid_kept",
        "safe_private_retained",
        "derived_readable",
        "interval_preserved",
    ),
    "linkage": ("uid_consistent", "patid_consistent", "patid_distinct", "meta_matches_sop"),
    "stamps": ("stamp",),
    "pixels hidden": ("pixels_hidden",),
    "pixels retained": ("pixels_retained",),
    "tables": ("csv_link_kept",),
}
_GROUP_OF = {action: group for group, actions in GROUPS.items() for action in actions}
_PASS_WHEN_MISSING = {*GROUPS["privacy"], "pixels_hidden"}


@dataclass
class Score:
    """Passed and all checks, by headline and by (headline, action, category), and what failed."""

    headlines: dict[str, tuple[int, int]] = field(default_factory=dict)
    categories: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)
    files: int = 0
    missing: int = 0
    unreadable: int = 0

    def percent(self, headline: str) -> float:
        """Percentage passed; 100 when nothing was asked."""
        passed, total = self.headlines.get(headline, (0, 0))
        return 100.0 * passed / total if total else 100.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "headlines": {name: list(counts) for name, counts in self.headlines.items()},
            "categories": [[*name, *counts] for name, counts in self.categories.items()],
            "files": self.files,
            "missing": self.missing,
            "unreadable": self.unreadable,
        }


def read_key(key: str | Path) -> list[dict[str, Any]]:
    """Rows of an answer key."""
    with Path(key).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def score(key: str | Path, originals: str | Path, outputs: str | Path) -> Score:
    """Check every row of a key against an output folder.

    Parameters
    ----------
    key : str or pathlib.Path
        JSON lines from `generate`.
    originals, outputs : str or pathlib.Path
        Folder that the tool read, and folder that it wrote. If `uid_mapping.csv` and `patid_mapping.csv`
        (columns id_old, id_new) lie in the latter, identity is judged by them, as MIDI-B does.
    """
    rows = read_key(key)
    made = Outputs(Path(originals), Path(outputs))
    linkage = checks.Linkage(made, rows)
    at = {row["sop"]: row["path"] for row in rows if row.get("sop") and row.get("path")}
    result = Score()
    passed: Counter[tuple[str, str, str]] = Counter()
    total: Counter[tuple[str, str, str]] = Counter()
    for row, reason in _judged(rows, made, linkage, at):
        name = (_headline(row), row["action"], row["category"])
        total[name] += 1
        passed[name] += not reason
        if reason:
            result.failures.append({**row, "reason": reason})
    result.categories = {name: (passed[name], total[name]) for name in sorted(total)}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (headline, _, _), (good, every) in result.categories.items():
        sums[headline][0] += good
        sums[headline][1] += every
    result.headlines = {
        headline: (sums[headline][0], sums[headline][1]) for headline in GROUPS if headline in sums
    }
    paths = {row["path"] for row in rows if row.get("sop") and row.get("path")}
    found = [made.of(path) for path in paths]
    result.files = len(paths)
    result.missing = sum(not files for files in found)
    result.unreadable = sum(any(file.dataset is None for file in files) for files in found)
    return result


def _headline(row: dict[str, Any]) -> str:
    return "tables" if row["locus"] == "csv" else _GROUP_OF[row["action"]]


def _judged(
    rows: list[dict[str, Any]], made: Outputs, linkage: checks.Linkage, at: dict[str, str]
) -> Iterator[tuple[dict[str, Any], str]]:
    for row in rows:
        action, locus = row["action"], row["locus"]
        if action == "patid_distinct":
            one, two = (linkage.patients.get(old, "") for old in row["value"])
            yield row, "" if one and two and one != two else "patients are not told apart"
        elif action == "csv_link_kept":
            yield row, checks.table_keeps_link(row, made.tables, linkage.patients.get(row["value"], ""))
        elif locus in {"csv", "dicomdir"}:
            files = made.tables if locus == "csv" else made.directories
            yield row, next(filter(None, (checks.bytes_removed(row, file) for file in files)), "")
        else:
            yield row, _of_file(row, made, linkage, at)


def _of_file(row: dict[str, Any], made: Outputs, linkage: checks.Linkage, at: dict[str, str]) -> str:
    action = row["action"]
    path = row.get("path") or at[row["sop"]]
    files = made.of(path)
    if not files:
        return "" if action in _PASS_WHEN_MISSING else "no output file"
    try:
        verdicts = [_one(row, file, path, made, linkage, at) for file in files]
    except Exception as error:  # outputs may be broken in any way; a check that cannot be made is not passed
        return f"cannot be checked: {type(error).__name__}: {error}"
    # Every copy must be clean; one copy that serves is enough.
    if action in _PASS_WHEN_MISSING:
        return next(filter(None, verdicts), "")
    return min(verdicts, key=len)


def _one(
    row: dict[str, Any], file: File, path: str, made: Outputs, linkage: checks.Linkage, at: dict[str, str]
) -> str:
    action = row["action"]
    if file.dataset is None:
        return "output cannot be read"
    if action == "uid_consistent":
        return linkage.uid(row["value"], checks.first_text(file, row["tag"]))
    if action == "patid_consistent":
        return linkage.patient(row["value"], checks.first_text(file, row["tag"]))
    if action == "interval_preserved":
        other = made.of(at[row["value"]["other"]])[:1] if "other" in row["value"] else [file]
        return checks.interval(row, file, other[0]) if other else "no output file of the other study"
    if action in checks.BY_PAIR:
        return checks.BY_PAIR[action](row, file, made.originals[path])
    return checks.BY_FILE[action](row, file)


def conformance(originals: str | Path, outputs: str | Path) -> int | None:
    """Errors that dciodvfy finds in the outputs beyond those of their originals; None without dciodvfy."""
    if which("dciodvfy") is None:
        return None
    made = Outputs(Path(originals), Path(outputs))
    added = 0
    for relative, original in made.originals.items():
        if original.dataset is None or "SOPInstanceUID" not in original.dataset:
            continue
        before = _errors(original)
        for file in made.of(relative)[:1]:
            added += sum((_errors(file) - before).values())
    return added


def _errors(file: File) -> Counter[str]:
    # Deflated datasets are beyond dciodvfy: it reads them as noise.
    ds = file.dataset
    if ds is None or ds.file_meta.get("TransferSyntaxUID") == "1.2.840.10008.1.2.1.99":
        return Counter()
    with tempfile.NamedTemporaryFile(suffix=".dcm") as copy:
        copy.write(file.raw)
        copy.flush()
        done = subprocess.run(["dciodvfy", copy.name], capture_output=True, check=False)
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    # Values differ on purpose, so an error counts without the value that it quotes.
    value = re.compile(r" = <[^>]*>|\d+(\.\d+){3,}|= \d+")
    return Counter(value.sub("", line) for line in lines if "Error" in line)


def table(result: Score) -> str:
    """Headlines and categories as Markdown."""
    lines = ["| headline | passed | of | % |", "|---|---:|---:|---:|"]
    for name, (passed, total) in result.headlines.items():
        lines.append(f"| **{name}** | {passed} | {total} | {100 * passed / total:.2f} |")
    lines += ["", "| headline | action | category | passed | of |", "|---|---|---|---:|---:|"]
    for (headline, action, category), (passed, total) in result.categories.items():
        lines.append(f"| {headline} | {action} | {category} | {passed} | {total} |")
    lines.append(f"\n{result.files} files, {result.missing} missing, {result.unreadable} not readable.")
    return "\n".join(lines)


def main() -> None:
    """Score one output folder and print the tables."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument(
        "--failures", type=Path, help="write the failed rows with reasons here, one JSON a line"
    )
    parser.add_argument("--dciodvfy", action="store_true", help="count added errors of conformance too")
    arguments = parser.parse_args()
    result = score(arguments.key, arguments.input, arguments.output)
    print(table(result))
    if arguments.dciodvfy:
        print(f"dciodvfy errors added: {conformance(arguments.input, arguments.output)}")
    if arguments.failures:
        with arguments.failures.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(failure, ensure_ascii=False) + "\n" for failure in result.failures)


if __name__ == "__main__":
    main()

"""Which planted identifiers does the search for leaks find, and what does it find that none is?

    python -m benchmarks.risk_leaks --dir /tmp/risk_deid

`--dir` is a corpus of `benchmarks.deid.generate`; it is written if it is not there.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benchmarks.deid.generate import generate
from eucaim_nb.risk._contents import NotReadable, contents
from eucaim_nb.risk._detect import leaks
from eucaim_nb.risk._known import Known
from eucaim_nb.risk._tables import Source

# What a search of headers is asked for; pixels are the business of de-identification.
ASKED = {"text_removed", "date_shifted", "uid_changed", "filename_clean", "jpeg_exif_removed", "preamble_clean"}
BYTES = {
    "overlay bitmap": "6000", "curve": "5000", "icon": "(0088,0200)", "text in a PDF": "(0042,0011)",
    "trailing padding": "(FFFC,FFFC)",
}  # fmt: skip


def place_of(row: dict[str, Any]) -> str:
    """Return the place that a row of the key names, as findings name it; private blocks by group and last byte."""
    if row["action"] == "filename_clean":
        return "file name"
    if row["action"] == "preamble_clean":
        return "preamble"
    if row["action"] == "jpeg_exif_removed":
        return "(7FE0,0010)"
    parts = []
    for part in row["tag"].split("/"):
        tag, _, item = part.partition("[")
        group, element = (tag[:4], f"..{tag[-2:]}") if ":" in tag else (tag[:4], tag[4:])
        parts.append(f"({group},{element})" + (f"[{item}" if item else ""))
    return "".join(parts)


def same(place: str, wanted: str) -> bool:
    """Tell whether a place is the one a key names, whose private elements have any block."""
    if ".." not in wanted:
        return place == wanted
    return len(place) == len(wanted) and all(b == "." or a == b for a, b in zip(place, wanted, strict=True))


def measure(folder: Path) -> dict[str, Any]:
    """Search a corpus and compare with its key."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (folder / "key.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[row.get("path", "")].append(row)
    known = Known(Source.ORIGINAL)
    found_rows, asked_rows, missed = 0, 0, Counter()
    right, findings, wrong = 0, 0, Counter()
    clean, alarms = 0, Counter()
    for path, planted in sorted(rows.items()):
        file = folder / "input" / path
        if not file.is_file():
            continue
        try:
            with file.open("rb") as stream:
                found = {one.place: one for one in leaks(contents(stream), known, path)}
        except NotReadable:
            continue
        wanted: set[str] = set()
        for row in planted:
            if row["action"] == "bytes_removed" and row["category"] in BYTES:
                begins = BYTES[row["category"]]
                hit = any(begins in place for place in found)
                wanted |= {place for place in found if begins in place}
            elif row["action"] in ASKED:
                place = place_of(row)
                hits = {one for one in found if same(one, place)}
                wanted |= hits
                hit = bool(hits)
            else:
                continue
            asked_rows += 1
            found_rows += hit
            if not hit:
                missed[row["action"], row["category"], row.get("tag", "")] += 1
        for place, one in found.items():
            findings += 1
            right += place in wanted
            if place not in wanted:
                wrong[place, one.kind.value, one.detector] += 1
        # Places with nothing to hide: protocol words, codes, eponyms, geometry.
        gone = {place_of(row) for row in planted if row["action"] in ASKED}
        for place in {place_of(row) for row in planted if row["action"] == "text_retained"} - gone:
            clean += 1
            alarms.update([place] if any(same(one, place) for one in found) else [])
    return {
        "planted": asked_rows,
        "recall": found_rows / asked_rows,
        "missed": [[*what, count] for what, count in missed.most_common(40)],
        "findings": findings,
        "precision": right / findings,
        "wrong": [[*what, count] for what, count in wrong.most_common(40)],
        "clean_places": clean,
        "false_alarms": sum(alarms.values()),
        "alarms": alarms.most_common(20),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    options = parser.parse_args()
    if not (options.dir / "key.jsonl").exists():
        generate(options.dir)
    print(json.dumps(measure(options.dir), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()

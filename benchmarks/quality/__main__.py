"""Injected faults told by the right check, next to other programs, and clean series that are called wrong.

Every fault is put into a clean stack in four orientations, every clean kind is checked as it is, and all files that
pydicom brings along get a verdict.

    python -m benchmarks.quality --dir /tmp/quality --peers /tmp/peers --json quality.json
"""

import argparse
import json
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydicom.data import get_testdata_files

from benchmarks.quality.controls import CONTROLS
from benchmarks.quality.faults import FAULTS, Case, Fault
from benchmarks.quality.peers import Peer, available, why_not_dicom_validator
from benchmarks.quality.stacks import AXES, series, write
from eucaim_nb import quality, workspace
from eucaim_nb.dicom import scan

Row = dict[str, Any]


def check(folder: Path, home: Path, level: str, node: str, case: Case | None = None) -> list[Any]:
    """Scan and check a folder in a new workspace, and return the findings."""
    shutil.rmtree(home, ignore_errors=True)
    opened = workspace.create(home, node=node, project="BENCH")
    if case is not None and case.settings:
        opened = opened.change(node_options=case.settings)
    if case is not None and case.clinical:
        (opened.folder / "clinical" / "clinical.csv").write_text(case.clinical)
    if case is not None and case.manifest:
        (opened.folder / "dataset" / "expected.csv").write_text(case.manifest)
    scan(opened, [folder])
    quality.run(opened, level=level)
    return quality.findings(opened)


def inject(fault: Fault, plane: str, folder: Path) -> Case:
    """Write a stack with a fault in it."""
    shutil.rmtree(folder, ignore_errors=True)
    case = Case(plane, folder, series(plane))
    fault.inject(case)
    return case


def faults(below: Path, peers: dict[str, Peer], planes: Iterable[str] = AXES) -> list[Row]:
    """Return one row per fault and orientation: which checks told it, and which peers."""
    rows = []
    for plane in planes:
        clean = below / plane / "clean"
        shutil.rmtree(clean, ignore_errors=True)
        write(series(plane), clean / "1")
        quiet = {(one.check_id, one.severity) for one in check(clean, below / "ws", "full", "practice-upv")}
        folders = [clean]
        for number, fault in enumerate(FAULTS):
            folder = below / plane / f"{number:03}"
            folders.append(folder)
            case = inject(fault, plane, folder)
            found = {
                (one.check_id, one.severity)
                for one in check(folder, below / "ws", fault.level, fault.node, case)
            }
            rows.append(
                {
                    "fault": fault.name,
                    "plane": plane,
                    "expected": list(fault.expected),
                    "told": set(fault.expected) <= {check_id for check_id, _ in found - quiet},
                    "found": sorted({check_id for check_id, _ in found}),
                    "peers": {},
                }
            )
        for name, run in peers.items():
            usual, *others = run(folders)
            for row, said in zip(rows[-len(FAULTS) :], others, strict=True):
                row["peers"][name] = said != usual
    return rows


def controls(below: Path) -> list[Row]:
    """Return one row per clean kind: the checks that called it an error, or gave a warning."""
    rows = []
    for name, make in CONTROLS.items():
        folder = below / "control"
        shutil.rmtree(folder, ignore_errors=True)
        make(folder)
        found = check(folder, below / "ws", "full", "practice-upv")
        rows.append(
            {
                "control": name,
                "errors": sorted({one.check_id for one in found if one.severity == "ERR"}),
                "warnings": sorted({one.check_id for one in found if one.severity == "WARN"}),
            }
        )
    return rows


def bundled(below: Path) -> Row:
    """Check every file that pydicom brings along, each with a verdict: indexed, or told why not."""
    folder = below / "bundled"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = [Path(path) for path in get_testdata_files() if Path(path).is_file()]
    for number, path in enumerate(paths):
        shutil.copy(path, folder / f"{number:03}-{path.name}")
    shutil.rmtree(below / "ws", ignore_errors=True)
    opened = workspace.create(below / "ws", node="practice-upv")
    scan(opened, [folder])
    done = quality.run(opened, level="full")
    ids = opened.originals()
    instances = sum(files for *_, files in opened.ledger.checkable.seen(ids))
    told = len({row[:4] for row in opened.ledger.checkable.loose(ids)})
    return {"files": len(paths), "verdicts": instances + told, "findings": done.findings}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dir", type=Path, required=True, help="folder for the files; its content is replaced"
    )
    parser.add_argument(
        "--peers", type=Path, default=Path("peers"), help="virtual environment with the peers"
    )
    parser.add_argument("--json", type=Path, help="file for the results")
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)
    peers = available(options.peers)
    rows, clean, files = faults(options.dir, peers), controls(options.dir), bundled(options.dir)
    told = Counter(row["told"] for row in rows)
    print(
        f"{len(FAULTS)} faults x {len(AXES)} orientations: {told[True]} of {len(rows)} told by the right check"
    )
    for name in peers:
        print(f"  {name}: {sum(row['peers'][name] for row in rows)} of {len(rows)} told from a clean stack")
    print(f"  dicom-validator: {why_not_dicom_validator(options.peers)}")
    for row in rows:
        if not row["told"]:
            print("  NOT TOLD", row["plane"], row["fault"], row["expected"], row["found"])
    print(f"{len(clean)} clean kinds: {sum(bool(row['errors']) for row in clean)} called an error")
    for row in clean:
        if row["errors"] or row["warnings"]:
            print("  ", row["control"], row["errors"], row["warnings"])
    print("bundled files of pydicom:", files)
    if options.json:
        options.json.write_text(json.dumps({"faults": rows, "controls": clean, "bundled": files}, indent=1))


if __name__ == "__main__":
    main()

"""How fast is a table measured, next to pycanon; how fast are what-if and the search; do both say the same?

    python -m benchmarks.risk --cache /tmp/peers

pycanon gets an environment of its own in the cache folder, made with pip when it is not there yet. It cannot do 100,000
rows in any time worth waiting for, so the ratio is measured with fewer rows, in one run and on the same table.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.deid.peers import default_cache, python_with
from eucaim_nb import risk

_PYCANON = "pycanon==1.3.6"
_PEER = Path(__file__).with_name("risk_peer.py")
QUASI = ["sex", "age", "year", "vendor", "body_part", "weight", "site", "modality"]
SENSITIVE = ["diagnosis", "psa"]


def table_of(rows: int, seed: int = 1) -> pd.DataFrame:
    """Return an invented registry."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "sex": rng.choice(["F", "M"], rows),
            "age": rng.normal(64, 11, rows).clip(18, 99).astype(int),
            "year": rng.integers(2015, 2025, rows),
            "vendor": rng.choice(["GE", "Philips", "Siemens"], rows, p=[0.3, 0.3, 0.4]),
            "body_part": rng.choice(["BREAST", "CHEST", "COLON", "LIVER", "PROSTATE"], rows),
            "weight": rng.normal(75, 14, rows).round(-1).astype(int),
            "site": rng.choice([f"site {number}" for number in range(12)], rows),
            "modality": rng.choice(["CT", "MG", "MR", "PT"], rows),
            "diagnosis": rng.choice([f"C{number}" for number in range(15, 60)], rows),
            "psa": rng.integers(0, 300, rows),
        }
    )


def seconds(work: Callable[[], Any], times: int = 5) -> float:
    """Return the median time of some work."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def same_set(table: pd.DataFrame, quasi: list[str]) -> dict[str, Any]:
    """Return the figures that pycanon has too, from its CSV on."""
    found = risk.assess(table, quasi, sensitive_columns=SENSITIVE)
    return {
        "k": found.k,
        "prosecutor_max": found.disclosure.prosecutor_max,
        **{one.column: {"distinct": one.distinct, "closeness": _closeness(one)} for one in found.sensitive},
    }


def _closeness(one: risk.Sensitive) -> float:
    return one.closeness if one.ordered_closeness is None else one.ordered_closeness


def against_pycanon(cache: Path, rows: int, quasi: list[str]) -> dict[str, Any]:
    """Measure both on one table. Ours computes more than the set that both have."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.csv"
        table_of(rows).to_csv(file, index=False)
        command = [python_with(_PYCANON, cache), _PEER, file, "--quasi", *quasi, "--sensitive", *SENSITIVE]
        theirs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        table = pd.read_csv(file)
    ours = same_set(table, quasi)
    took = seconds(lambda: same_set(table, quasi))
    alike = all(
        np.isclose(ours[column][figure], theirs[column][figure])
        for column in SENSITIVE
        for figure in ("distinct", "closeness")
    )
    return {
        "rows": rows,
        "quasi_identifiers": len(quasi),
        "ours_seconds": took,
        "pycanon_seconds": theirs["seconds"],
        "times_as_fast": theirs["seconds"] / took,
        "same": alike and ours["k"] == theirs["k"] and ours["prosecutor_max"] == theirs["prosecutor_max"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cache", type=Path, default=default_cache())
    options = parser.parse_args()
    large, middle = table_of(100_000), table_of(20_000)
    levels = [risk.usual_hierarchy(middle[name], None) for name in QUASI]
    lattice = risk.Lattice(middle, levels)
    eight = pd.DataFrame({f"c{number}": np.random.default_rng(number).integers(0, 80, 20_000) for number in range(8)})
    of_four = [
        risk.Hierarchy(one.column, (one.levels[0], *one.levels[2:]))
        for one in (risk.usual_hierarchy(eight[name], None) for name in eight)
    ]
    began = time.perf_counter()
    best = risk.search(risk.Lattice(eight, of_four), 5, most_suppressed=400)
    searched = time.perf_counter() - began
    assert best is not None
    result = {
        "all_metrics_100000_x_8_seconds": seconds(
            lambda: risk.assess(large, QUASI, sensitive_columns=SENSITIVE, population=5_000_000)
        ),
        "with_missing_values_seconds": seconds(
            lambda: risk.assess(
                large.mask(np.random.default_rng(3).random(large.shape) < 0.01), QUASI, population=5_000_000
            )
        ),
        "what_if_20000_first_seconds": seconds(lambda: risk.Lattice(middle, levels).scenario([0] * 8, 5)),
        "what_if_20000_next_seconds": seconds(lambda: lattice.scenario([0, 1, 1, 0, 0, 1, 0, 0], 5)),
        "search_8_x_4_seconds": searched,
        "search_8_x_4_measured": [best.tried, best.nodes],
        "pycanon": [
            against_pycanon(options.cache, 1_000, QUASI),
            against_pycanon(options.cache, 20_000, ["sex", "year", "vendor"]),
        ],
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

"""Loss test: uploads under injected faults and kill -9 of both sides; nothing may be lost or claimed in vain.

    python -m benchmarks.loss --dir DIR [--runs 200] [--seed 1] [--instances 2000] [--target upv|xnat|orthanc]

Each run is drawn from its seed, target and number. It starts the client several times while the server misbehaves
and either side is killed, then without trouble until all is done, and looks after every start at what the server
itself holds. Exit status 1 if any run lost, doubled or changed an instance, called one verified that was not held, or
sent anything again in the end.
"""

import argparse
import random
import shutil
import sys
import time
from pathlib import Path

from .cohort import write
from .run import TARGETS, Outcome, run
from .servers import Orthanc


def main() -> int:
    """Print a line a run, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--instances", type=int, default=2000)
    parser.add_argument("--target", choices=TARGETS, action="append")
    options = parser.parse_args()
    targets = [one for one in options.target or TARGETS if one != "orthanc" or Orthanc.installed()]
    cohort = options.dir / "cohort"
    shutil.rmtree(cohort, ignore_errors=True)
    expected = write(cohort, options.instances, options.seed)
    outcomes: list[Outcome] = []
    for number in range(options.first, options.first + options.runs):
        target = targets[number % len(targets)]
        rng = random.Random(f"{options.seed}/{target}/{number}")
        began = time.monotonic()
        outcome = run(options.dir / f"run-{number}", target, rng, cohort, expected)
        outcomes.append(outcome)
        seconds = time.monotonic() - began
        print(f"{number} {target} {'ok' if outcome.good else 'BAD'} {seconds:.1f} s {outcome}", flush=True)
    bad = [outcome for outcome in outcomes if not outcome.good]
    print(
        f"{len(outcomes)} runs of {options.instances} instances, seed {options.seed}: {len(bad)} bad; "
        f"{sum(o.lost for o in outcomes)} lost, {sum(o.in_vain for o in outcomes)} verified in vain, "
        f"{sum(o.kills for o in outcomes)} kills, {sum(o.starts for o in outcomes)} starts"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

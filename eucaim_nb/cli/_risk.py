"""The command `risk`."""

import argparse
from collections.abc import Mapping
from typing import Any

from eucaim_nb.workspace import open_workspace

from ._console import Console
from ._work import not_finished, run


def risk(options: argparse.Namespace, console: Console) -> int:
    """Assess the risk of re-identification and write the report."""
    workspace = open_workspace(options.workspace)
    arguments = {"source": options.source, "k": options.k, "population": options.population}
    job = run(workspace, "risk", arguments, console)
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    console.result(done, _text(done))
    return 1 if done["leaks"] or done["records_below_k"] or done["unreadable"] else 0


def _text(done: Mapping[str, Any]) -> str:
    lines = [
        f"{done['leaks']:,} places tell of a person in {done['files']:,} files ({done['source']}); "
        f"{done['unreadable']:,} files could not be read."
    ]
    for name, table in done["tables"].items():
        lines.append(
            f"{name}: k {table['k']}, {table['sample_uniques']:,} of {table['records']:,} patients are like nobody "
            f"else, {table['records_below_k']:,} are in groups below {done['wanted_k']}; prosecutor risk at most "
            f"{table['prosecutor_max']:.3f}, on average {table['prosecutor_avg']:.3f}."
        )
    lines += [f"{name}: {why}" for name, why in done["unassessed"].items()]
    lines.append("The report is reports/risk.html. The threshold is your data protection officer's decision.")
    return "\n".join(lines)

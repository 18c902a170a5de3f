"""The command `segment`."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eucaim_nb import annotations
from eucaim_nb.annotations import Outcome, State
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console
from ._work import not_finished, run

_SHOWN = 40


def segment(options: argparse.Namespace, console: Console) -> int:
    """Make segmentations of masks."""
    workspace = open_workspace(options.workspace)
    missing = _keep_about(workspace, options)
    place = Path(options.masks).expanduser().absolute()
    arguments = {
        "masks": os.fspath(place),
        "labels": options.labels and os.fspath(Path(options.labels).expanduser().absolute()),
        "series": options.series,
        "resample": options.resample,
        "labelmap": options.labelmap,
        "method": options.method.upper(),
        "algorithm": options.algorithm,
        "algorithm_version": options.algorithm_version,
    }
    job = run(workspace, "segment", arguments, console)
    if job.result is None:
        return not_finished(job, console)
    sources = {os.fspath(one.path) for one in annotations.masks_in(place)}
    found = [one for one in annotations.outcomes(workspace) if one.source in sources]
    refused = [{"mask": one.mask, "reason": one.reason} for one in found if one.state is State.REFUSED]
    files = [os.fspath(workspace.folder / one.output) for one in found if one.output]
    console.result({**job.result, "refused": refused, "files": files}, _text(job.result, found, missing))
    return 1 if refused or job.result["resampled"] else 0


def _keep_about(workspace: Workspace, options: argparse.Namespace) -> Sequence[str]:
    """Keep what was said of the annotations as a whole, and return what is missing."""
    said = {
        "annotators": options.annotators,
        "annotator_type": options.annotator_type,
        "years_of_experience": options.experience,
        "sequences": options.sequences,
    }
    before = annotations.about(workspace)
    now = replace(before, **{name: value for name, value in said.items() if value is not None})
    if now != before:
        annotations.keep_about(workspace, now)
    return now.missing


def _text(done: Mapping[str, Any], found: Sequence[Outcome], missing: Sequence[str]) -> str:
    told = [
        f"{one.mask}: {words}"
        for one in found
        for words in ([one.reason] if one.state is State.REFUSED else one.remarks)
    ]
    lines = told[:_SHOWN]
    if len(told) > _SHOWN:
        lines.append(f"... and {len(told) - _SHOWN:,} more: see reports/annotations.html")
    lines.append(
        f"{done['written']:,} segmentations written, {done['unchanged']:,} unchanged, {done['passed']:,} were ones "
        f"already, {done['refused']:,} masks refused; {done['segments']:,} segments."
    )
    if missing:
        lines.append(f"EUCAIM also asks for: {', '.join(missing)} (--annotators, --annotator-type, ...).")
    if done["deidentify"]:
        lines.append("Images were de-identified before: de-identify again, so that the segmentations go with them.")
    return "\n".join(lines)

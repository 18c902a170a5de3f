"""The command `dataset`: one dataset at the node, and what is done with it."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eucaim_nb import workflow
from eucaim_nb.dataset import node
from eucaim_nb.errors import SettingsError
from eucaim_nb.workflow import DatasetState
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console
from ._sign_in import credentials, secrets
from ._work import not_finished, run

Options = argparse.Namespace
_TOLD = 20


def dataset(options: Options, console: Console) -> int:
    """Do what is asked."""
    workspace = open_workspace(options.workspace)
    return _ACTIONS[options.action](workspace, options, console)


def _list(workspace: Workspace, options: Options, console: Console) -> int:
    found = node.listed(workspace, credentials=credentials(workspace))
    lines = [f"{one.id}  {one.state}, {one.name}, version {one.version or '-'}" for one in found]
    _say(workspace, console, "\n".join(lines) or "There is no dataset yet.", datasets=[asdict(one) for one in found])
    return 0


def _create(workspace: Workspace, options: Options, console: Console) -> int:
    index = Path(options.index).expanduser() if options.index else None
    ident = node.create(workspace, _read(options.values), index=index, credentials=credentials(workspace))
    _say(workspace, console, f"The node makes the dataset {ident}. Watch it.")
    return 0


def _watch(workspace: Workspace, options: Options, console: Console) -> int:
    job = run(workspace, "dataset-watch", {"ident": options.id}, console, secrets(workspace))
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    failed = done["state"] == DatasetState.FAILED
    why = f" The node says: {done['message']}. {done['means']} {done['mend']}" if failed else ""
    more = {name: done[name] for name in ("message", "means", "mend", "seconds")}
    _say(workspace, console, f"The dataset {done['id']}: {done['state']}.{why}", **more)
    return 1 if failed else 0


def _reconcile(workspace: Workspace, options: Options, console: Console) -> int:
    job = run(workspace, "dataset-compare", {"ident": options.id}, console, secrets(workspace))
    if job.result is None:
        return not_finished(job, console)
    done = job.result
    lost = node.missing_series(workspace)
    lines = [
        f"{word.capitalize()}: {number:,} sent, {done['there'].get(word, 0):,} in the dataset."
        for word, number in done["here"].items()
    ]
    lines += [f"Missing: {one.subject}, study {one.study_uid}, series {one.series_uid}" for one in lost[:_TOLD]]
    lines += ["The whole list is dataset/missing_series.csv."] if lost else ["Nothing is missing."]
    more = {name: done[name] for name in ("here", "there", "unverified", "others")}
    _say(workspace, console, "\n".join(lines), **more)
    return 1 if done["missing"] or done["unverified"] else 0


def _set(workspace: Workspace, options: Options, console: Console) -> int:
    values = _read(options.values)
    if not values:
        raise SettingsError("There is nothing to set. Give properties as NAME=VALUE.")
    found = node.set_properties(workspace, values, ident=options.id, credentials=credentials(workspace))
    said = [f"Set, and shown by the node: {', '.join(values)}.", *found.lacking]
    _say(workspace, console, "\n".join(said), lacking=list(found.lacking))
    return 1 if found.lacking else 0


def _release(workspace: Workspace, options: Options, console: Console) -> int:
    done = node.release(
        workspace,
        ident=options.id,
        level=options.level,
        override=options.override,
        credentials=credentials(workspace),
    )
    _say(workspace, console, f"The node shows the dataset {done.id} as {done.state}.", by_us=done.by_us)
    return 0


def _invalidate(workspace: Workspace, options: Options, console: Console) -> int:
    found = node.invalidate(workspace, options.reason, ident=options.id, credentials=credentials(workspace))
    _say(workspace, console, f"The node shows the dataset {found.dataset.id} as {found.dataset.state}.")
    return 0


def _revalidate(workspace: Workspace, options: Options, console: Console) -> int:
    found = node.revalidate(workspace, ident=options.id, credentials=credentials(workspace))
    _say(workspace, console, f"The node shows the dataset {found.dataset.id} as {found.dataset.state}.")
    return 0


def _discard(workspace: Workspace, options: Options, console: Console) -> int:
    node.discard(workspace, credentials=credentials(workspace))
    _say(workspace, console, "The dataset that was not completed is removed at the node.")
    return 0


def _history(workspace: Workspace, options: Options, console: Console) -> int:
    found = node.history(workspace, ident=options.id, credentials=credentials(workspace))
    told = [("Accesses", found.accesses), ("Traces", found.traces)]
    lines = [f"{title}: {len(rows):,}" for title, rows in told if rows is not None]
    _say(workspace, console, "\n".join([*lines, *found.untold]), **asdict(found))
    return 0


def _preview(workspace: Workspace, options: Options, console: Console) -> int:
    found = node.preview(workspace)
    text = f"index.json: {len(found.index):,} studies. eforms.json: {len(found.eforms):,} subjects."
    _say(workspace, console, text, index=found.index, eforms=found.eforms)
    return 0


_ACTIONS: Mapping[str, Callable[[Workspace, Options, Console], int]] = {
    "list": _list,
    "create": _create,
    "watch": _watch,
    "reconcile": _reconcile,
    "set": _set,
    "release": _release,
    "invalidate": _invalidate,
    "revalidate": _revalidate,
    "discard": _discard,
    "history": _history,
    "preview": _preview,
}


def _read(values: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in values]
    if wrong := [name for name, sign, _ in pairs if not sign or not name]:
        raise SettingsError(f"A property is given as NAME=VALUE, not {wrong[0]!r}.")
    return {name.strip(): value for name, _, value in pairs}


def _say(workspace: Workspace, console: Console, text: str, **more: Any) -> None:
    """Print what was done, with what is known of the dataset now."""
    kept = workflow.node_dataset(workspace)
    known = {
        "id": kept.id if kept else None,
        "state": kept.state if kept else None,
        "counts": kept.counts if kept else {},
        "missing": kept.compared.missing if kept and kept.compared else None,
    }
    console.result({**known, **more}, text)

"""The command `register`."""

import argparse
from collections.abc import Iterator

from eucaim_nb import paperwork
from eucaim_nb.dataset import catalogue
from eucaim_nb.dataset.catalogue import Agreement, LookUp, Presence
from eucaim_nb.errors import SettingsError
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console
from ._work import not_finished, run

_WORDS = {
    Presence.SHOWN: "The catalogue shows the dataset {id}.",
    Presence.UNKNOWN: "The catalogue does not know the dataset {id} yet.",
    Presence.UNREACHABLE: "The catalogue gave no answer. Look with your own eyes, or try again later.",
}


def register(options: argparse.Namespace, console: Console) -> int:
    """Make the ticket and its attachments ready, look the dataset up in the catalogue, or try the harvest."""
    workspace = open_workspace(options.workspace)
    if options.override and (options.look_up or options.harvest):
        raise SettingsError("--override goes with making the attachments ready.")
    if options.look_up:
        return _look_up(workspace, options.id, console)
    if options.harvest:
        return _harvest(workspace, console)
    job = run(workspace, "registration", {"override": options.override}, console)
    if job.result is None:
        return not_finished(job, console)
    files = [str(workspace.folder / file) for file in job.result["files"]]
    blockers, written = list(job.result["blockers"]), []
    if files:
        ticket = paperwork.request(workspace, "registry")
        written = [str(file) for file in paperwork.write_ticket(workspace, ticket)]
        blockers = list(dict.fromkeys([*blockers, *ticket.blockers]))
    lines = [
        *(f"Open: {one}" for one in blockers),
        *(f"To attach: {file}" for file in files),
        *(f"Ticket: {file}" for file in written),
    ]
    console.result({"files": [*files, *written], "blockers": blockers}, "\n".join(lines))
    return 1 if blockers else 0


def _look_up(workspace: Workspace, ident: str, console: Console) -> int:
    found = catalogue.look_up(workspace, ident)
    console.result(
        {
            "presence": found.presence,
            "identifier": found.identifier,
            "way": found.way,
            "differing": found.differing,
            "columns": [
                {"column": one.column, "here": one.here, "there": one.there, "agreement": one.agreement}
                for one in found.lines
            ],
            "failures": dict(found.failures),
        },
        "\n".join(_lines(found)),
    )
    if found.presence is Presence.UNREACHABLE:
        return 2
    return 0 if found.presence is Presence.SHOWN and not found.differing else 1


def _lines(found: LookUp) -> Iterator[str]:
    yield _WORDS[found.presence].format(id=found.identifier)
    yield from (f"By {way}: {why}" for way, why in found.failures.items())
    for one in found.lines:
        if one.agreement is not Agreement.EQUAL:
            yield f"{one.title} ({one.agreement}): here {one.here or 'nothing'}, there {one.there or 'nothing'}"
    if found.lines:
        yield f"{len(found.lines) - found.differing:,} of {len(found.lines):,} columns say the same as the record."


def _harvest(workspace: Workspace, console: Console) -> int:
    done = catalogue.harvest(workspace)
    console.result({"found": done.found, "datasets": done.datasets}, done.sentence)
    return 0 if done.found else 1

"""The arguments of every command, each with an example. What runs a command is imported only when it is run."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module

from eucaim_nb import __version__
from eucaim_nb.cli._console import Console

from . import (
    _annotations,
    _clinical,
    _dataset,
    _dossier,
    _images,
    _metadata,
    _node,
    _paperwork,
    _serve,
    _workspace,
)

PHASES = (
    _serve,
    _workspace,
    _paperwork,
    _annotations,
    _images,
    _clinical,
    _node,
    _dataset,
    _metadata,
    _dossier,
)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse a command line; wrong arguments end the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="eucaim-nb",
        description="From a folder of DICOM files to a published EUCAIM dataset.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"eucaim-nb {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: str, about: str, example: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=about, description=about, epilog=f"example: eucaim-nb {example}", allow_abbrev=False
        )
        command.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        command.add_argument("--quiet", action="store_true", help="print no progress and no messages")
        command.set_defaults(command=run)
        return command

    for phase in PHASES:
        phase.declare(add)
    try:
        return parser.parse_args(arguments)
    except SystemExit as ended:
        if ended.code == 2 and "--json" in (sys.argv if arguments is None else arguments):
            print(json.dumps({"error": "These arguments cannot be used: see standard error."}), flush=True)
        raise


def run(options: argparse.Namespace, console: Console) -> int:
    """Run the command that was parsed and return its exit status."""
    module, function = options.command.split(".")
    status: int = getattr(import_module(f"eucaim_nb.cli.{module}"), function)(options, console)
    return status


__all__ = ["PHASES", "parse", "run"]

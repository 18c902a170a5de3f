"""What the declarations of commands share: how one is added, arguments of several, and kinds of numbers."""

import argparse
from typing import Protocol


class Add(Protocol):
    """Adds a command: its name, what runs it as "_module.function", what it does, and an example."""

    def __call__(self, name: str, run: str, about: str, example: str) -> argparse.ArgumentParser: ...


def add_workspace(command: argparse.ArgumentParser) -> None:
    """Declare the workspace that a command works in."""
    command.add_argument("workspace", metavar="WS", help="workspace folder")


def add_port(command: argparse.ArgumentParser) -> None:
    """Declare where a server of this program listens."""
    command.add_argument("--port", type=int, default=0, help="port on this computer (default: any free one)")


def at_least_one(text: str) -> int:
    """Return a number of processes, connections or the like."""
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("must be from 1 to 64")
    return number


def group_size(text: str) -> int:
    """Return a number of patients who look alike."""
    number = int(text)
    if number < 2:
        raise argparse.ArgumentTypeError("must be at least 2")
    return number

"""What was searched already: a line for each series, written as it is done, so that a stopped search goes on."""

import json
import os
from collections.abc import Collection, Iterator
from typing import Any

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.workspace import Workspace

from ._leak_rows import LeakCounts, LeakRow
from ._tables import FOLDER, Source, write


class LeakStore:
    """The lines of one source in `risk/`. They hold masked excerpts and digests, no identifiers."""

    def __init__(self, workspace: Workspace, source: Source) -> None:
        self._workspace = workspace
        self._name = f"leaks-{source}.jsonl"
        self._path = workspace.folder / FOLDER / self._name

    def states(self) -> dict[str, str]:
        """Return what is known of each series: its digest when it was searched."""
        return {line["series"]: line["state"] for line in self._lines()}

    def add(self, series: str, state: str, files: int, unreadable: int, found: LeakCounts) -> None:
        """Note a series that was searched.

        Raises
        ------
        WorkspaceError
            The folder cannot be written.
        """
        line = {"series": series, "state": state, "files": files, "unreadable": unreadable, "leaks": found.plain()}
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(("" if self._ends_whole() else "\n") + json.dumps(line, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise WorkspaceError(
                f"The findings cannot be written to the workspace: {error.strerror}. Make room or mend the permissions."
            ) from error

    def keep_only(self, current: Collection[str]) -> None:
        """Drop what is about series that are no longer there, and all but the last line of each."""
        last = {line["series"]: number for number, line in enumerate(self._lines())}
        kept = {number for series, number in last.items() if series in current}
        lines = (line for number, line in enumerate(self._lines()) if number in kept)
        write(self._workspace, self._name, (json.dumps(line, ensure_ascii=False) + "\n" for line in lines))

    def summed_up(self) -> tuple[list[LeakRow], int, int]:
        """Return all leaks, the gravest first, and how many files were read and could not be read."""
        counts, files, unreadable = LeakCounts(), 0, 0
        for line in self._lines():
            counts.merge(line["leaks"])
            files += line["files"]
            unreadable += line["unreadable"]
        return counts.rows(), files, unreadable

    def _ends_whole(self) -> bool:
        try:
            with self._path.open("rb") as file:
                return not file.seek(0, os.SEEK_END) or (file.seek(-1, os.SEEK_END) >= 0 and file.read(1) == b"\n")
        except FileNotFoundError:
            return True

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as file:
            for text in file:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue  # cut off when the worker was killed: the series is searched again
                if isinstance(line, dict) and "series" in line:
                    yield line

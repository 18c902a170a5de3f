"""What a command prints: a result on standard output, everything else on standard error."""

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from eucaim_nb.jobs import Progress

_SECONDS_BETWEEN_LINES = 5.0


class Console:
    """Prints for a person or, with `--json`, for a program."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self._as_json = as_json
        self._quiet = quiet
        self._told_at = time.monotonic()

    def result(self, values: Mapping[str, Any], text: str) -> None:
        """Print the result: `values` as one JSON object, or `text` for a person."""
        print(json.dumps(values, default=str) if self._as_json else text, flush=True)

    def fail(self, text: str) -> None:
        """Print why the command could not run."""
        if self._as_json:
            print(json.dumps({"error": text}), flush=True)
        print(text, file=sys.stderr)

    def say(self, text: str) -> None:
        """Print a message, unless told to be quiet."""
        if not self._quiet:
            print(text, file=sys.stderr)

    def progress(self, progress: Progress) -> None:
        """Print how far the work is: in place on a terminal, else a line now and then."""
        if self._quiet:
            return
        of = f" of {progress.total:,}" if progress.total is not None else ""
        line = f"{progress.doing}: {progress.done:,}{of} {progress.unit}"
        if sys.stderr.isatty():
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._told_at >= _SECONDS_BETWEEN_LINES:
            self._told_at = time.monotonic()
            print(line, file=sys.stderr, flush=True)

    def progress_ended(self) -> None:
        """Leave the line that `progress` wrote in place."""
        if not self._quiet and sys.stderr.isatty():
            print(file=sys.stderr)

"""The worker process: `python -m eucaim_nb.jobs WORKSPACE JOB_ID`, with its secrets as JSON on standard input."""

import json
import sys

from eucaim_nb import redact
from eucaim_nb.workspace import open_workspace

from ._runner import work


def _print_places_only(kind: type[BaseException], error: BaseException, trace: object) -> None:
    # The interpreter would quote the exception's message, which may hold a header value, into the log file.
    print(redact.frames(error), file=sys.stderr)


if __name__ == "__main__":
    sys.excepthook = _print_places_only
    secrets = json.loads(sys.stdin.buffer.read() or b"{}")
    work(open_workspace(sys.argv[1]), int(sys.argv[2]), secrets)

"""`eucaim-nb`: start the pages and the practice nodes, and do each step without a browser.

Every command takes `--json` (exactly one JSON object on standard output) and `--quiet`; progress and messages
go to standard error.
Exit status: 0 done and nothing to worry about, 1 done with findings or only in part, 2 could not run.
"""

import os
import sys
from collections.abc import Sequence

from eucaim_nb import redact
from eucaim_nb.errors import EucaimError

from ._console import Console
from .arguments import parse, run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = parse(arguments)
    console = Console(as_json=options.json, quiet=options.quiet)
    try:
        status = run(options, console)
    except EucaimError as error:
        console.fail(str(error))
        return 2
    except KeyboardInterrupt:
        console.fail("Stopped.")
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        console.fail(redact.describe(error))
        console.say(redact.frames(error))
        return 2
    return status


__all__ = ["main"]

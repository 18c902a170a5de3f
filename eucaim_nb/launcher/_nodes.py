"""The process of the practice nodes: `python -m eucaim_nb.launcher._nodes STATE READY_FILE`."""

import sys
import threading

from eucaim_nb.practice import serve


def main(state: str, ready_file: str) -> None:
    """Run practice nodes until standard input closes, which it does however the launcher ends."""
    ended = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.buffer.read()
        ended.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    serve(state, ready_file=ready_file, stop_event=ended)


if __name__ == "__main__":
    main(*sys.argv[1:])

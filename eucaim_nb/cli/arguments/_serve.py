"""The arguments of the commands of starting the pages and the practice nodes."""

from ._kinds import Add, add_port


def declare(add: Add) -> None:
    """Declare them."""
    app = add("app", "_serve.app", "Open the guided pages in a browser.", "app my-submission")
    lab = add("lab", "_serve.lab", "Open the same notebooks in JupyterLab.", "lab my-submission")
    for pages in (app, lab):
        pages.add_argument(
            "workspace", metavar="WS", nargs="?", help="workspace folder; without it, practice with sample data"
        )
        add_port(pages)
        pages.add_argument("--no-browser", action="store_true", help="only print the address")

    practice = add(
        "practice",
        "_serve.practice",
        "Run the practice nodes until stopped.",
        "practice nodes --ready-file r.json",
    )
    practice.add_argument("directory", metavar="DIR", help="folder that keeps what the nodes store")
    add_port(practice)
    practice.add_argument(
        "--dicomweb", metavar="URL", help="a real DICOMweb server to put behind the practice node"
    )
    practice.add_argument(
        "--fault",
        metavar="SPEC",
        action="append",
        default=[],
        help="make the nodes misbehave; may be repeated",
    )
    practice.add_argument(
        "--ready-file", metavar="F", help="file to write addresses and credentials to once all answer"
    )

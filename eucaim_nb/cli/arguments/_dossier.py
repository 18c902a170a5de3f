"""The arguments of the commands at the end of the procedure: register, and the dossier."""

from ._kinds import Add, add_workspace


def declare(add: Add) -> None:
    """Declare them."""
    register = add(
        "register",
        "_register.register",
        "Make ready what goes with the request to register the dataset; look it up in the catalogue.",
        "register my-submission --look-up",
    )
    add_workspace(register)
    register.add_argument(
        "--override", metavar="REASON", default="", help="why it goes on although something speaks against it; recorded"
    )
    instead = register.add_mutually_exclusive_group()
    instead.add_argument("--look-up", action="store_true", help="ask the catalogue, and compare with the metadata")
    instead.add_argument("--harvest", action="store_true", help="run Health-RI's img2catalog, where it is installed")
    register.add_argument("--id", default="", help="with --look-up: the dataset (default: that of the metadata)")

    dossier = add(
        "dossier",
        "_dossier.dossier",
        "Bind the evidence of all phases in one sealed file, or verify such a file.",
        "dossier my-submission; eucaim-nb dossier verify my-submission/reports/dossier.html",
    )
    dossier.add_argument("what", metavar="WS | verify FILE", nargs="+", help="workspace; or `verify` and a file")
    dossier.add_argument("--pdf", action="store_true", help="print it to a PDF too, with Chromium, Chrome or Edge")
    dossier.add_argument("--key", default="", metavar="FINGERPRINT", help="with verify: who should have signed it")

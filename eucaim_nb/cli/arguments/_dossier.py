"""The arguments of the commands at the end of the procedure: register, and the dossier."""

from ._kinds import Add


def declare(add: Add) -> None:
    """Declare them."""
    dossier = add(
        "dossier",
        "_dossier.dossier",
        "Bind the evidence of all phases in one sealed file, or verify such a file.",
        "dossier my-submission; eucaim-nb dossier verify my-submission/reports/dossier.html",
    )
    dossier.add_argument("what", metavar="WS | verify FILE", nargs="+", help="workspace; or `verify` and a file")
    dossier.add_argument("--pdf", action="store_true", help="print it to a PDF too, with Chromium, Chrome or Edge")
    dossier.add_argument("--key", default="", metavar="FINGERPRINT", help="with verify: who should have signed it")

"""The arguments of the commands that read, de-identify, check and assess images."""

from ._kinds import Add, add_workspace, at_least_one, group_size


def declare(add: Add) -> None:
    """Declare them."""
    scan = add(
        "scan", "_data.scan", "Index the DICOM instances in some folders.", "scan my-submission /data/export"
    )
    add_workspace(scan)
    scan.add_argument("folders", metavar="FOLDER", nargs="+", help="folder to scan; it is only read")
    scan.add_argument("--archives", action="store_true", help="look into ZIP archives too")

    deidentify = add(
        "deidentify",
        "_deid.deidentify",
        "De-identify the scanned images and verify what comes out.",
        "deidentify my-submission --dry-run",
    )
    add_workspace(deidentify)
    deidentify.add_argument(
        "--profile",
        metavar="NAME|FILE",
        default="eucaim",
        help="'eucaim' (default), 'basic', 'lethe-compatible', or a profile file",
    )
    deidentify.add_argument(
        "--source", metavar="FOLDER", action="append", help="scanned folder (default: all); may be repeated"
    )
    deidentify.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
    deidentify.add_argument("--workers", type=at_least_one, help="processes at work (default: as many as pay)")
    deidentify.add_argument(
        "--secret-file",
        metavar="F",
        help="file with the secret of the EUCAIM anonymiser, for profiles that make pseudonyms as it does",
    )

    lint = add(
        "lint-deidentified",
        "_lint.lint_deidentified",
        "Check files that any program de-identified.",
        "lint-deidentified lethe-output --against my-submission",
    )
    lint.add_argument("folder", metavar="FOLDER", help="folder with the files; it is only read")
    lint.add_argument(
        "--against", metavar="WS", help="workspace with the scanned originals: search for their UIDs and numbers"
    )

    quality = add(
        "quality",
        "_quality.quality",
        "Check the images: what would fail at the node, is missing, damaged or twice.",
        "quality my-submission --level full",
    )
    add_workspace(quality)
    quality.add_argument(
        "--level",
        choices=["quick", "standard", "full"],
        default="standard",
        help="quick: the index alone; standard (default): every file is read; full: every picture is decoded",
    )
    quality.add_argument(
        "--source",
        default="",
        help="'deidentified', 'originals' or a scanned folder (default: de-identified images if there are any)",
    )
    quality.add_argument(
        "--leave-out", metavar="UID", action="append", help="series to leave out of all later steps; needs --reason"
    )
    quality.add_argument(
        "--normalise", action="store_true", help="first write sound copies of files that lack their preamble"
    )
    quality.add_argument("--reason", default="", help="why it is left out; recorded")

    risk = add(
        "risk",
        "_risk.risk",
        "Search for identifiers that are left, and measure who stands out.",
        "risk my-submission --k 10",
    )
    add_workspace(risk)
    risk.add_argument(
        "--source",
        choices=["original", "deidentified"],
        default="",
        help="which images (default: the de-identified ones, or the originals while there are none)",
    )
    risk.add_argument(
        "--k", type=group_size, default=5, help="patients who must look alike (default: 5; your DPO decides)"
    )
    risk.add_argument("--population", metavar="N", type=int, help="people that the patients were drawn from")

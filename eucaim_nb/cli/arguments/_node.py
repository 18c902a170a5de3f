"""The arguments of the commands that speak to the node."""

from ._kinds import Add, add_workspace, at_least_one


def declare(add: Add) -> None:
    """Declare them."""
    login = add(
        "login", "_sign_in.login", "Sign in at the node and see what is missing.", "login my-submission --remember"
    )
    add_workspace(login)
    way = login.add_mutually_exclusive_group()
    way.add_argument("--token", action="store_true", help="ask for a token instead of a password")
    way.add_argument("--browser", action="store_true", help="sign in at the web page of the node (UPV)")
    way.add_argument("--device", action="store_true", help="sign in with a code on another device (UPV)")
    way.add_argument(
        "--netrc",
        action="store_true",
        help="sign in with your netrc file, now and later, until --forget; it is only read",
    )
    login.add_argument("--remember", action="store_true", help="keep the sign-in in this computer's keyring")
    login.add_argument("--forget", action="store_true", help="remove it from the keyring again, and read no netrc file")

    node = add(
        "node", "_sign_in.node", "Say what the account may do, and test the connection.", "node my-submission"
    )
    add_workspace(node)

    upload = add(
        "upload",
        "_data.upload",
        "Send images or clinical data to the node and verify each.",
        "upload my-submission images --source /data/export",
    )
    add_workspace(upload)
    upload.add_argument(
        "what", choices=["images", "nifti", "clinical"], help="what to send; NIfTI needs headers, see nifti-headers"
    )
    upload.add_argument(
        "--source", default="deidentified", help="'deidentified' (default) or a scanned folder"
    )
    upload.add_argument("--dry-run", action="store_true", help="say what would be sent, send nothing")
    upload.add_argument(
        "--connections", type=at_least_one, help="requests under way at once (default: as the node's settings say)"
    )
    upload.add_argument(
        "--max-mbit", type=at_least_one, metavar="N", help="megabits per second, all together (default: no limit)"
    )
    upload.add_argument("--failed-only", action="store_true", help="only series of which something failed before")
    upload.add_argument(
        "--override", metavar="REASON", help="why what is not verified as de-identified may be sent; recorded"
    )

    upload.add_argument(
        "--on-conflict",
        choices=["keep", "replace"],
        help="what to do with sessions that XNAT has with other content; remembered in eucaim.toml",
    )

    headers = add(
        "nifti-headers",
        "_nifti.headers",
        "Say which de-identified series NIfTI files were made of, and write the headers that Health-RI asks for.",
        "nifti-headers my-submission /data/nifti --confirm",
    )
    add_workspace(headers)
    headers.add_argument("folder", metavar="FOLDER", help="folder with NIfTI files; it is only read")
    headers.add_argument(
        "--confirm", action="store_true", help="write headers as proposed; without it, only say what is proposed"
    )
    headers.add_argument(
        "--made-of",
        metavar="FILE=UID",
        action="append",
        default=[],
        help="the series of a file, where the proposal is open or wrong; may be repeated",
    )

    pack = add(
        "pack",
        "_data.pack",
        "Write a folder for the uploader of the UPV node: images, tables, check report, steps.",
        "pack my-submission /data/for-the-uploader",
    )
    add_workspace(pack)
    pack.add_argument("folder", metavar="OUT", help="new or empty folder outside the workspace")
    pack.add_argument("--source", default="deidentified", help="'deidentified' (default) or a scanned folder")
    pack.add_argument("--link", action="store_true", help="link to the files instead of copying, where the disk can")
    pack.add_argument(
        "--override", metavar="REASON", help="why images not verified as de-identified may leave; recorded"
    )

    verify = add(
        "verify",
        "_data.verify",
        "Compare what was sent with the node's own listing.",
        "verify my-submission --readback 5",
    )
    add_workspace(verify)
    verify.add_argument(
        "--readback",
        metavar="PERCENT",
        type=float,
        default=0.0,
        help="share of instances to fetch and compare",
    )

    ctp = add(
        "ctp",
        "_ctp.write",
        "Write and check the files of a CTP that sends to Health-RI; run it on this computer.",
        "ctp my-submission --run",
    )
    add_workspace(ctp)
    ctp.add_argument(
        "--out", metavar="DIR", help="folder for the files, except the look-up table, which stays private"
    )
    ctp.add_argument(
        "--profile", metavar="NAME|FILE", default="eucaim", help="de-identification profile for the script"
    )
    ctp.add_argument("--run", action="store_true", help="start CTP, let it send, stop it, and verify at XNAT")
    ctp.add_argument(
        "--deidentify-in-ctp",
        action="store_true",
        help="with --run: CTP de-identifies the originals by its script; needs --override",
    )
    ctp.add_argument(
        "--override", metavar="REASON", help="why images not verified as de-identified may be sent; recorded"
    )

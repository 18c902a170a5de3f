"""The arguments of every command, each with an example."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from eucaim_nb import __version__
from eucaim_nb.clinical import EXPORTS
from eucaim_nb.reference import actions, node_defaults

from . import _clinical, _ctp, _data, _deid, _lint, _quality, _risk, _serve, _sign_in, _workspace

_Command = Callable[..., int]



def _at_least_one(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("must be from 1 to 64")
    return number


def _group_size(text: str) -> int:
    number = int(text)
    if number < 2:
        raise argparse.ArgumentTypeError("must be at least 2")
    return number


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse a command line; wrong arguments end the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="eucaim-nb",
        description="From a folder of DICOM files to a published EUCAIM dataset.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"eucaim-nb {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: _Command, about: str, example: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=about, description=about, epilog=f"example: eucaim-nb {example}", allow_abbrev=False
        )
        command.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        command.add_argument("--quiet", action="store_true", help="print no progress and no messages")
        command.set_defaults(command=run)
        return command

    app = add("app", _serve.app, "Open the guided pages in a browser.", "app my-submission")
    app.add_argument(
        "workspace", metavar="WS", nargs="?", help="workspace folder; without it, practice with sample data"
    )
    app.add_argument("--port", type=int, default=0, help="port on this computer (default: any free one)")
    app.add_argument("--no-browser", action="store_true", help="only print the address")

    lab = add("lab", _serve.lab, "Open the same notebooks in JupyterLab.", "lab my-submission")
    lab.add_argument(
        "workspace", metavar="WS", nargs="?", help="workspace folder; without it, practice with sample data"
    )
    lab.add_argument("--port", type=int, default=0, help="port on this computer (default: any free one)")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")

    practice = add(
        "practice",
        _serve.practice,
        "Run the practice nodes until stopped.",
        "practice nodes --ready-file r.json",
    )
    practice.add_argument("directory", metavar="DIR", help="folder that keeps what the nodes store")
    practice.add_argument("--port", type=int, default=0, help="port on this computer (default: any free one)")
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

    init = add(
        "init",
        _workspace.init,
        "Make a workspace.",
        "init my-submission --node practice-upv --practice r.json",
    )
    init.add_argument("workspace", metavar="WS", help="new or empty folder")
    init.add_argument(
        "--node", required=True, choices=list(node_defaults()), help="where the dataset is meant to go"
    )
    init.add_argument("--project", default="", help="name of the project at the node")
    init.add_argument("--site-id", default="", help="EUCAIM SITE ID of the organisation")
    init.add_argument("--practice", metavar="F", default="", help="ready file of running practice nodes")

    sample = add(
        "sample",
        _data.sample,
        "Write a synthetic cohort with planted problems.",
        "sample cohort --patients 8",
    )
    sample.add_argument("directory", metavar="DIR", help="new or empty folder")
    sample.add_argument("--patients", type=int, default=8, help="number of patients (default: 8)")
    sample.add_argument("--seed", type=int, default=20261120, help="the same seed writes the same files")
    sample.add_argument("--instances", type=int, help="about how many instances in all")

    scan = add(
        "scan", _data.scan, "Index the DICOM instances in some folders.", "scan my-submission /data/export"
    )
    scan.add_argument("workspace", metavar="WS", help="workspace folder")
    scan.add_argument("folders", metavar="FOLDER", nargs="+", help="folder to scan; it is only read")
    scan.add_argument("--archives", action="store_true", help="look into ZIP archives too")

    deidentify = add(
        "deidentify",
        _deid.deidentify,
        "De-identify the scanned images and verify what comes out.",
        "deidentify my-submission --dry-run",
    )
    deidentify.add_argument("workspace", metavar="WS", help="workspace folder")
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
    deidentify.add_argument("--workers", type=_at_least_one, help="processes at work (default: as many as pay)")
    deidentify.add_argument(
        "--secret-file",
        metavar="F",
        help="file with the secret of the EUCAIM anonymiser, for profiles that make pseudonyms as it does",
    )

    lint = add(
        "lint-deidentified",
        _lint.lint_deidentified,
        "Check files that any program de-identified.",
        "lint-deidentified lethe-output --against my-submission",
    )
    lint.add_argument("folder", metavar="FOLDER", help="folder with the files; it is only read")
    lint.add_argument(
        "--against", metavar="WS", help="workspace with the scanned originals: search for their UIDs and numbers"
    )

    clinical = add(
        "clinical",
        _clinical.prepare,
        "Map a clinical table to a template, check it and write what the node takes.",
        "clinical my-submission patients.xlsx --template prostate --suggest",
    )
    clinical.add_argument("workspace", metavar="WS", help="workspace folder")
    clinical.add_argument("table", metavar="TABLE", help="CSV, TSV, XLSX, XLS, ODS or JSON file; it is only read")
    clinical.add_argument(
        "--template", metavar="T", help="shipped template (default: eucaim-positive), Table Schema or REDCap dictionary"
    )
    clinical.add_argument("--mapping", metavar="FILE", help="mapping file (default: one is proposed)")
    clinical.add_argument("--suggest", action="store_true", help="only say which column may be what; write nothing")
    clinical.add_argument(
        "--export",
        metavar="KIND",
        nargs="+",
        choices=list(EXPORTS),
        help=f"of: {', '.join(EXPORTS)} (default: the node's)",
    )
    clinical.add_argument(
        "--constant",
        metavar="VARIABLE=VALUE",
        action="append",
        default=[],
        help="a value for all rows; may be repeated",
    )
    clinical.add_argument("--dictionary", metavar="FILE", help="REDCap data dictionary of the table")
    clinical.add_argument("--encoding", help="of a text file (default: guessed)")
    clinical.add_argument("--delimiter", help="between cells (default: guessed)")
    clinical.add_argument("--decimal", choices=[".", ","], help="decimal sign (default: guessed)")
    clinical.add_argument("--sheet", help="of a workbook (default: the one with most cells)")
    clinical.add_argument("--skip", type=int, metavar="N", help="lines above the header (default: guessed)")
    clinical.add_argument("--header-rows", type=int, metavar="N", help="lines of the header (default: guessed)")
    clinical.add_argument(
        "--secret-file", metavar="F", help="file with the secret of the EUCAIM anonymiser, if images were made with it"
    )
    quality = add(
        "quality",
        _quality.quality,
        "Check the images: what would fail at the node, is missing, damaged or twice.",
        "quality my-submission --level full",
    )
    quality.add_argument("workspace", metavar="WS", help="workspace folder")
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
        _risk.risk,
        "Search for identifiers that are left, and measure who stands out.",
        "risk my-submission --k 10",
    )
    risk.add_argument("workspace", metavar="WS", help="workspace folder")
    risk.add_argument(
        "--source",
        choices=["original", "deidentified"],
        default="",
        help="which images (default: the de-identified ones, or the originals while there are none)",
    )
    risk.add_argument(
        "--k", type=_group_size, default=5, help="patients who must look alike (default: 5; your DPO decides)"
    )
    risk.add_argument("--population", metavar="N", type=int, help="people that the patients were drawn from")

    login = add(
        "login", _sign_in.login, "Sign in at the node and see what is missing.", "login my-submission --remember"
    )
    login.add_argument("workspace", metavar="WS", help="workspace folder")
    login.add_argument("--token", action="store_true", help="ask for a token instead of a password")
    login.add_argument("--remember", action="store_true", help="keep the sign-in in this computer's keyring")
    login.add_argument("--forget", action="store_true", help="remove it from the keyring again")

    node = add(
        "node", _sign_in.node, "Say what the account may do, and test the connection.", "node my-submission"
    )
    node.add_argument("workspace", metavar="WS", help="workspace folder")

    upload = add(
        "upload",
        _data.upload,
        "Send images or clinical data to the node and verify each.",
        "upload my-submission images --source /data/export",
    )
    upload.add_argument("workspace", metavar="WS", help="workspace folder")
    upload.add_argument(
        "what", choices=["images", "nifti", "clinical"], help="what to send; NIfTI needs headers beside it"
    )
    upload.add_argument(
        "--source", default="deidentified", help="'deidentified' (default) or a scanned folder"
    )
    upload.add_argument("--dry-run", action="store_true", help="say what would be sent, send nothing")
    upload.add_argument(
        "--connections", type=_at_least_one, help="requests under way at once (default: as the node's settings say)"
    )
    upload.add_argument(
        "--max-mbit", type=_at_least_one, metavar="N", help="megabits per second, all together (default: no limit)"
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

    pack = add(
        "pack",
        _data.pack,
        "Write a folder for the uploader of the UPV node: images, tables, check report, steps.",
        "pack my-submission /data/for-the-uploader",
    )
    pack.add_argument("workspace", metavar="WS", help="workspace folder")
    pack.add_argument("folder", metavar="OUT", help="new or empty folder outside the workspace")
    pack.add_argument("--source", default="deidentified", help="'deidentified' (default) or a scanned folder")
    pack.add_argument("--link", action="store_true", help="link to the files instead of copying, where the disk can")
    pack.add_argument(
        "--override", metavar="REASON", help="why images not verified as de-identified may leave; recorded"
    )

    verify = add(
        "verify",
        _data.verify,
        "Compare what was sent with the node's own listing.",
        "verify my-submission --readback 5",
    )
    verify.add_argument("workspace", metavar="WS", help="workspace folder")
    verify.add_argument(
        "--readback",
        metavar="PERCENT",
        type=float,
        default=0.0,
        help="share of instances to fetch and compare",
    )

    ctp = add(
        "ctp",
        _ctp.write,
        "Write and check the files of a CTP that sends to Health-RI; run it on this computer.",
        "ctp my-submission --run",
    )
    ctp.add_argument("workspace", metavar="WS", help="workspace folder")
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

    status = add("status", _workspace.status, "Say where each phase and action stands.", "status my-submission")
    status.add_argument("workspace", metavar="WS", help="workspace folder")

    record = add(
        "record",
        _workspace.record,
        "Record an action of the procedure that was done outside this program.",
        "record my-submission dta --file signed.pdf --note 'signed by both sides'",
    )
    record.add_argument("workspace", metavar="WS", help="workspace folder")
    record.add_argument(
        "action",
        metavar="ACTION",
        choices=[action.id for action in actions()],
        help=f"one of: {', '.join(action.id for action in actions())}",
    )
    record.add_argument("--note", default="", help="what was done; with --skip or --withdraw, why")
    record.add_argument("--file", metavar="F", help="evidence; a copy is kept in the workspace")
    instead = record.add_mutually_exclusive_group()
    instead.add_argument("--skip", action="store_true", help="it is left out on purpose")
    instead.add_argument("--withdraw", action="store_true", help="take the record back")

    add("doctor", _workspace.doctor, "Check this installation.", "doctor")
    try:
        return parser.parse_args(arguments)
    except SystemExit as ended:
        if ended.code == 2 and "--json" in (sys.argv if arguments is None else arguments):
            print(json.dumps({"error": "These arguments cannot be used: see standard error."}), flush=True)
        raise

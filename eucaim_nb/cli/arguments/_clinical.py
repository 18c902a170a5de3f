"""The arguments of the commands that prepare clinical data."""

from ._kinds import Add, add_workspace


def declare(add: Add) -> None:
    """Declare them."""
    clinical = add(
        "clinical",
        "_clinical.prepare",
        "Map a clinical table to a template, check it and write what the node takes.",
        "clinical my-submission patients.xlsx --template prostate --suggest",
    )
    add_workspace(clinical)
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
        help="what to write, such as upv-csv, upv-xlsx (default: the node's); an unknown one is told all there are",
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

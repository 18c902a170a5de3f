"""The arguments of the command that describes the dataset for EUCAIM's catalogue."""

from ._kinds import Add, add_workspace


def declare(add: Add) -> None:
    """Declare them."""
    metadata = add(
        "metadata",
        "_metadata.metadata",
        "Describe the dataset as EUCAIM's catalogue wants it: fill in, check, write.",
        'metadata my-submission fill --set "dct:title=Prostate MR"',
    )
    add_workspace(metadata)
    metadata.add_argument(
        "what",
        choices=["fill", "validate", "export"],
        help="fill empty fields with what the node and this workspace know; say what is wrong; write the files",
    )
    metadata.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="fill: a value by the field's property, such as dct:title; may be repeated; without a value it is emptied",
    )
    metadata.add_argument("--from", dest="source", metavar="FILE", help="fill: start from a record in a file")
    metadata.add_argument(
        "--form",
        metavar="KIND",
        nargs="+",
        help="export: xlsx, molgenis, turtle, json-ld, json, shacl (default: all)",
    )
    metadata.add_argument("--template", metavar="FILE", help="export: fill a copy of a template (XLSX) too")

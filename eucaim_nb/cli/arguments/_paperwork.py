"""The arguments of the commands about documents, the agreement and the helpdesk."""

import argparse
import datetime as dt

from eucaim_nb.reference import papers, tickets

from ._kinds import Add, add_workspace


def declare(add: Add) -> None:
    """Declare them."""
    paper = add(
        "paper",
        "_paperwork.paper",
        "List the documents that have to be on file, or put one on file.",
        "paper my-submission ethics --file approval.pdf --valid-until 2028-03-01",
    )
    add_workspace(paper)
    known = ", ".join(one.id for one in papers())
    paper.add_argument(
        "id", metavar="ID", nargs="?", choices=[one.id for one in papers()], help=f"one of: {known}"
    )
    paper.add_argument("--file", metavar="F", help="the document; a copy is kept in the workspace")
    paper.add_argument("--note", default="", help="where it is kept; with --not-needed, why")
    paper.add_argument(
        "--valid-until", metavar="DATE", type=_day, help="last day on which it is valid, as 2028-03-01"
    )
    paper.add_argument("--remind", metavar="DAYS", type=int, help="how many days before its end to remind")
    instead = paper.add_mutually_exclusive_group()
    instead.add_argument("--not-needed", action="store_true", help="it does not apply here")
    instead.add_argument("--remove", action="store_true", help="take it off file; the copy stays")

    dta = add(
        "dta",
        "_paperwork.dta",
        "Draft the Data Transfer Agreement, or record the signed one.",
        "dta my-submission --answers answers.json --template EUCAIM_DTA.docx",
    )
    add_workspace(dta)
    dta.add_argument(
        "--answers", metavar="F", help="JSON object of fields and answers; kept in the workspace"
    )
    dta.add_argument(
        "--template", metavar="F", help="Word document (.docx) to fill instead of our neutral draft"
    )
    dta.add_argument("--signed", metavar="F", help="the agreement signed by both sides; recorded with a copy")
    dta.add_argument("--note", default="", help="what to record with the signed agreement")

    ticket = add(
        "ticket",
        "_paperwork.ticket",
        "Write a ticket for the helpdesk, and send it where that is turned on.",
        "ticket my-submission project-upv --set project=LUNG --set username=jdoe",
    )
    add_workspace(ticket)
    kinds = ", ".join(one.id for one in tickets())
    ticket.add_argument(
        "kind", metavar="KIND", choices=[one.id for one in tickets()], help=f"one of: {kinds}"
    )
    ticket.add_argument(
        "--set",
        metavar="FIELD=VALUE",
        type=_setting,
        action="append",
        default=[],
        help="fill a field of its text; kept",
    )
    ticket.add_argument("--attach", metavar="F", action="append", default=[], help="a file to attach besides")
    ticket.add_argument("--number", help="record the number that the helpdesk gave it")
    ticket.add_argument("--answer", help="record what the helpdesk answered")
    ticket.add_argument("--new", action="store_true", help="begin another one of a kind that was sent already")
    ticket.add_argument(
        "--send",
        action="store_true",
        help="send it over the helpdesk's interface, or read its answers if it was sent",
    )
    ticket.add_argument(
        "--remember", action="store_true", help="keep the helpdesk's token in this computer's keyring"
    )


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day such as 2028-03-01") from None


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("must be FIELD=VALUE")
    return name.strip(), value

"""The staff of the helpdesk: they read a new ticket at once, and do what they can."""

import csv
import io
from dataclasses import dataclass

from eucaim_nb.reference import Ticket as Request
from eucaim_nb.reference import tickets

from ._columns import COLUMNS, WrongRecord, record
from ._entries import Entries
from ._tickets import Article, Attachment

CATALOGUE_GROUP = "catalogue"
OPEN, CLOSED = "open", "closed"
_MORE_GROUPS = ("ETL ingestion support team", "federated search")  # for requests outside the procedure
_PROJECT = "project-"  # how the tickets that ask for a project begin


@dataclass(frozen=True, slots=True)
class Reply:
    """What the staff answer, and the state of the ticket then."""

    text: str
    state: str


def groups() -> list[str]:
    """Return the groups of the helpdesk that EUCAIM's documents name, in the order of the procedure."""
    named = [group for one in tickets() for group in one.groups]
    return list(dict.fromkeys([*named, CATALOGUE_GROUP, *_MORE_GROUPS]))


class Staff:
    """Who answers.

    Parameters
    ----------
    entries : Entries
        The catalogue in which they register datasets.
    projects : dict
        The name of the practice project by family of nodes.
    """

    def __init__(self, entries: Entries, projects: dict[str, str]) -> None:
        self._entries = entries
        self._projects = projects

    def read(self, title: str, group: str, article: Article, address: str) -> Reply | None:
        """Answer a ticket, or leave it open without a word.

        Parameters
        ----------
        title, group : str
            Of the ticket.
        article : Article
            Its first one, with the attachments.
        address : str
            Of the catalogue, to which an entry is added as a fragment.
        """
        if group == CATALOGUE_GROUP:
            return self._register(article, address)
        wanted = [one for one in tickets() if one.id.startswith(_PROJECT) and _asks(title, one)]
        chosen = [one for one in wanted if group in _own_groups(one, wanted)] or wanted
        families = dict.fromkeys(family for one in chosen for family in one.families)
        names = [self._projects[family] for family in families if family in self._projects]
        if not names:
            return None
        shown = " or ".join(dict.fromkeys(names))
        return Reply(
            f"Nothing new is made on the practice nodes: the project is there already. Its name is {shown}, and "
            "your practice account is a member of it.",
            CLOSED,
        )

    def _register(self, article: Article, address: str) -> Reply:
        tables = [one for one in article.attachments if _is_table(one)]
        if not tables:
            return Reply(
                "To register a dataset we need its metadata: please attach the spreadsheet as CSV, with the columns of "
                f"the table Collections ({', '.join(COLUMNS[:4])}, and so on).",
                OPEN,
            )
        try:
            records = [record(row) for table in tables for row in _rows(table)]
            if not records:
                raise WrongRecord("there is no row below the header")
        except WrongRecord as wrong:
            return Reply(f"The spreadsheet cannot be registered: {wrong}. Please send it again.", OPEN)
        self._entries.register(records)
        links = "\n".join(f"{address}/#/collection/{one['id']}" for one in records)
        return Reply(f"Registered in the catalogue:\n{links}", CLOSED)


def _asks(title: str, request: Request) -> bool:
    """Tell whether a title is that of a request, in its present or an older form, perhaps with more words."""
    said = " ".join(title.lower().split())
    return any(" ".join(one.lower().split()) in said for one in (request.title, *request.formerly))


def _own_groups(request: Request, others: list[Request]) -> set[str]:
    """Return the groups that tell a request from the others with the same title."""
    return set(request.groups) - {group for one in others if one is not request for group in one.groups}


def _is_table(attachment: Attachment) -> bool:
    return attachment.filename.lower().endswith(".csv") or attachment.mime_type.lower().startswith("text/csv")


def _rows(attachment: Attachment) -> list[dict[str, str]]:
    try:
        lines = io.StringIO(attachment.data.decode("utf-8-sig"), newline="")
        rows = [row for row in csv.reader(lines, strict=True) if any(row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise WrongRecord("it is not CSV in UTF-8") from error
    if not rows:
        return []
    header = [name.strip() for name in rows[0]]
    if len(set(header)) != len(header):
        raise WrongRecord("two columns have the same name")
    if any(len(row) != len(header) for row in rows):
        raise WrongRecord("a row has more or fewer values than the header")
    return [dict(zip(header, row, strict=True)) for row in rows[1:]]

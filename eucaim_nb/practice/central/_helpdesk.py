"""The helpdesk: tickets and articles over REST, as Zammad answers (Zammad API documentation, tickets and articles).

As there, a ticket shows numbers for its group and state; `expand=true` adds their names.
"""

import base64
import binascii
import hmac
import json
from typing import Any
from urllib.parse import quote

from .._http import BodyTooLarge, Request, Response, json_response, read_json
from ._staff import OPEN, Staff, groups
from ._tickets import Article, Attachment, Ticket, Tickets

HELPDESK = "/helpdesk"
_STATES = {"new": 1, OPEN: 2, "pending reminder": 3, "closed": 4}
_SENDERS = {"Agent": 1, "Customer": 2}
_LONGEST_BODY = 40 << 20
_FIRST_NUMBER = 71_000
_TOKEN_SCHEME = "token token="


class _Refused(Exception):
    """The text is the error of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Helpdesk:
    """Takes tickets, which the staff read at once.

    Parameters
    ----------
    tickets : Tickets
        Remembers them.
    staff : Staff
        Answers them.
    token : str
        Signs the practice account in.
    username : str
        The practice account: the customer of a ticket that names nobody.
    catalogue : str
        The prefix of the catalogue, for links in answers.
    """

    def __init__(self, tickets: Tickets, staff: Staff, token: str, username: str, catalogue: str) -> None:
        self._tickets = tickets
        self._staff = staff
        self._token = token
        self._username = username
        self._catalogue = catalogue

    def service(self, request: Request) -> str:
        """Name the service whose faults apply."""
        return "helpdesk"

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        try:
            if request.plan.take("session-expired"):
                raise _Refused(401, "Not authorized (token expired)!")
            self._sign_in(request)
            return self._answer(request)
        except _Refused as refused:
            return json_response(refused.status, {"error": str(refused), "error_human": str(refused)})
        except BodyTooLarge:
            return json_response(413, {"error": f"the ticket has more than {_LONGEST_BODY} bytes"})

    def _sign_in(self, request: Request) -> None:
        header = request.header("Authorization")
        if not header:
            raise _Refused(401, "Authentication required")
        sent = header[len(_TOKEN_SCHEME) :].strip().strip('"')
        right = hmac.compare_digest(sent.encode(), self._token.encode())
        if not (right and header.lower().startswith(_TOKEN_SCHEME)):
            raise _Refused(
                401, "Invalid token: send 'Authorization: Token token=…' with the token of this helpdesk"
            )

    def _answer(self, request: Request) -> Response:
        expand = dict(request.query).get("expand") == "true"
        match request.method, request.segments:
            case "GET", ["api", "v1", "groups"]:
                return json_response(200, [_group(number, name) for number, name in enumerate(groups(), 1)])
            case "POST", ["api", "v1", "tickets"]:
                return json_response(201, self._show(self._open(request), expand))
            case "GET", ["api", "v1", "tickets"]:
                return json_response(200, [self._show(one, expand) for one in self._tickets.all()])
            case "GET", ["api", "v1", "tickets", number]:
                return json_response(200, self._show(self._ticket(number), expand))
            case "GET", ["api", "v1", "ticket_articles", "by_ticket", number]:
                ticket = self._ticket(number)
                articles = self._tickets.articles(ticket.id)
                return json_response(200, [_article(ticket, one, self._username) for one in articles])
            case "GET", ["api", "v1", "ticket_attachment", number, article, attachment]:
                return self._download(self._ticket(number), article, attachment)
        raise _Refused(404, "No route matches this address")

    def _ticket(self, number: str) -> Ticket:
        ticket = self._tickets.ticket(int(number)) if number.isascii() and number.isdigit() else None
        if ticket is None:
            raise _Refused(404, f"Couldn't find Ticket with 'id'={number[:20]}")
        return ticket

    def _open(self, request: Request) -> Ticket:
        try:
            sent = read_json(request.body.all(_LONGEST_BODY))
        except ValueError as error:
            raise _Refused(400, "The request is not JSON") from error
        if not isinstance(sent, dict):
            raise _Refused(400, "The request is not an object")
        title = _text(sent, "title")
        group = _chosen(sent)
        customer = _text(sent, "customer", self._username).removeprefix("guess:")
        article = _read_article(sent.get("article"))
        answer, state = None, OPEN
        reply = self._staff.read(title, group, article, request.base + self._catalogue)
        if reply is not None:
            answer, state = Article("Agent", f"Re: {title}", reply.text), reply.state
        request.stored = 1
        return self._tickets.open(title, group, customer, article, answer, state)

    def _show(self, ticket: Ticket, expand: bool) -> dict[str, Any]:
        articles = self._tickets.articles(ticket.id)
        shown: dict[str, Any] = {
            "id": ticket.id,
            "number": str(_FIRST_NUMBER + ticket.id),
            "title": ticket.title,
            "group_id": groups().index(ticket.group) + 1 if ticket.group in groups() else 0,
            "state_id": _STATES[ticket.state],
            "priority_id": 2,
            "owner_id": 1,
            "customer_id": 2,
            "note": None,
            "article_count": len(articles),
            "article_ids": [one.id for one in articles],
            "close_at": ticket.changed if ticket.state == "closed" else None,
            "created_at": ticket.made,
            "updated_at": ticket.changed,
            "preferences": {},
        }
        names = {
            "group": ticket.group,
            "state": ticket.state,
            "priority": "2 normal",
            "customer": ticket.customer,
        }
        return shown | names if expand else shown

    def _download(self, ticket: Ticket, article: str, attachment: str) -> Response:
        for one in self._tickets.articles(ticket.id):
            for file in one.attachments:
                if (str(one.id), str(file.id)) == (article, attachment):
                    name = f"attachment; filename*=UTF-8''{quote(file.filename, safe='')}"
                    headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
                    return Response(200, file.data, "application/octet-stream", headers)
        raise _Refused(404, "Couldn't find the attachment")


def _text(sent: dict[str, Any], name: str, otherwise: str = "") -> str:
    value = sent.get(name) or otherwise
    if not isinstance(value, str) or not value.strip():
        raise _Refused(422, f"Missing required value for field '{name}'!")
    return value.strip()


def _chosen(sent: dict[str, Any]) -> str:
    known = groups()
    number = sent.get("group_id")
    if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= len(known):
        return known[number - 1]
    group = _text(sent, "group")
    if group not in known:
        raise _Refused(422, f"No lookup value found for 'group': {json.dumps(group[:100])}")
    return group


def _read_article(sent: Any) -> Article:
    if not isinstance(sent, dict):
        raise _Refused(422, "article hash is missing")
    if not isinstance(sent.get("body"), str) or not sent["body"].strip():
        raise _Refused(422, "Need at least an 'article body' field.")
    attachments = sent.get("attachments") or []
    if not isinstance(attachments, list):
        raise _Refused(422, "Attachments are a list")
    return Article(
        "Customer",
        str(sent.get("subject") or ""),
        sent["body"],
        "text/html" if sent.get("content_type") == "text/html" else "text/plain",
        str(sent.get("type") or "note"),
        sent.get("internal") is True,
        tuple(_attachment(one, index) for index, one in enumerate(attachments)),
    )


def _attachment(sent: Any, index: int) -> Attachment:
    for name in ("data", "filename", "mime-type"):
        if not isinstance(sent, dict) or not isinstance(sent.get(name), str) or not sent[name]:
            raise _Refused(422, f"Attachment needs '{name}' param for attachment with index '{index}'")
    try:
        data = base64.b64decode(sent["data"], validate=True)
    except binascii.Error as error:
        raise _Refused(422, f"Invalid base64 for attachment with index '{index}'") from error
    return Attachment(sent["filename"], sent["mime-type"], data)


def _group(number: int, name: str) -> dict[str, Any]:
    return {"id": number, "name": name, "active": True, "note": None}


def _article(ticket: Ticket, article: Article, username: str) -> dict[str, Any]:
    by_staff = article.sender == "Agent"
    return {
        "id": article.id,
        "ticket_id": ticket.id,
        "sender_id": _SENDERS[article.sender],
        "sender": article.sender,
        "from": "Practice staff" if by_staff else ticket.customer,
        "to": ticket.customer if by_staff else ticket.group,
        "cc": None,
        "subject": article.subject,
        "body": article.body,
        "content_type": article.content_type,
        "type": article.type,
        "internal": article.internal,
        "attachments": [
            {
                "id": one.id,
                "filename": one.filename,
                "size": str(len(one.data)),
                "preferences": {"Mime-Type": one.mime_type},
            }
            for one in article.attachments
        ],
        "created_by": "practice-staff" if by_staff else username,
        "created_at": article.made,
        "updated_at": article.made,
    }

"""Paperwork: the Data Transfer Agreement, drafted and signed, and the tickets for EUCAIM's helpdesk.

`draft` fills the agreement (our own neutral text, or a Word template whose gaps are mapped once) from what a person
answered and what the workspace knows; `sign` records the signed copy. `request` fills a ticket, `write_ticket` makes
files of it, `send_ticket` sends it where that is turned on; its number and its answer are kept. Documents that have to
be on file are kept by `eucaim_nb.workflow`, because they decide what may be released.
"""

from ._answers import answers, keep_answers, missing, values
from ._dta import Draft, draft, sign
from ._gaps import gaps_of
from ._send import read_answers, send_ticket
from ._site_id import keep_site_id
from ._template_map import LEFT_OPEN, keep_mapping, mapping_of
from ._ticket import Request, answer_ticket, request, ticket_kinds
from ._ticket_files import where_to_send, write_ticket
from ._ticket_log import Filed, begin_ticket, filed_tickets, note_answer, note_number

__all__ = [
    "LEFT_OPEN",
    "Draft",
    "Filed",
    "Request",
    "answer_ticket",
    "answers",
    "begin_ticket",
    "draft",
    "filed_tickets",
    "gaps_of",
    "keep_answers",
    "keep_mapping",
    "keep_site_id",
    "mapping_of",
    "missing",
    "note_answer",
    "note_number",
    "read_answers",
    "request",
    "send_ticket",
    "sign",
    "ticket_kinds",
    "values",
    "where_to_send",
    "write_ticket",
]

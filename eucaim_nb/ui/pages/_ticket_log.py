"""What became of a ticket: its number and answer, and sending it where that is turned on."""

from collections.abc import Callable, Sequence
from pathlib import Path

from eucaim_nb import paperwork
from eucaim_nb import workspace as workspaces
from eucaim_nb.paperwork import Filed
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace


class TicketLog:
    """Fields for number and answer of a ticket; a token that is typed is used and not kept.

    Parameters
    ----------
    attached
        Gives the files that a person attaches.
    changed
        Called after something was recorded.
    """

    def __init__(
        self,
        workspace: Workspace,
        kind: str,
        notice: c.Notice,
        attached: Callable[[], Sequence[Path]],
        changed: Callable[[], object],
    ) -> None:
        self._folder, self._kind, self._notice = workspace.folder, kind, notice
        self._attached, self._changed = attached, changed
        self._practice = bool(node_defaults()[workspace.settings.node]["practice"])
        self.token = c.secret("Token of the helpdesk (Profile, Token Access)")
        self.send = c.slow_button("Send to the helpdesk", self._send, notice)
        self.read = c.slow_button("Read its answers", self._read, notice)
        self._sending = c.stack(self.token, c.row(self.send, self.read))
        self.number = c.text("Number of the ticket")
        self.keep_number = c.button("Record the number", self._keep_number, notice)
        self.answer = c.area("What the helpdesk answered", rows=3)
        self.keep_answer = c.button("Record the answer", self._keep_answer, notice)
        self._shown = c.show()
        by_hand = c.stack(c.row(self.number, self.keep_number), self.answer, c.row(self.keep_answer))
        self.begin = c.button("Begin a new ticket of this kind", self._begin, notice)
        drawer = c.Drawer("Record its number and answer", by_hand, notice)
        self.root = c.stack(self._sending, self._shown, drawer.root, c.row(self.begin))
        c.visible(self._sending, False)
        self._show()

    def offer_sending(self) -> None:
        """Offer to send the ticket if that is turned on."""
        from eucaim_nb.nodes import helpdesk_is_on

        c.visible(self._sending, helpdesk_is_on(self._workspace()))
        c.visible(self.token, not self._practice)

    def _workspace(self) -> Workspace:
        return workspaces.open_workspace(self._folder)

    def _typed(self) -> str:
        typed, self.token.value = str(self.token.value).strip(), ""
        return typed

    def _send(self) -> None:
        self._notice.say("The ticket is being sent.")
        filed = paperwork.send_ticket(
            self._workspace(), self._kind, attach=self._attached(), token=self._typed()
        )
        self._say(f"The helpdesk has the ticket under the number {filed.number}.")

    def _read(self) -> None:
        filed = paperwork.read_answers(self._workspace(), self._kind, token=self._typed())
        self._say("The helpdesk has answered." if filed.answer else "There is no answer yet.")

    def _keep_number(self) -> None:
        paperwork.note_number(self._workspace(), self._kind, self.number.value)
        self._say("The number is recorded.")

    def _keep_answer(self) -> None:
        paperwork.note_answer(self._workspace(), self._kind, self.answer.value)
        self._say("The answer is recorded. If it settles this step, record the step as done.")

    def _begin(self) -> None:
        paperwork.begin_ticket(self._workspace(), self._kind)
        self._say("The ticket that was sent is among the earlier ones. Write the new one above.")

    def _say(self, words: str) -> None:
        self._show()
        self._changed()
        self._notice.say(words)

    def _show(self) -> None:
        filed = paperwork.filed_tickets(self._workspace()).get(self._kind, Filed())
        facts: list[tuple[str, object]] = []
        if filed.number:
            facts.append(("Number", c.copyable(filed.number, "the number of the ticket")))
            facts.append(("Sent", c.moment(filed.sent_at)))
        if filed.state:
            facts.append(("State", filed.state))
        if filed.answer:
            facts.append(("Answer", c.breaking(filed.answer.splitlines())))
        if filed.earlier:
            facts.append(
                ("Earlier", ", ".join(str(one["number"] or "without number") for one in filed.earlier))
            )
        c.put(self._shown, *([c.key_values(facts)] if facts else []))
        c.visible(self.begin, bool(filed.number))
        c.visible(self.send, not filed.number)
        c.visible(self.read, bool(filed.helpdesk_id))

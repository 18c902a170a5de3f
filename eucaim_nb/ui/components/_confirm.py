"""A button whose consequence is spelled out, with a reason to type where a rule is overridden."""

from collections.abc import Callable

from eucaim_nb.errors import Refused

from ._controls import box, button, row, text
from ._html import Tone, badge, paragraph, show
from ._notice import Notice


class Confirm:
    """Says what will happen, and does it when the button is clicked.

    Parameters
    ----------
    consequence
        What the click leads to, in words.
    act
        What to do; receives the reason, empty if none is asked for.
    reason
        Label of the field for the reason; None asks for none.
    """

    def __init__(
        self,
        label: str,
        consequence: str,
        act: Callable[[str], object],
        notice: Notice,
        *,
        reason: str | None = None,
    ) -> None:
        self._act, self._asks = act, reason
        self.reason = text(reason or "Reason")
        self.button = button(label, self._confirm, notice, main=True)
        said = show(paragraph(badge("please note", Tone.WARN), consequence))
        fields = [self.reason] if reason else []
        self.root = box(said, *fields, row(self.button))

    def _confirm(self) -> None:
        reason = self.reason.value.strip()
        if self._asks and not reason:
            self.reason.focus()
            raise Refused(
                f"Nothing was done: the field “{self._asks}” is empty. Type a reason; it is recorded."
            )
        self._act(reason)

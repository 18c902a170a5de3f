"""A list of things to choose of which each has fields of its own, such as the steps with their arguments."""

from collections.abc import Mapping, Sequence
from typing import Any

from eucaim_nb.clinical import Offer
from eucaim_nb.ui import components as c


class OfferFields:
    """The list, and beside it the fields of what is chosen.

    Parameters
    ----------
    titles
        `(words, name)` of what is offered.
    """

    def __init__(
        self, label: str, titles: Sequence[tuple[str, str]], offers: Mapping[str, Offer], notice: c.Notice
    ) -> None:
        self._offers = offers
        self.fields: dict[str, Any] = {}
        self.choose = c.choice(label, titles)
        self.choose.observe(c.guard(notice, rest=0)(self._draw), "value")
        self._place = c.row()
        self.root = c.row(self.choose, self._place)
        self._draw()

    @property
    def name(self) -> str:
        """What is chosen."""
        return str(self.choose.value)

    @property
    def given(self) -> dict[str, Any]:
        """What was chosen or typed, by name of the argument."""
        return {name: field.value for name, field in self.fields.items()}

    def _draw(self) -> None:
        arguments = self._offers[self.name].arguments
        self.fields = {
            one.name: c.choice(one.title, list(one.choices.items())) if one.choices else c.text(one.title)
            for one in arguments
        }
        c.replace(self._place, *self.fields.values())

"""Values made coarser, so that fewer patients stand out: rules chosen here, or taken over from the risk phase."""

from collections.abc import Callable
from functools import partial
from typing import Any

from eucaim_nb import clinical
from eucaim_nb.errors import Refused
from eucaim_nb.ui import components as c

from ._clinical_draft import Draft
from ._clinical_offer import OfferFields

_RULE_TITLES = [(offer.title, name) for name, offer in clinical.RULE_OFFERS.items()]


class Coarser:
    """The panel.

    Parameters
    ----------
    changed
        Called after a change.
    """

    def __init__(self, draft: Draft, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._draft, self._notice, self._changed = draft, notice, changed
        self._rules = c.stack()
        self.variable = c.choice("Variable", [(one.title, one.name) for one in draft.targets])
        self.rule = OfferFields("Is written as", _RULE_TITLES, clinical.RULE_OFFERS, notice)
        self.add = c.button("Make it coarser", self._add, notice, rest=0)
        self.take_over = c.button(
            "Take over the rules of the risk phase",
            self._take_over,
            notice,
            rest=0,
            hint="In place of the rules here: those chosen on the page on re-identification risk",
        )
        self.root = c.stack(
            self._rules, c.row(self.variable, self.rule.root, self.add), c.row(self.take_over)
        )
        self.show()

    def show(self) -> None:
        """Show the rules that stand in the mapping."""
        rules = self._draft.mapping.generalise
        none = [] if rules else [c.show(c.paragraph("No value is made coarser.", quiet=True))]
        c.replace(self._rules, *none, *(self._line(number, rule) for number, rule in enumerate(rules)))

    def _line(self, number: int, rule: clinical.Rule) -> Any:
        said = f"{self._title(rule)}: {clinical.rule_in_words(rule)}"
        hint = f"No longer: {said}"
        out = c.button("Take out", partial(self._take_out, number), self._notice, rest=0, hint=hint)
        return c.row(c.show(c.paragraph(f"{said}.")), out)

    def _title(self, rule: clinical.Rule) -> str:
        target = self._draft.template.get(str(rule.get("target", "")))
        return target.title if target else str(rule.get("target", ""))

    def _add(self) -> None:
        rule = clinical.rule_of(self.rule.name, self.variable.value, self.rule.given)
        self._draft.generalise((*self._draft.mapping.generalise, rule), f"{self._title(rule)} made coarser")
        self._told()

    def _take_out(self, number: int) -> None:
        rules = self._draft.mapping.generalise
        kept = (*rules[:number], *rules[number + 1 :])
        self._draft.generalise(kept, f"{self._title(rules[number])} no longer made coarser")
        self._told()

    def _take_over(self) -> None:
        from eucaim_nb.risk import saved_plan

        plan = saved_plan(self._draft.workspace)
        if plan is None or not plan.clinical:
            raise Refused(
                "The risk phase has no rules for clinical data yet. Choose a generalisation on the page on "
                "re-identification risk first."
            )
        self._draft.generalise(tuple(plan.clinical), f"{c.count(len(plan.clinical), 'rule')} of the risk phase")
        self._told()

    def _told(self) -> None:
        self.show()
        self._changed()

"""Private attributes of one level: who reserved which block (PS3.5 section 7.8.1), and what becomes of each."""

from collections.abc import Sequence

from ._actions import Action
from ._parse import Element, ascii_of
from ._rules import Rules


class Creators:
    """Which private blocks of one level are reserved by whom, and what that means for each private element."""

    def __init__(self, data: memoryview, elements: Sequence[Element], rules: Rules) -> None:
        self._data, self._elements, self._rules = data, elements, rules
        self._actions = self._decide()

    def action(self, one: Element) -> Action:
        """Return what to do with a private element; a creator stays where something of its block does."""
        return self._actions.get(one.tag, Action.REMOVE)

    def _decide(self) -> dict[int, Action]:
        private = [one for one in self._elements if one.tag & 0x10000]
        creators = {
            one.tag >> 16 << 8 | one.tag & 0xFF: (one.tag, ascii_of(self._data, one))
            for one in private
            if 0x10 <= one.tag & 0xFFFF <= 0xFF
        }
        decided: dict[int, Action] = {}
        for one in private:
            if one.tag & 0xFFFF < 0x1000:
                continue
            place, creator = creators.get(one.tag >> 16 << 8 | one.tag >> 8 & 0xFF, (0, ""))
            action = self._rules.private(creator, one.tag, one.vr)
            if action is Action.REMOVE:
                continue
            decided[one.tag] = action
            decided[place] = Action.KEEP
            if one.vr == "UN" and one.items is None:
                one.vr = self._rules.private_vr(creator, one.tag) or one.vr
        return decided

"""Private attributes of one level: who reserved which block (PS3.5 section 7.8.1), and what becomes of each."""

from collections.abc import Mapping, Sequence

from ._actions import Action
from ._allowed import PRIVATE_ELEMENTS
from ._parse import Element, ascii_of
from ._rules import Rules


def kept_private(data: memoryview, elements: Sequence[Element], rules: Rules) -> Mapping[int, Action]:
    """Return what to do with the private elements of one level that do not go, by tag.

    A creator stays where something of its block does.
    """
    private = [one for one in elements if one.tag & 0x10000]
    creators = {
        one.tag >> 16 << 8 | one.tag & 0xFF: (one.tag, ascii_of(data, one))
        for one in private
        if 0x10 <= one.tag & 0xFFFF <= 0xFF
    }
    hopeful = {block for block, (_, creator) in creators.items() if (creator, block >> 8) in rules.safe_groups}
    named = rules.profile.overrides
    kept: dict[int, Action] = {}
    for one in private:
        block = one.tag >> 16 << 8 | one.tag >> 8 & 0xFF
        if (block not in hopeful and one.tag not in named) or one.tag & 0xFFFF < PRIVATE_ELEMENTS:
            continue
        place, creator = creators.get(block, (0, ""))
        action = rules.private(creator, one.tag, one.vr)
        if action is Action.REMOVE:
            continue
        kept[one.tag] = action
        kept[place] = Action.KEEP
        if one.vr == "UN" and one.items is None:
            one.vr = rules.private_vr(creator, one.tag) or one.vr
    return kept

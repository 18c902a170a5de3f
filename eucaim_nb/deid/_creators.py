"""Private attributes of one level: who reserved which block (PS3.5 section 7.8.1), and what becomes of each."""

from collections.abc import Mapping, Sequence

from ._actions import Action
from ._allowed import PRIVATE_ELEMENTS
from ._parse import Data, Element, ascii_of
from ._rules import Rules


def kept_private(data: Data, elements: Sequence[Element], rules: Rules) -> Mapping[int, tuple[Action, str]]:
    """Return what to do with the private elements of one level that do not go, and the VR they have, by tag.

    A creator stays where something of its block does.
    """
    creators = {
        one.tag >> 16 << 8 | one.tag & 0xFF: (one, ascii_of(data, one))
        for one in elements
        if one.tag & 0x1FF00 == 0x10000 and one.tag & 0xFF >= 0x10
    }
    hopeful = {block for block, (_, creator) in creators.items() if (creator, block >> 8) in rules.safe_groups}
    named = {tag for tag in rules.profile.overrides if tag & 0x10000}
    kept: dict[int, tuple[Action, str]] = {}
    if not hopeful and not named:
        return kept
    for one in elements:
        tag = one.tag
        block = tag >> 16 << 8 | tag >> 8 & 0xFF
        if (block not in hopeful and tag not in named) or not tag & 0x10000 or tag & 0xFFFF < PRIVATE_ELEMENTS:
            continue
        place, creator = creators.get(block, (None, ""))
        action = rules.private(creator, tag, one.vr)
        if action is Action.REMOVE:
            continue
        vr = one.vr
        if vr == "UN" and one.tree is None:
            vr = rules.private_vr(creator, tag) or vr
        kept[tag] = action, vr
        if place is not None:
            kept[place.tag] = Action.KEEP, place.vr
    return kept

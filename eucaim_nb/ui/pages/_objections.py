"""What speaks against a profile, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eucaim_nb.ui import components as c

if TYPE_CHECKING:
    from eucaim_nb.deid import Profile


def against(profile: "Profile", *, none: str = "") -> Iterator[c.Markup]:
    """Yield what speaks against a profile: what is grave at once, the rest folded; `none` if there is nothing."""
    from eucaim_nb.deid import objections

    found = objections(profile)
    for one in found:
        if one.grave:
            yield c.paragraph(c.badge("conflict", c.Tone.BAD), f"{one.by}: {one.words}")
    light = [f"{one.by}: {one.words}" for one in found if not one.grave]
    if len(light) == 1:
        yield c.paragraph(c.badge("please note", c.Tone.WARN), light[0])
    elif light:
        yield c.fold(f"{len(light):,} things to know about these choices", c.bullets(light))
    if not found and none:
        yield c.paragraph(none, quiet=True)

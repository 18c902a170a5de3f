"""Looking the dataset up in the public catalogue, and its entry beside the metadata."""

from collections.abc import Callable, Iterator
from datetime import datetime

from eucaim_nb import reference
from eucaim_nb.dataset import catalogue
from eucaim_nb.dataset.catalogue import Agreement, Line, LookUp, Presence
from eucaim_nb.errors import RecordError
from eucaim_nb.reference import links
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_TONES = {
    Agreement.EQUAL: c.Tone.GOOD,
    Agreement.DIFFERS: c.Tone.BAD,
    Agreement.MISSING_THERE: c.Tone.WARN,
    Agreement.ONLY_THERE: c.Tone.QUIET,
}
_FOUND = {
    Presence.SHOWN: (c.Tone.GOOD, "The catalogue shows the dataset."),
    Presence.UNKNOWN: (
        c.Tone.WARN,
        "The catalogue answers, and does not know the dataset. Registration takes days: ask again later, or ask the "
        "helpdesk.",
    ),
    Presence.UNREACHABLE: (
        c.Tone.BAD,
        "The catalogue gave no answer in any way. This says nothing about the dataset: try again later, or look with "
        "your own eyes.",
    ),
}
_COLUMNS = (c.Column("How"), c.Column("What"), c.Column("In your metadata"), c.Column("In the catalogue"))
_BY_HAND = (
    "Open the entry, and compare with your metadata:",
    "title, description and version",
    "numbers of patients, studies and series",
    "cancer, body part, modality and manufacturer",
    "tier, access and conditions of use, contact",
)


class LookUpCard:
    """A button that asks the catalogue, and what it said when it was last asked.

    Parameters
    ----------
    changed
        Called after it was asked.
    main
        Whether this is what to do next.
    """

    def __init__(
        self, workspace: Workspace, notice: c.Notice, changed: Callable[[], object], *, main: bool
    ) -> None:
        self._workspace, self._changed = workspace, changed
        self.notice = notice = c.Notice(notice.log)
        self.ident = c.text("Identifier of the dataset", _identifier(workspace), hint="as in the metadata")
        self.ask = c.slow_button("Look it up in the catalogue", self._ask, notice)
        if main:
            self.ask.add_class("eucaim-main")
        self.harvest = c.slow_button(
            "Try the harvest", self._harvest, notice, hint="Runs img2catalog, where it is installed; publishes nothing"
        )
        c.visible(self.harvest, catalogue.harvests(workspace))
        self.found = c.show()
        self.root = c.box(
            c.show(c.heading("See whether the catalogue shows it")),
            self.ident,
            c.row(self.ask, self.harvest),
            notice.root,
            self.found,
        )
        self._show(catalogue.latest(workspace))

    def _ask(self) -> None:
        self.notice.say("The catalogue is being asked.")
        self._show(catalogue.look_up(self._workspace, self.ident.value))
        self.notice.clear()
        self._changed()

    def _harvest(self) -> None:
        self.notice.say("img2catalog goes through the projects of the node. This takes a minute or more.")
        self.notice.say(catalogue.harvest(self._workspace).sentence)

    def _show(self, found: LookUp | None) -> None:
        c.put(self.found, *([] if found is None else _told(found)))


def _identifier(workspace: Workspace) -> str:
    try:
        return catalogue.identifier_of(workspace)
    except RecordError:
        return ""


def _told(found: LookUp) -> Iterator[object]:
    tone, sentence = _FOUND[found.presence]
    way = f" Asked by {found.way}" if found.way else " Asked"
    asked_at = c.moment(datetime.fromisoformat(found.at).timestamp())
    yield c.paragraph(c.badge(found.presence, tone), f"{sentence}{way} on {asked_at}.")
    if found.presence is Presence.SHOWN:
        yield from _compared(found)
    entry = links()["catalogue-entry"]
    address = entry.url.replace("{id}", found.identifier)
    if found.address != reference.catalogue().url:  # a practice catalogue has the same paths
        place = c.copyable(address.replace(reference.catalogue().url, found.address), "the address of the entry")
        shown = found.presence is Presence.SHOWN
        yield c.paragraph("Its entry is at" if shown else "Its entry would be at", place)
    else:
        yield c.paragraph(c.outside_link(address, entry.title))
    if found.presence is Presence.UNREACHABLE:
        yield c.paragraph(_BY_HAND[0])
        yield c.bullets(_BY_HAND[1:])
    if found.failures:
        yield c.fold("Ways that gave no answer", c.bullets(f"{way}: {why}" for way, why in found.failures.items()))


def _compared(found: LookUp) -> Iterator[object]:
    if not found.lines:
        yield c.paragraph("There is no metadata record here to compare it with.", quiet=True)
        return
    same = [one for one in found.lines if one.agreement is Agreement.EQUAL]
    others = [one for one in found.lines if one.agreement is not Agreement.EQUAL]
    yield c.paragraph(
        f"{len(same)} of {len(found.lines)} columns say the same as version {found.compared} of your metadata."
    )
    if others:
        yield c.table(_COLUMNS, map(_row, others), "What differs between your metadata and the catalogue")
    if same:
        yield c.fold(
            f"{c.count(len(same), 'column')} that say the same",
            c.table(_COLUMNS, map(_row, same), "What is the same in your metadata and in the catalogue"),
        )


def _row(line: Line) -> tuple[object, ...]:
    return c.badge(line.agreement, _TONES[line.agreement]), line.title, line.here, line.there

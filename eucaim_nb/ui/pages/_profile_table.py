"""A profile attribute by attribute, and the change of a single one."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eucaim_nb.errors import ProfileError
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

if TYPE_CHECKING:
    from eucaim_nb.deid import Line, Profile

_LINES = (
    c.Column("Attribute", code=True),
    c.Column("Name"),
    c.Column("PS3.15 says"),
    c.Column("What happens"),
    c.Column("Why"),
)
_ALL, _OWN, _BEYOND = "all", "own", "beyond"
_NOTHING = [("Give an attribute first", None)]
_CHOOSE = "Choose one"
_CODES = (
    "Codes of PS3.15 Table E.1-1: D a meaningless value, Z empty or a meaningless value, X removed, K kept, C cleaned, "
    "U a new UID. The first is that of the Basic Profile, the others are those of its options."
)
_SAVES = (
    "A change is saved as a new version of the profile in the folder profiles of this workspace, and chosen at once. "
    "Earlier versions stay. The change and its reason stand in the report."
)


class ProfileTable:
    """What a profile does to every attribute, in a table that can be searched.

    Parameters
    ----------
    saved
        Receives the file of a profile that was changed here.
    """

    def __init__(
        self, workspace: Workspace, profile: "Profile", saved: Callable[[Path], object], log: c.Notice
    ) -> None:
        from eucaim_nb.deid import as_table
        from eucaim_nb.dicom import tag_text

        self._workspace, self._profile, self._saved = workspace, profile, saved
        self.notice = notice = c.Notice(log.log)
        self._lines = as_table(profile)
        own = {tag_text(tag) for tag in profile.overrides}
        beyond = sum(not line.conforms for line in self._lines)
        self._own = own
        self.search = c.text("Search tag, name or what happens")
        self.which = c.choice(
            "Show",
            [
                (f"All {c.count(len(self._lines), 'attribute')}", _ALL),
                (f"Treated otherwise than the table says ({len(own):,})", _OWN),
                (f"Not what PS3.15 allows, with a reason ({beyond:,})", _BEYOND),
            ],
        )
        self.table: c.PagedTable[Line] = c.PagedTable(
            _LINES, _cells, "Attributes and what happens to them", notice, empty="No attribute matches.", size=25
        )
        for field in (self.search, self.which):
            field.observe(c.guard(notice, rest=0)(self._narrow), "value")
        named = c.paragraph(f"{profile.title}, {profile.name} {profile.version}.")
        said = c.show(named, c.paragraph(_CODES, quiet=True))
        change = c.Drawer("Change what happens to one attribute", self._form(), notice)
        self.root = c.stack(said, c.row(self.search, self.which), self.table.root, change.root, notice.root)
        self._narrow()

    def _narrow(self) -> None:
        wanted = self.search.value.strip().casefold()
        shown = [line for line in self._lines if wanted in f"{line.tag} {line.name} {line.words}".casefold()]
        if self.which.value == _OWN:
            shown = [line for line in shown if line.tag in self._own]
        elif self.which.value == _BEYOND:
            shown = [line for line in shown if not line.conforms]
        self.table.show(shown)

    # Changing one attribute

    def _form(self) -> Any:
        notice = self.notice
        self.attribute = c.text("Attribute", hint="tag or keyword, for example (0008,1030) or StudyDescription")
        self.attribute.continuous_update = False
        self.attribute.observe(c.guard(notice, rest=0)(self._look_up), "value")
        self._now = c.show()
        self.action = c.choice("What shall happen", _NOTHING)
        self.reason = c.area("Reason, which the report shows")
        self.save = c.button("Save as a new version", self._save, notice)
        hint = c.show(c.paragraph(_SAVES, quiet=True))
        return c.stack(self.attribute, self._now, self.action, self.reason, hint, c.row(self.save))

    def _look_up(self) -> None:
        from eucaim_nb.deid import find_attribute, possible_actions
        from eucaim_nb.dicom import tag_text

        self.action.options = _NOTHING
        c.put(self._now)
        if not self.attribute.value.strip():
            return
        tag = find_attribute(self.attribute.value)
        possible = possible_actions(tag)
        self.action.options = [(_CHOOSE, None), *((action.words, action) for action in possible)]
        line = next((one for one in self._lines if one.tag == tag_text(tag)), None)
        said = f"{line.name}. Until now: {line.words}." if line else "The profile does not name it: its VR decides."
        c.put(self._now, c.status(c.paragraph(c.chip(tag_text(tag)), said)))

    def _save(self) -> None:
        from eucaim_nb.deid import change_profile, find_attribute

        tag = find_attribute(self.attribute.value)
        if self.action.value is None:
            raise ProfileError("Nothing was saved: choose what shall happen to the attribute.")
        path = change_profile(self._workspace, self._profile, tag, self.action.value, self.reason.value)
        self._saved(path)


def _cells(line: "Line") -> tuple[object, ...]:
    what = line.words if line.conforms else c.line(line.words, c.badge("not PS3.15", c.Tone.WARN))
    return line.tag, line.name, line.codes, what, line.reason

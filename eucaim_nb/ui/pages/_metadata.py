"""Dataset metadata: fill in what is known, complete it, see what is wrong where it is, save and write."""

from collections.abc import Callable, Sequence
from typing import Any

from eucaim_nb.dataset import record as records
from eucaim_nb.dataset.record import Field, Obligation
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._guide import folded_guides
from ._metadata_draft import Draft
from ._metadata_entry import Entry, entry
from ._metadata_files import Files, Versions
from ._metadata_known import Known

_PAGE = 12
_LISTED = 8


def build(workspace: Workspace | None) -> Any:
    """Return the page."""
    if workspace is None:
        return c.Page("metadata", None).root
    return MetadataPage(workspace).page.root


class MetadataPage:
    """The form in groups, what is known elsewhere, the files, and the versions."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.page = c.Page("metadata", workspace)
        self.said = notice = c.Notice(self.page.notice.log)
        self.draft = Draft(workspace)
        self.fill = c.slow_button("Fill in what is known", self._fill, notice)
        self.fill.add_class("eucaim-main")
        self.save = c.button("Save a version", self._save, notice)
        self._standing, self._missing = c.show(), c.show()
        self.groups = {
            title: Group(self.draft, fields, notice, self._edited) for title, fields in _groups().items()
        }
        self.known = Known(self.draft, notice, self._replaced)
        self.files = Files(workspace, self.draft, notice, self._replaced)
        self.versions = Versions(workspace, self.draft, notice, self._replaced)
        self._badges = {title: c.show() for title in self.groups}
        self.drawers = {
            title: c.Drawer(title, group.root, notice, beside=self._badges[title], turned=group.turned)
            for title, group in self.groups.items()
        }
        self.drawers |= {
            "Differences": c.Drawer(
                "Differences to the node and to this workspace",
                self.known.root,
                notice,
                turned=self.known.turned,
            ),
            "Files": c.Drawer(
                "Files: write, fill a template, read an earlier record", self.files.root, notice
            ),
            "Versions": c.Drawer("Versions", self.versions.root, notice, turned=self.versions.turned),
        }
        for drawer in self.drawers.values():
            drawer.line.add_class("eucaim-title")
        self.page.action.children = [
            c.row(self.fill, self.save),
            notice.root,
            self._standing,
            self._missing,
            *(drawer.root for drawer in self.drawers.values()),
        ]
        self.page.action.add_class("eucaim-metadata")
        self.page.rest.children = [folded_guides(workspace, self.page)]
        self._show()
        if self.draft.record.values:
            next(iter(self.drawers.values())).turn(True)

    def _fill(self) -> None:
        names = self.draft.fill()
        if names:
            more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
            self.said.say(f"Filled in: {', '.join(names[:_LISTED])}{more}. What you wrote stayed as it was.")
        else:
            self.said.say("Nothing to fill in: every field that is known elsewhere has a value.")
        self._replaced()
        next(iter(self.drawers.values())).turn(True)

    def _save(self) -> None:
        before = self.draft.saved.version
        version = self.draft.save().version
        self.said.say(
            f"Version {version} is saved."
            if version != before
            else "Nothing was changed since the last version."
        )
        self._replaced()

    def _edited(self) -> None:
        """Follow a change of one field."""
        for group in self.groups.values():
            group.show()
        self._show()

    def _replaced(self) -> None:
        """Follow a change of many fields, or of files."""
        self._edited()
        if self.drawers["Versions"].opened:
            self.versions.show()
        self.page.refresh()

    def _show(self) -> None:
        draft = self.draft
        parts: list[object] = [
            c.badge(f"{c.count(draft.errors, 'error')}", c.Tone.BAD)
            if draft.errors
            else c.badge("no errors", c.Tone.GOOD)
        ]
        if draft.warnings:
            parts.append(c.badge(c.count(draft.warnings, "note"), c.Tone.WARN))
        saved = f"version {draft.saved.version} saved" if draft.saved.version else "no version saved yet"
        parts.append(f"{saved}, changed since" if draft.changed and draft.saved.version else saved)
        c.put(self._standing, c.status(c.line(*parts)))
        left = [one.message for one in draft.problems]
        shown = [c.bullets(left[:_LISTED])] if left else []
        if len(left) > _LISTED:
            shown.append(c.fold(f"{len(left) - _LISTED:,} more", c.bullets(left[_LISTED:])))
        c.put(self._missing, *([c.fold("What is wrong or missing", *shown)] if shown else []))
        for title, group in self.groups.items():
            c.put(self._badges[title], *group.standing())
        if not draft.errors and draft.saved.version and not draft.changed:
            self.page.suggest(c.notebook_link("13_register_and_verify", "Go on: register the dataset"))
        else:
            self.page.suggest()


class Group:
    """Fields of one obligation, a page of them at a time; they are built when the group is opened.

    Parameters
    ----------
    changed
        Called after a change.
    """

    def __init__(
        self, draft: Draft, fields: Sequence[Field], notice: c.Notice, changed: Callable[[], object]
    ) -> None:
        self._draft, self._fields, self._notice, self._changed = draft, fields, notice, changed
        self.entries: dict[str, Entry] = {}
        self.root = c.stack()

    def turned(self, opened: bool) -> None:
        """Build the fields when they are to be seen for the first time."""
        if opened and not self.root.children:
            self.root.children = [c.PagedRows(self._fields, self._entry, self._notice, size=_PAGE).root]

    def show(self) -> None:
        """Show what stands in the record, where fields were built."""
        self.entries = {key: one for key, one in self.entries.items() if one.root.comm is not None}
        for one in self.entries.values():
            one.show()

    def standing(self) -> list[c.Markup]:
        """Return how many are filled, and how many have something against them."""
        roots = {records.plain(key.partition("/")[0]) for key in self._draft.record.values}
        filled = sum(one.key in roots for one in self._fields)
        names = {one.key for one in self._fields}
        wrong = {
            one.key.partition("/")[0]
            for one in self._draft.problems
            if one.severity is records.Severity.ERROR
        }
        count = len({records.plain(one) for one in wrong} & names)
        badges = [c.badge(f"{count} to mend", c.Tone.BAD)] if count else []
        return [c.line(f"{filled} of {len(self._fields)} filled", *badges)]

    def _entry(self, field: Field) -> Any:
        made = entry(self._draft, field, "", self._notice, self._changed)
        self.entries[field.key] = made
        return made.root


def _groups() -> dict[str, list[Field]]:
    """Return the properties of the dataset by how much they are asked for."""
    found: dict[str, list[Field]] = {
        "Mandatory": [],
        "Recommended": [],
        "Optional": [],
        "Only in the catalogue": [],
    }
    for one in records.below(""):
        if one.key.startswith("molgenis:"):
            found["Only in the catalogue"].append(one)
        elif one.obligation in (Obligation.MANDATORY, Obligation.CONDITIONAL):
            found["Mandatory"].append(one)
        else:
            found[one.obligation.capitalize()].append(one)
    return found

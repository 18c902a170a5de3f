"""Choosing a folder on the computer the pages run on, which need not be the one the browser runs on."""

import os
from collections.abc import Sequence
from pathlib import Path

import ipywidgets as w

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.markup import plain

from ._controls import box, button, choice, row, stack, text, visible
from ._fold import Drawer
from ._guard import guard
from ._html import paragraph, put, show, status
from ._notice import Notice
from ._words import count

_MOST_LISTED = 200
_MOST_LOOKED_AT = 50_000


class PathPicker:
    """A field for the path of a folder, and a way to browse to it.

    Parameters
    ----------
    label
        What the folder is for.
    start
        Where to begin.
    root
        A folder that cannot be left; None leaves all to the operating system's permissions.
    recent
        Folders to offer first.
    """

    def __init__(
        self, label: str, start: Path, notice: Notice, *, root: Path | None = None, recent: Sequence[str] = ()
    ) -> None:
        self._root = None if root is None else root.resolve()
        self._folder = start if self._root is None else self._root
        self._start = self._folder
        self.field = text(label, str(self._folder))
        self.field.continuous_update = False
        self.field.observe(guard(notice, rest=0)(self._typed), "value")
        self.recent = choice("Recent folders", [("Choose …", ""), *((path, path) for path in recent)], "")
        self.recent.observe(guard(notice, rest=0)(self._chose_recent), "value")
        visible(self.recent, bool(recent))
        self.listing = w.Select(description="Folders in it", rows=8)
        self.listing.add_class("eucaim-field")
        self._said = show()
        self.enter = button("Open the marked folder", self._enter, notice, rest=0)
        self.up = button("One level up", self._up, notice, rest=0)
        self.home = button("Home folder", self._home, notice, rest=0)
        browser = box(self.recent, self.listing, row(self.enter, self.up, self.home), self._said)
        self._browse = Drawer("Browse folders", browser, notice, turned=lambda opened: self._list())
        self.root = stack(self.field, self._browse.root)

    @property
    def folder(self) -> Path:
        """The folder in the field.

        Raises
        ------
        WorkspaceError
            It lies outside the folder that must not be left.
        """
        typed = self.field.value.strip()
        # Shown names can differ from real ones, so what was browsed to is not read back from the field.
        path = self._folder if typed == plain(self._folder) else Path(typed).expanduser().absolute()
        return self._allowed(path)

    def go(self, folder: Path) -> None:
        """Choose a folder and list what is in it."""
        self._folder = self._allowed(folder)
        self.field.value = plain(self._folder)
        self._list()

    def _allowed(self, path: Path) -> Path:
        if self._root is not None and not path.resolve().is_relative_to(self._root):
            raise WorkspaceError(f"{plain(path)} is outside {plain(self._root)}. Choose a folder inside it.")
        return path

    def _list(self) -> None:
        names, said = _subfolders(self._folder)
        shown = names[:_MOST_LISTED]
        self.listing.options = [(plain(name), name) for name in shown]
        if len(shown) < len(names):
            said = f"The first {_MOST_LISTED} of {count(len(names), 'folder')}. Type the path to reach the others."
        put(self._said, status(paragraph(said, quiet=True)))

    def _typed(self) -> None:
        if (folder := self.folder) != self._folder:
            self._folder = folder
            if self._browse.opened:
                self._list()

    def _chose_recent(self) -> None:
        if self.recent.value:
            self.go(Path(self.recent.value))

    def _enter(self) -> None:
        if self.listing.value is None:
            raise WorkspaceError("No folder is marked. Mark one in the list first.")
        self.go(self.folder / self.listing.value)

    def _up(self) -> None:
        folder = self.folder
        self.go(folder if folder == self._root else folder.parent)

    def _home(self) -> None:
        self.go(self._start if self._root else Path.home())


def _subfolders(folder: Path) -> tuple[list[str], str]:
    """Return the names of the folders in a folder, and what to say about the list."""
    names = []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number == _MOST_LOOKED_AT:
                    break
                if not entry.name.startswith(".") and _is_folder(entry):
                    names.append(entry.name)
    except FileNotFoundError:
        return [], "There is no such folder. Check the path, or whether the drive is connected."
    except OSError as error:
        return (
            [],
            f"This folder cannot be read: {error.strerror}. Choose another, or ask for read permission.",
        )
    names.sort(key=str.casefold)
    return names, f"{count(len(names), 'folder')} in it." if names else "There is no folder in it."


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False

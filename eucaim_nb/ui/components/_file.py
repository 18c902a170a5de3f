"""Choosing a file on the computer the pages run on."""

import os
from pathlib import Path

import ipywidgets as w

from eucaim_nb.errors import WorkspaceError
from eucaim_nb.markup import plain

from ._controls import box, button, row, stack, text
from ._fold import Drawer
from ._html import paragraph, put, show, status
from ._notice import Notice
from ._words import count

_MOST_LISTED = 200
_MOST_LOOKED_AT = 50_000


class FilePicker:
    """A field for the path of a file, and a way to browse to it.

    Parameters
    ----------
    label
        What the file is for.
    start
        The folder to browse from.
    """

    def __init__(self, label: str, start: Path, notice: Notice) -> None:
        self._folder = start
        self._chosen: Path | None = None
        self.field = text(label, hint="path of a file on this computer")
        self.field.continuous_update = False
        self.listing = w.Select(description="Folders and files", rows=8)
        self.listing.add_class("eucaim-field")
        self._said = show()
        self.take = button("Open the folder or take the file", self._take, notice, rest=0)
        self.up = button("One level up", lambda: self.go(self._folder.parent), notice, rest=0)
        self.home = button("Home folder", lambda: self.go(Path.home()), notice, rest=0)
        browser = box(self._said, self.listing, row(self.take, self.up, self.home))
        self._browse = Drawer("Browse files", browser, notice, turned=lambda opened: self.go(self._folder))
        self.root = stack(self.field, self._browse.root)

    @property
    def file(self) -> Path | None:
        """The file in the field; None while it is empty."""
        typed = self.field.value.strip()
        # Shown names can differ from real ones, so what was browsed to is not read back from the field.
        if self._chosen is not None and typed == plain(self._chosen):
            return self._chosen
        return Path(typed).expanduser().absolute() if typed else None

    def go(self, folder: Path) -> None:
        """List what is in a folder."""
        self._folder = folder
        names, said = _entries(folder)
        shown = names[:_MOST_LISTED]
        self.listing.options = [(plain(name) + ("/" if is_folder else ""), name) for name, is_folder in shown]
        if len(shown) < len(names):
            every = count(len(names), "entry", "entries")
            said = f"the first {_MOST_LISTED} of {every}. Type the path to reach the others."
        put(self._said, status(paragraph(f"{plain(folder)}: {said}", quiet=True)))

    def _take(self) -> None:
        if self.listing.value is None:
            raise WorkspaceError("Nothing is marked. Mark a folder or a file in the list first.")
        path = self._folder / self.listing.value
        if path.is_dir():
            self.go(path)
        else:
            self._chosen = path
            self.field.value = plain(path)
            self._browse.turn(False)


def _entries(folder: Path) -> tuple[list[tuple[str, bool]], str]:
    """Return the names in a folder, each with whether it is a folder itself, and what to say about the list."""
    found: list[tuple[str, bool]] = []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number == _MOST_LOOKED_AT:
                    break
                if not entry.name.startswith("."):
                    found.append((entry.name, _is_folder(entry)))
    except FileNotFoundError:
        return [], "there is no such folder. Check the path, or whether the drive is connected."
    except OSError as error:
        return (
            [],
            f"this folder cannot be read ({error.strerror}). Choose another, or ask for read permission.",
        )
    found.sort(key=lambda one: (not one[1], one[0].casefold()))
    return found, f"{count(len(found), 'entry', 'entries')}." if found else "nothing in it."


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False

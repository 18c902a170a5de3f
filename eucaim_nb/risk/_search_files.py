"""The search for leaks over all files of a source, series by series."""

import hashlib
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from eucaim_nb import __version__
from eucaim_nb.dicom import Place, quiet_pydicom
from eucaim_nb.jobs import Progress
from eucaim_nb.ledger import DeidState, Original
from eucaim_nb.workspace import Workspace

from ._contents import Contents, NotReadable, contents
from ._detect import leaks
from ._known import Known
from ._leak_rows import LeakCounts
from ._leak_store import LeakStore
from ._tables import Source, source_ids

_VERSION = 1


def search_files(workspace: Workspace, source: Source, progress: Progress) -> LeakStore:
    """Search every file of a source; series that did not change since they were searched are left alone.

    Raises
    ------
    WorkspaceError
        There are no such images.
    """
    sources = source_ids(workspace, source)
    series = workspace.ledger.originals.series(sources)
    progress.begin("Searching the files for identifiers", sum(count for *_, count in series), "files")
    search = _Files(workspace, source, Known.of(workspace, source))
    store = LeakStore(workspace, source)
    states, current = store.states(), set()
    for study_uid, series_uid, count in series:
        files = workspace.ledger.originals.of_series(sources, study_uid, series_uid)
        key, state = _digest(study_uid, series_uid), search.state(files)
        current.add(key)
        if states.get(key) == state:
            progress.advance(count)
            continue
        with quiet_pydicom():
            found, unreadable = search.series(study_uid, series_uid, files, progress)
        store.add(key, state, len(files) - unreadable, unreadable, found)
    store.keep_only(current)
    return store


@dataclass
class _Files:
    workspace: Workspace
    source: Source
    known: Known
    _firsts: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.source is Source.DEIDENTIFIED:
            for row in self.workspace.ledger.deidentified.rows(DeidState.WRITTEN):
                if row.file_id is not None:
                    self._firsts.setdefault((row.study_uid, row.series_uid), row.file_id)

    def state(self, files: Sequence[Original]) -> str:
        """Return a digest of the files of a series and of what they are searched for."""
        parts = [f"{one.file_id} {one.size} {one.mtime_ns}" for one in files]
        return _digest(str(_VERSION), __version__, self._searched_for, *parts)

    @cached_property
    def _searched_for(self) -> str:
        known = self.known.uids | self.known.numbers | self.known.pseudonyms
        return _digest(*sorted(known))

    def series(
        self, study_uid: str, series_uid: str, files: Sequence[Original], progress: Progress
    ) -> tuple[LeakCounts, int]:
        """Return the leaks in the files of a series, and how many could not be read."""
        found, unreadable = LeakCounts(), 0
        original = self.original(study_uid, series_uid)
        for file in files:
            read = self.read(file)
            if read is None:
                unreadable += 1
            else:
                members = json.loads(file.member) if file.member else []
                name = os.path.join(os.fsdecode(file.folder), os.fsdecode(file.name), *members)
                found.add(leaks(read, self.known, name, original))
            progress.advance()
        return found, unreadable

    def original(self, study_uid: str, series_uid: str) -> Contents | None:
        """Return the first original of a series of outputs, None if there is none or it is gone."""
        file_id = self._firsts.get((study_uid, series_uid))
        place = self.workspace.ledger.index.place(file_id) if file_id is not None else None
        return None if place is None else self._contents(Place.of(self.workspace.folder, *place))

    def read(self, file: Original) -> Contents | None:
        """Return what is in a file, None if it cannot be read."""
        return self._contents(Place.of(self.workspace.folder, file.root, file.folder, file.name, file.member))

    def _contents(self, place: Place) -> Contents | None:
        try:
            with place.open() as stream:
                return contents(stream)
        except (OSError, KeyError, zipfile.BadZipFile, NotReadable):
            return None


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

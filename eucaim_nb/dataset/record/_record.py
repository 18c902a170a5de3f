"""The record of a workspace: its file, and the earlier versions beside it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from eucaim_nb.errors import RecordError
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from ._branch import flat, grown
from ._field import Kind, plain, properties

RECORD_FILE = "record.json"
_DRAFT_FILE = "record-draft.json"
_EARLIER = re.compile(r"record-v(\d+)\.json")
_NOWHERE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that workbooks, RDF or UTF-8 cannot hold."""
PROFILE = "EUCAIM DCAT-AP 2.0"


@dataclass(frozen=True)
class Record:
    """What is said of the dataset.

    Attributes
    ----------
    values
        By the key of the field, such as `dct:title` or `dct:publisher/foaf:name`; of a second node of a kind,
        `dct:creator#2/foaf:name`. Numbers, dates and yes or no are texts too; terms have their short form,
        `eucaim:IMG1000042`; words are English unless they end in a language, such as `@de`.
    version
        Counted from 1; 0 for a record that was never saved.
    saved_at
        ISO 8601, UTC.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: int = 0
    saved_at: str = ""

    def first(self, key: str) -> str:
        """Return the first value of a field, or an empty text."""
        held = self.values.get(key, ())
        return held[0] if held else ""

    def changed(self, values: Mapping[str, Iterable[str]]) -> "Record":
        """Return the record with other values of some fields; fields without values are gone."""
        kept = {key: tuple(held) for key, held in (dict(self.values) | dict(values)).items()}
        return Record(_orderly(kept), self.version, self.saved_at)


def load(workspace: Workspace) -> Record | None:
    """Return the last saved record, or None if there is none.

    Raises
    ------
    RecordError
        The file cannot be read.
    """
    return _read(_folder(workspace) / RECORD_FILE)


def save(workspace: Workspace, record: Record) -> Record:
    """Save a record as the next version, and keep the one before beside it; without a change nothing is written.

    Returns
    -------
    Record
        The record as it was saved, with its version.

    Raises
    ------
    RecordError
        It was saved elsewhere since this one was loaded, or cannot be written.
    """
    folder, values = _folder(workspace), _orderly(record.values)
    before = load(workspace)
    if before is not None and before.version != record.version:
        raise RecordError(
            f"The record was saved elsewhere meanwhile, as version {before.version}. Load it and make your "
            "changes again, so that neither is lost."
        )
    if before is not None and dict(before.values) == values:
        keep_draft(workspace, None)
        return before
    saved = Record(
        MappingProxyType(values), record.version + 1, datetime.now(UTC).isoformat(timespec="seconds")
    )
    try:
        folder.mkdir(exist_ok=True)
        if before is not None:
            _write(folder / f"record-v{before.version}.json", before)
        _write(folder / RECORD_FILE, saved)
    except OSError as error:
        raise RecordError(f"The record cannot be written: {error.strerror}.") from error
    workspace.ledger.events.record("metadata saved", version=saved.version, fields=len(values))
    keep_draft(workspace, None)
    return saved


def versions(workspace: Workspace) -> list[Record]:
    """Return all saved versions, the newest first; one that cannot be read is left out."""
    found = {}
    for path in _folder(workspace).glob("record*.json"):
        if path.name == RECORD_FILE or _EARLIER.fullmatch(path.name):
            try:
                record = _read(path)
            except RecordError:
                continue
            if record is not None:
                found[record.version] = record
    return [found[number] for number in sorted(found, reverse=True)]


def draft(workspace: Workspace) -> Record | None:
    """Return what was typed since the last version and not saved, or None."""
    return _read(_folder(workspace) / _DRAFT_FILE)


def keep_draft(workspace: Workspace, record: Record | None) -> None:
    """Keep what was typed so far beside the saved record, so that closing a page loses nothing; None forgets it.

    Raises
    ------
    RecordError
        It cannot be written.
    """
    path = _folder(workspace) / _DRAFT_FILE
    try:
        if record is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(exist_ok=True)
            _write(path, record)
    except OSError as error:
        raise RecordError(f"What was typed cannot be kept: {error.strerror}.") from error


def written(record: Record) -> dict[str, Any]:
    """Return a record as JSON has it."""
    return {
        "profile": PROFILE,
        "version": record.version,
        "saved_at": record.saved_at,
        "values": {key: list(held) for key, held in record.values.items()},
    }


def read_json(content: object) -> Record:
    """Return the record of a JSON document.

    Raises
    ------
    RecordError
        The document is no record.
    """
    if not isinstance(content, dict) or not isinstance(content.get("values"), dict):
        raise RecordError("The file holds no metadata record of this program.")
    values = content["values"]
    known = {one.key for one in properties() if one.kind is not Kind.NODE}
    if unknown := [key for key in values if plain(key) not in known]:
        raise RecordError(f"The profile has no field {unknown[0][:80]!r}.")
    if not all(
        isinstance(held, list) and all(isinstance(one, str) for one in held) for held in values.values()
    ):
        raise RecordError("In a record every field holds a list of texts.")
    version, saved_at = content.get("version", 0), content.get("saved_at", "")
    if not isinstance(version, int) or not isinstance(saved_at, str):
        raise RecordError("In a record, version is a number and saved_at a text.")
    return Record(MappingProxyType(_orderly(values)), version, saved_at)


def _folder(workspace: Workspace) -> Path:
    return workspace.folder / "dataset"


def _orderly(values: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return values without what is empty or said twice, in the order of the form."""
    return flat(grown({key: dict.fromkeys(filter(None, map(_clean, held))) for key, held in values.items()}))


def _clean(text: str) -> str:
    return _NOWHERE.sub("", text.replace("\r\n", "\n")).strip()


def _read(path: Path) -> Record | None:
    try:
        return read_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise RecordError(f"{path} cannot be read. Restore it from a backup, or remove it.") from error


def _write(path: Path, record: Record) -> None:
    with replacing(path) as file:
        json.dump(written(record), file, ensure_ascii=False, indent=1)

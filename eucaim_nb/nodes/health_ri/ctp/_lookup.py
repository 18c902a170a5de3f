"""The look-up table of CTP: what replaces which Patient ID and UID, and by how many days dates move."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_ESCAPED = {"\\": "\\\\", " ": "\\ ", ":": "\\:", "=": "\\=", "#": "\\#", "!": "\\!", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Old to new, for the patients and UIDs of a submission; `shifts` are days by old Patient ID."""

    patients: Mapping[str, str] = field(default_factory=dict, repr=False)
    uids: Mapping[str, str] = field(default_factory=dict, repr=False)
    shifts: Mapping[str, int] = field(default_factory=dict, repr=False)


def lookup(pseudonyms: Pseudonyms) -> str:
    """Return the table in the form of Java's properties: of a CSV file, CTP takes no row.

    CTP takes spaces off both ends of a key, and backslashes out of it; so are the keys here.
    """
    kinds = {"ptid": pseudonyms.patients, "shift": pseudonyms.shifts, "uid": pseudonyms.uids}
    return "".join(
        f"{kind}/{_key(old)}={new}\n" for kind, table in kinds.items() for old, new in sorted(table.items()) if old
    )


def _key(text: str) -> str:
    return "".join(_ESCAPED.get(one, one) for one in text.replace("\\", "").strip())

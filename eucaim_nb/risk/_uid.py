"""What a UID tells besides being one: a day, a number, a machine, the network card that made it."""

from collections.abc import Collection
from uuid import UUID

from eucaim_nb.dicom import has_day, maker_of_uid

from ._known import Known
from ._leak import Severity
from ._tables import Source

_SHORTEST_NUMBER = 6


def uid_leak(uid: str, known: Known, numbers: Collection[str]) -> tuple[str, Severity] | None:
    """Return what gives a UID away, and how grave that is; None if nothing does.

    Parameters
    ----------
    numbers
        Bare numbers of the patient and the examination, as the file has them.
    """
    if uid in known.uids:
        return "UID of an original", Severity.ERR
    if any(len(number) >= _SHORTEST_NUMBER and number in uid for number in numbers if number.isdigit()):
        return "UID with a number of the patient", Severity.ERR
    if made_by_network_card(uid):
        return "UUID of version 1: the address of a network card and the time", Severity.WARN
    if known.source is Source.ORIGINAL:
        return "UID of an original", Severity.WARN
    if maker := maker_of_uid(uid):
        return f"UID as a machine of {maker} makes it", Severity.ERR
    if has_day(uid):
        return "UID with a date", Severity.WARN
    return None


def made_by_network_card(uid: str) -> bool:
    """Tell whether a UID is a UUID of version 1 (RFC 9562, 5.1): it has a MAC address and a time in it."""
    if not uid.startswith("2.25.") or not uid[5:].isdigit() or int(uid[5:]) >= 1 << 128:
        return False
    return UUID(int=int(uid[5:])).version == 1

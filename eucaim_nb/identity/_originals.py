"""The UIDs and numbers of the originals that a workspace knows: what must be nowhere in what replaces them."""

from eucaim_nb.workspace import Workspace

from ._fold import ALNUM

SHORTEST_NUMBER = 4
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
_NUMBERS = ("PatientID", "AccessionNumber")


def of_originals(workspace: Workspace) -> tuple[frozenset[str], frozenset[str]]:
    """Return UIDs and bare numbers from the index; outputs of this program that were indexed do not count."""
    index, originals = workspace.ledger.index, workspace.originals()
    uids: set[str] = set()
    numbers: set[str] = set()
    for series in {row.series_uid for row in index.series(originals)}:
        for one in index.instances(series, originals):
            uids.update(one[keyword] for keyword in _UIDS if one[keyword])
            numbers.update(bare(one[keyword]) for keyword in _NUMBERS if one[keyword])
    return (
        frozenset(uid for uid in uids if not uid.startswith("1.2.840.10008.")),
        frozenset(number for number in numbers if len(number) >= SHORTEST_NUMBER),
    )


def bare(number: str) -> str:
    """Return the letters and digits of a number, without leading zeros unless it is short."""
    joined = "".join(ALNUM.findall(number)).lower()
    return joined.lstrip("0") if len(joined.lstrip("0")) >= SHORTEST_NUMBER else joined

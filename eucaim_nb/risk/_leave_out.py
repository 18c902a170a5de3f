"""Leaving out the patients who stand out, so that no later phase takes their images."""

from collections.abc import Collection

from eucaim_nb.errors import Refused
from eucaim_nb.workspace import Workspace

from ._tables import Tables, source_ids


def leave_out(workspace: Workspace, found: Tables, patients: Collection[str], *, reason: str) -> int:
    """Leave every series of some patients out of de-identification, upload, further checks and these tables.

    Originals and what was made of them are left out together, as the page on data quality does it and takes it back.
    Rows of the clinical table stay: they go with their patient ID in the clinical data.

    Returns
    -------
    int
        How many series were left out.

    Raises
    ------
    Refused
        No reason was given, or none of the patients has images.
    """
    if not reason.strip():
        raise Refused("Nobody was left out: give a reason. It is recorded.")
    wanted = set(patients)
    series = {
        (row.study_uid, row.series_uid)
        for row in workspace.ledger.index.series(source_ids(workspace, found.source))
        if row.patient_id.strip() in wanted
    }
    if not series:
        raise Refused("Nobody was left out: there are no such patients, or they have no images here.")
    for study_uid, series_uid in sorted(series):
        workspace.ledger.exclusions.add(study_uid, series_uid, "", reason.strip())
    return len(series)

"""Which images a CTP is to bring to the node, under which UID and labels, and whether it may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eucaim_nb.errors import Refused, WorkspaceError
from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes.health_ri import Labels, labels_of
from eucaim_nb.workspace import Workspace

from .._gate import check_allowed
from .._plan import chosen_series
from .._source import DEIDENTIFIED, source_ids


@dataclass(frozen=True, slots=True)
class Expected:
    """What the node is to have in the end.

    Attributes
    ----------
    ids, series
        Sources, and `(study UID, series UID)` of them.
    images
        The file here, and the labels of its session, by the SOP Instance UID that the image has at the node.
    """

    ids: Sequence[int]
    series: Sequence[tuple[str, str]]
    images: Mapping[str, tuple[UploadItem, Labels]]


def deidentified_here(workspace: Workspace, override: str | None) -> Expected:
    """Return what was de-identified and verified here.

    Raises
    ------
    Refused
        Not all of it is verified, and no reason was given.
    WorkspaceError
        There is nothing.
    """
    ids = source_ids(workspace, DEIDENTIFIED)
    series = chosen_series(workspace, ids, None)
    check_allowed(workspace, DEIDENTIFIED, override, ids, series)
    return Expected(ids, series, _images(workspace, ids, series, {}, {}))


def deidentified_by_ctp(workspace: Workspace, override: str | None) -> Expected:
    """Return what CTP is to make of the originals: it is given the UIDs and pseudonyms of the de-identification here.

    Raises
    ------
    Refused
        No reason was given why that may be sent.
    WorkspaceError
        There is nothing, or nobody has a pseudonym yet.
    """
    reason = (override or "").strip()
    if not reason:
        raise Refused(
            "Nobody verifies what CTP makes of the originals before it is sent. De-identify here and let CTP only "
            "send, or give the reason why it may; it is recorded."
        )
    ids = workspace.originals()
    series = chosen_series(workspace, ids, None)
    ledger = workspace.ledger.deidentified
    uids, patients = dict(ledger.crosswalk("uid")), dict(ledger.crosswalk("patient"))
    if not patients:
        raise WorkspaceError(
            "No patient has a pseudonym yet: CTP takes them from the de-identification here. De-identify first, then "
            "write the files of CTP anew."
        )
    workspace.ledger.events.record("CTP de-identifies, unverified", reason=reason)
    return Expected(ids, series, _images(workspace, ids, series, uids, patients))


def _images(
    workspace: Workspace,
    ids: Sequence[int],
    series: Sequence[tuple[str, str]],
    uids: Mapping[str, str],
    patients: Mapping[str, str],
) -> dict[str, tuple[UploadItem, Labels]]:
    uploads = workspace.ledger.uploads
    items = [item for pair in series for item in uploads.candidates(ids, *pair)]
    of_study: dict[str, str] = {}  # a study that names two patients goes to one of them, as in an upload
    for item in items:
        of_study[item.study_uid] = min(item.patient_id, of_study.get(item.study_uid, item.patient_id))
    found = {}
    for item in items:
        patient, study = of_study[item.study_uid], item.study_uid
        labels = labels_of(patients.get(patient, patient), uids.get(study, study))
        found[uids.get(item.sop_uid, item.sop_uid)] = item, labels
    return found

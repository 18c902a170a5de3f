"""What subjects and sessions will be called at an XNAT, and where a Patient ID is no label there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from eucaim_nb.ledger import UploadItem
from eucaim_nb.nodes.health_ri import Labels, cleaned, labels_of, why_changed


class Label(TypedDict):
    """The labels of one study; `why` says why the Patient ID is not the subject's label as it stands, if so."""

    subject: str
    session: str
    study: str
    why: str


class Collision(TypedDict):
    """What XNAT would take for one: `label` is the common label, `kept_apart` whether the labels given here differ."""

    label: str
    of: int
    kind: str
    kept_apart: bool


@dataclass(frozen=True, slots=True)
class Labelling:
    """The labels of all studies, and the collisions among them."""

    labels: list[Label]
    collisions: list[Collision]


def labelling(studies: Sequence[Sequence[UploadItem]]) -> Labelling:
    """Return how the studies will be labelled; each is given by its instances."""
    labels: list[Label] = []
    patients: defaultdict[str, set[str]] = defaultdict(set)
    sessions: defaultdict[Labels, int] = defaultdict(int)
    for items in studies:
        patient, study = min(item.patient_id for item in items), items[0].study_uid
        made = labels_of(patient, study)
        labels.append({"subject": made.subject, "session": made.session, "study": study, "why": why_changed(patient)})
        patients[cleaned(patient)].add(patient)
        sessions[made] += 1
    same_subject: list[Collision] = [
        {"label": label, "of": len(those), "kind": "subject", "kept_apart": True}
        for label, those in patients.items()
        if len(those) > 1
    ]
    same_session: list[Collision] = [
        {"label": made.session, "of": count, "kind": "session", "kept_apart": False}
        for made, count in sessions.items()
        if count > 1
    ]
    return Labelling(labels, [*same_session, *same_subject])

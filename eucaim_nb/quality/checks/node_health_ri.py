"""Preflight for the Health-RI node: an XNAT with CTP before it. P07 has its five mandatory headers."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

from eucaim_nb.nodes.health_ri import labels_of
from eucaim_nb.reference import preflight

from .._dataset import Dataset
from .._finding import Dimension, Finding, Level, Severity
from .._registry import check
from .._series import Series

_HEALTH_RI = "health-ri"
_ROUTING = ("PatientComments", "StudyComments", "AdditionalPatientHistory")
_PROJECT = re.compile(r"(?:^|[;,\s])Project:([^;,\s]+)", re.IGNORECASE)


@check(
    "N-XNAT-2",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.CONSISTENT,
    remedy="Nothing to do if you send with this program or its CTP files: they use other labels. Else use letters, "
    "digits, - and _ only.",
    source="XNAT: labels match ^[A-Za-z0-9_-]+$, other characters are replaced without a word (NrgXnat/xnat 1.8.11)",
    node=_HEALTH_RI,
)
def label_characters(dataset: Dataset) -> Iterator[Finding]:
    """A Patient ID has characters that XNAT takes in no label."""
    for patient in dataset.patients:
        if patient.id and re.search(preflight()["health-ri"]["not_in_labels"], patient.id):
            yield Finding("Patient ID has characters that XNAT replaces.", patient_id=patient.id)


@check(
    "N-XNAT-3",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.UNIQUE,
    remedy="Send with this program or its CTP files, which keep them apart, or give the patients other IDs.",
    source="XNAT archiver: labels that differ only in characters it replaces become one subject",
    node=_HEALTH_RI,
)
def label_collisions(dataset: Dataset) -> Iterator[Finding]:
    """Two Patient IDs would become one label at the node."""
    cleaned: dict[str, list[str]] = defaultdict(list)
    for patient in dataset.patients:
        plain = re.sub(preflight()["health-ri"]["not_in_labels"], "_", patient.id)
        cleaned[plain.lower()].append(patient.id)
    for same in cleaned.values():
        if len(same) > 1:
            for patient_id in same:
                yield Finding(f"{len(same)} Patient IDs become one label.", patient_id=patient_id)


@check(
    "N-XNAT-4",
    level=Level.STANDARD,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="De-identification removes these texts. Sent as they are, they decide in which project the images land.",
    source="XNAT routes by Project: in (0010,4000), (0032,4000) and (0010,21B0)",
    node=_HEALTH_RI,
    reads=_ROUTING,
)
def routing(series: Series) -> Iterator[Finding]:
    """A text of the header would send the images to another project."""
    for keyword in _ROUTING:
        for text, count in series.extra(keyword).items():
            named = _PROJECT.search(text)
            if named and named[1] != series.context.project:
                yield Finding(f"{keyword} names another project.", count=count)


@check(
    "N-XNAT-5",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.UNIQUE,
    remedy="One of the studies needs another Study Instance UID, as de-identification gives it.",
    source="One study is one session; its label ends with eight digits made of the Study Instance UID",
    node=_HEALTH_RI,
)
def one_session_per_study(dataset: Dataset) -> Iterator[Finding]:
    """Two studies would become one session."""
    sessions = Counter(labels_of(study.series[0].patient_id, study.uid).session for study in dataset.studies)
    for study in dataset.studies:
        if sessions[labels_of(study.series[0].patient_id, study.uid).session] > 1:
            yield Finding("Another study of the patient has the same session label.", study_uid=study.uid)


@check(
    "N-XNAT-6",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Wait a moment before you start CTP on this folder, and compare the counts afterwards. Uploads of this "
    "program are not concerned.",
    source="CTP ArchiveImportService walks a folder once and never takes files younger than minAge (5 s), seen with "
    "CTP of 2025-05-13",
    node=_HEALTH_RI,
)
def too_young(dataset: Dataset) -> Iterator[Finding]:
    """Files are so new, or dated in the future, that CTP would pass them over for ever."""
    youngest = time.time() - float(preflight()["health-ri"]["ctp_min_age_s"])
    young = [one for one in dataset.series if one.newest_mtime_ns > youngest * 1e9]
    if young:
        yield Finding(
            f"Files of {len(young)} series were changed only just now, or are dated in the future.",
            count=len(young),
            evidence={"series": [one.series_uid for one in young[:20]]},
        )


@check(
    "N-XNAT-7",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.CONSISTENT,
    remedy="Name the project under [node] in eucaim.toml; the node gives its id when it makes the project.",
    source="XNAT puts images without a project into the pre-archive Unassigned, which only administrators see",
    node=_HEALTH_RI,
)
def no_project(dataset: Dataset) -> Iterator[Finding]:
    """The workspace names no project at the node."""
    if not dataset.context.project and not dataset.context.settings.get("practice"):
        yield Finding("The workspace names no project.")

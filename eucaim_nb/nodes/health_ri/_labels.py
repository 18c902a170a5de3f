"""The labels under which a study is found in XNAT, made so that two patients or studies never share one."""

import hashlib
import re
from typing import NamedTuple

# XNAT takes only these in a label, and silently replaces the others: two labels could become one.
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST = 48


class Labels(NamedTuple):
    """Labels of the subject and of the session (one study)."""

    subject: str
    session: str


def cleaned(patient_id: str) -> str:
    """Return what XNAT itself would make of a Patient ID as a label: there, two patients may become one."""
    return _FORBIDDEN.sub("_", patient_id)


def why_changed(patient_id: str) -> str:
    """Say why a Patient ID is not the label of its subject as it stands; empty if it is."""
    if not patient_id:
        return "there is no Patient ID"
    if _FORBIDDEN.search(patient_id):
        return "it has characters that XNAT does not take"
    return f"it is longer than {_LONGEST} characters" if len(patient_id) > _LONGEST else ""


def labels_of(patient_id: str, study_uid: str) -> Labels:
    """Return the labels for a study.

    A Patient ID that is a label already stays as it is; of any other one, what XNAT would not take becomes `_` and a
    digest keeps it apart from its neighbours. The session's number is the one that CTP's script for Health-RI gives,
    the first eight digits of the decimal MD5 of the Study Instance UID.
    """
    number = _digits(study_uid, 8)
    subject = patient_id
    if not patient_id:
        subject = f"no-patient-id_{number}"
    elif why_changed(patient_id):
        subject = f"{cleaned(patient_id)[:_LONGEST]}_{_digits(patient_id, 6)}"
    return Labels(subject, f"{subject}_{number}")


def _digits(text: str, count: int) -> str:
    digest = hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    return str(int(digest, 16))[:count]

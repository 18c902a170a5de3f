"""Preflight for the UPV node: what ends the creation of a dataset there, or drops data without a word.

P04 has the first of its rules (age, sex and study date), F13 the one about names of files.
"""

import re
from collections.abc import Iterator

from eucaim_nb.reference import preflight

from .._dataset import Dataset
from .._facts import Study, each_pair
from .._finding import Dimension, Finding, Level, Severity, about_files
from .._registry import check
from .._series import Series

_SOURCE = "chaimeleon-eu/dataset-service {}, read 2026-06-16"
_UPV = "upv"
_TAG = "(70D1,2000)"


@check(
    "N-UPV-1",
    level=Level.STANDARD,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="Give all series of the study one sub-project, or remove the tag: the upload sets it.",
    source=_SOURCE.format("creation job: (70D1,2000) must not differ between series of a study"),
    node=_UPV,
    reads=(_TAG,),
)
def one_subproject_in_study(study: Study) -> Iterator[Finding]:
    """Series of one study name different sub-projects."""
    found = {value for value, _ in each_pair(study.series, _TAG)}
    if len(found) > 1:
        yield Finding(f"{_TAG} has {len(found)} values in one study.", study_uid=study.uid, count=len(found))


@check(
    "N-UPV-2",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.ACCURATE,
    remedy="Correct the study date at the source. A date that is unknown must be absent, not empty.",
    source=_SOURCE.format("dicom.py: the date is converted to numbers without a guard"),
    node=_UPV,
)
def study_date(series: Series) -> Iterator[Finding]:
    """Study Date is there but empty or no date: the creation of the dataset ends with an error."""
    for number, header in series.headers():
        text = header["StudyDate"]
        if text is not None and not _is_date(text):
            count = series.files_of(number)
            yield Finding("StudyDate is " + ("empty." if not text.strip() else "no date."), count=count)


@check(
    "N-UPV-3",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.ACCURATE,
    remedy="Write M, F or O, or leave the value empty.",
    source=_SOURCE.format("output_formats.py: any other sex raises; the column takes one letter"),
    node=_UPV,
)
def sex(series: Series) -> Iterator[Finding]:
    """Patient Sex is none of M, F and O: the creation of the dataset ends with an error."""
    for text, count in series.counted("PatientSex").items():
        if text.strip() not in ("", "M", "F", "O"):
            yield Finding("PatientSex is none of M, F and O.", count=count)


@check(
    "N-UPV-4",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.ACCURATE,
    remedy="Shorten it to 16 characters, as the standard asks of a code.",
    source=_SOURCE.format("columns of 16 characters; PS3.5 section 6.2: CS has 16 at most"),
    node=_UPV,
)
def long_codes(series: Series) -> Iterator[Finding]:
    """Body Part Examined or Modality is longer than 16 characters."""
    for keyword in ("BodyPartExamined", "Modality"):
        for text, count in series.counted(keyword).items():
            if len(text.strip()) > 16:
                yield Finding(f"{keyword} has more than 16 characters.", count=count)


@check(
    "N-UPV-5",
    level=Level.STANDARD,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="Upload into one sub-project. Remove the tag, or correct it to the id that the node gave you (subproject "
    "under [node] in eucaim.toml).",
    source=_SOURCE.format("all studies carry one (70D1,2000), and the project knows it"),
    node=_UPV,
    reads=(_TAG,),
)
def one_subproject(dataset: Dataset) -> Iterator[Finding]:
    """Studies name different sub-projects, or another one than the node gave."""
    found = {value for value, _ in each_pair(dataset.series, _TAG)}
    expected = str(dataset.context.settings.get("subproject") or "")
    if len(found) > 1:
        yield Finding(f"{_TAG} has {len(found)} values in the dataset.", count=len(found))
    elif expected and found and found != {expected}:
        yield Finding(f"{_TAG} is not the sub-project that the workspace is for.")


@check(
    "N-UPV-6",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Mend what holds the files back. After the creation of the dataset compare its counts with what was "
    "sent: the node drops missing series, and studies without any, without a word.",
    source=_SOURCE.format("creation job: a missing series folder is a line in the server's log only"),
    node=_UPV,
)
def series_dropped(series: Series) -> Iterator[Finding]:
    """Nothing of the series can be sent, so it will be missing without a word."""
    if series.files and all(row["held_back"] for row in series.files):
        yield Finding("Every file of the series is held back.", count=len(series.files))


@check(
    "N-UPV-7",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="De-identify, or make a normalised copy: both write .dcm. Needed only where files are handed over as "
    "they are.",
    source=_SOURCE.format(
        "the first *.dcm of each series folder is read; without one all values are unknown"
    ),
    node=_UPV,
)
def no_dcm_in_series(dataset: Dataset) -> Iterator[Finding]:
    """No file of a series ends with .dcm, so the node would read none."""
    bare = [one for one in dataset.series if not one.with_suffix]
    if bare:
        yield Finding(
            f"In {len(bare)} of {len(dataset.series)} series no file ends with .dcm.",
            count=len(bare),
            evidence={"series": [one.series_uid for one in bare[:50]]},
        )


@check(
    "N-UPV-8",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.ACCURATE,
    remedy="Write three digits and D, W, M or Y, such as 064Y.",
    source=_SOURCE.format("an age of another form counts as unknown") + "; PS3.5 section 6.2 AS",
    node=_UPV,
)
def age(series: Series) -> Iterator[Finding]:
    """Patient Age is not written as the standard asks, and would count as unknown."""
    for text, count in series.counted("PatientAge").items():
        if text.strip() and not re.fullmatch(r"\d{3}[DWMY]", text.strip()):
            yield Finding("PatientAge is not three digits and D, W, M or Y.", count=count)


@check(
    "N-UPV-9",
    level=Level.QUICK,
    severity=Severity.INFO,
    dimension=Dimension.CONSISTENT,
    remedy="Nothing will fail: the dataset's statistics say Other. A bare GE is better written GE MEDICAL SYSTEMS.",
    source=_SOURCE.format("manufacturers are told by parts of their names"),
    node=_UPV,
)
def manufacturer(series: Series) -> Iterator[Finding]:
    """The node does not know the manufacturer and will call it Other."""
    known = preflight()["upv"]["manufacturers"]
    for text, count in series.counted("Manufacturer").items():
        if text.strip() and not any(part in text.lower() for part in known):
            yield Finding("The manufacturer will be called Other.", count=count)


@check(
    "N-UPV-10",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.COMPLETE,
    remedy="One instance cannot be divided. Ask the node for a larger limit, or send it in a compressed syntax.",
    source="EUCAIM/k8s-deploy-node qp-insights: nginx takes bodies of 500 MB, read 2026-11-20",
    node=_UPV,
)
def too_large(series: Series) -> Iterator[Finding]:
    """A file is larger than what the node takes in one request."""
    most = 1_000_000 * float(series.context.settings.get("max_body_mb") or preflight()["upv"]["max_body_mb"])
    large = [row["file_id"] for row in series.files if row["size"] > most]
    yield from about_files(f"Files are larger than {most / 1e6:g} MB.", large)


def _is_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", text.strip()))

"""The same thing twice: one UID in several files, the same bytes, the same pixels, nearly the same pictures."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from .._compared import digest_of, pixel_digest
from .._dataset import Dataset
from .._finding import Dimension, Finding, Level, Severity
from .._registry import check

_LEAVE_OUT = "Leave one of them out."
_LIKE_IMAGES, _LIKE_SHARE = 3, 0.5


@check(
    "P01",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.UNIQUE,
    remedy="Find out which of the files is right, and leave the other one out.",
    source="PS3.5 section 9: a SOP Instance UID names one instance",
)
def one_uid_several_files(dataset: Dataset) -> Iterator[Finding]:
    """A SOP Instance UID occurs in several files."""
    for group in dataset.same_uid():
        digests = {digest_of(dataset.context, row) for row in group}
        same = len(digests) == 1 and "" not in digests
        places = {(row["StudyInstanceUID"], row["SeriesInstanceUID"]) for row in group}
        yield Finding(
            f"One SOP Instance UID in {len(group)} files "
            + ("with the same bytes." if same else "with different content.")
            + (f" They belong to {len(places)} series." if len(places) > 1 else ""),
            severity=Severity.WARN if same and len(places) == 1 else Severity.ERR,
            remedy="An upload sends one of them. Leave the copies out to be tidy." if same else "",
            patient_id=group[0]["PatientID"],
            study_uid=group[0]["StudyInstanceUID"],
            series_uid=group[0]["SeriesInstanceUID"],
            sop_uid=group[0]["SOPInstanceUID"],
            files=[row["file_id"] for row in group],
        )


@check(
    "F16",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.UNIQUE,
    remedy="An upload sends one of them. Leave the copies out to be tidy.",
    source="SHA-256 of the whole file",
)
def same_bytes(dataset: Dataset) -> Iterator[Finding]:
    """Several files have the same bytes."""
    for group in dataset.same("sha256"):
        yield _about(group, f"{len(group)} files have the same bytes.")


@check(
    "C06",
    level=Level.STANDARD,
    severity=Severity.ERR,
    dimension=Dimension.UNIQUE,
    remedy="One picture cannot show two patients. Find out whose it is and leave the other one out.",
    source="SHA-256 of the pixel data, where samples of them agree; pictures of one value are not compared",
)
def same_pixels(dataset: Dataset) -> Iterator[Finding]:
    """Pictures of two patients, or of two series, have the same pixels."""
    found: dict[tuple[tuple[str, str], ...], list[dict[str, Any]]] = defaultdict(list)
    across: dict[tuple[tuple[str, str], ...], int] = Counter()
    for group in dataset.same("pixels"):
        if len({row["SOPInstanceUID"] for row in group}) < 2:
            continue
        of_series: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in group:
            of_series[row["StudyInstanceUID"], row["SeriesInstanceUID"]].append(row)
        if len(of_series) < 2:
            continue
        # One picture of each series is compared whole: that is enough to tell that the series share one.
        by_digest: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for one, rows in of_series.items():
            by_digest[pixel_digest(dataset.context, rows[0]["file_id"])].append(one)
        for digest, alike in by_digest.items():
            if digest and len(alike) > 1:
                series = tuple(sorted(alike))
                same = [row for one in series for row in of_series[one]]
                found[series] += same
                across[series] = max(across[series], len({row["PatientID"] for row in same}))
    for series, rows in found.items():
        pictures = len({row["SOPInstanceUID"] for row in rows})
        patients = across[series]
        for study_uid, series_uid in series:
            yield Finding(
                f"{pictures} pictures of {len(series)} series have the same pixels as one another"
                + (f", under {patients} Patient IDs." if patients > 1 else "."),
                severity=Severity.ERR if patients > 1 else Severity.WARN,
                remedy="" if patients > 1 else "A copy of a series under another UID: leave one of them out.",
                study_uid=study_uid,
                series_uid=series_uid,
                files=[row["file_id"] for row in rows if row["SeriesInstanceUID"] == series_uid],
                count=pictures,
            )


@check(
    "C07",
    level=Level.FULL,
    severity=Severity.INFO,
    dimension=Dimension.UNIQUE,
    remedy="Look at both series: the same examination may be there under two Patient IDs, with other pixels after "
    "compression or denoising.",
    source="Pictures averaged to 16 x 16 and told apart by which of them are brighter than the mean",
)
def near_duplicates(dataset: Dataset) -> Iterator[Finding]:
    """Series of two patients look nearly the same."""
    pairs: Counter[tuple[tuple[str, str, str], tuple[str, str, str]]] = Counter()
    for group in dataset.same("likeness"):
        series = sorted(
            {(row["PatientID"], row["StudyInstanceUID"], row["SeriesInstanceUID"]) for row in group}
        )
        if len(series) <= 8:
            pairs.update(
                (one, other)
                for n, one in enumerate(series)
                for other in series[n + 1 :]
                if one[0] != other[0]
            )
    images = {(one.study_uid, one.series_uid): one.images for one in dataset.series}
    for (one, other), count in pairs.items():
        least = min(images.get(one[1:], 0), images.get(other[1:], 0))
        if count >= _LIKE_IMAGES and count >= _LIKE_SHARE * least:
            for _, study_uid, series_uid in (one, other):
                yield Finding(
                    f"{count} of {least} pictures look like those of another patient.",
                    study_uid=study_uid,
                    series_uid=series_uid,
                    count=count,
                )


def _about(group: Sequence[dict[str, Any]], message: str) -> Finding:
    first = group[0]
    return Finding(
        message,
        patient_id=first["PatientID"],
        study_uid=first["StudyInstanceUID"],
        series_uid=first["SeriesInstanceUID"],
        sop_uid=first["SOPInstanceUID"],
        files=[row["file_id"] for row in group],
        count=len(group) - 1,
    )

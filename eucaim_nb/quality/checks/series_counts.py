"""Series: does it belong together, and are all of its images there?"""

from collections import Counter
from collections.abc import Iterator, Sequence

from .._classes import PLANES
from .._finding import Dimension, Finding, Level, Severity
from .._registry import check
from .._series import Row, Series

_EXPORT_AGAIN = "Compare with the PACS and export the series again if images are missing."


@check(
    "S01",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.CONSISTENT,
    remedy="Find out which files were put in this series by mistake. Correct them at the source or leave them out.",
    source="PS3.3 section A.1.2: a series has one modality, one patient and one study",
)
def one_of_each(series: Series) -> Iterator[Finding]:
    """Files of one series differ in modality, SOP class or patient."""
    for keyword, words in (("Modality", "modalities"), ("PatientID", "Patient IDs")):
        found = series.counted(keyword)
        if len(found) > 1:
            odd = sum(found.values()) - found.most_common(1)[0][1]
            yield Finding(f"{len(found)} {words} in one series.", count=odd)
    if len(series.classes) > 1:
        # Ultrasound and angiography mix stills and runs in one series.
        grave = any(uid in PLANES for uid in series.classes) or series.is_annotation
        yield Finding(
            f"{len(series.classes)} SOP classes in one series.",
            severity=None if grave else Severity.INFO,
            evidence={"classes": dict(series.classes)},
        )


@check(
    "S09",
    level=Level.QUICK,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy="Numbers that are left out may stand for images that were not exported: compare with the PACS.",
    source="(0020,0013) Instance Number, PS3.3 C.7.6.1; missing images at the ends of a stack show only here",
)
def instance_numbers(series: Series) -> Iterator[Finding]:
    """Instance Numbers are missing, occur twice, leave gaps or do not begin with 1."""
    if not series.has_pictures:
        return
    texts = series.column("InstanceNumber")
    numbers = [int(text) for text in texts if text.lstrip("-+").isdigit()]
    if len(numbers) < len(texts):
        yield Finding(
            f"{len(texts) - len(numbers)} images have no Instance Number.", count=len(texts) - len(numbers)
        )
    if not numbers:
        return
    counts = Counter(numbers)
    twice = sum(count > 1 for count in counts.values())
    if twice:
        yield Finding(f"{twice} Instance Numbers occur more than once.", count=twice)
    lowest, highest = min(numbers), max(numbers)
    # Numbers that jump all over the place (by acquisition times a thousand, for instance) count nothing.
    left_out = highest - lowest + 1 - len(counts)
    if 0 < left_out <= len(counts):
        gaps = [number for number in range(lowest, highest + 1) if number not in counts]
        yield Finding(
            f"{left_out} Instance Numbers are left out between the first and the last.",
            count=left_out,
            evidence={"left out": gaps[:100]},
        )
    if 1 < lowest <= len(counts):
        yield Finding(f"The first Instance Number is {lowest}.", count=lowest - 1)


@check(
    "S10",
    level=Level.STANDARD,
    severity=Severity.WARN,
    dimension=Dimension.COMPLETE,
    remedy=_EXPORT_AGAIN,
    source="(0020,1002) Images in Acquisition, (0054,0081) Number of Slices, (0020,0105) Number of Temporal Positions, "
    "(0054,0101) Number of Time Slices",
    reads=("ImagesInAcquisition", "NumberOfSlices", "NumberOfTemporalPositions", "NumberOfTimeSlices"),
)
def fewer_than_declared(series: Series) -> Iterator[Finding]:
    """There are fewer images than the header says."""
    images = len(series.images)
    acquisitions = len(set(series.column("AcquisitionNumber")))
    for keyword, said in (
        ("ImagesInAcquisition", _highest(series, "ImagesInAcquisition") * acquisitions),
        (
            "NumberOfSlices",
            _highest(series, "NumberOfSlices") * max(_highest(series, "NumberOfTimeSlices"), 1),
        ),
    ):
        if images < said:
            yield Finding(
                f"{images} images are here; {keyword} says {said}.",
                count=said - images,
                evidence={"found": images, "expected": said},
            )
    phases = _highest(series, "NumberOfTemporalPositions")
    here = len({text for text in series.column("TemporalPositionIdentifier") if text})
    if 1 < here < phases:
        yield Finding(
            f"{here} of {phases} temporal positions are here.",
            count=phases - here,
            evidence={"found": here, "expected": phases},
        )


@check(
    "S16",
    level=Level.QUICK,
    severity=Severity.ERR,
    dimension=Dimension.UNIQUE,
    remedy="Leave out the further copy. If the two differ, find out which one is right.",
    source="PS3.5 section 9: a SOP Instance UID names one instance; two instances of one place have different pixels",
)
def twice_in_series(series: Series) -> Iterator[Finding]:
    """An image is in the series twice."""
    by_uid: dict[str, list[int]] = {}
    for number, row in enumerate(series.files):
        # What cannot be sent as it is may have a sound copy beside it.
        if not row["held_back"]:
            by_uid.setdefault(row["SOPInstanceUID"], []).append(number)
    copies = [numbers for numbers in by_uid.values() if len(numbers) > 1]
    if copies:
        differ = [numbers for numbers in copies if _differ(series, [series.files[n] for n in numbers])]
        yield Finding(
            f"{len(copies)} SOP Instance UIDs occur in more than one file of the series.",
            severity=Severity.ERR if differ else Severity.WARN,
            files=[series.files[n]["file_id"] for numbers in copies for n in numbers[1:]],
            count=len(copies),
        )
    if not series.looks:
        return
    places: dict[tuple[str, str, str], list[int]] = {}
    for row in series.images:
        look = series.looks.get(row["file_id"])
        position = row["ImagePositionPatient"]
        if look is not None and look.pixels and position:
            places.setdefault((position, series.of(row, "ImageOrientationPatient"), look.pixels), []).append(
                row["file_id"]
            )
    same = [files for files in places.values() if len(files) > 1]
    if same:
        yield Finding(
            f"{len(same)} images are there again under another SOP Instance UID: same place, same pixels.",
            files=[file for files in same for file in files[1:]],
            count=sum(len(files) - 1 for files in same),
        )


def _differ(series: Series, files: Sequence[Row]) -> bool:
    """Tell whether files have different bytes, as far as is known: their size, and their digest once it was read."""
    digests = {look.sha256 for row in files if (look := series.looks.get(row["file_id"]))}
    return len(digests) > 1 or len({row["size"] for row in files}) > 1


def _highest(series: Series, keyword: str) -> int:
    return max((int(text) for text in series.extra(keyword) if text.isdigit()), default=0)

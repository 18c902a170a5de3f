"""Which series a mask was drawn on: what it refers to, how its grid lies, and what its name says."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from pydicom.dataset import Dataset

from eucaim_nb.errors import MaskError
from eucaim_nb.workspace import Workspace

from ._codes import folded
from ._files import Format, MaskFile, dataset, frame_of_mask, masks_in
from ._fit import Verdict, fit
from ._series import Images, image_series, images_of

_RANKS = tuple(Verdict)
_SHORTEST_NAME = 3
_UID = re.compile(r"[0-2](?:\.\d+){4,}")


@dataclass(frozen=True, slots=True)
class Match:
    """A mask and the series it seems to belong to.

    Attributes
    ----------
    mask
    series_uid
        The series; empty where none or several could be meant.
    verdict
        How it lies on that series.
    words
        Why it is this series, or why there is none.
    candidates
        Series that it may be of, the likeliest first, with how it lies on each.
    """

    mask: MaskFile
    series_uid: str
    verdict: Verdict
    words: str
    candidates: tuple[tuple[str, Verdict], ...] = ()


def match(workspace: Workspace, masks: str | os.PathLike[str], series_uid: str = "") -> list[Match]:
    """Suggest a series for each mask in a file or below a folder. Headers are read, no voxels, and nothing is written.

    Parameters
    ----------
    series_uid
        The series all of them were drawn on, if it is known; the UID may be that after de-identification.

    Raises
    ------
    MaskError
        There is no such place, or no such series.
    """
    return list(Matcher(workspace, series_uid).matches(masks_in(masks)))


class Matcher:
    """Suggests series for masks; what it learns of a series is kept."""

    def __init__(self, workspace: Workspace, series_uid: str = "") -> None:
        self._workspace = workspace
        self._series = {one["series_uid"]: one for one in image_series(workspace)}
        self._images: dict[str, Images | MaskError] = {}
        crosswalk = workspace.ledger.deidentified.crosswalk("patient")
        self._names = _Names(self._series.values(), {new: old for old, new in crosswalk})
        self._wanted = self.original(series_uid) if series_uid else ""
        if series_uid and self._wanted not in self._series:
            raise MaskError("No image of this series is indexed. Scan its folder first, or name another series.")

    def matches(self, masks: Sequence[MaskFile]) -> Iterator[Match]:
        """Yield a suggestion for each mask."""
        for mask in masks:
            try:
                yield self._of_dicom(mask) if mask.is_dicom else self._of_image(mask)
            except MaskError as error:
                yield Match(mask, "", Verdict.INCOMPATIBLE, str(error))

    def of(self, mask: MaskFile, series_uid: str) -> Match:
        """Return how a mask lies on a series that a person chose."""
        try:
            chosen = self.original(series_uid)
            return Match(mask, chosen, *self._lies(mask, chosen))
        except MaskError as error:
            return Match(mask, series_uid, Verdict.INCOMPATIBLE, str(error))

    def images(self, series_uid: str) -> Images:
        """Return the images of a series.

        Raises
        ------
        MaskError
            No mask can be placed on them.
        """
        if series_uid not in self._images:
            try:
                self._images[series_uid] = images_of(self._workspace, series_uid)
            except MaskError as error:
                self._images[series_uid] = error
        found = self._images[series_uid]
        if isinstance(found, MaskError):
            raise found
        return found

    def original(self, series_uid: str) -> str:
        """Return the UID that a series had before it was de-identified here."""
        if series_uid in self._series:
            return series_uid
        return self._workspace.ledger.deidentified.olds("uid", [series_uid]).get(series_uid, series_uid)

    def _lies(self, mask: MaskFile, series_uid: str) -> tuple[Verdict, str]:
        images = self.images(series_uid)
        if mask.is_dicom:
            return Verdict.EXACT, ""
        found = fit(frame_of_mask(mask), images)
        return found.verdict, found.reason

    # Objects that refer to their images

    def _of_dicom(self, mask: MaskFile) -> Match:
        header = dataset(mask)
        named = [self.original(uid) for uid in dict.fromkeys(_series_named(header))]
        known = [uid for uid in named if uid in self._series]
        if mask.format is Format.RTSTRUCT and not known:
            frames = set(_frames_named(header))
            own = [uid for uid, one in self._series.items() if one["study_uid"] == header.get("StudyInstanceUID")]
            known = [uid for uid in own if self.images(uid).frame_of_reference in frames]
        if self._wanted:
            if known and self._wanted not in known:
                return Match(mask, "", Verdict.INCOMPATIBLE, "It refers to another series.")
            known = [self._wanted]
        if len(known) == 1:
            return Match(mask, known[0], Verdict.EXACT, "It refers to this series.", ((known[0], Verdict.EXACT),))
        words = "It refers to several series: choose one." if known else "The images that it refers to are not indexed."
        return Match(mask, "", Verdict.INCOMPATIBLE, words, tuple((uid, Verdict.EXACT) for uid in known))

    # Images without references

    def _of_image(self, mask: MaskFile) -> Match:
        patients = self._names.patients(mask.name)
        if self._wanted:
            if patients and self._series[self._wanted]["patient_id"] not in patients:
                return Match(mask, "", Verdict.INCOMPATIBLE, "Its name speaks of another patient.")
            verdict, words = self._lies(mask, self._wanted)
            return Match(mask, self._wanted, verdict, words, ((self._wanted, verdict),))
        frame = frame_of_mask(mask)
        near = [uid for uid, one in self._series.items() if not patients or one["patient_id"] in patients]
        lying: list[tuple[int, int, str, Verdict, str]] = []
        for uid in near:
            try:
                found = fit(frame, self.images(uid))
            except MaskError:
                continue
            if found.verdict is not Verdict.INCOMPATIBLE:
                score = self._names.score(mask.name, self._series[uid])
                lying.append((_RANKS.index(found.verdict), -score, uid, found.verdict, found.reason))
        lying.sort()
        candidates = tuple((uid, verdict) for _, _, uid, verdict, _ in lying)
        if not lying:
            words = (
                "No series of this patient lies where the mask does." if patients else "No series lies where it does."
            )
            return Match(mask, "", Verdict.INCOMPATIBLE, words)
        rank, score, uid, verdict, reason = lying[0]
        if len(lying) > 1 and lying[1][:2] == (rank, score):
            number = sum(one[:2] == (rank, score) for one in lying)
            return Match(mask, "", verdict, f"It fits {number} series alike: choose one.", candidates)
        if not patients and verdict is not Verdict.EXACT:
            return Match(mask, "", verdict, "Its name tells no patient, and it fits no series exactly.", candidates)
        return Match(mask, uid, verdict, reason, candidates)


class _Names:
    """What names of files tell about series: patients by their number or pseudonym, UIDs, and words."""

    def __init__(self, series: Iterable[Mapping[str, str]], pseudonyms: Mapping[str, str]) -> None:
        self._patients: dict[str, set[str]] = {}
        own = {one["patient_id"] for one in series}
        for name, patient in (*pseudonyms.items(), *((one, one) for one in own)):
            if len(key := _bare(name)) >= _SHORTEST_NAME:
                self._patients.setdefault(key, set()).add(patient)

    def patients(self, name: str) -> set[str]:
        """Return the patients whose number is in a name, as whole words; separators may differ."""
        words = folded(name).split()
        spans = ("".join(words[begin:end]) for begin, end in combinations(range(len(words) + 1), 2))
        return set().union(*(self._patients.get(span, set()) for span in spans))

    def score(self, name: str, series: Mapping[str, str]) -> int:
        """Return how much a name says for a series: UIDs weigh most, then words of its description."""
        uids = set(_UID.findall(name))
        words = set(folded(name).split())
        told = set(folded(f"{series['description']} {series['modality']}").split())
        score = 1000 * (series["series_uid"] in uids) + 100 * (series["study_uid"] in uids)
        return score + len(words & {word for word in told if not word.isdecimal()})


def _bare(name: str) -> str:
    return folded(name).replace(" ", "")


def _series_named(header: Dataset) -> Iterator[str]:
    for one in header.get("ReferencedSeriesSequence") or ():
        yield str(one.get("SeriesInstanceUID") or "")
    for frame in header.get("ReferencedFrameOfReferenceSequence") or ():
        for study in frame.get("RTReferencedStudySequence") or ():
            for one in study.get("RTReferencedSeriesSequence") or ():
                yield str(one.get("SeriesInstanceUID") or "")


def _frames_named(header: Dataset) -> Iterator[str]:
    for one in header.get("ReferencedFrameOfReferenceSequence") or ():
        yield str(one.get("FrameOfReferenceUID") or "")

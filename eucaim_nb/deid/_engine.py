"""The engine: one file in, the same file without what identifies out. What is kept is copied byte for byte."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from eucaim_nb.identity import Person, RecogniserFailed

from ._actions import Action
from ._burned_in import NotClean, Seen, without_text
from ._file import Content, content_of, deflate, head
from ._parse import Element, Encoding, NotParsable, Remembered, ascii_of, parse
from ._people import People, charset_of, texts_of
from ._profile import Profile
from ._rewrite import Done, Piece, Quarantine, Rewriter
from ._rules import Rules
from ._stamps import Source, stamps
from ._values import Maker, Remembering, Values
from .pixels import Box, face_risk, needs_look

_SOP_CLASS, _SOP_INSTANCE = 0x00080016, 0x00080018
_STUDY, _SERIES = 0x0020000D, 0x0020000E
_PATIENT_ID, _ISSUER = 0x00100020, 0x00100021
_STUDY_DATE, _BIRTH_DATE, _AGE, _BURNED_IN = 0x00080020, 0x00100030, 0x00101010, 0x00280301
_ON_PICTURES = {
    0x00080008: "ImageType",
    0x00080016: "SOPClassUID",
    0x00080060: "Modality",
    0x00080064: "ConversionType",
    0x00081030: "StudyDescription",
    0x0008103E: "SeriesDescription",
    0x00180015: "BodyPartExamined",
    0x00180050: "SliceThickness",
    0x00180088: "SpacingBetweenSlices",
    0x00181012: "DateOfSecondaryCapture",
    0x00181016: "SecondaryCaptureDeviceManufacturer",
    0x00181018: "SecondaryCaptureDeviceManufacturerModelName",
    0x00181030: "ProtocolName",
    0x00280004: "PhotometricInterpretation",
    0x00280008: "NumberOfFrames",
    0x00280301: "BurnedInAnnotation",
}
"""What tells by the header whether text or a face may be seen in a picture."""
_WHO = (_SOP_CLASS, _SOP_INSTANCE, _STUDY, _SERIES, _PATIENT_ID, _ISSUER)
_WANTED = (*_WHO, _STUDY_DATE, _BIRTH_DATE, _AGE, _BURNED_IN)
_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class Treated:
    """A file after de-identification: its bytes in `pieces`, and what was done.

    `uids` and `patient` map what was to what is, for the crosswalk; `counts` the treated attributes by action. `note`
    is what a person must know about its picture, `face` why a face may be recognised in it; both may be empty.
    `blanked` are the rectangles of the picture that were made black, in all frames.
    """

    pieces: Sequence[Piece]
    sop_class: str
    sop_uid: str
    study_uid: str
    series_uid: str
    patient: tuple[str, str]
    uids: Mapping[str, str]
    counts: Mapping[tuple[int, Action], int]
    note: str = ""
    face: str = ""
    blanked: Sequence[Box] = ()


class Engine:
    """De-identifies files by one profile and with one key.

    Parameters
    ----------
    profile
        What to do.
    maker
        Makes the pseudonyms; the same maker gives the same for the same.
    baselines
        First study date (DA) of a patient, by Patient ID, from which days are counted; may know nobody.
    pictures
        Whether pictures are searched for burned-in text, which takes long, and cleaned of it.
    of_series
        How many files the series has that the files belong to; 0 if that is not known.
    """

    def __init__(
        self,
        profile: Profile,
        maker: Maker,
        baselines: Mapping[str, str] | None = None,
        *,
        pictures: bool = False,
        of_series: int = 0,
    ) -> None:
        self._profile, self._maker, self._pictures = profile, Remembering(maker), pictures
        self._baselines, self._of_series = baselines or {}, of_series
        self._remembered: Remembered = {}
        self._people = People()
        self._case: _Case | None = None

    def treat(self, file: memoryview) -> Treated:
        """De-identify the bytes of one file.

        Raises
        ------
        Quarantine
            The file cannot be read so surely that nothing in it would be overlooked, or the profile sets it aside.
        """
        try:
            content, elements = self._opened(file)
            about = _about_pictures(content.data, elements)
            seen = Seen(file)
            if self._pictures and (reason := needs_look(about)) is not None:
                seen = without_text(file, reason)
                if seen.blanked:
                    content, elements = self._opened(seen.data)
            about["NumberOfSeriesRelatedInstances"] = str(self._of_series)
            return replace(
                self._treat(content, elements, seen),
                note=seen.note,
                face=_face(tuple(about.items())),
                blanked=seen.blanked,
            )
        except NotParsable as why:
            raise Quarantine(f"This file was set aside: {why}.") from None
        except NotClean as why:
            raise Quarantine(str(why)) from None
        except RecogniserFailed as why:
            raise Quarantine(f"This file was set aside, because its texts were not all read: {why}.") from None

    def uid(self, uid: str, patient: str) -> str:
        """Return what replaces a UID in the files of a patient; those of the standard stay."""
        return self._maker.uid(uid, patient)

    def _opened(self, file: memoryview) -> tuple[Content, list[Element]]:
        content = content_of(file)
        return content, parse(content.data, content.start, content.stop, content.encoding, self._remembered)

    def _treat(self, content: Content, elements: list[Element], seen: Seen) -> Treated:
        data = content.data
        texts = charset_of(data, elements, texts_of(""))
        by_tag = {one.tag: one for one in elements}
        found = {
            tag: texts.read(bytes(data[one.value : one.end])).strip("\0 ")
            for tag in _WANTED
            if (one := by_tag.get(tag)) is not None
        }
        sop_class = found.get(_SOP_CLASS, "")
        if not sop_class or not found.get(_SOP_INSTANCE):
            raise NotParsable("it names no SOP class or no SOP Instance UID")
        if not _UID.fullmatch(sop_class) or not _UID.fullmatch(content.syntax):
            raise NotParsable("its SOP class or its transfer syntax is no UID")
        study, patient_id, issuer = found.get(_STUDY, ""), found.get(_PATIENT_ID, ""), found.get(_ISSUER, "")
        # Patients without an ID are kept apart by their studies.
        patient = patient_id or f"no Patient ID {study}"
        case = self._case_of(sop_class, patient, issuer, self._people.person(data, elements, texts))
        source = Source(
            burned_in="NO" if seen.earned else found.get(_BURNED_IN, ""),
            pixels_cleaned=seen.earned or bool(seen.blanked),
            study_date=found.get(_STUDY_DATE, ""),
            birth_date=found.get(_BIRTH_DATE, ""),
            age=found.get(_AGE, ""),
        )
        own = _stamps(self._profile, sop_class, content.encoding, source, self._baselines.get(patient, ""))
        done = Done()
        pieces = case.rewriter.level(
            data, elements, content.start, content.stop, content.encoding, texts, done, own=own
        )
        if pieces is None:
            pieces = [data[content.start : content.stop]]

        def uid_now(tag: int) -> str:
            uid = found.get(tag, "")
            return uid if case.rules.action(tag, "UI") is Action.KEEP else self.uid(uid, patient)

        return Treated(
            pieces=[
                head(sop_class, uid_now(_SOP_INSTANCE), content.syntax),
                *(deflate(pieces) if content.deflated else pieces),
            ],
            sop_class=sop_class,
            sop_uid=uid_now(_SOP_INSTANCE),
            study_uid=uid_now(_STUDY),
            series_uid=uid_now(_SERIES),
            patient=(patient_id, case.values.pseudonym),
            uids=done.uids,
            counts=done.counts,
        )

    def _case_of(self, sop_class: str, patient: str, issuer: str, person: Person) -> "_Case":
        """Return what the file has in common with the one before, made anew where it is of another case."""
        key = (sop_class, patient, issuer, person)
        if self._case is None or self._case.key != key:
            rules = Rules.compile(self._profile, sop_class)
            values = Values(
                self._profile, self._maker, lambda uid: self.uid(uid, patient), person, patient, issuer
            )
            self._case = _Case(key, rules, values, Rewriter(rules, values))
        return self._case


@dataclass(frozen=True, slots=True)
class _Case:
    """What files of one SOP class and one patient, who is known by the same names, have in common."""

    key: tuple[str, str, str, Person]
    rules: Rules
    values: Values
    rewriter: Rewriter


def _about_pictures(data: memoryview, elements: Sequence[Element]) -> dict[str, str]:
    return {
        keyword: ascii_of(data, one)
        for one in elements
        if (keyword := _ON_PICTURES.get(one.tag)) is not None and one.tree is None
    }


@lru_cache(maxsize=256)
def _face(about: tuple[tuple[str, str], ...]) -> str:
    """Return why a face may be recognised, which the files of a series have in common; empty if it may not."""
    face = face_risk(dict(about))
    return face.words if face is not None else ""


@lru_cache(maxsize=256)
def _stamps(
    profile: Profile, sop_class: str, encoding: Encoding, source: Source, baseline: str
) -> Sequence[tuple[int, bytes]]:
    """Return the declaring attributes, which the files of a series have in common."""
    return stamps(Rules.compile(profile, sop_class), encoding, source, baseline)

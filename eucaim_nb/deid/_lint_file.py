"""One de-identified file without its original: what its structure and its texts give away."""

import re
from collections.abc import Iterator

from eucaim_nb.dicom import class_attributes, fragments, has_day, maker_of_uid, path_text, remarks
from eucaim_nb.identity import detectors, fold, masked

from ._allowed import name_of
from ._demands import identity, in_meta, method_codes
from ._finding import Finding, Kind, Severity
from ._identifying import TECHNICAL
from ._lint_facts import lint_facts
from ._private import standard_list
from ._private_left import private_left
from ._profile import Option
from ._reading import PIXELS, Leaf, Reading
from ._spellings import PLACEHOLDER_DATES, days_between, is_placeholder, moved, says_something

_SOP_CLASS, _MODALITY, _BODY_PART = 0x00080016, 0x00080060, 0x00180015
_PATIENT_NAME, _PATIENT_ID, _BIRTH_DATE, _STUDY_DATE = 0x00100010, 0x00100020, 0x00100030, 0x00080020
_REMOVED, _METHOD, _CODES, _DATES = 0x00120062, 0x00120063, 0x00120064, 0x00280303
_BURNED_IN, _FACES = 0x00280301, 0x00280302
_DOCUMENT = 0x00420011
_STUDY, _SERIES = 0x0020000D, 0x0020000E
_CODES_OF_THE_STANDARD = frozenset(option.code for option in Option)
_CODE_VALUES = frozenset((0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120))
_PSEUDONYMOUS = frozenset((_PATIENT_NAME, _PATIENT_ID, 0x00120040, _METHOD, 0x00080050))
"""Where pseudonyms and declarations stand: letters and digits there mean nothing to the detectors."""
_TEXTS = frozenset(("LO", "LT", "OB", "SH", "ST", "UC", "UN", "UT"))
_OUR_PSEUDONYM = re.compile(r"[A-Za-z0-9_-]+-[A-Z2-7]{12}")
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_FACE = re.compile(r"head|brain|face|skull|neck|cranio|sinus|orbit|kopf|cabeza|testa|tete", re.I)
_MOST_APART = 370
"""Days between the study date and a date that belongs to it."""
_OF_TEXT = {
    "name": (Kind.NAME, Severity.ERR),
    "id": (Kind.ID, Severity.ERR),
    "phone": (Kind.PHONE, Severity.ERR),
    "e-mail": (Kind.PHONE, Severity.ERR),
    "address": (Kind.PLACE, Severity.ERR),
    "date": (Kind.DATE, Severity.WARN),
    "number": (Kind.TEXT, Severity.WARN),
    "url": (Kind.TEXT, Severity.WARN),
}


def lint_file(file: Reading) -> Iterator[Finding]:
    """Yield what is wrong with one file; no text holds a value."""
    yield from identity(file)
    yield from _declarations(file)
    yield from _patient(file)
    for leaf in file.leaves:
        yield from _attribute(leaf, file)
    yield from private_left(file, standard_list(), Severity.WARN)
    yield from _dates(file)
    yield from _uids(file)
    yield from _pictures(file)
    yield from _content(file)
    yield from _around(file)


def lint_name(name: str) -> Iterator[Finding]:
    """Yield what the path of a file gives away."""
    for part in name.split("/"):
        for one in detectors(part):
            if one.kind in ("name", "date", "id", "e-mail"):
                kind = _OF_TEXT[one.kind][0]
                yield Finding("", "file name", kind, Severity.WARN, f"The file name has what looks like: {one.kind}.")


# Declarations


def _declarations(file: Reading) -> Iterator[Finding]:
    if file.value(_REMOVED).upper() != "YES":
        yield _err(_REMOVED, Kind.STAMP, "Patient Identity Removed is not YES.")
    number = file.items.get((_CODES,), 0)
    codes = method_codes(file)
    if not number and not file.value(_METHOD):
        yield _err(_CODES, Kind.STAMP, "Neither De-identification Method nor its codes say what was done.")
    elif not number:
        yield _warn(_CODES, Kind.STAMP, "The codes of the de-identification method are missing.")
    elif len(codes) < number or not codes <= _CODES_OF_THE_STANDARD:
        yield _warn(_CODES, Kind.STAMP, "The codes of the de-identification method are not those of CID 7050.")
    if not file.value(_DATES):
        yield _warn(_DATES, Kind.STAMP, "Longitudinal Temporal Information Modified is missing.")


# Attributes


def _patient(file: Reading) -> Iterator[Finding]:
    patient = file.value(_PATIENT_ID)
    if _OUR_PSEUDONYM.fullmatch(patient):
        patient = ""
    letters = [word for word in re.findall(r"[^\W\d_]+", patient) if not is_placeholder(word)]
    if patient.isdigit() and len(patient) == 8 and moved(patient, 0):
        yield _err(_PATIENT_ID, Kind.ID, "Patient ID looks like a date.")
    elif patient and patient.isdigit():
        yield _warn(_PATIENT_ID, Kind.ID, "Patient ID has digits only: make sure that it is not the hospital's number.")
    elif patient and not any(map(str.isdigit, patient)) and letters:
        yield _warn(_PATIENT_ID, Kind.NAME, "Patient ID has letters only: make sure that it is not a name.")
    elif any(one.kind in ("id", "name") for one in detectors(patient)) and not _made_up(patient):
        yield _err(_PATIENT_ID, Kind.ID, "Patient ID looks like a national number or a name.")
    birth = file.value(_BIRTH_DATE)
    if birth and birth not in PLACEHOLDER_DATES:
        if birth[4:8] in ("0101", "") or birth.endswith("01"):
            yield _warn(_BIRTH_DATE, Kind.DATE, "Year or month of birth are left. Keep the age only, if you can.")
        else:
            yield _err(_BIRTH_DATE, Kind.DATE, "The date of birth is left.")


def _attribute(leaf: Leaf, file: Reading) -> Iterator[Finding]:
    tag, facts = leaf.tag, lint_facts()
    if tag & 0xFFFF == 0:
        return
    if leaf.vr == "PN":
        yield from _name(leaf, file)
    elif tag in facts.identifying:
        if says_something(leaf.text):
            yield _at(leaf, Kind.IDENTIFIER, Severity.ERR, f"{name_of(tag)} is not empty.")
    elif tag in facts.institution:
        if says_something(leaf.text) and Option.INSTITUTION.code not in method_codes(file):
            yield _at(leaf, Kind.PLACE, Severity.WARN, f"{name_of(tag)} is not empty.")
    elif tag in facts.device:
        if says_something(leaf.text) and Option.DEVICE.code not in method_codes(file) and leaf.vr != "UI":
            yield _at(leaf, Kind.IDENTIFIER, Severity.WARN, f"{name_of(tag)} is not empty.")
    elif tag == _DOCUMENT:
        yield _at(leaf, Kind.DOCUMENT, Severity.WARN, "The file carries a document, which was not looked into.")
    elif tag >> 16 & 0xFF01 in (0x5000, 0x6000):
        if tag & 0xFFFF in (0x3000, 0x4000) or tag & 0xFFFF == 0x0022:
            yield _at(leaf, Kind.OVERLAY, Severity.WARN, "An overlay or curve is left, which may show text.")
    elif leaf.vr in _TEXTS and tag not in _PSEUDONYMOUS | _CODE_VALUES | TECHNICAL:
        yield from _text(leaf)


def _name(leaf: Leaf, file: Reading) -> Iterator[Finding]:
    patient = fold(file.value(_PATIENT_ID))
    for value in leaf.values:
        folded = fold(value)
        words = [word for word in re.findall(r"[^\W\d_]{2,}", folded) if not is_placeholder(word)]
        if words and not (patient and patient in folded) and not _made_up(value):
            yield _at(
                leaf, Kind.NAME, Severity.ERR, f"{name_of(leaf.tag) or 'A person'} is not empty: {masked(value)}."
            )
            return


def _text(leaf: Leaf) -> Iterator[Finding]:
    text = leaf.text
    if not text or text.isspace() or (leaf.tag & 0x10000 and leaf.tag & 0xFFFF < 0x100):
        return
    told = set()
    for one in detectors(text):
        kind, severity = _OF_TEXT.get(one.kind, (Kind.TEXT, Severity.WARN))
        if kind not in told:
            told.add(kind)
            shown = masked(text[one.start : one.end])
            yield _at(leaf, kind, severity, f"The text has what looks like: {one.kind} ({one.detector}), {shown}.")


# Dates and UIDs


def _dates(file: Reading) -> Iterator[Finding]:
    study = file.value(_STUDY_DATE)
    if len(study) != 8 or study in PLACEHOLDER_DATES:
        return
    for leaf in file.leaves:
        if leaf.vr not in ("DA", "DT") or leaf.tag not in lint_facts().dates:
            continue
        for value in leaf.values:
            day = value.replace(".", "")[:8] if leaf.vr == "DA" else value[:8]
            apart = days_between(study, day) if len(day) == 8 and day not in PLACEHOLDER_DATES else None
            if apart is None:
                continue
            if study.endswith("01") and day[:6] == study[:6] and not day.endswith("01"):
                yield _at(
                    leaf, Kind.DATE, Severity.ERR, "The study date is the first of the month, but this date is exact."
                )
            elif abs(apart) > _MOST_APART:
                words = "This date lies more than a year from the study date: only one of them was moved."
                yield _at(leaf, Kind.DATE, Severity.WARN, words)
            else:
                continue
            break


def _uids(file: Reading) -> Iterator[Finding]:
    study, series = file.value(_STUDY), file.value(_SERIES)
    roots = {maker_of_uid(uid) for uid in (study, series)}
    for leaf in file.leaves:
        if leaf.vr != "UI" or leaf.tag in class_attributes():
            continue
        for uid in leaf.values:
            if uid.startswith("1.2.840.10008."):
                continue
            if maker := maker_of_uid(uid):
                nested = len(leaf.path) > 1 and maker not in roots
                why = "although those of study and series were" if nested else "as made by the machine"
                words = f"A UID below the root of {maker} was not replaced, {why}: {masked(uid)}."
                yield _at(leaf, Kind.UID, Severity.ERR, words)
                break
            if has_day(uid):
                yield _at(leaf, Kind.UID, Severity.WARN, f"A UID has a date in it: {masked(uid)}.")
                break


# Pictures and objects


def _pictures(file: Reading) -> Iterator[Finding]:
    facts, codes = lint_facts(), method_codes(file)
    burned = file.value(_BURNED_IN).upper()
    cleaned = Option.CLEAN_PIXELS.code in codes
    if file.pixels is not None or burned:
        if burned == "YES":
            yield _err(_BURNED_IN, Kind.BURNED_IN, "The file says that the picture shows text about the patient.")
        elif not cleaned and burned != "NO" and (
            file.value(_MODALITY) in facts.modalities or file.value(_SOP_CLASS) in facts.classes
        ):
            yield _warn(_BURNED_IN, Kind.BURNED_IN, "Pictures of this kind often show text. Look at them.")
    of_head = file.value(_MODALITY) in ("CT", "MR", "PT") and _FACE.search(file.value(_BODY_PART))
    if of_head and file.value(_FACES).upper() != "NO":
        words = "A face may be reconstructed from images of the head. Ask whether the site must deface them."
        yield Finding("", path_text((_BODY_PART,)), Kind.PIXELS, Severity.INFO, words)
    if not file.encapsulated or not file.pixels:
        return
    told = set()
    for _, fragment in fragments(file.pixels):
        for remark in remarks(fragment):
            if not remark.text.strip(b"\0"):
                continue
            severity = Severity.ERR if remark.is_application_data or _speaks(remark.text) else Severity.WARN
            if severity not in told:
                told.add(severity)
                yield Finding(
                    "",
                    path_text((PIXELS,)),
                    Kind.REMARK,
                    severity,
                    "A compressed picture carries a comment or application data, such as EXIF.",
                )


def _speaks(remark: bytes) -> bool:
    return any(one.kind in ("name", "id", "phone", "e-mail", "date") for one in detectors(remark.decode("latin-1")))


def _content(file: Reading) -> Iterator[Finding]:
    facts, sop_class = lint_facts(), file.value(_SOP_CLASS)
    for tag in facts.content.get(sop_class, ()):
        if not file.items.get((tag,)):
            yield _err(tag, Kind.CONTENT, f"{name_of(tag)} is missing or empty: the object is broken.")
    if file.pixels is not None and sop_class not in facts.content:
        for tag in facts.mandatory:
            if not file.value(tag):
                words = f"{name_of(tag)} is missing or empty; EUCAIM needs it."
                yield Finding("", path_text((tag,)), Kind.MISSING, Severity.WARN, words)


# Around the data set


def _around(file: Reading) -> Iterator[Finding]:
    preamble = file.data[:128]
    if any(preamble) and not preamble.startswith(_TIFF):
        yield Finding(
            "", "preamble", Kind.PREAMBLE, Severity.WARN, "The 128 bytes before the data set are not empty."
        )
    yield from (finding for leaf in file.meta if (finding := in_meta(leaf)))
    rest = file.body[file.end :] if file.end else b""
    if rest.strip(b"\0 "):
        yield Finding(
            "", "after the data set", Kind.TEXT, Severity.WARN, "Bytes follow the data set. Look what they are."
        )


# Words


def _made_up(value: str) -> bool:
    """Tell whether a value is a pseudonym by its looks: one word of letters and several digits, or a placeholder."""
    digits = sum(map(str.isdigit, value))
    return digits >= 4 and not re.search(r"[\s,]", value.strip()) and bool(re.search(r"[A-Za-z]", value))


def _at(leaf: Leaf, kind: Kind, severity: Severity, message: str) -> Finding:
    return Finding("", path_text(leaf.path), kind, severity, message)


def _err(tag: int, kind: Kind, message: str) -> Finding:
    return Finding("", path_text((tag,)), kind, Severity.ERR, message)


def _warn(tag: int, kind: Kind, message: str) -> Finding:
    return Finding("", path_text((tag,)), kind, Severity.WARN, message)

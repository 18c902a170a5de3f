"""What every object carries: patient, study, series, equipment, and identifiers hidden in its texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from benchmarks.deid.key import TITLE, Gone, Row, Sheet
from benchmarks.deid.people import Person, plain, words

MAKERS = {
    "ge": ("GE MEDICAL SYSTEMS", "Discovery 750"),
    "siemens": ("SIEMENS", "Somatom Force"),
    "philips": ("Philips Medical Systems", "Ingenia"),
}
EPONYMS = ("Ewing sarcoma", "Morbus Paget", "Bennett fracture", "Gleason 4")


@dataclass
class Study:
    """One visit of a patient."""

    person: Person
    number: int
    on: date

    @property
    def uid(self) -> str:
        return self.person.uid("study", self.number)

    @property
    def accession(self) -> str:
        return f"RX{self.on:%y}{self.person.chance('accession', self.number).randint(1_000_000, 9_999_999)}"


@dataclass
class Made:
    """One object with its answers, and how it is to be written."""

    ds: Dataset
    sheet: Sheet
    kind: str
    syntax: str = ExplicitVRLittleEndian
    preamble: bytes = b"\0" * 128
    tail: bytes = b""
    as_unknown: tuple[int, ...] = ()
    """Tags of sequences to write with VR UN, a defined length and implicit items, as old archives leave them."""


def start(
    study: Study, number: int, kind: str, modality: str, sop_class: str, *, total: int, maker: str = "ge"
) -> Made:
    """An object of a study with all that is common. `total` counts the instances of the whole corpus."""
    person = study.person
    sheet = Sheet(person)
    ds = Dataset()
    # Japanese needs escape sequences: the first value is the repertoire before any of them.
    ds.SpecificCharacterSet = (
        ["", person.charset] if person.charset.startswith("ISO 2022") else person.charset
    )
    ds.SOPClassUID = sop_class
    ds.SOPInstanceUID = person.uid(kind, study.number, number)
    ds.StudyInstanceUID = study.uid
    ds.SeriesInstanceUID = person.uid("series", study.number, kind)
    ds.Modality = modality
    ds.Manufacturer, ds.ManufacturerModelName = MAKERS[maker]
    ds.SeriesNumber, ds.InstanceNumber = number, total
    _patient(ds, sheet, person)
    _times(ds, study, number)
    _staff_and_site(ds, sheet, study)
    _texts(ds, sheet, study, number)
    _requests(ds, sheet, study, number)
    return Made(ds, sheet, kind)


def only_in_text(person: Person) -> bool:
    """Whether this patient's relatives, phone, address and national ID stand in no header: every second one's."""
    return person.index % 2 == 1


def apart(person: Person, category: str) -> str:
    """The category, told apart where no dictionary made from the header can help."""
    return f"{category}, not in the header" if only_in_text(person) else category


def variants(person: Person, on: date) -> list[Gone]:
    """Ways in which identifiers stand in free text, from the plain name to what no header tells."""
    latin = words(person.latin[0])[0]
    native = words(person.family)[0]
    first = words(person.given)[0]
    found = [
        Gone(plain(latin).upper(), "name, capitals without accents", "medium"),
        Gone(f"{first} {native}", "name, reversed", "medium"),
        Gone(native, "name, family only"),
        Gone(f"{on:%d/%m/%Y}", "date in text", "medium", "phrase"),
        Gone(f"{on:%d.%m.%y}", "date in text", "hard", "phrase"),
        Gone(f"{on:%Y-%m-%d}", "date in text", "medium", "phrase"),
        Gone(person.long_date(on), "date in words", "hard", "phrase"),
        Gone(person.id_text, "patient ID without zeros", "medium"),
        Gone(f"{on:%Y%m%d}", "date in text", "medium", "phrase"),
        Gone(person["phone"], apart(person, "phone"), "hard", "phrase"),
        Gone(person["mail"], "e-mail", "hard", "phrase"),
        Gone(person["other"][0], apart(person, "name not of the patient"), "hard"),
    ]
    if len(latin) >= 8:
        found.append(Gone(plain(latin)[:-2].upper(), "name, cut short", "hard"))
    if person.national:
        found.append(Gone(person.national, apart(person, "national ID"), "hard", "phrase"))
    return found


def titled(gone: Gone) -> str:
    """A stranger's family name is told from a word by the title before it."""
    return TITLE if gone.category.startswith("name not of the patient") else ""


def variant(person: Person, on: date, turn: int) -> Gone:
    """One of the `variants`, which take turns."""
    among = variants(person, on)
    return among[turn % len(among)]


def _patient(ds: Dataset, sheet: Sheet, person: Person) -> None:
    ds.PatientName = person.person_name
    # Spaces around an ID mean nothing in DICOM; some systems pad with them.
    ds.PatientID = f"{person.id} " if int(ds.SeriesNumber) % 4 == 2 else person.id
    ds.IssuerOfPatientID = f"KIS{person.chance('issuer').randint(10**5, 10**6 - 1)}"
    ds.PatientBirthDate = f"{person.birth:%Y%m%d}"
    ds.PatientSex = person.sex
    ds.PatientAge = person.age
    action = "text_removed" if int(person.age[:3]) > 89 else "text_retained"
    category = "age over 89" if action == "text_removed" else "patient characteristics"
    sheet.note(ds, 0x00101010, Row(action, category, "", text=person.age, how="phrase"))
    ds.PatientSize, ds.PatientWeight = "1.72", "70.5"
    spelled = [f"{plain(person.latin[0])}^{plain(person.latin[1])}", f"{person.latin[1]}^{person.latin[0]}"]
    ds.OtherPatientNames = [plain(name) for name in spelled]
    if only_in_text(person):
        _link(sheet, person)
        return
    ds.PatientMotherBirthName = f"{person['other'][0]}^{person['other'][1]}"
    ds.PatientAddress = f"{person['street']}, {person['city']}"[:64]
    ds.PatientTelephoneNumbers = person["phone"].replace(" ", "")
    if person.national:
        ds.OtherPatientIDs = person.national
    _link(sheet, person)


def _link(sheet: Sheet, person: Person) -> None:
    sheet.add("patid_consistent", "patient ID", "top", value=person.id, tag="00100020")


def _times(ds: Dataset, study: Study, number: int) -> None:
    moment = datetime(study.on.year, study.on.month, study.on.day, 9, 12) + timedelta(minutes=7 * number)
    day, clock = f"{moment:%Y%m%d}", f"{moment:%H%M%S}.250000"
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = day
    ds.AcquisitionDate = ds.InstanceCreationDate = day
    ds.StudyTime, ds.SeriesTime, ds.ContentTime, ds.AcquisitionTime = "091200", clock, clock, clock
    ds.AcquisitionDateTime = f"{day}{clock}"
    ds.PerformedProcedureStepStartDate = ds.PerformedProcedureStepEndDate = day
    ds.PerformedProcedureStepStartTime = "091200"


def _staff_and_site(ds: Dataset, sheet: Sheet, study: Study) -> None:
    person = study.person
    ds.AccessionNumber = study.accession
    ds.StudyID = str(person.chance("study id", study.number).randint(1000, 9999))
    ds.ReferringPhysicianName = "^".join(person["physician"])
    second = person["operator"] if only_in_text(person) else person["other"]
    ds.NameOfPhysiciansReadingStudy = ["^".join(person["physician"]), "^".join(second)]
    ds.OperatorsName = "^".join(person["operator"])
    ds.InstitutionName = person["hospital"]
    ds.InstitutionAddress = person["city"]
    ds.StationName = f"{plain(person.latin[0])[:4].upper()}CT{person.index + 2:02}A"
    ds.DeviceSerialNumber = f"SN{person.chance('device').randint(10**6, 10**7 - 1)}"
    ds.PerformedStationAETitle = f"AE{person.chance('device').randint(10**6, 10**7 - 1)}"


def _texts(ds: Dataset, sheet: Sheet, study: Study, number: int) -> None:
    person, on = study.person, study.on
    turn = person.index + 5 * study.number
    gone = variant(person, on, turn)
    clean = (turn + number) % 5 == 4
    sheet.put(ds, "StudyDescription", person["study"], titled(gone), gone)
    if clean:
        sheet.put(ds, "SeriesDescription", person["series"], EPONYMS[number % len(EPONYMS)])
    else:
        gone = variant(person, on, turn + number)
        sheet.put(ds, "SeriesDescription", person["series"], titled(gone), gone)
    gone = variant(person, on, turn + number + 3)
    sheet.put(ds, "ProtocolName", titled(gone), gone, person["protocol"])
    gone = variant(person, on, turn + number + 7)
    sheet.put(ds, "PerformedProcedureStepDescription", person["protocol"], titled(gone), gone)
    values = {
        "given": person.given,
        "family": person.family,
        "date": f"{on:%d/%m/%Y}",
        "other": person["other"][0],
        "other_given": person["other"][1],
        "phone": person["phone"],
        "street": person["street"],
        "city": person["city"],
        "national": person.national,
    }
    hard = {"other": "name in a sentence", "other_given": "name in a sentence", "phone": "phone"}
    for keyword, kind in (("ImageComments", "comment"), ("AdditionalPatientHistory", "history")):
        phrase = person.phrase(kind, turn + number)
        setattr(ds, keyword, phrase.format(**values))
        for name, text in values.items():
            if f"{{{name}}}" not in phrase or not text:
                continue
            how = "words" if name in {"given", "family", "other", "other_given"} else "phrase"
            category = hard.get(name, f"{name} in a sentence")
            if name in {*hard, "street", "national"}:
                category = apart(person, category)
            tag = ds.data_element(keyword).tag  # type: ignore[union-attr]
            row = Row("text_removed", category, "", "hard" if name in hard else "medium", text=text, how=how)
            sheet.note(ds, tag, row)


def _requests(ds: Dataset, sheet: Sheet, study: Study, number: int) -> None:
    """Sequences two deep with texts and references to instances that are not in the corpus."""
    person, on = study.person, study.on
    request = Dataset()
    gone = variant(person, on, number)
    sheet.put(request, "RequestedProcedureDescription", person["study"], titled(gone), gone, keep=False)
    request.RequestedProcedureID = study.accession[:16]
    reason = Dataset()
    reason.CodeValue, reason.CodingSchemeDesignator = "R-42", "99LOCAL"
    name = Gone(person["other"][0], apart(person, "name in a code meaning"), "hard")
    sheet.put(reason, "CodeMeaning", TITLE, name, keep=False)
    request.ReasonForRequestedProcedureCodeSequence = Sequence([reason])
    ds.RequestAttributesSequence = Sequence([request])
    part = Dataset()
    part.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
    part.ReferencedSOPInstanceUID = person.uid("study component", study.number)
    ds.ReferencedStudySequence = Sequence([part])


def refer(ds: Dataset, *targets: Dataset, keyword: str = "ReferencedImageSequence") -> None:
    """Refer to other instances of the corpus."""
    items = []
    for target in targets:
        item = Dataset()
        item.ReferencedSOPClassUID = target.SOPClassUID
        item.ReferencedSOPInstanceUID = target.SOPInstanceUID
        items.append(item)
    setattr(ds, keyword, Sequence(items))


def code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item

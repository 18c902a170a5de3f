"""What every image of the cohort says about patient, study, request, scanner and site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pydicom.dataset import Dataset

from ._people import Person
from ._tables import Row, pick

_STUDY_MANAGEMENT = "1.2.840.10008.3.1.2.3.1"


@dataclass(frozen=True)
class Study:
    """One examination of one person."""

    person: Person
    number: int
    on: date
    description: str

    @property
    def uid(self) -> str:
        """Study Instance UID."""
        return self.person.uid("study", self.number)

    @property
    def accession(self) -> str:
        """Accession number as the radiology system counts them."""
        return f"A{self.on:%y%m%d}{self.person.index:05d}{self.number}"

    @property
    def time(self) -> str:
        """Start of the study, as a DICOM time."""
        return f"{8 + self.number * 2:02d}{(self.person.index * 7 + 12) % 60:02d}05"


@dataclass(frozen=True)
class Series:
    """One series and the images it yields, one at a time and possibly the same object each time."""

    study: Study
    number: int
    modality: str
    description: str
    scanner: Row
    images: Iterator[Dataset]

    @property
    def uid(self) -> str:
        """Series Instance UID."""
        return self.study.person.uid("series", self.study.number, self.number)

    @property
    def folder(self) -> str:
        """Folder below the cohort, as a PACS export lays it out."""
        return f"dicom/{self.study.person.folder}/ST{self.study.number:03d}/SE{self.number:03d}"

    def path(self, number: int) -> str:
        """Path of the image with this running number."""
        return f"{self.folder}/{self.study.person.image.format(n=number)}{self.scanner['extension']}"


def scanner(vendor: str, modality: str) -> Row:
    """Manufacturer, model and habits of one scanner."""
    return pick("vendors", vendor=vendor, modality=modality)[0]


def header(
    study: Study, number: int, modality: str, description: str, sop_class: str, made_by: Row
) -> Dataset:
    """Dataset with every module but the image: the part that carries the identity of the patient."""
    person = study.person
    day, time = f"{study.on:%Y%m%d}", study.time
    ds = Dataset()
    ds.SpecificCharacterSet = person.charset
    ds.InstanceCreationDate, ds.InstanceCreationTime = day, time
    ds.SOPClassUID = sop_class
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = day
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = time
    ds.AccessionNumber = study.accession
    ds.Modality = modality
    ds.Manufacturer = made_by["manufacturer"]
    ds.InstitutionName = person.hospital
    ds.InstitutionAddress = person.city
    ds.ReferringPhysicianName = person.physician
    ds.StationName = f"{modality}{person.index % 4 + 1:02d}"
    ds.StudyDescription = study.description
    ds.SeriesDescription = description
    ds.PerformingPhysicianName = person.physician
    ds.OperatorsName = "Novak^T"
    ds.ManufacturerModelName = made_by["model"]
    ds.ReferencedStudySequence = [_reference(person, study)]
    _patient(ds, person, study)
    ds.DeviceSerialNumber = f"SN-{41000 + person.index * 17}"
    ds.SoftwareVersions = made_by["software"].split("\\")
    ds.ProtocolName = description
    ds.StudyInstanceUID = study.uid
    ds.SeriesInstanceUID = person.uid("series", study.number, number)
    ds.StudyID = f"{study.number + 1}"
    ds.SeriesNumber = number
    ds.PerformedProcedureStepStartDate, ds.PerformedProcedureStepStartTime = day, time
    ds.PerformedProcedureStepID = f"P{study.accession}"
    ds.RequestAttributesSequence = [_request(person, study)]
    return ds


def _patient(ds: Dataset, person: Person, study: Study) -> None:
    ds.PatientName = person.name
    ds.PatientID = person.patient_id
    ds.PatientBirthDate = person.birth_date
    ds.PatientSex = person.sex
    other = Dataset()
    other.PatientID = person.national_id
    other.IssuerOfPatientID = person.national_id_kind
    other.TypeOfPatientID = "TEXT"
    ds.OtherPatientIDsSequence = [other]
    ds.PatientAge = f"{person.age(study.on):03d}Y"
    ds.PatientSize = round(1.55 + person.index % 7 * 0.05, 2)
    ds.PatientWeight = 58 + person.index % 9 * 4
    ds.PatientAddress = f"{person.street}, {person.city}"
    ds.PatientTelephoneNumbers = person.phone
    # Gleason and Paget are names of people too, but not of this patient: they should stay.
    ds.AdditionalPatientHistory = (
        f"Gleason and Paget: none. Contact {person.given} {person.family}, {person.email}"
    )
    ds.PatientComments = f"Born {person.birth:%d.%m.%Y}"
    ds.ImageComments = f"Exam of {study.on:%d/%m/%Y}, reported to {person.physician.split('^')[0]}"


def _reference(person: Person, study: Study) -> Dataset:
    digits = int("".join(character for character in person.patient_id if character.isdigit()))
    item = Dataset()
    item.ReferencedSOPClassUID = _STUDY_MANAGEMENT
    # Some archives build UIDs from the date and the record number.
    item.ReferencedSOPInstanceUID = f"1.2.3.4.{study.on:%Y%m%d}.{digits}"
    return item


def _request(person: Person, study: Study) -> Dataset:
    item = Dataset()
    item.RequestedProcedureDescription = study.description
    item.ScheduledProcedureStepDescription = f"{study.description} {person.family}"[:64]
    item.ScheduledProcedureStepID = f"S{study.accession}"
    item.RequestedProcedureID = f"R{study.accession}"
    item.ReasonForTheRequestedProcedure = f"{person.cancer} cancer, call {person.phone}"
    return item


def add_private(ds: Dataset, person: Person, vendor: str, *, b_value: int = 0) -> None:
    """Private blocks as the vendor writes them; some repeat the patient's identity.

    The b-value (s/mm²) goes where the vendor keeps it.
    """
    known = {
        "name": person.name,
        "latin": person.latin,
        "patient_id": person.patient_id,
        "birth_date": person.birth_date,
        "phone": person.phone,
        "b_value": b_value,
    }
    for row in pick("private", vendor=vendor, modality=ds.Modality):
        block = ds.private_block(int(row["group"], 16), row["creator"], create=True)
        element, text = int(row["element"], 16), row["value"].format(**known)
        if row["vr"] == "SQ":
            if element not in block:
                block.add_new(element, "SQ", [Dataset()])
            setattr(block[element].value[0], row["inside"], text)
        else:
            block.add_new(element, row["vr"], _private_value(row["vr"], text))


def _private_value(vr: str, text: str) -> object:
    match vr:
        case "OB":
            return text.encode() + b"\0" * (len(text.encode()) % 2)
        case "FL":
            return float(text)
        case "US":
            return int(text)
        case "IS" | "DS":
            return text.split("\\")
    return text

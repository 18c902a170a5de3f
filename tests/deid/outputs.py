"""Originals with known identities, their outputs, and one thing put back into an output."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, JPEGBaseline8Bit

from eucaim_nb.deid import load_profile
from eucaim_nb.deid._engine import Engine
from eucaim_nb.identity import Key, Pseudonyms

NAME = "García Fernández^María José"
PATIENT_ID = "00471182"
ACCESSION = "ACC-77120934"
BIRTH, STUDY = "19570312", "20240315"
ROOT = "1.3.12.2.1107.5.1.4.60098"
PROFILE = load_profile("eucaim")


def original(syntax: str = ExplicitVRLittleEndian) -> Dataset:
    """An invented patient's CT slice with identifiers of every kind."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = f"{ROOT}.30000024031507115387500001234"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = STUDY
    ds.StudyTime = "101530"
    ds.AccessionNumber = ACCESSION
    ds.Modality = "CT"
    ds.Manufacturer = "SIEMENS"
    ds.InstitutionName = "Hospital Clínico de Ejemplo"
    ds.InstitutionAddress = "Avenida de Blasco Ibáñez 17, Valencia"
    ds.ReferringPhysicianName = "Lindqvist^Åsa"
    ds.StudyDescription = "TC abdomen García, 15/03/2024"
    ds.SeriesDescription = "Abdomen 5.0 B31f"
    ds.ManufacturerModelName = "Sensation 64"
    ds.PatientName = NAME
    ds.PatientID = PATIENT_ID
    ds.PatientBirthDate = BIRTH
    ds.PatientSex = "F"
    ds.PatientAge = "067Y"
    ds.PatientAddress = "Calle Mayor 12, Gandia"
    ds.PatientTelephoneNumbers = "+34 961 234 567"
    ds.DeviceSerialNumber = "SN60098-X"
    ds.BodyPartExamined = "ABDOMEN"
    ds.StudyInstanceUID = f"{ROOT}.30000024031507115387500000001"
    ds.SeriesInstanceUID = f"{ROOT}.30000024031507115387500000002"
    ds.FrameOfReferenceUID = f"{ROOT}.30000024031507115387500000003"
    ds.StudyID = "1"
    ds.SeriesNumber = ds.InstanceNumber = "1"
    reference = Dataset()
    reference.ReferencedSOPClassUID = CTImageStorage
    reference.ReferencedSOPInstanceUID = f"{ROOT}.30000024031507115387500009999"
    ds.ReferencedImageSequence = Sequence([reference])
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows = ds.Columns = 8
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = bytes(range(128))
    if syntax == JPEGBaseline8Bit:
        ds.BitsAllocated = ds.BitsStored = 8
        ds.HighBit = 7
        ds.PixelData = encapsulate([jpeg(comment=b"GARCIA FERNANDEZ MARIA")])
        ds["PixelData"].is_undefined_length = True
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


def written(ds: Dataset) -> bytes:
    """A dataset as the bytes of a file."""
    file = BytesIO()
    ds.save_as(file, enforce_file_format=True)
    return file.getvalue()


def treated(data: bytes, profile=PROFILE) -> bytes:
    """What the engine makes of a file."""
    return b"".join(Engine(profile, Pseudonyms(Key(bytes(range(32))), "EUCAIM")).treat(memoryview(data)).pieces)


def changed(data: bytes, change: Callable[[Dataset], None]) -> bytes:
    """A file with something put into it."""
    ds = dcmread(BytesIO(data))
    change(ds)
    return written(ds)


def jpeg(comment: bytes = b"") -> bytes:
    """A small picture with a comment in it."""
    file = BytesIO()
    Image.new("L", (8, 8), 90).save(file, "JPEG", comment=comment)
    return file.getvalue()

"""The folder under construction: writes files and counts what a reader will find."""

from io import BytesIO
from pathlib import Path

from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

IMPLEMENTATION_UID = "2.25.118465211742356034152839270105743846912"
IMPLEMENTATION_NAME = "EUCAIM_NB_SAMPLE"


class Export:
    """A cohort folder while it is written.

    Attributes
    ----------
    folder : pathlib.Path
        Top of the cohort.
    files : int
        Regular files written and not removed.
    instances : int
        Distinct SOP Instance UIDs among readable files.
    patient_ids : set of str
        Distinct PatientID strings among readable files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = 0
        self.instances = 0
        self.patient_ids: set[str] = set()

    def put(self, path: str, data: bytes) -> None:
        """Write a new file."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as stream:
            stream.write(data)
        self.files += 1

    def add(self, path: str, ds: Dataset, syntax: str) -> None:
        """Write a new, readable instance."""
        self.put(path, encode(ds, syntax))
        self.instances += 1
        self.patient_ids.add(str(ds.PatientID))

    def load(self, path: str) -> Dataset:
        """Read an instance back."""
        return dcmread(self.folder / path)

    def replace(self, path: str, data: bytes) -> None:
        """Write other bytes into a file that is already there."""
        (self.folder / path).write_bytes(data)

    def rename(self, path: str, name: str) -> str:
        """Give a file another name in its folder; returns the new path."""
        target = (self.folder / path).with_name(name)
        (self.folder / path).rename(target)
        return target.relative_to(self.folder).as_posix()

    def remove(self, path: str) -> None:
        """Take a readable instance out again."""
        (self.folder / path).unlink()
        self.files -= 1
        self.instances -= 1


def encode(ds: Dataset, syntax: str) -> bytes:
    """DICOM file (PS3.10) of a dataset, the same bytes for the same content."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.SOPClassUID
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_NAME
    ds.file_meta = meta
    if syntax == RLELossless and not ds["PixelData"].is_undefined_length:
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
        if ds.SamplesPerPixel == 3:
            ds.PlanarConfiguration = 1  # RLE stores plane after plane (PS3.5 G.2)
    buffer = BytesIO()
    dcmwrite(
        buffer, ds, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True, enforce_file_format=True
    )
    return buffer.getvalue()

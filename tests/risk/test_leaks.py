"""Identifiers are found wherever they hide, in originals and in outputs, and shown to nobody."""

import json
import uuid
import zlib
from io import BytesIO

import pytest
from pydicom import Dataset, dcmread
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit

from benchmarks.deid.generate import generate
from benchmarks.risk_leaks import measure
from eucaim_nb import jobs, risk
from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.jobs import Progress, Stopped
from eucaim_nb.reports import is_intact
from eucaim_nb.risk import Kind, Severity, Source
from eucaim_nb.risk._contents import NotReadable, contents
from eucaim_nb.risk._detect import leaks
from eucaim_nb.risk._embedded import pdf_text
from eucaim_nb.risk._known import Known
from eucaim_nb.risk._leak_store import LeakStore
from tests.deid.outputs import ACCESSION, BIRTH, NAME, PATIENT_ID, ROOT, changed, original, written

ORIGINAL = Known(Source.ORIGINAL)
CLEAN = ("Abdomen 5.0 B31f", "Ewing sarcoma staging", "Bennett view", "T2 TSE TRA", "Paget disease of bone")


def found(ds: Dataset, known: Known = ORIGINAL, name: str = "") -> dict[str, risk.Leak]:
    return {one.place: one for one in leaks(contents(BytesIO(written(ds))), known, name)}


def plant(place: str) -> Dataset:
    ds = original()
    if place == "in an item of a private sequence":
        item = Dataset()
        item.StudyDescription = "seen by Garcia Fernandez"
        ds.private_block(0x0011, "ACME", create=True).add_new(1, "SQ", [item])
    elif place == "in bytes of unknown VR":
        ds.private_block(0x0011, "ACME", create=True).add_new(2, "UN", b"GARCIA FERNANDEZ")
    elif place == "among binary data":
        ds.private_block(0x0011, "ACME", create=True).add_new(3, "OB", b"\1\2\0\0Garcia Fernandez\0\0\3")
    elif place == "in a structured report":
        item = Dataset()
        item.ValueType, item.TextValue = "TEXT", "Reviewed, please write to ana.example@example.org"
        ds.ContentSequence = Sequence([item])
    elif place == "in a PDF":
        page = zlib.compress(b"BT [(Gar) 20 (cia Fern\\341ndez)] TJ ET")
        ds.EncapsulatedDocument = b"%PDF-1.4\n1 0 obj <<>> stream\n" + page + b"\nendstream endobj\n"
    elif place == "in an overlay":
        ds.add_new(0x60003000, "OW", b"\1\2\3\4")
    elif place == "in a UID of a network card":
        ds.FrameOfReferenceUID = f"2.25.{uuid.uuid1().int}"
    elif place == "in a UID with the patient's number":
        ds.FrameOfReferenceUID = f"1.2.3.{int(PATIENT_ID)}.1"
    return ds


@pytest.mark.parametrize(
    ("planted", "place", "kind"),
    [
        ("in an item of a private sequence", "(0011,1001)[0](0008,1030)", Kind.NAME),
        ("in bytes of unknown VR", "(0011,1002)", Kind.NAME),
        ("among binary data", "(0011,1003)", Kind.NAME),
        ("in a structured report", "(0040,A730)[0](0040,A160)", Kind.CONTACT),
        ("in a PDF", "(0042,0011)", Kind.NAME),
        ("in an overlay", "(6000,3000)", Kind.GRAPHICS),
        ("in a UID of a network card", "(0020,0052)", Kind.UID),
        ("in a UID with the patient's number", "(0020,0052)", Kind.UID),
    ],
)
def test_an_identifier_is_found(planted, place, kind):
    leak = found(plant(planted))[place]
    assert leak.kind is kind
    assert leak.hidden
    assert leak.remedy


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_other_encodings_tell_the_same(syntax):
    ds = plant("in an item of a private sequence")
    expected = set(found(ds))
    ds.file_meta.TransferSyntaxUID = syntax
    assert set(found(ds)) >= expected - {"(0011,1001)[0](0008,1030)"}


def test_a_comment_in_a_compressed_picture_is_found():
    leak = found(original(JPEGBaseline8Bit))["(7FE0,0010)"]
    assert (leak.kind, leak.severity) == (Kind.REMARK, Severity.ERR)


def test_names_of_files_and_bytes_around_the_data_set_are_looked_at():
    data = b"Garcia".ljust(128, b"\0") + written(original())[128:] + b"GARCIA FERNANDEZ MARIA"
    places = {one.place: one for one in leaks(contents(BytesIO(data)), ORIGINAL, "GARCIA_Maria/2024-03-15/1.dcm")}
    assert places["preamble"].severity is Severity.ERR
    assert places["after the data set"].severity is Severity.ERR
    assert places["file name"].remedy.startswith("Outputs are named")


@pytest.mark.parametrize("text", CLEAN)
def test_protocol_words_and_eponyms_are_no_leaks(text):
    ds = original()
    ds.StudyDescription = ds.SeriesDescription = ds.ProtocolName = text
    assert not {"(0008,1030)", "(0008,103E)", "(0018,1030)"} & set(found(ds))


def test_no_value_is_in_a_leak():
    text = json.dumps([str(one) for one in found(original(), name=f"{NAME}/{PATIENT_ID}").values()], ensure_ascii=False)
    for value in ("García", "Fernández", PATIENT_ID, ACCESSION, BIRTH, ROOT, "Lindqvist", "Gandia", "961"):
        assert value not in text


def test_what_is_no_dicom_is_told_apart():
    for data in (b"", b"PatientID;Name\n1;2\n", b"%PDF-1.4"):
        with pytest.raises(NotReadable):
            contents(BytesIO(data))


def test_a_pdf_without_compression_is_read_too():
    assert "Garcia Lopez" in pdf_text(b"%PDF-1.4 BT (Garcia Lopez) Tj <476172636961> Tj ET")
    assert "Garcia" in pdf_text(b"%PDF-1.4 BT <476172636961> Tj ET").splitlines()


def test_planted_identifiers_are_found_and_little_else(tmp_path):
    """The benchmark's originals of three patients; benchmarks/risk_leaks.py measures all of them."""
    generate(tmp_path / "corpus", patients=3)
    measured = measure(tmp_path / "corpus")
    assert measured["recall"] >= 0.99, measured["missed"]
    assert measured["precision"] >= 0.95, measured["wrong"]
    assert measured["false_alarms"] == 0, measured["alarms"]


# A whole workspace


@pytest.fixture
def done(workspace, tmp_path):
    """Two patients, de-identified."""
    folder = tmp_path / "originals" / "Garcia"
    folder.mkdir(parents=True)
    other = original()
    other.PatientID, other.PatientName = "00998877", "Okafor^Ada"
    other.StudyInstanceUID, other.SeriesInstanceUID = f"{ROOT}.7", f"{ROOT}.7.1"
    other.SOPInstanceUID = other.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.7.1.1"
    for number, ds in enumerate((original(), other)):
        (folder / f"{number}.dcm").write_bytes(written(ds))
    scan(workspace, [folder.parent])
    deidentify(workspace, workers=1)
    return workspace


def test_de_identification_leaves_no_leak_and_a_name_put_back_is_found(done):
    before = risk.run(done, source="original")
    after = risk.run(done)
    assert before.leaks > 40
    assert (after.source, after.leaks, after.files) == ("deidentified", 0, 2)
    output = sorted(done.deidentified.rglob("*.dcm"))[0]
    output.chmod(0o600)
    output.write_bytes(changed(output.read_bytes(), lambda ds: ds.__setattr__("ImageComments", "Garcia / Okafor")))
    scan(done, [done.deidentified])
    assert risk.run(done).leaks == 1
    (leak,) = risk.assessment(done, Source.DEIDENTIFIED).leaks
    assert (leak.place, leak.kind, leak.severity, leak.files) == ("(0020,4000)", "name", "ERR", 1)


def test_an_original_uid_in_an_output_is_a_leak(done):
    known = Known.of(done, Source.DEIDENTIFIED)
    output = sorted(done.deidentified.rglob("*.dcm"))[0]
    ds = dcmread(output)
    ds.FrameOfReferenceUID = f"{ROOT}.30000024031507115387500000003"
    ds.StudyID = "1"
    (leak,) = found(ds, known).values()
    assert (leak.place, leak.detector, leak.severity) == ("(0020,0052)", "UID of an original", Severity.ERR)


def test_a_stopped_search_goes_on_where_it_was(done):
    class StopsAfterOne(Progress):
        def advance(self, count: int = 1) -> None:
            if self.done:
                self.stop.set()
            super().advance(count)

    with pytest.raises(Stopped):
        risk.run(done, source="original", progress=StopsAfterOne())
    store = LeakStore(done, Source.ORIGINAL)
    first = store.states()
    assert len(first) == 1
    path = done.folder / "risk" / "leaks-original.jsonl"
    path.write_text(path.read_text() + '{"series": "cut')
    whole = risk.run(done, source="original")
    assert first.items() <= store.states().items()
    assert len(store.states()) == 2
    path.unlink()
    assert risk.run(done, source="original").leaks == whole.leaks


def test_a_series_that_is_gone_is_forgotten(done, tmp_path):
    risk.run(done, source="original")
    (tmp_path / "originals" / "Garcia" / "1.dcm").unlink()
    scan(done, [tmp_path / "originals"])
    assert risk.run(done, source="original").files == 1


def test_nothing_unmasked_is_in_report_log_or_ledger_rows(done):
    job = jobs.run(done, "risk", {"source": "original", "k": 3, "population": 5000})
    report = done.folder / "reports" / "risk.json"
    assert is_intact(report)
    texts = [report.read_text(), report.with_suffix(".html").read_text(), json.dumps(job.result)]
    texts += [path.read_text() for path in (done.folder / "risk").rglob("*") if path.is_file()]
    texts += [path.read_text(errors="replace") for path in done.logs.rglob("*") if path.is_file()]
    for text in texts:
        for value in ("García", "Garcia", "Okafor", PATIENT_ID, "00998877", ACCESSION, BIRTH, "1957", ROOT, "Gandia"):
            assert value not in text
    content = json.loads(report.read_text())
    assert content["tables"]["imaging"]["population"]["population"] == 5000
    assert content["files"]


def test_leaks_in_the_clinical_table_are_found(done):
    folder = done.folder / "clinical"
    (folder / "c.csv").write_text(
        "PatientID,notes,old,seen\nEUCAIM-1,call +34 961 234 567,00471182,2024-01-01\n", encoding="utf-8"
    )
    listed = [{"kind": "upv-csv", "file": "c.csv", "sha256": "", "bytes": 0}]
    (folder / "exports.json").write_text(json.dumps(listed))
    rows = {row.place: row for row in risk.assessment(done, Source.DEIDENTIFIED).leaks}
    assert set(rows) == {"clinical table: notes", "clinical table: old"}
    assert rows["clinical table: old"].detector == "number of an original"


def test_a_file_that_is_cut_off_is_searched_as_far_as_it_goes():
    places = {one.place for one in leaks(contents(BytesIO(written(original())[:1200])), ORIGINAL)}
    assert "(0010,0010)" in places


def test_pydicom_says_nothing_of_a_value_it_cannot_decode(workspace, tmp_path, recwarn, caplog):
    ds = original()
    ds.PatientComments = "Okafor, Ada"
    data = written(ds).replace(b"ISO_IR 192", b"ISO_IR 999").replace("García".encode(), b"Garc\xff\xfea")
    (tmp_path / "originals").mkdir()
    (tmp_path / "originals" / "1.dcm").write_bytes(data)
    scan(workspace, [tmp_path / "originals"])
    recwarn.clear()
    caplog.clear()
    assert risk.run(workspace, source="original").files == 1
    assert [str(one.message) for one in recwarn] == []
    assert [one.getMessage() for one in caplog.records if one.name == "pydicom"] == []


def test_dates_that_were_moved_by_a_secret_number_are_no_quasi_identifier(done):
    assert risk.tables(done, Source.ORIGINAL).role("imaging", "first_study") is risk.Role.QUASI_IDENTIFIER
    assert risk.tables(done, Source.DEIDENTIFIED).role("imaging", "first_study") is risk.Role.INSENSITIVE

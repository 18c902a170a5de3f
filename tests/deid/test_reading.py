"""Reading for checks: the own walk and pydicom list the same, and what is damaged is never called verified."""

from pathlib import Path
from random import Random

import pytest
from pydicom import Dataset
from pydicom.data import get_testdata_files
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from eucaim_nb.deid import _reading, verify_file
from eucaim_nb.deid._finding import Kind, Severity
from eucaim_nb.deid._reading import NotReadable, Reading, read, read_forgiving
from eucaim_nb.deid._traces import Traces
from tests.deid.outputs import (
    ACCESSION,
    BIRTH,
    NAME,
    PATIENT_ID,
    PROFILE,
    ROOT,
    STUDY,
    changed,
    original,
    treated,
    written,
)

SYNTAXES = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, JPEGBaseline8Bit)
SOURCE = written(original())
OUTPUT = treated(SOURCE)


def facts(reading: Reading) -> tuple[object, ...]:
    """Everything that checks ask of a reading; pydicom gives no attribute for some empty values."""
    filled = [leaf for leaf in reading.leaves if leaf.start < leaf.stop]
    return (
        [(leaf.path, leaf.vr, leaf.raw.strip(b" \0"), leaf.charset) for leaf in filled],
        reading.items,
        reading.syntax,
        {leaf.path: leaf.values for leaf in reading.meta if leaf.vr not in ("OB", "UL")},
        reading.starts,
        reading.samples,
        reading.encapsulated,
        reading.end,
        reading.body,
    )


def nested(syntax: str, undefined: bool) -> bytes:
    """A file with sequences of known or unknown length, three deep, one of them of unknown VR and one empty."""
    ds = original(syntax)
    inner = Dataset()
    inner.CodeMeaning, inner.SpecificCharacterSet = "Brustkorb", "ISO_IR 100"
    middle = Dataset()
    middle.ConceptNameCodeSequence = Sequence([inner, Dataset()])
    outer = Dataset()
    outer.ContentSequence = Sequence([middle])
    ds.ContentSequence = Sequence([outer, middle])
    ds.AnatomicRegionSequence = []
    block = ds.private_block(0x0029, "VENDOR", create=True)
    raw = b"\x08\0\x04\x01\4\0\0\0Knie"
    block.add_new(0x10, "UN", b"\xfe\xff\0\xe0" + len(raw).to_bytes(4, "little") + raw)
    if syntax != ImplicitVRLittleEndian:  # there, nobody can tell that these bytes are no items
        block.add_new(0x11, "OB", b"\xfe\xff\0\xe0 only begins so")
    for one in (ds["ContentSequence"], outer["ContentSequence"], middle["ConceptNameCodeSequence"]):
        one.is_undefined_length = undefined
    outer.is_undefined_length_sequence_item = undefined
    return written(ds)


def test_every_bundled_file_of_pydicom_reads_the_same_by_both(monkeypatch):
    read_by_pydicom: list[bytes] = []
    monkeypatch.setattr(_reading, "read_forgiving", lambda data: read_by_pydicom.append(data) or read_forgiving(data))
    files = [Path(name) for name in get_testdata_files()]
    files = [path for path in files if path.is_file() and path.stat().st_size < 400_000]
    for path in files:
        data = path.read_bytes()
        try:
            wanted = facts(read_forgiving(data))
        except NotReadable:
            with pytest.raises(NotReadable):
                read(data)
        else:
            assert facts(read(data)) == wanted, path.name
    assert len(read_by_pydicom) < len(files) / 2


@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_every_plain_encoding_is_read_without_pydicom_and_reads_the_same(syntax, undefined, monkeypatch):
    data = nested(syntax, undefined)
    wanted = facts(read_forgiving(data))
    monkeypatch.setattr(_reading, "read_forgiving", None)
    assert facts(read(data)) == wanted


def test_big_endian_is_left_to_pydicom_and_still_searched():
    before = written(original(ExplicitVRBigEndian))
    output = changed(treated(before), lambda ds: ds.__setattr__("SeriesDescription", "Garcia"))
    assert {one.kind for one in verify_file(before, output, profile=PROFILE)} == {Kind.NAME}


def test_names_in_a_character_set_of_two_parts_are_found():
    ds = original()
    ds.SpecificCharacterSet, ds.PatientName = "\\ISO 2022 IR 87", "Yamashina^Taichiro=山科^太一郎"
    before = written(ds)

    def plant(ds):
        ds.SpecificCharacterSet, ds.SeriesDescription = "\\ISO 2022 IR 87", "太一郎 CT"

    for reader in (read, read_forgiving):
        assert "太一郎" in reader(before).top[0x00100010].text
    found = verify_file(before, changed(treated(before), plant), profile=PROFILE)
    assert (Kind.NAME, "(0008,103E)") in {(one.kind, one.tag) for one in found}


def test_an_attribute_that_stands_twice_is_searched_both_times():
    at = OUTPUT.index(b"\x08\0\x3e\x10LO")
    twice = OUTPUT[:at] + b"\x08\0\x3e\x10LO\x06\0Garcia" + OUTPUT[at:]
    assert Kind.NAME in {one.kind for one in verify_file(SOURCE, twice, profile=PROFILE)}


def test_a_file_cut_off_anywhere_or_with_wrong_lengths_is_never_called_verified():
    random = Random(11)
    for _ in range(150):
        cut = OUTPUT[: random.randrange(len(OUTPUT))]
        assert any(one.severity is Severity.ERR for one in verify_file(SOURCE, cut, profile=PROFILE)), len(cut)
    starts = [at for at, _ in read(OUTPUT).starts[:-1]]
    for at in random.sample(starts, 25):
        longer = bytearray(OUTPUT)
        longer[at - 2 : at] = (60_000).to_bytes(2, "little")  # the length of an attribute, or the upper half of it
        assert any(one.severity is Severity.ERR for one in verify_file(SOURCE, bytes(longer), profile=PROFILE)), at


def test_the_quick_look_at_the_bytes_hides_nothing_that_a_full_search_finds(monkeypatch):
    random = Random(5)
    ds = original()
    ds.PatientName, ds.OtherPatientNames = "Núñez Li^Ana=Ли^Анна", "Paget^Rosa"
    ds.RequestedProcedureID, ds.RequestingPhysician = "44-71.1/9", "Łukasz^Żak"
    before = written(ds)
    after = treated(before)
    secrets = [
        *("Nunez", "NÚÑEZ", "ana", "LIANA", "Li Ana", "Paget Rosa", "ROSAPAGET", "Анна", "Lukasz", "zak", "Lindqvist"),
        *(PATIENT_ID, "471182", "47 11-82", ACCESSION, "acc 77 120 934", "4471 19", "SN60098X", STUDY, "15.03.2024"),
        *("12-03-1957", BIRTH, f"{ROOT}.30000024031507115387500000003", "961 234 567", "(961) 23 45 67"),
        *("Calle Mayor 12", "calle  mayor, 12", "Hospital Clínico de Ejemplo", "nothing of all this"),
    ]
    outputs = []
    for secret in secrets:
        word = random.choice(("", "x", "MR ", "7", "(")) + secret + random.choice(("", " T1", "y", "3", ")"))
        outputs += [
            changed(after, lambda ds, word=word: ds.__setattr__("SeriesDescription", word)),
            *(
                changed(after, lambda ds, raw=raw: ds.private_block(0x29, "V", create=True).add_new(1, "OB", raw))
                for raw in (word.encode(), word.encode("utf-16-le"))
            ),
            after + word.encode("latin-1", "replace"),
        ]
    quick = [verify_file(before, output, profile=PROFILE) for output in outputs]
    monkeypatch.setattr(Traces, "may_be_in", lambda self, data: True)
    full = [verify_file(before, output, profile=PROFILE) for output in outputs]
    assert [set(one) for one in quick] == [set(one) for one in full]
    assert sum(map(bool, quick)) > len(outputs) // 2
    assert NAME not in str(full)

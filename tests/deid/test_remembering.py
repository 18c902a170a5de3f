"""What engine and checks remember of the files before changes nothing: every file comes out as if it were the first."""

import random
from io import BytesIO

import pytest
from pydicom import Dataset, dcmread
from pydicom.sequence import Sequence

from benchmarks.corpora import KINDS, corpus
from benchmarks.deid.generate import generate
from eucaim_nb.deid import load_profile
from eucaim_nb.deid._check import Checker
from eucaim_nb.deid._engine import Engine
from eucaim_nb.deid._rewrite import Quarantine
from eucaim_nb.identity import Key, Pseudonyms

from .outputs import NAME, PROFILE, changed, original, written

SEQUENCE = 0x00400275  # Request Attributes Sequence


def engine(profile=PROFILE):
    return Engine(profile, Pseudonyms(Key(bytes(range(32))), "EUCAIM"))


def outcome(engine, checker, data):
    """Everything that is told of a file: its output, what was done to it, and what the check found in both."""
    try:
        treated = engine.treat(memoryview(data))
    except Quarantine as why:
        return str(why)
    made = b"".join(treated.pieces)
    return (
        made,
        dict(treated.counts),
        dict(treated.uids),
        (treated.patient, treated.study_uid, treated.series_uid, treated.sop_uid, treated.face),
        checker.check(data, made, "a/b/c.dcm", treated.patient[1]),
        checker.check(data, data, "a/b/c.dcm", ""),
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Files of two invented patients in all kinds of objects, and some of several series, in no order."""
    folder = tmp_path_factory.mktemp("files")
    paths = [path for path in generate(folder, patients=2).folder.rglob("*") if path.suffix != ".csv"]
    for kind in KINDS:
        paths += corpus(kind, folder, 6)
    found = [path.read_bytes() for path in sorted(paths) if path.is_file()]
    random.Random(20261128).shuffle(found)
    return found


@pytest.mark.parametrize("name", ["eucaim", "basic"])
def test_no_file_comes_out_otherwise_for_those_before_it(files, name):
    profile = load_profile(name)
    remembering, checker = engine(profile), Checker(profile)
    for data in files:
        assert outcome(remembering, checker, data) == outcome(engine(profile), Checker(profile), data)


def with_request(description, *, undefined=False, name=NAME, patient="00471182", charset="ISO_IR 192"):
    """A file with a sequence in which a name stands."""
    ds = original()
    ds.SpecificCharacterSet, ds.PatientName, ds.PatientID = charset, name, patient
    item = Dataset()
    item.ScheduledProcedureStepDescription = description
    ds.RequestAttributesSequence = Sequence([item])
    ds[SEQUENCE].is_undefined_length = undefined
    return written(ds)


def description_in(output):
    request = dcmread(BytesIO(output)).RequestAttributesSequence[0]
    return request.ScheduledProcedureStepDescription


def test_same_sequence_is_cleaned_anew_for_another_patient():
    texts = "Thorax Kowalczyk"
    one = with_request(texts)
    other = with_request(texts, name="Kowalczyk^Ewa", patient="77120")
    both = engine()
    assert description_in(b"".join(both.treat(memoryview(one)).pieces)) == "Thorax Kowalczyk"
    assert description_in(b"".join(both.treat(memoryview(other)).pieces)) == "Thorax"


def test_same_sequence_is_read_anew_in_another_character_set():
    """The bytes of the name are those of another letter there."""
    checker, both = Checker(PROFILE), engine()
    for charset in ("ISO_IR 100", "ISO_IR 101", "ISO_IR 100"):
        data = with_request("Thorax Núñez", name="Núñez^Ana", charset=charset)
        assert outcome(both, checker, data) == outcome(engine(), Checker(PROFILE), data)


@pytest.mark.parametrize("undefined", [False, True])
def test_name_behind_the_items_of_the_file_before_is_not_overlooked(undefined):
    """The second file's sequence begins like the first's, and goes on."""
    first = with_request("Thorax", undefined=undefined)

    def longer(ds):
        item = Dataset()
        item.ScheduledProcedureStepDescription = "Thorax María José"
        ds.RequestAttributesSequence.append(item)
        ds[SEQUENCE].is_undefined_length = undefined

    second, both, checker = changed(first, longer), engine(), Checker(PROFILE)
    outcome(both, checker, first)
    after = outcome(both, checker, second)
    assert b"Mar\xc3\xada" not in after[0]
    assert after == outcome(engine(), Checker(PROFILE), second)


def test_leak_in_a_sequence_is_found_again_in_the_next_file():
    """A check that called something unclean does not call it clean the second time."""
    leaking = with_request(f"Thorax {NAME.replace('^', ' ')}")
    checker = Checker(PROFILE)
    first, second = (checker.check(leaking, leaking, "x.dcm", "").findings for _ in range(2))
    assert first == second
    assert any("0040,0275" in one.tag for one in first)

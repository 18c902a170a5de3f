"""Pseudonyms are the same for the same key, part what is different, and fit where they go."""

import base64
import hashlib
import hmac
import subprocess
import sys
import uuid

import pytest
from pydicom.uid import UID

from eucaim_nb.errors import SettingsError
from eucaim_nb.identity import Key, LethePseudonyms, Pseudonyms, maker_of, new_key

KEY = Key(bytes(range(32)))
ONES = Pseudonyms(KEY, "SITE1")


def hmac_of(*parts):
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.new(bytes(range(32)), message, hashlib.sha256).digest()


def test_known_answers_so_that_a_submission_can_be_continued_with_any_later_version():
    assert KEY.fingerprint == "fbdaa191b24e0e00"
    assert ONES.patient("12345") == "SITE1-SNUU66PPAC7N"
    assert ONES.patient("12345", "HOSPITAL") == "SITE1-FWPCKLXGBEYG"
    assert ONES.patient("") == "SITE1-OUSM65WY7L66"
    assert ONES.uid("1.2.3.4") == "2.25.133430602261106544826191495033569099978"
    assert ONES.number("A-17", "accession") == "LQQFBXX7F474EMKO"
    assert ONES.shift_days("12345") == -924


def test_they_are_cut_from_hmac_sha256_as_documented():
    assert (
        ONES.patient("12345", "H")
        == "SITE1-" + base64.b32encode(hmac_of("patient", "12345", "H")).decode()[:12]
    )
    expected = uuid.UUID(bytes=hmac_of("uid", "1.2.3.4")[:16], version=None).int
    version = (expected & ~(0xF << 76) & ~(0x3 << 62)) | 0x8 << 76 | 0x2 << 62
    assert ONES.uid("1.2.3.4") == f"2.25.{version}"


def test_another_process_gives_the_same():
    code = (
        "from eucaim_nb.identity import Key, Pseudonyms; p = Pseudonyms(Key(bytes(range(32))), 'SITE1');"
        "print(p.patient('Ünal 7'), p.uid('1.2.3'), p.number('x', 'k'), p.shift_days('Ünal 7'))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert told == [
        ONES.patient("Ünal 7"),
        ONES.uid("1.2.3"),
        ONES.number("x", "k"),
        str(ONES.shift_days("Ünal 7")),
    ]


def test_another_key_prefix_issuer_or_kind_gives_another():
    other = Pseudonyms(new_key(), "SITE1")
    assert other.patient("12345") != ONES.patient("12345")
    assert other.uid("1.2.3") != ONES.uid("1.2.3")
    patients = [("1",), ("1", "A"), ("1A",), ("",), ("", "1")]
    assert len({ONES.patient(*patient) for patient in patients}) == 5
    assert ONES.number("1", "accession") != ONES.number("1", "admission")
    assert Pseudonyms(KEY, "B").patient("1") == "B" + ONES.patient("1").removeprefix("SITE1")


def test_padding_does_not_make_another_patient():
    assert ONES.patient(" 12345 \0", "H ") == ONES.patient("12345", "H")
    assert ONES.uid("1.2.3\0") == ONES.uid("1.2.3")
    assert ONES.number("A ", "k") == ONES.number("A", "k")
    assert ONES.shift_days("12345 ") == ONES.shift_days("12345")


def test_a_million_patients_and_uids_have_a_million_pseudonyms():
    patients = {ONES.patient(str(number)) for number in range(1_000_000)}
    assert len(patients) == 1_000_000
    assert len({ONES.uid(f"1.2.3.{number}") for number in range(200_000)}) == 200_000


def test_uids_are_valid_and_those_of_dicom_stay():
    for number in range(2000):
        uid = ONES.uid(f"1.2.3.{number}")
        assert UID(uid).is_valid
        assert uuid.UUID(int=int(uid.removeprefix("2.25."))).version in (8, None)
    assert ONES.uid("1.2.840.10008.5.1.4.1.1.2") == "1.2.840.10008.5.1.4.1.1.2"
    assert ONES.uid("1.2.840.100081.5") != "1.2.840.100081.5"
    assert ONES.uid("") == ""
    assert ONES.uid("1.2.3", "12345") == ONES.uid("1.2.3")


def test_patients_fit_lo_and_a_label_of_xnat():
    longest = Pseudonyms(KEY, "A" * 48).patient("x")
    assert len(longest) <= 64
    assert all(each.isascii() and (each.isalnum() or each in "-_") for each in longest)


@pytest.mark.parametrize("prefix", ["", "-A", "A B", "Ä", "A^B", "A/B", "A" * 49])
def test_prefix_that_the_nodes_would_refuse_is_refused(prefix):
    with pytest.raises(SettingsError):
        Pseudonyms(KEY, prefix)


def test_numbers_have_the_length_asked_for_and_nothing_stays_nothing():
    assert [len(ONES.number("1", "k", length)) for length in (4, 16, 51)] == [4, 16, 51]
    assert ONES.number(" ", "k") == ""
    with pytest.raises(ValueError, match="4 to 51"):
        ONES.number("1", "k", 52)


def test_dates_move_by_whole_weeks_between_one_and_ten_years_into_the_past():
    shifts = {ONES.shift_days(str(number)) for number in range(20_000)}
    assert all(days % 7 == 0 and -3650 <= days <= -365 for days in shifts)
    assert len(shifts) == 469


def md5_number(text):
    return str(int(hashlib.md5(text.encode()).hexdigest(), 16))


def test_lethe_compatible_pseudonyms_follow_its_published_algorithm():
    lethe = LethePseudonyms("s3cret")
    patient = "EUCAIM-" + md5_number("[s3cret]12345")
    assert lethe.patient("12345") == lethe.patient(" 12345 ", "any issuer") == patient
    assert lethe.patient("") == "EUCAIM-" + md5_number("[s3cret]")
    assert lethe.uid("1.2.3", "12345") == "1.3.6.1.4.1.58108.2023." + md5_number("1.2.3" + patient)
    assert lethe.uid("1.2.3", "12345") != lethe.uid("1.2.3", "12346")
    assert all(len(lethe.uid(f"1.2.{number}", "1")) <= 64 for number in range(200))
    assert lethe.uid("1.2.840.10008.1.2", "12345") == "1.2.840.10008.1.2"
    # Written down once, computed with another program.
    assert LethePseudonyms("0").patient("1") == "EUCAIM-294390916495890715346350761971179796461"


def test_lethe_compatible_pseudonyms_hide_other_numbers_behind_the_secret():
    one, other = LethePseudonyms("a"), LethePseudonyms("b")
    assert one.number("1", "accession") == LethePseudonyms("a").number("1", "accession")
    assert one.number("1", "accession") != other.number("1", "accession")
    assert one.shift_days("1") % 7 == 0
    with pytest.raises(SettingsError):
        LethePseudonyms("")


def test_one_maker_serves_images_and_tables_and_is_named_without_its_secret():
    maker, named = maker_of(KEY, prefix="SITE1")
    assert (maker.patient("12345"), named) == (ONES.patient("12345"), KEY)
    ours, ours_named = maker_of(KEY, lethe=True)
    theirs, theirs_named = maker_of(KEY, lethe=True, secret="theirs")
    assert theirs.patient("1") == LethePseudonyms("theirs").patient("1") != ours.patient("1")
    assert len({KEY.fingerprint, ours_named.fingerprint, theirs_named.fingerprint}) == 3
    assert maker_of(new_key(), lethe=True, secret="theirs")[1] == theirs_named

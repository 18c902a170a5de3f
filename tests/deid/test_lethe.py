"""Profile lethe-compatible: what went through the EUCAIM anonymiser with the same secret fits together with ours."""

from io import BytesIO

import pytest
from pydicom import dcmread

from eucaim_nb.deid import load_profile
from eucaim_nb.deid._engine import Engine
from eucaim_nb.identity import Key, LethePseudonyms, Pseudonyms
from tests.deid.outputs import ACCESSION, original, written

SECRET = "sec ret"
# Written down from a run of CTP with anon.script of Lethe 0.9.16 on `original()`, changed like this.
SEEN = [
    ("00471182", "ISO_IR 192", "183176103206810589757690082510027010815", "143903280155926047035522073761526327265"),
    (" 12 34", "ISO_IR 192", "174250089331995159204189415529040294410", "247237856164258583019046374280430412226"),
    ("ACC/77ü", "ISO_IR 192", "11966013346897903960335205661563512358", "272558186943575987478184153017323341453"),
    ("PAT^001", "ISO_IR 192", "75076091407100221704253720928143277034", "271161233043914050646269234319099724738"),
    ("Mü 7", "ISO_IR 100", "216534439641676817558318317188062050417", "90474786630286271218644894628970154646"),
    ("007\\8", "ISO_IR 100", "160325901461904428287342060448214926868", "197937594160210358914912899496921022527"),
]
SOPS = {0: "1.2.3.0", 1: "1.2.3.1", 2: "1.2.3.2", 3: "1.2.3.4", 4: "1.2.3.6", 5: "1.2.3.7"}
STUDY_OF_THE_FIRST = "1.3.6.1.4.1.58108.2023.241109988145712800023930536934855188042"
FRAME_OF_THE_FIRST = "1.3.6.1.4.1.58108.2023.175223576984519450997727581053889263672"


def treated(patient_id, charset="ISO_IR 192", sop="1.2.3.0", maker=None):
    ds = original()
    ds.SpecificCharacterSet, ds.PatientID = charset, patient_id
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = sop
    engine = Engine(load_profile("lethe-compatible"), maker or LethePseudonyms(SECRET))
    return dcmread(BytesIO(b"".join(engine.treat(memoryview(written(ds))).pieces)))


@pytest.mark.parametrize("number", range(len(SEEN)))
def test_patient_ids_and_uids_are_those_that_the_eucaim_anonymiser_gave(number):
    patient_id, charset, patient, sop = SEEN[number]
    ours = treated(patient_id, charset, SOPS[number])
    assert ours.PatientID == f"EUCAIM-{patient}"
    assert ours.SOPInstanceUID == ours.file_meta.MediaStorageSOPInstanceUID == f"1.3.6.1.4.1.58108.2023.{sop}"
    assert ours.StudyDate == "20240301"


def test_other_uids_are_those_of_the_eucaim_anonymiser_and_references_follow_where_it_forgets_them():
    ours = treated("00471182")
    assert (ours.StudyInstanceUID, ours.FrameOfReferenceUID) == (STUDY_OF_THE_FIRST, FRAME_OF_THE_FIRST)
    old = original().ReferencedImageSequence[0].ReferencedSOPInstanceUID
    new = ours.ReferencedImageSequence[0].ReferencedSOPInstanceUID
    assert new == LethePseudonyms(SECRET).uid(old, "00471182")


def test_accession_number_is_not_the_digest_without_a_key_that_trying_all_numbers_undoes():
    assert treated("00471182").AccessionNumber not in (ACCESSION, "1289462676092208")


@pytest.mark.parametrize("maker", [LethePseudonyms(SECRET), Pseudonyms(Key(bytes(32)), "EUCAIM")])
def test_two_patients_whose_ids_differ_in_one_accented_letter_stay_two(maker):
    ids = {treated(patient, "ISO_IR 100", maker=maker).PatientID for patient in ("Mü7", "Mö7")}
    assert len(ids) == 2


def test_one_patient_has_one_pseudonym_in_files_of_different_character_sets():
    ids = {treated("Mü7", charset).PatientID for charset in ("ISO_IR 100", "ISO_IR 192")}
    assert ids == {LethePseudonyms(SECRET).patient("Mü7")}

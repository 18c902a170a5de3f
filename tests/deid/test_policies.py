"""What a profile decides as a whole: each answer does what it says, and what speaks against it is said."""

from dataclasses import replace
from io import BytesIO
from types import MappingProxyType

import pytest
from pydicom import dcmread

from eucaim_nb import deid
from eucaim_nb.deid import Action, Option, Override, Severity, answered, answers, objections, questions
from eucaim_nb.errors import ProfileError
from tests.deid.outputs import PROFILE, STUDY, original, treated, written

OTHERS = [
    (question.key, answer.value)
    for question in questions()
    for answer in question.answers
    if answer.value != answers(PROFILE)[question.key]
]


def said(profile):
    return " ".join(one.words for one in objections(profile))


def after(**given):
    """The sample CT slice as a profile with these answers leaves it."""
    data = written(original())
    profile = answered(PROFILE, {key.replace("_", "-"): value for key, value in given.items()})
    output = treated(data, profile)
    assert not [one for one in deid.verify_file(data, output, profile=profile) if one.severity is Severity.ERR]
    return dcmread(BytesIO(output))


def test_every_policy_and_every_option_of_ps315_that_can_be_chosen_is_a_question():
    keys = [question.key for question in questions()]
    by_policy = {Option.BASIC, Option.FULL_DATES, Option.MODIFIED_DATES, Option.SAFE_PRIVATE}
    by_pixels = {Option.CLEAN_PIXELS, Option.CLEAN_FACES}
    policies = {"dates", "private", "ids", "unknown", "documents", "age_limit", "id_prefix"}
    assert set(keys) == policies | {option.value for option in Option if option not in by_policy | by_pixels}
    assert len(keys) == len(set(keys))
    assert all(answer.does and answer.means for question in questions() for answer in question.answers)


@pytest.mark.parametrize("name", list(deid.profiles()))
def test_the_answers_of_a_profile_are_its_own_and_give_it_back(name):
    profile = deid.load_profile(name)
    assert answered(profile, answers(profile)) == profile


@pytest.mark.parametrize(("key", "value"), OTHERS)
def test_every_other_answer_gives_a_profile_whose_outputs_pass_verification(key, value):
    profile = answered(PROFILE, {key: value})
    assert answers(profile) == {**answers(PROFILE), key: value}
    data = written(original())
    found = deid.verify_file(data, treated(data, profile), profile=profile)
    assert [one for one in found if one.severity is Severity.ERR] == []


def test_dates_cut_to_the_month_keep_the_month_and_removed_dates_are_gone():
    assert after(dates="month").StudyDate == STUDY[:6] + "01"
    assert after(dates="remove").StudyDate == ""
    assert after(dates="keep").StudyDate == STUDY
    assert after().StudyDate not in (STUDY, "")


def test_kept_uids_are_the_original_ones_in_the_data_set_and_in_the_file_meta():
    before, now = original(), after(retain_uids="yes")
    for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        assert now[keyword].value == before[keyword].value
    assert now.file_meta.MediaStorageSOPInstanceUID == before.SOPInstanceUID


def test_one_answer_each_for_device_institution_descriptions_and_characteristics():
    before, now = original(), after()
    assert "DeviceSerialNumber" not in now
    assert after(retain_device_identity="yes").DeviceSerialNumber == before.DeviceSerialNumber
    assert not now.get("InstitutionName")
    assert after(retain_institution_identity="yes").InstitutionName == before.InstitutionName
    assert now.SeriesDescription == before.SeriesDescription
    assert "SeriesDescription" not in after(clean_descriptors="no")
    assert now.PatientAge == "067Y"
    assert "PatientAge" not in after(retain_patient_characteristics="no")


def test_ages_above_the_limit_become_one_group():
    data = written(original())
    limited = dcmread(BytesIO(treated(data, answered(PROFILE, {"age_limit": "60"}))))
    assert limited.PatientAge == "061Y"


def test_pseudonyms_begin_with_what_the_site_chose():
    made = deid.load_profile("eucaim")
    assert answered(made, {"id_prefix": " Sita9 "}).id_prefix == "Sita9"


@pytest.mark.parametrize(
    ("key", "value"),
    [("age_limit", "old"), ("age_limit", "500"), ("id_prefix", "García^M"), ("id_prefix", ""), ("dates", "jitter")],
)
def test_an_answer_that_cannot_be_is_refused_in_words(key, value):
    with pytest.raises(ProfileError):
        answered(PROFILE, {key: value})


def test_a_list_of_private_attributes_goes_where_nothing_private_stays(tmp_path):
    profile = replace(PROFILE, private_list=str(tmp_path / "own.csv"))
    assert answered(profile, {"private": "remove"}).private_list == ""
    assert answered(profile, {"dates": "month"}).private_list == profile.private_list


# What speaks against a profile


def test_nothing_speaks_against_the_recommended_profile():
    assert objections(PROFILE) == ()


@pytest.mark.parametrize(
    ("given", "by", "words"),
    [
        ({"dates": "remove"}, "UPV node", "Study Date is emptied"),
        ({"dates": "remove"}, "EUCAIM", "Acquisition Date is removed"),
        ({"dates": "keep"}, "EUCAIM", "Exact dates"),
        ({"retain-uids": "yes"}, "PS3.15 E.3.9", "whoever can search the PACS finds a patient by a UID"),
        ({"retain-uids": "yes"}, "this profile", "the true dates can be read off them"),
        ({"retain-uids": "yes", "ids": "lethe"}, "this profile", "do not match that tool's"),
    ],
)
def test_what_a_node_or_the_standard_forbids_is_grave_and_names_who_says_so(given, by, words):
    found = [one for one in objections(answered(PROFILE, given)) if words in one.words]
    assert [(one.by, one.grave) for one in found] == [(by, True)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"retain-patient-characteristics": "no"}, "the clinical table must tell the age"),
        ({"clean-descriptors": "no"}, "Series Description is removed"),
        ({"clean-structured-content": "no"}, "without content"),
        ({"retain-institution-identity": "yes"}, "The name of the hospital"),
        ({"retain-device-identity": "yes"}, "serial number"),
        ({"unknown": "clean"}, "nobody has judged"),
        ({"age_limit": "0"}, "Few people are older"),
        ({"age_limit": "95"}, "Few people are older"),
    ],
)
def test_what_is_for_thought_is_said_too(given, words):
    found = objections(answered(PROFILE, given))
    assert [one.grave for one in found if words in one.words] == [False]


@pytest.mark.parametrize("keyword", ["Modality", "Manufacturer", "BodyPartExamined", "PatientID", "SegmentSequence"])
def test_a_single_attribute_that_a_node_needs_cannot_be_taken_away_in_silence(keyword):
    tag = deid.find_attribute(keyword)
    overrides = MappingProxyType({**PROFILE.overrides, tag: Override(Action.REMOVE, "why not")})
    (found,) = objections(replace(PROFILE, overrides=overrides))
    assert (found.by, found.grave) == ("EUCAIM", True)


def test_grave_ones_come_first():
    graves = [one.grave for one in objections(deid.load_profile("basic"))]
    assert graves == sorted(graves, reverse=True)
    assert set(graves) == {True, False}


# Saving


def test_other_answers_are_saved_with_their_reason_and_the_next_change_keeps_it(workspace):
    with pytest.raises(ProfileError, match="needs a reason"):
        deid.change_answers(workspace, PROFILE, {"dates": "month"}, "  ")
    with pytest.raises(ProfileError, match="all answers are those of the profile"):
        deid.change_answers(workspace, PROFILE, answers(PROFILE), "none")
    assert deid.site_profiles(workspace) == []
    first = deid.change_answers(workspace, PROFILE, {**answers(PROFILE), "dates": "month"}, "The DPO\nwants months")
    second = deid.change_answers(workspace, deid.load_profile(first), {"documents": "drop"}, "No documents here")
    assert deid.site_profiles(workspace) == [second, first]
    made = deid.load_profile(second)
    assert (made.name, made.version) == ("eucaim-site", "2026.1+2")
    assert made.reasons == {"dates": "The DPO wants months", "documents": "No documents here"}
    assert answers(made) == {**answers(PROFILE), "dates": "month", "documents": "drop"}
    assert answers(deid.load_profile(first))["documents"] == "quarantine"
    assert "EUCAIM (recommended)" in made.description
    events = [event.detail for event in workspace.ledger.events.all() if event.action == "profile saved"]
    assert [event.get("documents") for event in events] == [None, "drop"]


def test_a_reason_for_what_is_no_question_is_refused_with_its_name(tmp_path):
    deid.save_profile(replace(PROFILE, reasons={"dates": "x"}), tmp_path / "p.toml")
    text = (tmp_path / "p.toml").read_text(encoding="utf-8")
    (tmp_path / "p.toml").write_text(text.replace('dates = "x"', 'weather = "x"'), encoding="utf-8")
    with pytest.raises(ProfileError, match="weather"):
        deid.load_profile(tmp_path / "p.toml")

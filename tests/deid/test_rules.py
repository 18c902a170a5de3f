"""The rules say, for every attribute, what PS3.15 says with the options of the profile."""

from dataclasses import replace
from itertools import combinations
from types import MappingProxyType

import pytest
from pydicom.uid import (
    BasicTextSRStorage,
    CTImageStorage,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    RTStructureSetStorage,
    SegmentationStorage,
)

from eucaim_nb.deid import Action, Option, Override, PrivatePolicy, Rules, UnknownPolicy, as_table, profiles
from eucaim_nb.deid._decide import decide
from eucaim_nb.deid._table import beyond, rows, types
from eucaim_nb.identity import DatePolicy

UNKNOWN_CLASS = "1.2.3.4"
CHOOSABLE = tuple(option for option in Option if option.column and option not in {
    Option.FULL_DATES, Option.MODIFIED_DATES, Option.SAFE_PRIVATE})  # fmt: skip
EUCAIM = profiles()["eucaim"]
BASIC = profiles()["basic"]
PLAIN = replace(BASIC, name="plain", overrides=MappingProxyType({}))


def rules(profile=EUCAIM, sop_class=CTImageStorage):
    return Rules.compile(profile, sop_class)


def plain(*options, dates=DatePolicy.REMOVE):
    return replace(PLAIN, options=frozenset(options), dates=dates)


def test_every_row_has_an_action_under_every_combination_of_options():
    for count in range(len(CHOOSABLE) + 1):
        for options in combinations(CHOOSABLE, count):
            for dates in DatePolicy:
                profile = plain(*options, dates=dates)
                for line in rows():
                    if line.number is not None:
                        assert isinstance(decide(line.number, None, profile), Action)


@pytest.mark.parametrize("option", [None, *CHOOSABLE])
@pytest.mark.parametrize("type_", ["1", "2", "3", None])
def test_every_row_has_an_action_for_every_type(option, type_):
    profile = plain(*([option] if option else []))
    for line in rows():
        if line.number is not None:
            assert isinstance(decide(line.number, type_, profile), Action)


def test_the_basic_profile_without_options_is_the_basic_column():
    by_code = {"X": {Action.REMOVE}, "Z": {Action.EMPTY}, "U": {Action.UID}, "X/Z": {Action.EMPTY},
               "D": {Action.DUMMY, Action.UID, Action.DOCUMENT}, "Z/D": {Action.DUMMY}, "X/D": {Action.DUMMY},
               "X/Z/D": {Action.DUMMY}, "X/Z/U*": {Action.RECURSE}}  # fmt: skip
    for line in rows():
        if line.number is not None:
            assert decide(line.number, None, PLAIN) in by_code[line.basic], line
            if line.number != 0x00100020:
                assert decide(line.number, None, BASIC) == decide(line.number, None, PLAIN)


@pytest.mark.parametrize(
    ("codes", "actions"),
    [
        (0x00080012, ("dummy", "dummy", "remove")),  # X/D Instance Creation Date
        (0x00181000, ("dummy", "empty", "remove")),  # X/Z/D Device Serial Number
        (0x00080022, ("dummy", "empty", "remove")),  # X/Z Acquisition Date
        (0x00180010, ("dummy", "empty", "empty")),  # Z/D Contrast/Bolus Agent
        (0x00100030, ("dummy", "empty", "empty")),  # Z Patient's Birth Date
        (0x00081140, ("recurse", "empty", "remove")),  # X/Z/U* Referenced Image Sequence
        (0x00100020, ("dummy", "empty", "empty")),  # Z/D Patient ID
        (0x00700082, ("dummy", "empty", "remove")),  # X Presentation Creation Date, which an IOD may require
    ],
)
def test_compound_codes_are_decided_by_the_type_of_the_attribute(codes, actions):
    assert tuple(decide(codes, type_, PLAIN).value for type_ in ("1", "2", "3")) == actions


EUCAIM_ON_CT = {
    # pseudonyms and identifiers
    0x00100010: "pseudonym", 0x00100020: "pseudonym", 0x00120040: "pseudonym", 0x00080050: "number",
    0x00100030: "empty", 0x00101000: "remove", 0x00101001: "remove", 0x00101040: "remove", 0x00102154: "remove",
    0x00080090: "empty", 0x00081048: "remove", 0x00081050: "remove", 0x00081070: "remove", 0x00200010: "empty",
    0x00080080: "remove", 0x00080081: "remove", 0x00081040: "remove", 0x00080201: "keep",
    # devices: the kind stays, the individual goes
    0x00080070: "keep", 0x00081090: "keep", 0x00181020: "keep", 0x00081010: "remove", 0x00181000: "remove",
    0x00181002: "uid", 0x0018100B: "uid", 0x00080055: "remove", 0x00181008: "remove", 0x00181200: "date",
    # patient characteristics
    0x00100040: "keep", 0x00101010: "age", 0x00101020: "keep", 0x00101030: "keep", 0x00102160: "remove",
    0x001021C0: "keep", 0x00102180: "remove", 0x001021D0: "remove", 0x00104000: "remove", 0x00102110: "clean text",
    # descriptors
    0x00081030: "clean text", 0x0008103E: "clean text", 0x00181030: "clean text", 0x00204000: "clean text",
    0x001021B0: "clean text", 0x00102000: "clean text", 0x00081080: "clean text", 0x00321060: "clean text",
    0x00082111: "clean text", 0x00180010: "clean text", 0x00400275: "recurse", 0x00400254: "clean text",
    # dates
    0x00080020: "date", 0x00080021: "date", 0x00080022: "date", 0x00080023: "date", 0x0008002A: "date",
    0x00080030: "date", 0x00080032: "date", 0x00080012: "date", 0x00400244: "date", 0x00181078: "date",
    0x00080106: "keep",
    # UIDs and references
    0x0020000D: "uid", 0x0020000E: "uid", 0x00080018: "uid", 0x00200052: "uid", 0x00081155: "uid", 0x00020003: "uid",
    0x00080016: "keep", 0x00081150: "keep", 0x00020010: "keep", 0x00081140: "recurse", 0x00082112: "recurse",
    0x00081110: "recurse", 0x0008010C: "keep", 0x00081115: "recurse", 0x00081120: "remove",
    # content
    0x0040A730: "structured", 0x0040A160: "clean text", 0x0040A123: "dummy", 0x0040A124: "uid", 0x0040A121: "date",
    0x00700001: "recurse", 0x00700006: "clean text", 0x00620002: "recurse", 0x00620005: "clean text",
    0x00620006: "clean text", 0x30060020: "recurse", 0x30060026: "clean text", 0x30060050: "keep",
    0x52009229: "recurse", 0x52009230: "recurse", 0x00880200: "remove", 0x00420011: "document",
    0x00420010: "clean text", 0x00700080: "clean text", 0x00700081: "clean text",
    0x00080104: "clean text", 0x00080100: "keep",
    # what ETL and nodes read
    0x00080060: "keep", 0x00180015: "keep", 0x00180060: "keep", 0x00181150: "keep", 0x00181151: "keep",
    0x00181152: "keep", 0x00181160: "keep", 0x00180050: "keep", 0x00280030: "keep", 0x00280010: "keep",
    0x00280011: "keep", 0x00200011: "keep", 0x00080008: "keep", 0x00181210: "keep",
    # pixels, overlays, signatures, stamps, file meta information
    0x7FE00010: "pixels", 0x60003000: "remove", 0x60000010: "remove", 0x50003000: "remove", 0xFFFAFFFA: "remove",
    0xFFFCFFFC: "remove", 0x04000561: "remove", 0x00120062: "stamp", 0x00120063: "stamp", 0x00120064: "stamp",
    0x00280303: "stamp", 0x00020016: "remove", 0x00020102: "remove", 0x00080000: "remove",
    0x00090010: "private", 0x00291010: "private",
}  # fmt: skip


@pytest.mark.parametrize(("tag", "action"), EUCAIM_ON_CT.items(), ids=[f"{tag:08X}" for tag in EUCAIM_ON_CT])
def test_the_eucaim_profile_treats_a_ct_image_as_intended(tag, action):
    assert rules().action(tag) == action


@pytest.mark.parametrize(
    ("tag", "option", "dates", "action"),
    [
        (0x0020000D, Option.UIDS, DatePolicy.REMOVE, Action.KEEP),
        (0x00081140, Option.UIDS, DatePolicy.REMOVE, Action.RECURSE),
        (0x00181000, Option.DEVICE, DatePolicy.REMOVE, Action.KEEP),
        (0x00080055, Option.DEVICE, DatePolicy.REMOVE, Action.NUMBER),
        (0x0018100A, Option.DEVICE, DatePolicy.REMOVE, Action.RECURSE),
        (0x00080080, Option.INSTITUTION, DatePolicy.REMOVE, Action.KEEP),
        (0x00080082, Option.INSTITUTION, DatePolicy.REMOVE, Action.RECURSE),
        (0x00101010, Option.PATIENT_CHARACTERISTICS, DatePolicy.REMOVE, Action.AGE),
        (0x00100040, Option.PATIENT_CHARACTERISTICS, DatePolicy.REMOVE, Action.KEEP),
        (0x00102110, Option.PATIENT_CHARACTERISTICS, DatePolicy.REMOVE, Action.CLEAN_TEXT),
        (0x0008103E, Option.CLEAN_DESCRIPTORS, DatePolicy.REMOVE, Action.CLEAN_TEXT),
        (0x0040A730, Option.CLEAN_STRUCTURED, DatePolicy.REMOVE, Action.STRUCTURED),
        (0x00700001, Option.CLEAN_GRAPHICS, DatePolicy.REMOVE, Action.RECURSE),
        (0x60003000, Option.CLEAN_GRAPHICS, DatePolicy.REMOVE, Action.REMOVE),
        (0x00080020, None, DatePolicy.REMOVE, Action.EMPTY),
        (0x00080020, None, DatePolicy.SHIFT, Action.DATE),
        (0x00080020, None, DatePolicy.MONTH, Action.DATE),
        (0x00080020, None, DatePolicy.KEEP, Action.KEEP),
        (0x00181200, Option.DEVICE, DatePolicy.REMOVE, Action.KEEP),
        (0x00181200, Option.DEVICE, DatePolicy.SHIFT, Action.DATE),
        (0x00340007, None, DatePolicy.SHIFT, Action.DUMMY),
        (0x00100030, Option.PATIENT_CHARACTERISTICS, DatePolicy.KEEP, Action.EMPTY),
    ],
)
def test_an_option_changes_its_column_only(tag, option, dates, action):
    profile = plain(*([option] if option else []), dates=dates)
    assert Rules.compile(profile, CTImageStorage).action(tag) == action


def test_with_retained_uids_those_beyond_the_table_stay_too():
    source_of_concatenation = 0x00200242
    assert decide(source_of_concatenation, None, plain(Option.UIDS)) is Action.KEEP
    assert decide(source_of_concatenation, None, plain()) is Action.UID


def test_where_options_disagree_cleaning_wins():
    assert decide(0x00181200, None, plain(Option.DEVICE, dates=DatePolicy.MONTH)) is Action.DATE


def test_a_retention_that_is_only_inferred_is_not_applied():
    gender_identity = 0x00100041
    assert decide(gender_identity, None, plain(Option.PATIENT_CHARACTERISTICS)) is Action.REMOVE
    assert decide(0x00700006, None, plain(Option.CLEAN_DESCRIPTORS)) is Action.CLEAN_TEXT


def test_required_attributes_of_enhanced_objects_get_a_value():
    for sop_class in (EnhancedCTImageStorage, EnhancedMRImageStorage, SegmentationStorage):
        assert rules(sop_class=sop_class).action(0x00181000) is Action.DUMMY
    assert rules(sop_class=CTImageStorage).action(0x00181000) is Action.REMOVE


@pytest.mark.parametrize("profile", profiles().values(), ids=list(profiles()))
def test_nothing_that_an_object_requires_is_missing_afterwards(profile):
    for sop_class, listed in types().iods.items():
        compiled = Rules.compile(profile, sop_class)
        for tag, type_ in listed.items():
            assert type_ not in ("1", "2") or compiled.action(tag) is not Action.REMOVE, (sop_class, f"{tag:08X}")
            assert type_ != "1" or compiled.action(tag) is not Action.EMPTY, (sop_class, f"{tag:08X}")
    for sequence, listed in types().sequences.items():
        for tag, type_ in listed.items():
            action = compiled.action(tag, path=(sequence,))
            assert type_ not in ("1", "2") or action is not Action.REMOVE, (f"{sequence:08X}", f"{tag:08X}")
            assert type_ != "1" or action is not Action.EMPTY, (f"{sequence:08X}", f"{tag:08X}")


def test_an_unknown_sop_class_gets_rules_that_fit_every_iod():
    assert rules(sop_class=UNKNOWN_CLASS).action(0x00181000) is Action.DUMMY
    assert rules(sop_class=UNKNOWN_CLASS).action(0x00081010) is Action.DUMMY


@pytest.mark.parametrize("sop_class", [SegmentationStorage, RTStructureSetStorage, BasicTextSRStorage])
def test_eucaim_keeps_the_frame_of_derived_objects(sop_class):
    compiled = rules(sop_class=sop_class)
    for tag in (0x00620002, 0x52009229, 0x52009230, 0x30060020, 0x30060039, 0x30060080, 0x00081115, 0x0040A375):
        assert compiled.action(tag) is Action.RECURSE
    assert compiled.action(0x0040A730) is Action.STRUCTURED
    for tag in (0x00620004, 0x00620008, 0x0062000B, 0x30060050, 0x00620003):
        assert compiled.action(tag, path=(0x00620002,)) in (Action.KEEP, Action.RECURSE)


def test_attributes_in_items_are_treated_too():
    assert rules().action(0x00081155, "UI", (0x00081140,)) is Action.UID
    assert rules().action(0x00181078, "DT", (0x00540016,)) is Action.DATE
    assert rules().action(0x00100010, "PN", (0x04000561, 0x04000550)) is Action.PSEUDONYM
    assert rules().action(0x00081070, "PN", (0x00400275,)) in (Action.EMPTY, Action.DUMMY, Action.REMOVE)


def test_the_type_inside_a_sequence_decides_there():
    # PS3.3 C.17.2: the observer's identification code may be empty, the name not.
    assert Rules.compile(PLAIN, BasicTextSRStorage).action(0x0040A088, "SQ", (0x0040A073,)) is Action.EMPTY


@pytest.mark.parametrize(
    ("vr", "action"),
    [("PN", Action.EMPTY), ("UT", Action.CLEAN_TEXT), ("LO", Action.CLEAN_TEXT), ("US", Action.KEEP)],
)
def test_text_in_place_of_a_number_is_treated_as_text(vr, action):
    assert rules().action(0x00280010, vr) is action


@pytest.mark.parametrize("vr", [None, "UN", "DS"])
def test_a_number_that_the_file_gives_no_vr_for_is_kept(vr):
    assert rules().action(0x00180050, vr) is Action.KEEP


def test_what_nobody_knows_is_removed_or_cleaned_by_vr():
    unknown, clean = 0x00189FFE, replace(EUCAIM, unknown=UnknownPolicy.CLEAN)
    assert rules().action(unknown, "LO") is Action.REMOVE
    wanted = {"LO": Action.CLEAN_TEXT, "PN": Action.EMPTY, "DA": Action.DATE, "UI": Action.UID, "FD": Action.KEEP,
              "OB": Action.REMOVE, "UN": Action.REMOVE, None: Action.REMOVE, "SQ": Action.RECURSE}  # fmt: skip
    assert {vr: rules(clean).action(unknown, vr) for vr in wanted} == wanted


def test_safe_private_attributes_stay_with_the_creator_that_makes_them_safe():
    suv = 0x70531000
    assert rules().private("Philips PET Private Group", suv, "DS") is Action.KEEP
    assert rules().private("Philips PET Private Group ", 0x7053FF00, "UN") is Action.KEEP
    assert rules().private("SOMEBODY ELSE", suv, "DS") is Action.REMOVE
    assert rules().private("Philips PET Private Group", 0x70531077, "DS") is Action.REMOVE
    assert rules().private("Philips PET Private Group", suv, "PN") is Action.EMPTY
    assert rules().private("GEMS_ACQU_01", 0x0019109E, "LO") is Action.CLEAN_TEXT
    assert rules(replace(EUCAIM, private=PrivatePolicy.REMOVE)).private(
        "Philips PET Private Group", suv, "DS") is Action.REMOVE  # fmt: skip


def test_a_safe_attribute_whose_list_gives_no_vr_stays_only_where_the_file_gives_one():
    creator, tag = "SIEMENS Ultrasound SC2000", 0x01291003
    assert rules().private(creator, tag, "FD") is Action.KEEP
    assert rules().private(creator, tag, "UN") is Action.REMOVE


def test_the_project_tag_of_the_upv_node_stays_only_where_nobody_else_reserved_it():
    assert rules().private("", 0x70D12000, "LO") is Action.KEEP
    assert rules().private("ACME", 0x70D12000, "LO") is Action.REMOVE
    assert rules().private("", 0x70D12001, "LO") is Action.REMOVE
    assert rules(BASIC).private("", 0x70D12000, "LO") is Action.REMOVE


def test_a_list_of_ones_own_adds_private_attributes(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("creator,group,element,vr,vm,meaning\nACME 1.1,0011,0A,DS,1,Gain\n", encoding="utf-8")
    compiled = rules(replace(EUCAIM, private_list=str(own)))
    assert compiled.private("ACME 1.1", 0x0011100A, "DS") is Action.KEEP
    assert compiled.private("Philips PET Private Group", 0x70531000, "DS") is Action.KEEP
    assert rules().private("ACME 1.1", 0x0011100A, "DS") is Action.REMOVE


def test_an_override_goes_before_the_table_at_every_depth():
    profile = replace(EUCAIM, overrides=MappingProxyType({0x0008103E: Override(Action.REMOVE, "")}))
    assert rules(profile).action(0x0008103E) is Action.REMOVE
    assert rules(profile).action(0x0008103E, "LO", (0x00081115,)) is Action.REMOVE


def test_the_shortcut_agrees_with_the_rule():
    for sop_class in (CTImageStorage, SegmentationStorage, UNKNOWN_CLASS):
        compiled = rules(sop_class=sop_class)
        for tag, action in compiled.top.items():
            assert compiled.action(tag) is action


def test_options_are_declared_with_the_codes_of_cid_7050():
    assert [option.code for option in rules().used_options()] == [
        "113100", "113103", "113104", "113105", "113107", "113108", "113111"]  # fmt: skip
    assert Option.INSTITUTION.code == "113112"
    assert all(option.meaning.endswith(("Option", "Profile")) for option in Option)


def test_the_table_for_people_has_every_row_in_words():
    lines = as_table(EUCAIM)
    assert len(lines) >= len(rows()) + len(beyond())
    assert all(line.words and line.reason and line.tag and line.name for line in lines)
    (birth,) = (line for line in lines if line.tag == "(0010,0030)")
    assert birth.codes == "Z"
    assert birth.actions == (Action.EMPTY, Action.DUMMY)
    (description,) = (line for line in lines if line.tag == "(0008,103E)")
    assert description.codes == "X; C with clean-descriptors"
    (project,) = (line for line in lines if line.tag == "(70D1,2000)")
    assert project.actions == (Action.KEEP,)
    assert not project.conforms


def test_departures_from_the_table_are_marked_for_people():
    departing = {line.tag for line in as_table(EUCAIM) if not line.conforms}
    assert "(0008,0106)" in departing
    assert "(0010,0020)" not in departing
    assert not any(not line.conforms for line in as_table(BASIC))

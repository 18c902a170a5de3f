"""Profiles: the shipped ones say what they promise, one's own are read back as written, rubbish is refused in words."""

from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from types import MappingProxyType

import pytest
from pydicom.uid import CTImageStorage, SegmentationStorage

from eucaim_nb.deid import (
    Action,
    DocumentPolicy,
    IdPolicy,
    Option,
    Override,
    PrivatePolicy,
    Profile,
    Rules,
    UnknownPolicy,
    load_profile,
    profiles,
    save_profile,
)
from eucaim_nb.errors import EucaimError, ProfileError
from eucaim_nb.identity import DatePolicy

START = """format = 1
name = "ours"
version = "1"
dates = "shift"
private = "remove"
"""

# Attributes of Table E.1-1 that ctp/anon.script of the EUCAIM anonymiser (Lethe 0.9.16) does not remove, and that are
# not UIDs, whose replacement every profile shares.
KEPT_BY_LETHE = """\
00080012 00080013 00080020 00080021 00080022 00080023 0008002A 00080030 00080031 00080032 00080033 00080050 00080080
00080201 0008103E 00081110 00081111 00081140 00082112 00100010 00100020 00100030 00100040 00101010 00101020 00101030
00102110 00102160 00102180 001021A0 001021C0 001021D0 00102203 00120050 00120051 00180010 00180027 00180035 00181030
00181042 00181043 00181072 00181073 00181078 00181079 00181200 0018700E 00189369 0018936A 00189373 00189516 00189517
00400244 00400245 00400250 00400251 0040A032 0040A120 0040A121 0040A122
"""


def test_the_shipped_profiles_are_there_with_the_default_first():
    assert list(profiles()) == ["eucaim", "basic", "lethe-compatible"]
    for name, profile in profiles().items():
        assert profile.name == name
        assert profile.title
        assert profile.description
        assert profile.source
        assert load_profile(name) is profile


def test_every_override_of_a_shipped_profile_gives_its_reason():
    for profile in profiles().values():
        assert all(override.reason.strip() for override in profile.overrides.values())


def test_the_eucaim_profile_declares_what_it_applies():
    eucaim = profiles()["eucaim"]
    assert eucaim.dates is DatePolicy.SHIFT
    assert eucaim.private is PrivatePolicy.SAFE
    assert eucaim.documents is DocumentPolicy.QUARANTINE
    assert eucaim.age_limit == 89
    assert set(eucaim.applied) == {
        Option.BASIC, Option.CLEAN_DESCRIPTORS, Option.CLEAN_GRAPHICS, Option.CLEAN_STRUCTURED, Option.MODIFIED_DATES,
        Option.PATIENT_CHARACTERISTICS, Option.SAFE_PRIVATE,
    }  # fmt: skip


def test_the_basic_profile_applies_no_option():
    assert profiles()["basic"].applied == (Option.BASIC,)


def test_the_lethe_compatible_profile_makes_ids_as_lethe_and_dates_by_month():
    profile = profiles()["lethe-compatible"]
    assert (profile.ids, profile.dates) == (IdPolicy.LETHE, DatePolicy.MONTH)


def test_what_lethe_keeps_the_compatible_profile_keeps_or_says_why_not():
    profile = profiles()["lethe-compatible"]
    compiled = Rules.compile(profile, CTImageStorage)
    gone = {Action.REMOVE, Action.EMPTY, Action.DUMMY}
    for digits in KEPT_BY_LETHE.split():
        tag = int(digits, 16)
        if compiled.action(tag) in gone:
            assert "Lethe" in profile.overrides[tag].reason, digits


def test_what_lethe_destroys_the_compatible_profile_keeps():
    compiled = Rules.compile(profiles()["lethe-compatible"], SegmentationStorage)
    for tag in (0x00620002, 0x52009229, 0x52009230, 0x30060020, 0x30060039, 0x30060080):
        assert compiled.action(tag) is Action.RECURSE


@pytest.mark.parametrize("name", ["eucaim", "basic", "lethe-compatible"])
def test_a_shipped_profile_is_read_back_as_written(name, tmp_path):
    save_profile(profiles()[name], tmp_path / "p.toml")
    assert load_profile(tmp_path / "p.toml") == profiles()[name]


def test_a_profile_with_everything_changed_is_read_back_as_written(tmp_path):
    (tmp_path / "own.csv").write_text("creator,group,element,vr\nACME,0011,0A,DS\n", encoding="utf-8")
    profile = Profile(
        name="ours", title='With "quotes" and ünïcode', description="Two\nlines", version="3", source="committee",
        options=frozenset({Option.UIDS, Option.DEVICE, Option.INSTITUTION}), dates=DatePolicy.MONTH,
        private=PrivatePolicy.SAFE, private_list=str(tmp_path / "own.csv"), ids=IdPolicy.LETHE,
        unknown=UnknownPolicy.CLEAN, documents=DocumentPolicy.DROP, age_limit=0, id_prefix="Sita9",
        reasons=MappingProxyType({"dates": "the board said so", "retain-uids": "a study of UIDs"}),
        overrides=MappingProxyType({0x00104000: Override(Action.KEEP, "the board said so"),
                                    0x00080070: Override(Action.REMOVE, "")}),
    )  # fmt: skip
    save_profile(profile, tmp_path / "p.toml")
    assert load_profile(tmp_path / "p.toml") == profile


def test_saving_replaces_the_file_and_leaves_no_other(tmp_path):
    target = tmp_path / "p.toml"
    target.write_text("old", encoding="utf-8")
    save_profile(profiles()["basic"], target)
    assert [path.name for path in tmp_path.iterdir()] == ["p.toml"]
    assert load_profile(target).name == "basic"


def test_a_list_of_private_attributes_is_found_beside_the_profile(tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "own.csv").write_text("creator,group,element,vr\nACME,0011,0A,DS\n", encoding="utf-8")
    path = tmp_path / "site" / "p.toml"
    path.write_text(START.replace('"remove"', '"safe"') + 'private_list = "own.csv"\n', encoding="utf-8")
    profile = load_profile(path)
    monkeypatch.chdir(tmp_path)
    assert Rules.compile(profile, CTImageStorage).private("ACME", 0x0011100A, "DS") is Action.KEEP


def override(tag, action, reason=""):
    return f'[[override]]\ntag = "{tag}"\naction = "{action}"\nreason = "{reason}"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format = 1\nname = \n", "line 2"),
        (START.replace("format = 1\n", ""), "format"),
        (START.replace("format = 1", "format = 2"), "newer version"),
        (START.replace('version = "1"\n', ""), "version"),
        (START.replace('dates = "shift"\n', ""), "dates: missing"),
        (START.replace('"shift"', '"jitter"'), "shift, month, remove or keep"),
        (START.replace('"shift"', "7"), "dates: 7 is unknown"),
        (START + "colour = 1\n", "colour: no such key"),
        (START + 'options = ["clean-everything"]\n', "'clean-everything' is unknown"),
        (START + 'options = "clean-graphics"\n', "give a list"),
        (START + 'options = ["retain-full-dates"]\n', "dates = 'keep'"),
        (START + 'options = ["retain-safe-private"]\n', "private = 'safe'"),
        (START + "age_limit = 500\n", "age_limit"),
        (START + 'age_limit = "89"\n', "age_limit"),
        (START + 'id_prefix = "A^B"\n', "id_prefix"),
        (START + 'id_prefix = ""\n', "id_prefix"),
        (START + 'private_list = "own.csv"\n', "private = 'safe'"),
        (START + "override = 1\n", "[[override]]"),
        (START + override("10,10", "remove"), "override 1: tag"),
        (START + override("(0010,0010)", "shred"), "override 1: action: 'shred' is unknown"),
        (START + override("(0010,0010)", "remove") * 2, "override 2: tag: (0010,0010) is there already"),
        (START + override("(0010,9999)", "remove"), "no such attribute"),
        (START + override("(0029,1010)", "clean text", "why not"), "private attribute"),
        (START + override("(0029,0010)", "keep", "why not"), "private attribute"),
        (START + override("(0029,1010)", "keep"), "does not allow 'keep'"),
        (START + override("(0010,0010)", "keep"), "Patient's Name: PS3.15 Table E.1-1 does not allow 'keep'"),
        (START + override("(0008,103E)", "clean text"), "does not allow 'clean text'"),
        (START + override("(0010,0010)", "age", "x"), "makes no sense for a value of VR PN"),
        (START + override("(0008,1140)", "keep", "x"), "choose 'recurse'"),
        (START + override("(0028,0010)", "clean text", "x"), "makes no sense for a value of VR US"),
        (START + override("(7FE0,0010)", "remove", "x"), "cannot be chosen here"),
        (START + override("(0010,0010)", "stamp", "x"), "cannot be chosen here"),
        (START + "[[override]]\ntag = 1\n", "override 1: tag: give a text"),
        (START + '[[override]]\ntagg = "x"\n', "tagg: no such key"),
    ],
)
def test_a_profile_that_cannot_be_meant_is_refused_in_words(text, said, tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as refused:
        load_profile(path)
    assert said.lower() in str(refused.value).lower()
    assert "ours.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("tag", "action", "option"),
    [
        ("(0008,103E)", "clean text", "clean-descriptors"),
        ("(0020,000D)", "keep", "retain-uids"),
        ("(0010,0010)", "pseudonym", ""),
        ("(0010,4000)", "remove", "clean-descriptors"),
        ("(0008,1140)", "recurse", ""),
        ("(0008,0070)", "remove", ""),
    ],
)
def test_what_the_table_allows_needs_no_reason(tag, action, option, tmp_path):
    path = tmp_path / "ours.toml"
    options = f'options = ["{option}"]\n' if option else ""
    path.write_text(START + options + override(tag, action), encoding="utf-8")
    assert [one.action for one in load_profile(path).overrides.values()] == [action]


def test_with_a_reason_a_departure_is_accepted_and_kept_with_it(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(START + override("00104000", "keep", "ethics vote 12/2026"), encoding="utf-8")
    assert load_profile(path).overrides == {0x00104000: Override(Action.KEEP, "ethics vote 12/2026")}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("creator,group,element\nA,0011,0A\n", "no column 'vr'"),
        ("creator,group,element,vr\nA,0010,0A,DS\n", "Line 2"),
        ("# a remark\ncreator,group,element,vr\nA,0011,0A,DS\n,0011,0B,DS\n", "Line 4"),
        ("creator,group,element,vr\nA,0011,100A,DS\n", "Line 2"),
        ("creator,group,element,vr\nA,0011\n", "Line 2"),
    ],
)
def test_a_damaged_list_of_private_attributes_is_refused_with_its_line(content, said, tmp_path):
    (tmp_path / "own.csv").write_text(content, encoding="utf-8")
    path = tmp_path / "ours.toml"
    path.write_text(START.replace('"remove"', '"safe"') + 'private_list = "own.csv"\n', encoding="utf-8")
    with pytest.raises(ProfileError, match=said):
        load_profile(path)


@pytest.mark.parametrize("name", ["no such profile", Path("missing.toml")])
def test_a_missing_profile_is_named_with_what_there_is(name):
    with pytest.raises(ProfileError, match="eucaim, basic or lethe-compatible") as refused:
        load_profile(name)
    assert str(name) in str(refused.value)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "p.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProfileError, match="cannot be read"):
        load_profile(tmp_path / "p.toml")


def test_a_profile_cannot_be_changed_once_made():
    with pytest.raises(FrozenInstanceError):
        profiles()["basic"].age_limit = 0
    with pytest.raises(TypeError):
        profiles()["basic"].overrides[0x00104000] = Override(Action.KEEP, "")
    assert issubclass(ProfileError, EucaimError)


def test_a_changed_copy_is_checked_as_well():
    with pytest.raises(ProfileError):
        replace(profiles()["basic"], overrides={0x00100010: Override(Action.KEEP, " ")})

"""PS3.15 Table E.1-1 as the project carries it: the counts of the edition, and rows known from the standard."""

from collections import Counter

import pytest
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, SegmentationStorage

from eucaim_nb.deid._private import standard_list
from eucaim_nb.deid._table import COLUMNS, beyond, row, rows, types

LETTERS = {"D", "Z", "X", "K", "C", "U", "U*"}


def of_2024e():
    return [line for line in rows() if line.edition == "2024e"]


def test_basic_column_has_the_counts_of_edition_2024e():
    assert Counter(line.basic for line in of_2024e()) == {
        "X": 384, "D": 92, "U": 54, "Z": 42, "X/D": 22, "X/Z": 11, "X/Z/D": 8, "Z/D": 6, "X/Z/U*": 2,
    }  # fmt: skip


def test_option_columns_have_the_counts_of_edition_2024e():
    counts = Counter((column, said) for line in of_2024e() for column, said in line.options.items())
    assert counts == {
        ("full_dates", "K"): 165, ("modified_dates", "C"): 165, ("clean_descriptors", "C"): 125,
        ("retain_uids", "K"): 59, ("retain_device", "K"): 46, ("retain_device", "C"): 11,
        ("retain_patient", "K"): 9, ("retain_patient", "C"): 4, ("retain_institution", "K"): 10,
        ("clean_graphics", "C"): 4, ("clean_structured", "C"): 3, ("retain_safe_private", "C"): 1,
    }  # fmt: skip


def test_edition_2026c_adds_35_rows_whose_options_are_marked_as_inferred():
    added = [line for line in rows() if line.edition == "2026c"]
    assert len(added) == 35
    assert len(rows()) == 656
    assert all(line.inferred for line in added)
    assert not any(line.inferred for line in of_2024e())


def test_attributes_of_standard_composite_iods_are_marked():
    assert sum(line.standard_iod for line in of_2024e()) == 438


def test_every_row_is_well_formed_and_there_once():
    tags = Counter(line.tag for line in rows())
    assert max(tags.values()) == 1
    for line in rows():
        assert {*line.basic.split("/"), *line.options.values()} <= LETTERS, line
        assert set(line.options) <= set(COLUMNS)
        assert line.name


def test_the_vr_of_a_row_is_that_of_the_data_dictionary():
    for line in rows():
        if line.number is not None and dictionary_has_tag(line.number):
            assert line.vr in dictionary_VR(line.number).split(" or "), line
        elif line.number is not None:
            assert line.vr, line


@pytest.mark.parametrize(
    ("tag", "basic", "options"),
    [
        (0x00080050, "Z", {}),
        (0x00100020, "Z/D", {}),
        (0x00100040, "Z", {"retain_patient": "K"}),
        (0x0008103E, "X", {"clean_descriptors": "C"}),
        (0x00081140, "X/Z/U*", {"retain_uids": "K"}),
        (0x00080020, "Z", {"full_dates": "K", "modified_dates": "C"}),
        (0x00080080, "X/Z/D", {"retain_institution": "K"}),
        (0x0018700C, "X/D", {"retain_device": "K", "full_dates": "K", "modified_dates": "C"}),
        (0x0040A730, "D", {"clean_structured": "C"}),
    ],
)
def test_a_row_says_what_the_standard_says(tag, basic, options):
    assert (row(tag).basic, dict(row(tag).options)) == (basic, options)


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        (0x50040110, "Curve Data"),
        (0x50FE3000, "Curve Data"),
        (0x60003000, "Overlay Data"),
        (0x60104000, "Overlay Comments"),
        (0x00090010, "Private Attributes"),
        (0x70D12000, "Private Attributes"),
    ],
)
def test_rows_for_patterns_are_found(tag, name):
    assert row(tag).name == name


@pytest.mark.parametrize("tag", [0x00080060, 0x00280010, 0x60000010, 0x7FE00010])
def test_what_the_table_does_not_list_is_not_found_by_a_pattern(tag):
    assert row(tag) is None


def test_attributes_beyond_the_table_are_not_in_the_table_and_exist():
    for tag in beyond():
        assert row(tag) is None, f"{tag:08X}"
        assert dictionary_has_tag(tag), f"{tag:08X}"


def test_types_follow_the_iod():
    iods = types().iods
    # PS3.3 A.3, C.7.5.1 and C.7.5.2: General Equipment asks nothing, Enhanced General Equipment the serial number.
    assert iods[CTImageStorage][0x00181000] == "3"
    assert iods[EnhancedCTImageStorage][0x00181000] == "1"
    assert iods[SegmentationStorage][0x00080023] == "1"
    assert iods[CTImageStorage][0x00100020] == "2"
    assert len(iods) > 150


def test_types_inside_sequences_follow_the_sequence():
    # PS3.3 C.18.8: a verified document names its observer.
    listed = types().sequences
    assert listed[0x0040A073][0x0040A088] == "2"
    assert all(tag in range(0x100000000) and found for tag, found in listed.items())


def test_safe_private_attributes_are_those_of_table_e_3_10_1():
    assert len(standard_list()) == 130
    assert standard_list()["Philips PET Private Group", 0x7053, 0x00] == "DS"
    assert len({creator for creator, *_ in standard_list()}) == 16

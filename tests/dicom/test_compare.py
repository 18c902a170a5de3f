"""Two instances differ where a person would say they differ; a series shows what should have been constant."""

import io

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from eucaim_nb.dicom import DifferenceKind, compare, elements, varying


def rows(**attributes):
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    return elements(file)


def items(count, last="1.2"):
    sequence = []
    for number in range(count):
        item = Dataset()
        item.ReferencedSOPInstanceUID = last if number == count - 1 else "1.2"
        sequence.append(item)
    return Sequence(sequence)


def test_an_instance_does_not_differ_from_itself():
    assert compare(rows(PatientID="a", Rows=1), rows(PatientID="a", Rows=1)) == []


def test_each_kind_of_difference_is_told():
    left = rows(PatientID="a", PatientName="b", Rows=1)
    right = rows(PatientID="c", PatientIdentityRemoved="YES", Rows=1)
    found = {item.keyword: (item.kind, item.left, item.right) for item in compare(left, right)}
    assert found == {
        "PatientID": (DifferenceKind.CHANGED, "a", "c"),
        "PatientName": (DifferenceKind.ONLY_LEFT, "b", None),
        "PatientIdentityRemoved": (DifferenceKind.ONLY_RIGHT, None, "YES"),
    }


def test_the_tenth_item_comes_after_the_second():
    left, right = rows(ReferencedImageSequence=items(2)), rows(ReferencedImageSequence=items(12))
    paths = [item.path for item in compare(left, right)]
    assert paths[0] == "(0008,1140)"
    assert paths[1:] == [f"(0008,1140)[{number}].(0008,1155)" for number in range(3, 13)]


def test_values_that_differ_beyond_what_is_shown_are_changed():
    left, right = rows(TextValue="x" * 400 + "a"), rows(TextValue="x" * 400 + "b")
    (item,) = compare(left, right)
    assert item.kind is DifferenceKind.CHANGED
    assert item.left != item.right


def test_what_should_be_constant_comes_first():
    series = [
        {"InstanceNumber": number, "Rows": 512 if number else 256, "Modality": "CT", "PatientAge": "050Y"}
        for number in range(10)
    ]
    series[3]["PatientAge"] = None
    found = varying(series)
    assert [(item.keyword, item.expected) for item in found] == [
        ("PatientAge", False),
        ("Rows", False),
        ("InstanceNumber", True),
    ]
    age, rows_, number = found
    assert (age.most_common, age.share, age.examples) == ("050Y", 0.9, ("050Y", ""))
    assert (rows_.most_common, rows_.distinct) == ("512", 2)
    assert (number.distinct, len(number.examples)) == (10, 5)


def test_a_series_of_nothing_varies_in_nothing():
    assert varying([]) == []

"""Which instances are opened to look for text, and which series may show a face: by header alone."""

import pytest

from eucaim_nb.deid.pixels import face_risk, needs_look
from eucaim_nb.deid.pixels._rules import rules, table

CT = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2", "Modality": "CT", "PhotometricInterpretation": "MONOCHROME2"}
AXIAL = CT | {"ImageType": "ORIGINAL\\PRIMARY\\AXIAL", "SeriesDescription": "Abdomen 1.0 B31f"}


@pytest.mark.parametrize(
    ("header", "rule"),
    [
        (AXIAL | {"BurnedInAnnotation": "YES"}, "flag"),
        (AXIAL | {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7", "BurnedInAnnotation": "NO"}, "secondary-capture"),
        (AXIAL | {"ConversionType": "WSD", "BurnedInAnnotation": "NO"}, "conversion"),
        (AXIAL | {"SecondaryCaptureDeviceManufacturer": "Grabber"}, "capture-device"),
        (AXIAL | {"ImageType": "DERIVED\\SECONDARY\\SCREEN SAVE", "BurnedInAnnotation": "NO"}, "screen"),
        (AXIAL | {"ImageType": "DERIVED\\PRIMARY\\DOSE_INFO"}, "screen"),
        ({"Modality": "US", "BurnedInAnnotation": "NO"}, "modality"),
        ({"Modality": "MG"}, "modality"),
        ({"Modality": "DX"}, "radiograph"),
        (AXIAL | {"PhotometricInterpretation": "RGB", "BurnedInAnnotation": "NO"}, "colour"),
        (AXIAL | {"SeriesDescription": "Patient Protocol"}, "description"),
        (AXIAL | {"SeriesDescription": "Informe de dosis"}, "description"),
        (AXIAL | {"ImageType": "DERIVED\\SECONDARY\\MPR"}, "secondary"),
        (AXIAL | {"ImageType": "DERIVED\\PRIMARY\\MIP"}, "derived"),
        (AXIAL | {"ImageType": "ORIGINAL\\PRIMARY\\LOCALIZER"}, "localizer"),
    ],
)
def test_an_instance_that_may_carry_text_is_looked_at(header: dict[str, str], rule: str) -> None:
    reason = needs_look(header)
    assert reason is not None
    assert reason.rule == rule
    assert reason.words.endswith(".")


@pytest.mark.parametrize(
    "header",
    [
        AXIAL,
        AXIAL | {"BurnedInAnnotation": "NO", "ImageType": "DERIVED\\PRIMARY\\AXIAL"},
        {"Modality": "MR", "ImageType": "ORIGINAL\\PRIMARY\\M\\NORM", "SeriesDescription": "t2_tse_tra"},
        {"Modality": "DX", "BurnedInAnnotation": "NO"},
        {"Modality": "PT", "ImageType": "ORIGINAL\\PRIMARY", "SeriesDescription": "WB CTAC"},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66.4", "Modality": "SEG", "ImageType": "DERIVED\\PRIMARY"},
    ],
)
def test_an_acquired_image_without_signs_of_text_is_not_opened(header: dict[str, str]) -> None:
    assert needs_look(header) is None


def test_every_rule_names_its_source_and_can_hold() -> None:
    assert all(row["source"] for row in table()["rule"])
    assert len({rule.id for rule in rules()}) == len(rules())
    assert not any(rule.holds(AXIAL) for rule in rules())


@pytest.mark.parametrize("part", ["HEAD", "Schädel nativ", "CRÁNEO", "IAC", "cerveau", "HEADNECK", "Nasopharynx"])
def test_thin_slices_of_a_head_are_a_high_risk_whatever_the_language(part: str) -> None:
    series = {"SeriesDescription": part, "SliceThickness": "1.0", "NumberOfSeriesRelatedInstances": "180"}
    reason = face_risk(AXIAL | series)
    assert reason is not None
    assert reason.level == "high"
    assert "defacing" in reason.words


def test_what_is_not_known_of_a_head_series_is_taken_as_the_worst() -> None:
    reason = face_risk(AXIAL | {"BodyPartExamined": "HEAD"})
    assert reason is not None
    assert reason.level == "high"


def test_thick_slices_of_a_head_are_a_medium_risk() -> None:
    series = {"BodyPartExamined": "BRAIN", "SliceThickness": "5", "NumberOfSeriesRelatedInstances": "24"}
    reason = face_risk(AXIAL | series)
    assert reason is not None
    assert reason.level == "medium"


@pytest.mark.parametrize(
    "header",
    [
        AXIAL | {"BodyPartExamined": "ABDOMEN"},
        AXIAL | {"BodyPartExamined": "HEART", "SeriesDescription": "Forehead marker"},
        AXIAL | {"BodyPartExamined": "HEAD", "ImageType": "ORIGINAL\\PRIMARY\\LOCALIZER"},
        {"Modality": "US", "BodyPartExamined": "NECK"},
    ],
)
def test_a_series_without_a_face_raises_no_alarm(header: dict[str, str]) -> None:
    assert face_risk(header) is None

"""A preview shows the picture that is in the file, whatever encodes it, and says in words when there is none."""

import io
import random
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_color_lut, apply_rescale, apply_windowing, pixel_array
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, HTJ2KLossless

from eucaim_nb.dicom import Picture, PreviewError, as_png, picture

FOLDER = Path(pydicom.__file__).parent / "data/test_files"
BUNDLED = sorted(path for path in FOLDER.rglob("*") if path.is_file())

UNDECODABLE = {
    "JPEG2000-embedded-sequence-delimiter.dcm": "differ in size",
    "MR_truncated.dcm": "cut short",
    "GDCMJ2K_TextGBR.dcm": "could not be decoded from JPEG 2000",  # a JP2 file inside, which only GDCM reads
    "badVR.dcm": "makes no sense",  # Number of Frames is "1A"
    "meta_missing_tsyntax.dcm": "does not say how large",
    "nested_priv_SQ.dcm": "does not say how large",
}


def bundled(name):
    return get_testdata_file(name, download=False)


def image(values, **attributes):
    """Write `values`, of shape (rows, columns) or (frames, rows, columns), as an instance."""
    values = np.asarray(values)
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = "1.2.3"
    dataset.Modality = "CT"
    dataset.PatientName = "Doe^John"
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = values.shape[-2:]
    if values.ndim == 3:
        dataset.NumberOfFrames = len(values)
    dataset.BitsAllocated = dataset.BitsStored = 8 * values.dtype.itemsize
    dataset.HighBit = dataset.BitsAllocated - 1
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    keyword = {"f4": "FloatPixelData", "f8": "DoubleFloatPixelData"}.get(values.dtype.str[1:], "PixelData")
    setattr(dataset, keyword, values.tobytes())
    for name, value in attributes.items():
        setattr(dataset, name, value)
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    file.seek(0)
    return file


RAMP = np.arange(256, dtype=np.uint16).reshape(16, 16)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.name)
def test_every_bundled_file_has_a_picture_or_a_reason(path):
    reason, shown = "", None
    try:
        shown = picture(path)
    except PreviewError as error:
        reason = str(error)
    if shown is None:
        known = UNDECODABLE.get(path.name)
        expected = [known] if known else ["no picture", "not a DICOM", "pixel data of this image is missing"]
        assert any(part in reason for part in expected), reason
        return
    assert path.name not in UNDECODABLE
    assert shown.pixels.dtype == np.uint8
    assert max(shown.pixels.shape[:2]) <= 192


@pytest.mark.parametrize(
    "name",
    [
        "MR_small.dcm",
        "MR_small_RLE.dcm",
        "MR_small_bigendian.dcm",
        "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "J2K_pixelrep_mismatch.dcm",
        "693_J2KI.dcm",
    ],
)
def test_grey_pictures_are_windowed_as_pydicom_does(name):
    dataset = Dataset()
    tags = ["WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"]
    values = pixel_array(bundled(name), ds_out=dataset, specific_tags=[pydicom.tag.Tag(tag) for tag in tags])
    expected = apply_windowing(apply_rescale(values, dataset), dataset)
    shown = picture(bundled(name), size=2000)
    # pydicom's windows end at the least and largest value that can be stored.
    least = -(2 ** (dataset.BitsStored - 1)) if dataset.PixelRepresentation else 0
    ends = np.array([least, least + 2**dataset.BitsStored - 1])
    low, high = apply_rescale(ends, dataset)
    assert np.abs(shown.pixels - (expected - low) / (high - low) * 255).max() < 1


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*rgb*.dcm")), ids=lambda path: path.name)
def test_colours_are_those_of_pydicom(path):
    values = pixel_array(pydicom.dcmread(path), index=0)
    if values.dtype != np.uint8:
        values = values >> (8 * values.dtype.itemsize - 8)
    pixels = picture(path, frame=0, size=1000).pixels
    assert np.abs(pixels.astype(int) - values).max() <= 1
    if values.shape == (100, 100, 3):
        assert [tuple(pixels[row, 50] // 200) for row in (5, 25, 45)] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]


def test_palette_is_applied():
    dataset = pydicom.dcmread(bundled("examples_palette.dcm"))
    expected = apply_color_lut(dataset.pixel_array, dataset) / 257
    assert np.abs(picture(bundled("examples_palette.dcm"), size=2000).pixels - expected).max() < 1


def test_uncompressed_ybr_has_the_colours_of_its_rgb():
    pixels = picture(bundled("SC_ybr_full_422_uncompressed.dcm")).pixels
    assert np.abs(pixels.astype(int) - picture(bundled("SC_rgb_rle.dcm")).pixels).max() <= 6


def test_twelve_bit_jpeg_shows_the_same_body_as_jpeg_2000():
    shown = [picture(bundled(name), window=(30, 60)).pixels for name in ("JPGExtended.dcm", "JPEG2000.dcm")]
    assert np.corrcoef(shown[0].ravel(), shown[1].ravel())[0, 1] > 0.9


def test_monochrome1_is_inverted():
    positive = picture(image(RAMP, WindowCenter=128, WindowWidth=256)).pixels
    negative = picture(
        image(RAMP, WindowCenter=128, WindowWidth=256, PhotometricInterpretation="MONOCHROME1")
    ).pixels
    assert np.array_equal(negative, 255 - positive)
    assert positive[0, 0] < positive[-1, -1]


def test_window_is_in_rescaled_units():
    values = np.array([[0, 984, 1024, 1064, 4000]], dtype=np.int16)
    shown = picture(image(values, RescaleSlope=1, RescaleIntercept=-1024), window=(0, 80))
    assert shown.pixels[0].tolist() == [0, 0, 128, 255, 255]
    assert shown.window == (0, 80)


def test_first_of_several_windows_is_used():
    assert picture(image(RAMP, WindowCenter=["40", "-600"], WindowWidth=["400", "1500"])).window == (40, 400)


def test_without_a_window_the_percentiles_are_used():
    centre, width = picture(image(RAMP)).window
    assert (centre, width) == pytest.approx((127.5, 249.9), abs=0.1)


def test_padding_does_not_darken_the_picture():
    values = np.full((40, 40), -2000, dtype=np.int16)
    values[10:30, 10:30] = np.arange(400).reshape(20, 20)
    assert picture(image(values, PixelPaddingValue=-2000)).window[1] < 400


def test_voi_lookup_table_is_used_where_there_is_no_window():
    table = Dataset()
    table.LUTDescriptor = [256, 0, 16]
    table.LUTData = (257 * np.arange(255, -1, -1, dtype=np.uint16)).tobytes()
    table["LUTData"].VR = "OW"
    shown = picture(image(RAMP, VOILUTSequence=Sequence([table])))
    assert shown.window is None
    assert np.array_equal(shown.pixels, 255 - RAMP)


def test_window_of_the_frame_comes_from_its_functional_group():
    groups = []
    for centre in (10, 20, 30):
        voi, item = Dataset(), Dataset()
        voi.WindowCenter, voi.WindowWidth = centre, 5
        item.FrameVOILUTSequence = Sequence([voi])
        groups.append(item)
    transformation, shared = Dataset(), Dataset()
    transformation.RescaleSlope, transformation.RescaleIntercept = 2, 0
    shared.PixelValueTransformationSequence = Sequence([transformation])
    source = image(
        np.stack([RAMP] * 3),
        PerFrameFunctionalGroupsSequence=Sequence(groups),
        SharedFunctionalGroupsSequence=Sequence([shared]),
    )
    shown = picture(source, frame=2)
    assert shown.window == (30, 5)
    assert shown.pixels.ravel()[[13, 17]].tolist() == [0, 255]
    assert picture(source).window == (20, 5)


def test_dose_is_scaled():
    assert picture(bundled("rtdose.dcm")).window[0] < 100


def test_middle_frame_is_shown_and_any_other_on_request():
    values = np.zeros((5, 4, 4), dtype=np.uint8) + np.arange(5, dtype=np.uint8)[:, None, None]
    shown = picture(image(values), window=(2, 4))
    assert (shown.frame, shown.frames, shown.pixels[0, 0]) == (2, 5, 128)
    assert picture(image(values), frame=4, window=(2, 4)).pixels[0, 0] == 255
    for missing in (5, -1):
        with pytest.raises(PreviewError, match="There is no frame"):
            picture(image(values), frame=missing)


def test_only_the_wanted_frame_is_read(tmp_path):
    path = tmp_path / "long.dcm"
    frames, length = 8000, 512 * 512 * 2
    source = image(np.zeros((1, 512, 512), dtype=np.uint16), NumberOfFrames=frames).getvalue()
    header = source[: -length - 4]
    with path.open("wb") as file:
        file.write(header + struct.pack("<I", frames * length))
        file.truncate(len(header) + 4 + frames * length)  # 4 GB that take no room on the disk
    tracemalloc.start()
    shown = picture(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert shown.frame == 4000
    assert peak < 10 * 1024**2


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint32, np.int32, np.float32, np.float64])
def test_every_sample_type_gives_the_same_picture(dtype):
    values = (RAMP // 4).astype(dtype)
    assert np.array_equal(picture(image(values)).pixels, picture(image(RAMP // 4)).pixels)


def test_missing_values_of_a_parametric_map_are_black():
    values = RAMP.astype(np.float32)
    values[0, 0] = np.nan
    assert picture(image(values), window=(128, 256)).pixels[0, 0] == 0


def test_small_segment_is_visible():
    values = np.zeros((100, 100), dtype=np.uint8)
    values[50, 50] = 1
    assert picture(image(values)).pixels.max() == 255


def test_averaging_keeps_the_mean_and_fits_the_size():
    values = np.random.default_rng(0).integers(0, 256, (517, 391)).astype(np.uint8)
    shown = picture(image(values), window=(127.5, 255))
    assert shown.pixels.shape == (192, 145)
    assert shown.pixels.mean() == pytest.approx(values.mean(), abs=0.6)


def test_pixels_become_square():
    values = np.zeros((100, 100), dtype=np.uint8)
    assert picture(image(values, PixelSpacing=[4, 1])).pixels.shape == (100, 25)
    assert picture(image(values, PixelAspectRatio=[1, 2])).pixels.shape == (50, 100)


def test_description_names_no_patient():
    shown = picture(image(np.stack([RAMP] * 40), WindowCenter=40, WindowWidth=400))
    assert shown.description == "CT, 16 x 16, frame 21 of 40, window centre 40 width 400"
    assert picture(image(RAMP, Modality="DOE JOHN"), window=(1, 2)).description.startswith("Image, 16 x 16")


def test_png_holds_the_pixels_and_nothing_else():
    shown = picture(bundled("SC_rgb_rle.dcm"))
    with Image.open(io.BytesIO(as_png(shown))) as png:
        assert np.array_equal(np.asarray(png), shown.pixels)
        assert png.info == {}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("reportsi.dcm", "no picture: it is of the class Basic Text SR Storage"),
        ("rtstruct.dcm", "no picture: it is of the class RT Structure Set Storage"),
        ("waveform_ecg.dcm", "no picture: it is of the class 12-lead ECG Waveform Storage"),
    ],
)
def test_objects_without_a_picture_say_what_they_are(name, reason):
    with pytest.raises(PreviewError, match=reason):
        picture(bundled(name))


def test_an_absurd_size_is_refused():
    with pytest.raises(PreviewError, match=r"16\.0 GiB of memory"):
        picture(image(RAMP, Rows=65535, Columns=65535, BitsAllocated=32))


def test_a_missing_decoder_is_named():
    dataset = pydicom.dcmread(bundled("MR_small_jp2klossless.dcm"))
    dataset.file_meta.TransferSyntaxUID = HTJ2KLossless
    file = io.BytesIO()
    dataset.save_as(file)
    with pytest.raises(PreviewError, match="High-Throughput JPEG 2000"):
        picture(file)


def test_ten_thousand_nested_sequences_are_refused():
    head = image(RAMP).getvalue()
    at = head.index(b"\x28\x00\x02\x00US")
    level = struct.pack("<HH2sHIHHI", 0x20, 0x9116, b"SQ", 0, 0xFFFFFFFF, 0xFFFE, 0xE000, 0xFFFFFFFF)
    with pytest.raises(PreviewError, match="nested too deep"):
        picture(io.BytesIO(head[:at] + level * 10_000 + head[at:]))


def test_an_error_tells_neither_path_nor_patient(tmp_path):
    with pytest.raises(PreviewError) as caught:
        picture(tmp_path / "Doe^John.dcm")
    assert "Doe" not in str(caught.value)


def test_damaged_files_never_raise_anything_else():
    chance = random.Random(2)
    seeds = [path.read_bytes() for path in FOLDER.glob("*.dcm") if 500 < path.stat().st_size < 50_000]
    shown, reasons = 0, set()
    for _ in range(400):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(128, min(len(data), 3000))] = chance.randrange(256)
        try:
            shown += isinstance(picture(io.BytesIO(data)), Picture)
        except PreviewError as error:
            reasons.add(str(error))
    assert shown > 50
    assert max(map(len, reasons)) < 160


@pytest.mark.parametrize("name", ["MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_gdcm.dcm", "JPGExtended.dcm"])
def test_a_cut_jpeg_is_refused_before_it_reaches_the_decoder(name):
    data = Path(bundled(name)).read_bytes()
    for length in (len(data) - 200, len(data) - 1000):
        with pytest.raises(PreviewError, match="cut short"):
            picture(io.BytesIO(data[:length]))


@pytest.mark.parametrize("name", ["MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_gdcm.dcm"])
def test_a_frame_larger_than_its_header_says_is_refused(name):
    data = bytearray(Path(bundled(name)).read_bytes())
    start = data.index(b"\xff\xd8\xff", 1000)
    header = next(at for at in (data.find(mark, start) for mark in (b"\xff\xf7", b"\xff\xc3")) if at > 0)
    data[header + 5 : header + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(PreviewError, match="differ in size"):
        picture(io.BytesIO(data))

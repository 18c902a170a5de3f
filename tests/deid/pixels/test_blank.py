"""Rectangles are black in every kind of pixel data, and no other pixel changes."""

import io
from collections.abc import Callable
from pathlib import Path

import gdcm
import numpy as np
import pydicom
import pydicom.data
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from eucaim_nb.deid.pixels import Box, PixelsError, redact
from eucaim_nb.deid.pixels._blank import check_black

from .images import file_of

ROWS, COLUMNS = 33, 27  # an odd number of pixels
BOX = Box(3, 5, 9, 14)
REAL = Path(pydicom.data.__file__).parent / "test_files"
NATIVE = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)

make = np.random.default_rng(11)
GREY = make.integers(10, 240, (ROWS, COLUMNS), dtype=np.uint8)
SIGNED = make.integers(-1000, 1000, (ROWS, COLUMNS), dtype=np.int16)
TWELVE = make.integers(0, 4000, (ROWS, COLUMNS), dtype=np.uint16)
COLOUR = make.integers(10, 240, (ROWS, COLUMNS, 3), dtype=np.uint8)


def pixels(file: bytes) -> NDArray[np.generic]:
    """Decode all frames with pydicom as it is, not with the code under test."""
    one = pydicom.dcmread(io.BytesIO(file))
    frames: NDArray[np.generic] = one.pixel_array
    return frames if one.get("NumberOfFrames", 1) > 1 else frames[None]


def header(file: bytes) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(file))


def compressed(file: bytes, syntax: UID) -> bytes:
    one = pydicom.dcmread(io.BytesIO(file))
    one.compress(
        syntax, generate_instance_uid=False, encoding_plugin="pydicom" if syntax == RLELossless else "pyjpegls"
    )
    out = io.BytesIO()
    one.save_as(out)
    return out.getvalue()


def assert_only_box_changed(before: bytes, after: bytes, black: object, frames: tuple[int, ...] = (0,)) -> None:
    old, new = pixels(before).copy(), pixels(after).copy()
    for index in frames:
        assert (new[index][BOX.slices] == black).all()
        old[index][BOX.slices] = new[index][BOX.slices] = 0
    assert np.array_equal(old, new)


def kinds() -> dict[str, tuple[Callable[[UID], bytes], object]]:
    return {
        "8 bits": (lambda syntax: file_of(GREY, "MONOCHROME2", syntax), 0),
        "16 bits signed": (lambda syntax: file_of(SIGNED, "MONOCHROME2", syntax), SIGNED.min()),
        "12 of 16 bits, MONOCHROME1": (
            lambda syntax: file_of(TWELVE, "MONOCHROME1", syntax, bits_stored=12),
            TWELVE.max(),
        ),
        "8 bits, MONOCHROME1": (lambda syntax: file_of(GREY, "MONOCHROME1", syntax), 255),
        "RGB": (lambda syntax: file_of(COLOUR, "RGB", syntax), 0),
        "RGB by plane": (lambda syntax: file_of(COLOUR, "RGB", syntax, planar=1), 0),
        "YBR_FULL": (lambda syntax: file_of(COLOUR, "YBR_FULL", syntax), 0),
    }


@pytest.mark.parametrize("syntax", NATIVE, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("kind", kinds())
def test_native_pixels_are_black_in_the_box_and_untouched_beside_it(kind: str, syntax: UID) -> None:
    build, black = kinds()[kind]
    before = build(syntax)
    after = redact(before, [BOX])
    assert header(after).file_meta.TransferSyntaxUID == syntax
    assert_only_box_changed(before, after, black)


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless], ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("kind", kinds())
def test_lossless_compression_is_kept_with_every_pixel_beside_the_box(kind: str, syntax: UID) -> None:
    build, black = kinds()[kind]
    before = compressed(build(ExplicitVRLittleEndian), syntax)
    after = redact(before, [BOX])
    assert header(after).file_meta.TransferSyntaxUID == syntax
    assert_only_box_changed(before, after, black)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, JPEGLSLossless], ids=lambda s: s.name)
def test_only_the_frame_that_shows_the_text_changes_when_only_that_is_named(syntax: UID) -> None:
    frames = np.stack([COLOUR, COLOUR[::-1], COLOUR[:, ::-1]])
    before = file_of(frames, "RGB", frames=3)
    if syntax != ExplicitVRLittleEndian:
        before = compressed(before, syntax)
    after = redact(before, {2: [BOX]})
    assert_only_box_changed(before, after, 0, frames=(2,))


def test_all_frames_change_when_none_is_named() -> None:
    before = file_of(np.stack([GREY] * 5), "MONOCHROME2", frames=5)
    assert_only_box_changed(before, redact(before, [BOX]), 0, frames=(0, 1, 2, 3, 4))


def test_jpeg_2000_without_loss_stays_so_and_says_how_its_colours_are_written() -> None:
    out = io.BytesIO()
    Image.fromarray(COLOUR).save(out, "JPEG2000", no_jp2=True, irreversible=False, mct=0)
    before = file_of(COLOUR, "RGB", JPEG2000Lossless, encoded=[out.getvalue()])
    after = redact(before, [BOX])
    assert header(after).file_meta.TransferSyntaxUID == JPEG2000Lossless
    assert header(after).PhotometricInterpretation == "YBR_RCT"
    assert_only_box_changed(before, after, 0)


@pytest.mark.parametrize("subsampling", [0, 2])
def test_lossy_jpeg_in_colour_becomes_native_rgb_with_its_history(subsampling: int) -> None:
    frames = []
    for picture in (COLOUR, COLOUR[::-1]):
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "JPEG", quality=90, subsampling=subsampling)
        frames.append(out.getvalue())
    before = file_of(
        np.stack([COLOUR] * 2),
        "YBR_FULL_422",
        JPEGBaseline8Bit,
        frames=2,
        encoded=frames,
        LossyImageCompression="01",
        LossyImageCompressionRatio="10",
    )
    after = redact(before, [BOX])
    one = header(after)
    assert one.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert one.PhotometricInterpretation == "RGB"
    assert one.PlanarConfiguration == 0
    assert (one.LossyImageCompression, one.LossyImageCompressionRatio) == ("01", 10)
    assert_only_box_changed(before, after, 0, frames=(0, 1))


def test_near_lossless_jpeg_ls_loses_nothing_more() -> None:
    one = header(file_of(GREY, "MONOCHROME2"))
    one.compress(JPEGLSNearLossless, jls_error=3, generate_instance_uid=False)
    out = io.BytesIO()
    one.save_as(out)
    after = redact(out.getvalue(), [BOX])
    assert header(after).file_meta.TransferSyntaxUID == JPEGLSNearLossless
    assert_only_box_changed(out.getvalue(), after, 0)


def test_jpeg_lossless_becomes_native_because_there_is_no_encoder() -> None:
    writer = gdcm.ImageWriter()
    image = writer.GetImage()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((COLUMNS, ROWS, 1))
    grey = gdcm.PhotometricInterpretation.GetPIType("MONOCHROME2")
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.ImplicitVRLittleEndian))
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, 12, 11, 0))
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetByteStringValue(TWELVE.tobytes())
    image.SetDataElement(element)
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(str(JPEGLosslessSV1))))
    change.SetInput(image)
    assert change.Change()
    fragment = change.GetOutput().GetDataElement().GetSequenceOfFragments().GetFragment(0)
    codestream = fragment.GetByteValue().GetBuffer().encode("utf-8", "surrogateescape")
    before = file_of(TWELVE, "MONOCHROME2", JPEGLosslessSV1, bits_stored=12, encoded=[codestream])
    after = redact(before, [BOX])
    assert header(after).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert_only_box_changed(before, after, 0)


def test_subsampled_native_colour_is_black_in_whole_pairs_of_pixels() -> None:
    rows, columns = 9, 20
    pairs = make.integers(16, 235, (rows, columns // 2, 4), dtype=np.uint8)
    one = header(file_of(np.zeros((rows, columns, 3), np.uint8), "RGB"))
    one.PhotometricInterpretation = "YBR_FULL_422"
    one.PixelData = pairs.tobytes()
    out = io.BytesIO()
    one.save_as(out)
    after = redact(out.getvalue(), [Box(2, 5, 6, 12)])
    new = np.frombuffer(header(after).PixelData, np.uint8).reshape(pairs.shape)
    assert (new[2:6, 2:6] == (0, 0, 128, 128)).all()
    same = np.ones((rows, columns // 2), bool)
    same[2:6, 2:6] = False
    assert np.array_equal(new[same], pairs[same])
    check_black(out.getvalue(), after, [Box(2, 5, 6, 12)])


def test_bytes_in_big_endian_words_are_those_of_the_right_pixels() -> None:
    even = GREY[:, :-1]
    one = header(file_of(even, "MONOCHROME2", ExplicitVRBigEndian))
    one["PixelData"].VR = "OW"
    one.PixelData = np.frombuffer(even.tobytes(), np.uint16).byteswap().tobytes()
    out = io.BytesIO()
    pydicom.dcmwrite(out, one, implicit_vr=False, little_endian=False, enforce_file_format=True)
    before = out.getvalue()
    assert np.array_equal(pixels(before)[0], even)
    after = redact(before, [BOX])
    assert_only_box_changed(before, after, 0)
    check_black(before, after, [BOX])


def test_the_darkest_colour_of_a_palette_is_used_wherever_it_stands() -> None:
    lut = (make.integers(60, 250, (16, 3)) * 257).astype(np.uint16)
    lut[9] = (1000, 900, 800)
    tables = {}
    for channel, name in enumerate(("Red", "Green", "Blue")):
        tables[f"{name}PaletteColorLookupTableDescriptor"] = [16, 2, 16]
        tables[f"{name}PaletteColorLookupTableData"] = lut[:, channel].tobytes()
    entries = make.integers(2, 18, (ROWS, COLUMNS), dtype=np.uint8)
    before = file_of(entries, "PALETTE COLOR", **tables)
    assert_only_box_changed(before, redact(before, [BOX]), 9 + 2)


def test_bits_beside_the_stored_ones_cannot_carry_text_out_of_the_box() -> None:
    # An overlay in the unused bits, as PS3.5 once allowed (Overlay Bit Position).
    hidden = TWELVE | 0x8000
    before = file_of(hidden, "MONOCHROME2", bits_stored=12)
    after = redact(before, [BOX])
    raw = np.frombuffer(header(after).PixelData[: hidden.nbytes], "<u2").reshape(ROWS, COLUMNS)
    assert (raw[BOX.slices] == 0).all()
    assert (raw[20:] == hidden[20:]).all()


def test_everything_else_in_the_file_stays_byte_for_byte() -> None:
    before = file_of(GREY, "MONOCHROME2", StudyDescription="CT abdomen", ImageComments="x" * 301)
    after = redact(before, [BOX])
    start = before.index(b"\xe0\x7f\x10\x00OB")
    assert after[: start + 12] == before[: start + 12]
    assert len(after) == len(before)


def test_a_box_beyond_the_edge_is_cut_off_and_one_outside_changes_nothing() -> None:
    before = file_of(GREY, "MONOCHROME2")
    assert (pixels(redact(before, [Box(-5, -5, 4, 500)]))[0][:4] == 0).all()
    assert redact(before, [Box(40, 40, 50, 50)]) == before
    assert redact(before, []) == before


def test_pixel_data_that_end_too_early_are_refused_in_words() -> None:
    one = header(file_of(GREY, "MONOCHROME2"))
    one.PixelData = one.PixelData[:200]
    out = io.BytesIO()
    one.save_as(out)
    with pytest.raises(PixelsError, match="cut short"):
        redact(out.getvalue(), [BOX])


@pytest.mark.parametrize("said", ["", "1", "2"])
def test_frames_that_the_header_does_not_count_are_not_passed_over(said: str) -> None:
    one = header(file_of(np.stack([GREY] * 3), "MONOCHROME2", frames=3))
    one.NumberOfFrames = said
    out = io.BytesIO()
    one.save_as(out)
    with pytest.raises(PixelsError, match="more frames"):
        redact(out.getvalue(), [BOX])


def test_a_damaged_frame_is_refused_in_words_without_values() -> None:
    before = file_of(GREY, "MONOCHROME2", JPEGLSLossless, encoded=[b"\xff\xd8\xff\xf7 no picture"])
    with pytest.raises(PixelsError, match="could not be decoded") as refused:
        redact(before, [BOX])
    assert "Jane" not in str(refused.value)


def test_pixels_of_one_bit_are_refused_instead_of_spoilt() -> None:
    with pytest.raises(PixelsError, match="1 bits"):
        redact(file_of(GREY, "MONOCHROME2", BitsAllocated=1, BitsStored=1, HighBit=0), [BOX])


@pytest.mark.parametrize("path", sorted(REAL.glob("*.dcm")), ids=lambda path: path.stem)
def test_a_real_file_is_cleaned_or_refused_in_words_and_never_spoilt(path: Path) -> None:
    before = path.read_bytes()
    try:
        after = redact(before, [Box(1, 1, 3, 3)])
    except PixelsError as why:
        assert str(why).endswith(".")  # noqa: PT017 - both ends are right, which one depends on the file
        return
    check_black(before, after, [Box(1, 1, 3, 3)])
    old, new = pixels(before), pixels(after)
    changed = np.nonzero((old != new).reshape(*old.shape[:3], -1).any(axis=-1))
    # In 4:2:2, the pixel beside a box shares its colour.
    assert all(set(axis) <= {0, 1, 2, 3} for axis in changed[1:])


def test_the_check_notices_a_box_that_is_not_black_and_a_pixel_that_changed_beside_it() -> None:
    before = file_of(GREY, "MONOCHROME2")
    after = bytearray(redact(before, [BOX]))
    check_black(before, bytes(after), [BOX])
    with pytest.raises(PixelsError, match="was not black"):
        check_black(before, before, [BOX])
    after[-2] ^= 1
    with pytest.raises(PixelsError, match="beside"):
        check_black(before, bytes(after), [BOX])

"""Planted text is found, hidden in all frames, and only then may an instance say that it has none."""

import io
import os
from pathlib import Path

import numpy as np
import pydicom
import pydicom.data
import pytest
from numpy.typing import NDArray
from PIL import Image

from eucaim_nb.deid.pixels import Box, Look, Reason, clean, find_text, look
from eucaim_nb.deid.pixels._boxes import covered
from eucaim_nb.deid.pixels._edges import Edges
from eucaim_nb.deid.pixels._model import TextModel, text_model
from eucaim_nb.deid.pixels._picture import raised

from .images import LINES, Planted, anatomy, file_of, plant, speckle

WHITE = (255, 255, 255)
REAL = Path(pydicom.data.__file__).parent / "test_files"


@pytest.fixture(scope="module")
def model() -> TextModel:
    found = text_model()
    if found is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("the extra 'ocr' is not installed")
        pytest.skip("the extra 'ocr' is not installed")
    return found


def us_frame(seed: int, *lines: tuple[str, int, int]) -> tuple[NDArray[np.uint8], list[Planted]]:
    picture = Image.fromarray((np.stack([speckle(480, 640, seed)] * 3, -1) * 210).astype(np.uint8))
    planted = [plant(picture, line, (left, top), 16, WHITE) for line, left, top in lines]
    return np.asarray(picture), planted


def hidden(planted: list[Planted], boxes: tuple[Box, ...]) -> bool:
    return all(covered(Box(*one.box), boxes) > 0.97 for one in planted)


def frames_of(file: bytes) -> NDArray[np.generic]:
    return pydicom.dcmread(io.BytesIO(file)).pixel_array


def test_an_instance_without_a_reason_is_not_opened() -> None:
    file = file_of(np.zeros((8, 8), np.uint16), "MONOCHROME2", Modality="CT", ImageType=["ORIGINAL", "PRIMARY"])
    seen = look(memoryview(file), Edges())
    assert seen.reason is None
    assert (seen.frames_looked_at, seen.sure, seen.finding) == (0, False, "")


def test_a_mask_of_one_bit_is_no_reason_to_stop() -> None:
    file = file_of(
        np.zeros((8, 8), np.uint8),
        "MONOCHROME2",
        SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4",
        BitsAllocated=1,
        BitsStored=1,
        HighBit=0,
        BurnedInAnnotation="YES",
    )
    assert look(memoryview(file), Edges()).reason is None


class EverAnother:
    """A reader that finds another line in every picture that it is shown."""

    sure = True

    def __init__(self) -> None:
        self.row = 0

    def find(self, picture: NDArray[np.uint8]) -> list[Box]:
        self.row += 12
        return [Box(self.row, 10, self.row + 6, 60)]

    def read(self, picture: NDArray[np.uint8], box: Box) -> tuple[str, float]:
        return "GARCIA", 0.99


def test_text_that_every_look_finds_more_of_is_blanked_but_never_called_clean() -> None:
    frame, _ = us_frame(7)
    file = file_of(np.maximum(frame, 9), "RGB", Modality="US")
    by = EverAnother()
    made = clean(memoryview(file), look(memoryview(file), by), by)
    assert not made.earned
    assert all(not frames_of(made.data)[box.slices].any() for box in made.boxes)


def test_without_a_text_model_nothing_is_ever_called_clean() -> None:
    frame, _ = us_frame(1)
    seen = look(memoryview(file_of(frame, "RGB", Modality="US")), Edges())
    assert not seen.sure
    assert "ocr" in seen.finding
    assert not clean(memoryview(file_of(frame, "RGB", Modality="US")), seen, Edges()).earned


def test_without_a_text_model_plain_lines_are_still_flagged_and_blanked() -> None:
    frame, planted = us_frame(2, (LINES[0], 10, 8), (LINES[3], 10, 440))
    file = file_of(frame, "RGB", Modality="US")
    seen = look(memoryview(file), Edges())
    assert len(seen.boxes) >= 2
    made = frames_of(clean(memoryview(file), seen, Edges()).data)
    for one in planted:
        top, left, bottom, right = one.box
        assert (made[top:bottom, left:right] == 0).mean() > 0.9


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_text_in_grey_is_hidden_whichever_end_is_black(model: TextModel, photometric: str) -> None:
    body = anatomy(512, 512, 3) * 3000
    ink = 4000
    if photometric == "MONOCHROME1":
        body, ink = 4000 - body, 0
    picture = Image.fromarray(body.astype(np.int32))
    planted = [plant(picture, line, (20, 20 + 110 * at), 18, ink) for at, line in enumerate(LINES[:4])]
    file = file_of(np.asarray(picture).astype(np.uint16), photometric, bits_stored=12, Modality="OT")
    made = clean(memoryview(file), look(memoryview(file), model), model)
    assert hidden(planted, made.boxes)
    assert made.earned


def test_text_that_shows_only_on_late_frames_is_hidden_on_all(model: TextModel) -> None:
    frames = [us_frame(seed, (LINES[1], 8, 6))[0] for seed in range(11)]
    late, planted = us_frame(30, (LINES[1], 8, 6), (LINES[0], 300, 430))
    file = file_of(np.stack([*frames, late, frames[0]]), "RGB", frames=13, Modality="US", planar=0)
    seen = look(memoryview(file), model)
    assert (seen.frames_looked_at, seen.frames, seen.sure) == (13, 13, True)
    assert hidden(planted, seen.boxes)
    made = frames_of(clean(memoryview(file), seen, model).data)
    top, left, bottom, right = planted[1].box
    assert not made[:, top:bottom, left:right].any()


def test_a_clip_of_which_not_all_frames_could_be_searched_is_not_called_clean() -> None:
    unfinished = Look(Reason("modality", "Of a kind that shows text."), (), 48, 900, sure=False)
    assert "48 of 900" in unfinished.finding
    frame, _ = us_frame(1)
    assert not clean(memoryview(file_of(frame, "RGB", Modality="US")), unfinished, Edges()).earned


@pytest.mark.parametrize("seed", [101, 102, 103, 104])
def test_clean_pictures_keep_all_their_pixels(model: TextModel, seed: int) -> None:
    body = (anatomy(512, 600, seed) * 2000 - 1024).astype(np.int16)
    file = file_of(body, "MONOCHROME2", Modality="CT", ImageType=["DERIVED", "SECONDARY"])
    seen = look(memoryview(file), model)
    assert seen.boxes == ()
    made = clean(memoryview(file), seen, model)
    assert made.data == file
    assert made.earned


def test_a_file_that_says_it_has_text_is_not_called_clean_because_none_was_found(model: TextModel) -> None:
    file = file_of((speckle(300, 300, 5) * 200).astype(np.uint8), "MONOCHROME2", BurnedInAnnotation="YES")
    seen = look(memoryview(file), model)
    assert "none was found" in seen.finding
    assert not clean(memoryview(file), seen, model).earned


def test_nearly_white_text_on_white_is_found(model: TextModel) -> None:
    picture = Image.new("L", (600, 300), 250)
    planted = [plant(picture, line, (30, 30 + 120 * at), 18, 255) for at, line in enumerate(LINES[:2])]
    file = file_of(np.asarray(picture), "MONOCHROME2", Modality="SC")
    assert hidden(planted, look(memoryview(file), model).boxes)


def test_orientation_letters_stay_in_ct_and_go_where_that_is_not_allowed(model: TextModel) -> None:
    picture = Image.new("RGB", (512, 512))
    plant(picture, "GARCIA LOPEZ", (20, 20), 18, WHITE)
    mark = plant(picture, "10 cm", (380, 470), 22, WHITE)
    frame = np.asarray(picture)
    kept, gone = find_text([frame], model, keep_marks=True), find_text([frame], model)
    assert kept.marks == 1
    assert covered(Box(*mark.box), kept.boxes) == 0
    assert covered(Box(*mark.box), gone.boxes) > 0.9


def test_lines_that_run_upwards_are_found(model: TextModel) -> None:
    picture = Image.new("L", (512, 512))
    plant(picture, LINES[0], (100, 40), 18, 255)
    turned = picture.rotate(90)
    found = find_text([np.repeat(np.asarray(turned)[..., None], 3, 2)], model)
    ys, xs = np.nonzero(np.asarray(turned))
    assert covered(Box(int(ys.min()), int(xs.min()), int(ys.max()) + 1, int(xs.max()) + 1), found.boxes) > 0.97


def test_text_on_all_colour_frames_is_cleaned_and_the_copy_earns_its_mark(model: TextModel) -> None:
    frames = np.stack([us_frame(seed, (LINES[0], 8, 6), (LINES[5], 9, 440))[0] for seed in range(4)])
    file = file_of(frames, "RGB", frames=4, Modality="US")
    made = clean(memoryview(file), look(memoryview(file), model), model)
    assert made.earned


def test_raised_contrast_keeps_the_shape_and_shows_a_step_of_five_grey_values() -> None:
    grey = np.full((60, 60, 3), 250, np.uint8)
    grey[20:40, 28:32] = 255
    shown = raised(grey)
    assert shown.shape == grey.shape
    assert int(shown[30, 30, 0]) - int(shown[30, 5, 0]) > 60


def test_the_hospital_line_of_a_real_ultrasound_picture_is_hidden_and_the_organ_stays(model: TextModel) -> None:
    file = REAL.joinpath("examples_rgb_color.dcm").read_bytes()
    made = clean(memoryview(file), look(memoryview(file), model), model)
    old, new = frames_of(file), frames_of(made.data)
    assert made.earned
    assert not new[8:50, 4:80].any()  # name of the hospital, numbers of the patient
    assert np.array_equal(old[75:165, 45:250], new[75:165, 45:250])


def test_a_real_magnetic_resonance_picture_keeps_its_pixels(model: TextModel) -> None:
    file = REAL.joinpath("MR_small.dcm").read_bytes()
    seen = look(memoryview(file), model)
    assert seen.reason is not None
    assert seen.boxes == ()


def test_a_round_thing_without_a_letter_near_it_is_no_text() -> None:
    class TakesItForAnO:
        sure = True

        def find(self, picture: np.ndarray) -> list[Box]:
            return [Box(20, 20, 48, 49)]

        def read(self, picture: np.ndarray, box: Box) -> tuple[str, float]:
            return "o.", 0.6

    assert find_text([np.zeros((80, 80, 3), np.uint8)], TakesItForAnO()).boxes == ()

"""Burned-in text within the engine: blanked and declared, or the file is set aside, or a person is told."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image

from eucaim_nb.deid import _burned_in as burned_in
from eucaim_nb.deid import load_profile
from eucaim_nb.deid._engine import Engine
from eucaim_nb.deid._rewrite import Quarantine
from eucaim_nb.deid.pixels import reader
from eucaim_nb.identity import Key, Pseudonyms

from .pixels.images import file_of, plant, speckle
from .pixels.test_look import model  # noqa: F401 - a fixture


@pytest.fixture
def engine():
    return Engine(load_profile("eucaim"), Pseudonyms(Key(bytes(range(32))), "EUCAIM"), pictures=True)


@pytest.fixture
def banner():
    """An ultrasound image with a name in it, and where that is."""
    picture = Image.fromarray((np.stack([speckle(240, 320, 5)] * 3, -1) * 210).astype(np.uint8))
    planted = plant(picture, "GARCIA LOPEZ^MARIA", (12, 10), 16, (255, 255, 255))
    return np.asarray(picture), planted.box


class Blind:
    """What there is without the extra `ocr`: a reader that is never sure."""

    sure = False


def read(treated):
    return pydicom.dcmread(io.BytesIO(b"".join(treated.pieces)))


@pytest.mark.usefixtures("model")
def test_name_in_the_picture_is_black_and_the_file_says_so(engine, banner):
    frame, (top, left, bottom, right) = banner
    treated = engine.treat(memoryview(file_of(frame, "RGB", Modality="US", BurnedInAnnotation="NO")))
    out = read(treated)
    assert not out.pixel_array[top:bottom, left:right].any()
    assert (out.pixel_array[120:] == frame[120:]).all()
    assert out.BurnedInAnnotation == "NO"
    assert "113101" in [item.CodeValue for item in out.DeidentificationMethodCodeSequence]
    assert treated.note == ""


@pytest.mark.usefixtures("model")
def test_picture_that_gives_no_reason_is_not_searched_and_claims_nothing(engine):
    plain = file_of(np.zeros((8, 8), np.uint16), "MONOCHROME2", Modality="CT", ImageType=["ORIGINAL", "PRIMARY"])
    out = read(engine.treat(memoryview(plain)))
    assert "113101" not in [item.CodeValue for item in out.DeidentificationMethodCodeSequence]
    assert "BurnedInAnnotation" not in out


def test_without_a_text_model_a_person_is_told(engine, banner, monkeypatch):
    monkeypatch.setattr(burned_in, "reader", Blind)
    treated = engine.treat(memoryview(file_of(banner[0], "RGB", Modality="US")))
    assert "was not searched for burned-in text" in treated.note
    assert "113101" not in [item.CodeValue for item in read(treated).DeidentificationMethodCodeSequence]


def test_without_a_text_model_a_file_that_admits_its_text_is_set_aside(engine, banner, monkeypatch):
    monkeypatch.setattr(burned_in, "reader", Blind)
    with pytest.raises(Quarantine, match="extra 'ocr'"):
        engine.treat(memoryview(file_of(banner[0], "RGB", Modality="US", BurnedInAnnotation="YES")))


def test_face_that_may_be_seen_is_pointed_out(engine):
    head = file_of(
        np.zeros((8, 8), np.uint16), "MONOCHROME2", Modality="CT", BodyPartExamined="HEAD", SliceThickness="1.0"
    )
    assert "face" in engine.treat(memoryview(head)).face.lower()


def test_the_reader_in_use_is_the_installed_one():
    assert isinstance(reader().sure, bool)

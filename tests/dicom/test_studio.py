"""Pictures made in a process of their own."""

import os
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from eucaim_nb.dicom import Place, PreviewError, Studio
from eucaim_nb.dicom import _studio as module

CT = Path(get_testdata_file("CT_small.dcm", download=False))


@pytest.fixture
def studio():
    made = Studio()
    yield made
    made.close()


def test_picture_is_the_same_as_one_made_here(studio):
    from eucaim_nb.dicom import as_png, picture

    made = studio.png(Place(CT), size=64)
    here = picture(CT, size=64)
    assert (made.png, made.description, made.frames) == (as_png(here), here.description, here.frames)


def test_reason_why_there_is_no_picture_comes_back_in_words(studio, tmp_path):
    (tmp_path / "gone.dcm").write_bytes(b"")
    with pytest.raises(PreviewError, match="empty"):
        studio.png(Place(tmp_path / "gone.dcm"))
    with pytest.raises(PreviewError, match="Scan again"):
        studio.png(Place(tmp_path / "never was.dcm"))


def test_decoder_that_ends_its_process_costs_one_picture(studio, monkeypatch):
    monkeypatch.setattr(module, "_make", dies)
    with pytest.raises(PreviewError, match="damaged"):
        studio.png(Place(CT))
    monkeypatch.undo()
    assert studio.png(Place(CT)).png


def test_decoder_that_hangs_is_given_up(studio, monkeypatch):
    studio.png(Place(CT))
    monkeypatch.setattr(module, "_SECONDS", 0.2)
    monkeypatch.setattr(module, "_make", hangs)
    with pytest.raises(PreviewError, match="too long"):
        studio.png(Place(CT))
    monkeypatch.undo()
    assert studio.png(Place(CT)).png


def dies(*_):
    os.abort()


def hangs(*_):
    import time

    time.sleep(60)

"""The page on annotations: it finds masks on a click, takes what a person changed, and shows what came of it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from eucaim_nb import annotations, jobs
from eucaim_nb import workspace as workspaces
from eucaim_nb.annotations import State
from eucaim_nb.dicom import scan
from eucaim_nb.ui import pages
from eucaim_nb.ui.pages._annotations import AnnotationsPage
from eucaim_nb.workspace import Workspace
from tests.annotations.phantoms import Phantom, files_of, phantom, write_mha, write_nifti
from tests.ui.browser import serious
from tests.ui.launched import launched
from tests.ui.widgets import labels, named, text, until


@pytest.fixture
def images() -> Phantom:
    return phantom("axial", 1)


@pytest.fixture
def scanned(workspace: Workspace, images: Phantom, tmp_path: Path) -> Workspace:
    files_of(images, tmp_path / "export" / "images")
    (tmp_path / "export" / "masks").mkdir()
    scan(workspace, [tmp_path / "export" / "images"])
    return workspace


def _looked(page: AnnotationsPage) -> None:
    page.look.click()
    until(lambda: page.masks is not None and "compared with" not in text(page.page.root))


def _made(page: AnnotationsPage) -> None:
    page.make.click()
    until(lambda: not page.panel.busy and bool(page.page.result.children))


def test_the_page_opens_without_workspace_and_without_images(workspace: Workspace) -> None:
    assert text(pages.build("annotations", None))
    assert "Find the series they belong to" in labels(pages.build("annotations", workspace))


def test_masks_beside_the_images_are_found_and_made_with_labels_named_here(
    scanned: Workspace, images: Phantom, tmp_path: Path
) -> None:
    write_mha(images.image(), tmp_path / "export" / "masks" / images.patient_id)
    page = AnnotationsPage(scanned)
    assert page.folder.field.value == str(tmp_path / "export" / "masks")
    _looked(page)
    assert "1 of 1 mask found" in text(page.page.root)
    for name in ("Liver", "a lump"):
        named(page.page.root, "Add a label").click()
        page.labels._rows[-1].name.value = name
    own = page.labels._rows[1]
    own.category.value = "SCT | 49755003 | Morphologically Abnormal Structure"
    own.type.value = "SCT | 4147007 | Mass"
    page.about.annotators.value = "2"
    _made(page)
    (found,) = annotations.outcomes(scanned)
    assert [one["type"]["CodeMeaning"] for one in found.segments] == ["Liver", "Mass"]
    assert annotations.about(scanned).annotators == 2
    said = text(page.page.root)
    assert "1 segmentation with 2 segments" in said
    assert "data:image/png" in said
    again = AnnotationsPage(scanned)
    assert "EUCAIM also asks for: type of annotator" in text(again.page.root)
    again.about.type.value = "radiologist"
    named(again.page.root, "Keep the answers").click()
    assert "EUCAIM also asks for: years of experience" in text(again.page.root)
    _looked(again)
    assert [row.name.value for row in again.labels._rows] == ["Liver", "a lump"]


def test_a_person_leaves_a_mask_out_or_chooses_among_series_that_look_alike(
    scanned: Workspace, images: Phantom, tmp_path: Path
) -> None:
    other = phantom("axial", 2)
    files_of(other, tmp_path / "export" / "images" / "other")
    scan(scanned, [tmp_path / "export" / "images"])
    masks = tmp_path / "export" / "masks"
    write_mha(images.image(), masks / "nobody")
    write_nifti(images.image(), masks / f"{images.patient_id}")
    page = AnnotationsPage(scanned)
    _looked(page)
    for name in ("liver", "tumour"):
        named(page.page.root, "Add a label").click()
        page.labels._rows[-1].name.value = name
    named(page.page.root, "nobody.mha").value = other.series_uid
    named(page.page.root, f"{images.patient_id}.nii.gz").value = annotations.LEFT_OUT
    _made(page)
    (found,) = annotations.outcomes(scanned)
    assert (found.mask, found.series_uid) == ("nobody.mha", other.series_uid)
    assert images.patient_id not in json.dumps(dict(jobs.latest(scanned, "segment").arguments))  # type: ignore[union-attr]


def test_what_was_refused_is_told_with_its_reason(scanned: Workspace, images: Phantom, tmp_path: Path) -> None:
    write_mha(images.image(), tmp_path / "export" / "masks" / images.patient_id)
    page = AnnotationsPage(scanned)
    _looked(page)
    _made(page)
    assert annotations.outcomes(scanned)[0].state is State.REFUSED
    said = text(page.page.root)
    assert "Label 1 has no description" in said
    assert "masks were refused" in said


def test_a_folder_without_masks_and_wrong_labels_are_told(scanned: Workspace, tmp_path: Path) -> None:
    page = AnnotationsPage(scanned)
    page.look.click()
    until(lambda: "There is no mask in this folder" in text(page.page.root))
    labels_file = tmp_path / "labels.json"
    labels_file.write_text(json.dumps([1]))
    page.file.field.value = str(labels_file)
    time.sleep(0.6)
    page.look.click()
    until(lambda: "cannot be understood" in text(page.page.root))


@pytest.mark.browser
def test_the_page_in_a_browser_takes_the_sample_to_the_end(
    tmp_path: Path, env: dict[str, str], browser: Any, screenshots: Path
) -> None:
    with launched(env=env) as app:
        (masks,) = (tmp_path / "practice").rglob("masks")
        current = workspaces.current()
        assert current is not None
        scan(current, [masks.parent / "dicom"])
        browser.open(f"{app.url('04_annotations')}?token={app.token}")
        page = browser.page
        look = page.get_by_role("button", name="Find the series they belong to")
        box = look.bounding_box()
        assert box["y"] + box["height"] <= 720
        page.screenshot(path=screenshots / "annotations-empty.png")
        look.click()
        page.get_by_text("found their series").wait_for(timeout=60_000)
        page.get_by_role("button", name="▸ What the labels mean").click()
        page.screenshot(path=screenshots / "annotations-masks.png", full_page=True)
        page.get_by_role("button", name="Make the segmentations").click()
        right = page.get_by_text("Do they lie right?")
        right.wait_for(timeout=60_000)
        right.scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "annotations-done.png", full_page=True)
        assert serious(page) == []
        assert browser.strangers() == []
        assert browser.errors == []

"""Hostile headers and file names in a real browser: shown as text, never run."""

import re

import pydicom
import pytest
from pydicom.data import get_testdata_file

from eucaim_nb import workspace as workspaces
from tests.ui.launched import environment, launched

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"


@pytest.fixture
def app(tmp_path):
    workspace = workspaces.create(tmp_path / "submission", node="upv")
    folder = tmp_path / "images"
    folder.mkdir()
    ds = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    ds.PatientID = ds.SeriesDescription = ds.StudyDescription = HOSTILE
    ds.PatientName = f"{HOSTILE}^A"
    ds.Modality = "CT"
    ds.save_as(folder / f"{HOSTILE.replace('/', '')}.dcm")
    (folder / f"{HOSTILE.replace('/', '')}.txt").write_text("not DICOM")
    workspace.change(sources=[str(folder)])
    with launched(str(workspace.folder), env=environment(tmp_path)) as running:
        yield running


def test_hostile_headers_and_names_are_text(app, browser):
    page = browser.page
    dialogs = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message) or dialog.dismiss())
    browser.open(f"{app.url('03_inspect_dicom')}?token={app.token}")
    page.get_by_role("button", name="Scan 1 folder").click()
    page.get_by_text(re.compile(r"^1 instance, 1 series")).first.wait_for(timeout=60_000)
    for opened in ("Patient", "Study", "Series"):
        page.get_by_role("button", name=re.compile(f"▸ {opened}")).first.click()
    page.get_by_role("img").first.wait_for(timeout=60_000)
    page.get_by_role("button", name=re.compile("headers and comparison")).first.click()
    page.get_by_role("button", name="Header", exact=True).first.click()
    page.get_by_text("(0010,0020)").first.wait_for(timeout=60_000)
    page.goto(app.url("09_upload_images"))
    browser.wait()
    page.get_by_role("button", name=re.compile("Choose series")).click()
    page.get_by_text("onerror").first.wait_for(timeout=60_000)
    assert page.evaluate("window.hacked") is None
    assert dialogs == []

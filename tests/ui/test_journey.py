"""The main job in a real browser: start, inspect, upload, by visible labels only; the server's own count decides."""

import json
import re

import pytest
import requests

from tests.ui.launched import environment, launched

pytestmark = pytest.mark.browser

WAIT = 60_000


@pytest.fixture
def app(tmp_path):
    with launched(env=environment(tmp_path)) as running:
        yield running


def held(folder) -> int:
    """How many instances the practice node holds, by its own account."""
    ready = json.loads((folder / "practice" / "ready.json").read_text())
    return requests.get(f"{ready['control']}/instances", timeout=10).json()["count"]


def shot(browser, screenshots, name):
    browser.page.screenshot(path=screenshots / f"journey-{name}.png", full_page=True)


def follow(browser, name):
    browser.page.get_by_role("link", name=name, exact=True).first.click()
    browser.page.get_by_role("heading", name=name, level=1).wait_for(timeout=WAIT)
    browser.wait()


def test_from_the_start_page_to_verified_at_the_node(app, browser, screenshots, tmp_path):
    page = browser.page
    browser.open(app.address)
    shot(browser, screenshots, "start")

    follow(browser, "Inspect DICOM")
    page.get_by_role("button", name="Scan 1 folder").click()
    page.get_by_text(re.compile(r"^\d+ instances, \d+ series")).first.wait_for(timeout=WAIT)
    shot(browser, screenshots, "inspected")

    for opened in ("Patient ", "Study .* CT ", "Series .* CT "):
        page.get_by_role("button", name=re.compile(f"▸ {opened}")).first.click()
    picture = page.get_by_role("img", name=re.compile("^CT, ")).first
    picture.wait_for(timeout=WAIT)
    assert picture.evaluate("image => image.naturalWidth") > 50
    page.get_by_role("button", name=re.compile("headers and comparison")).first.click()
    page.get_by_role("button", name="Header", exact=True).first.click()
    page.get_by_text("(0010,0020)").first.wait_for(timeout=WAIT)
    shot(browser, screenshots, "header")

    page.get_by_role("link", name="Status board").click()
    browser.page.get_by_role("heading", name="Start", level=1).wait_for(timeout=WAIT)
    browser.wait()
    follow(browser, "Upload images")
    upload = page.get_by_role("button", name=re.compile(r"^Upload \d+ instances"))
    upload.wait_for(timeout=WAIT)
    count = int(re.search(r"\d+", upload.inner_text())[0])
    assert held(tmp_path) == 0
    page.get_by_role("button", name="Dry run").click()
    page.get_by_text(re.compile(f"^{count} instances .* would go to")).wait_for(timeout=WAIT)
    assert held(tmp_path) == 0
    page.get_by_label("Reason why these images may be sent").fill("practice with invented patients")
    upload.click()
    page.get_by_text(f"Stored and verified {count} of {count} instances").first.wait_for(timeout=WAIT)
    assert held(tmp_path) == count
    shot(browser, screenshots, "uploaded")

    page.reload()
    browser.wait()
    page.get_by_text(f"Stored and verified {count} of {count} instances").first.wait_for(timeout=WAIT)
    page.get_by_role("button", name="Ask the server").click()
    page.get_by_text(re.compile(f"{count} of {count}")).last.wait_for(timeout=WAIT)

    assert browser.strangers() == []
    assert page.get_by_text("There was an error when executing cell").count() == 0


def test_new_workspace_made_in_the_browser_is_the_one_that_is_used(app, browser, tmp_path):
    page = browser.page
    browser.open(app.address)
    page.get_by_role("button", name="Create a workspace").click()
    page.get_by_label("Name of the new folder").fill("second")
    page.get_by_role("button", name="Create the workspace").click()
    page.get_by_text("The workspace second is open").first.wait_for(timeout=WAIT)
    follow(browser, "Upload images")
    page.get_by_text("There is nothing to upload").first.wait_for(timeout=WAIT)

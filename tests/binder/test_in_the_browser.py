"""A training session in a real browser, as a launch link opens it."""

import json
import re
import time

import pytest
import requests

from eucaim_nb.training import NOTICE

pytestmark = pytest.mark.browser

START, UPLOAD = "voila/render/notebooks/00_start.ipynb", "voila/render/notebooks/09_upload_images.ipynb"
WAIT = 60_000


def test_link_opens_the_first_page_with_its_banner_without_code_and_without_asking_others(
    session, browser, screenshots
):
    page = browser.page
    browser.open(session.url(START))
    page.screenshot(path=screenshots / "binder-start.png")
    page.get_by_role("heading", name="Start", level=1).wait_for()
    page.get_by_text(NOTICE).wait_for(timeout=WAIT)
    page.get_by_text("Workspace submission", exact=True).wait_for()
    assert page.get_by_text("pages.show").count() == 0
    assert page.get_by_role("heading", name="The same in code").count() == 0
    assert page.locator("body").evaluate("body => body.dataset.baseUrl") == "/user/abc/voila/"
    page.get_by_role("link", name="Upload images").first.click()
    page.wait_for_url(f"**/{UPLOAD}*")
    browser.wait()
    page.get_by_text(NOTICE).wait_for(timeout=WAIT)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=screenshots / "binder-upload.png")
    assert browser.strangers() == []
    assert browser.errors == []


def test_real_nodes_are_not_offered_and_a_workspace_of_one_is_not_opened(session, image, browser, screenshots):
    page, real = browser.page, image.home / "real"
    made = image.python(f"from eucaim_nb import workspace; workspace.create({str(real)!r}, node='upv')")
    assert made.returncode == 0, made.stderr
    browser.open(session.url(START))
    page.get_by_role("button", name=re.compile("Create a workspace")).click()
    choice = page.get_by_label("Reference node")
    choice.wait_for(timeout=WAIT)
    offered = choice.locator("option").all_inner_texts()
    assert offered
    assert all("practice" in title for title in offered)
    page.get_by_role("button", name=re.compile("Open another workspace")).click()
    page.get_by_label("Folder of the workspace").fill(str(real))
    page.get_by_label("Folder of the workspace").press("Tab")
    page.get_by_role("button", name="Open this workspace").click()
    said = page.get_by_text("this is a training session on a public server")
    said.wait_for(timeout=WAIT)
    said.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "binder-refused.png")


def test_sample_data_are_scanned_and_reach_the_practice_node(session, image, browser):
    page = browser.page
    browser.open(session.url("voila/render/notebooks/03_inspect_dicom.ipynb"))
    page.get_by_role("button", name="Scan 1 folder").click()
    page.get_by_text(re.compile(r"^\d+ instances, \d+ series")).first.wait_for(timeout=WAIT)
    browser.open(session.url(UPLOAD))
    upload = page.get_by_role("button", name=re.compile(r"^Upload \d+ instances"))
    upload.wait_for(timeout=WAIT)
    page.get_by_label("Reason why these images may be sent").fill("practice with invented patients")
    upload.click()
    page.get_by_text(re.compile(r"^Stored and verified (\d+) of \1 instances")).first.wait_for(timeout=WAIT)
    ready = json.loads((image.home / "eucaim-practice" / "ready.json").read_text())
    assert requests.get(f"{ready['control']}/instances", timeout=10).json()["count"] > 0


def test_leaving_pages_leaves_no_kernels_behind(session, browser):
    before = {kernel.pid for kernel in session.kernels()}
    browser.open(session.url(START))
    for name in ("Inspect DICOM", "Start"):
        browser.page.get_by_role("link", name=name).first.click()
        browser.page.get_by_role("heading", name=name, level=1).wait_for(timeout=WAIT)
        browser.wait()
    browser.page.goto("about:blank")
    end = time.monotonic() + 15
    while time.monotonic() < end and {kernel.pid for kernel in session.kernels()} - before:
        time.sleep(0.1)
    assert not {kernel.pid for kernel in session.kernels()} - before


def test_lab_opens_the_notebook_runs_it_and_asks_for_nothing_outside(session, browser, screenshots):
    page = browser.page
    page.goto(session.url("lab/tree/notebooks/00_start.ipynb"))
    page.get_by_role("heading", name="The same in code").wait_for(timeout=WAIT)
    page.get_by_text("(ipykernel) | Idle").wait_for(timeout=WAIT)
    page.get_by_role("heading", name="Start", level=1).click()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    page.get_by_text(NOTICE).wait_for(timeout=WAIT)
    page.screenshot(path=screenshots / "binder-lab.png")
    assert page.get_by_text("Jupyter news").count() == 0
    assert browser.strangers() == []


def test_without_the_token_nobody_gets_in_and_headers_keep_the_pages_to_themselves(session):
    answer = requests.get(f"{session.base}{START}", timeout=30, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/user/abc/login")
    assert requests.get(f"{session.base}api/contents", timeout=30).status_code == 403
    headers = requests.get(session.url("api/status"), timeout=30).headers
    assert "connect-src 'self' ws: wss:" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_kernels_know_the_switch_and_no_token(session, browser):
    browser.open(session.url(START))
    assert session.kernels()
    for kernel in session.kernels():
        environment = kernel.environ()
        assert environment["EUCAIM_NB_PRACTICE_ONLY"] == "1"
        assert session.token not in " ".join(environment.values())


def test_practice_nodes_answer_while_the_session_runs(session, image):
    ready = json.loads((image.home / "eucaim-practice" / "ready.json").read_text())
    assert requests.get(ready["control"], timeout=10).ok

"""The whole way through all fourteen pages in a real browser, by what a person sees, for each node."""

import json
import re
import time

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe

from eucaim_nb.reference import phases
from tests.journey.conftest import CANARY
from tests.ui.launched import environment, launched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WAIT = 60_000
NODES = {"upv": "UPV reference node (practice", "health-ri": "Health-RI reference node (practice"}
PAGE_SECONDS = 4.0


class Learner:
    """A person who reads and clicks."""

    def __init__(self, browser, folder, node):
        self.browser, self.page, self.folder, self.node = browser, browser.page, folder, node
        self.seconds: list[float] = []

    def go_to(self, title):
        """Take the link to a page, and wait until it can be used."""
        began = time.monotonic()
        self.page.get_by_role("link", name=title, exact=True).first.click()
        self.page.get_by_role("heading", name=title, level=1).wait_for(timeout=WAIT)
        self.browser.wait()
        self.seconds.append(time.monotonic() - began)

    def shot(self, screenshots, name):
        self.page.screenshot(path=screenshots / f"way-{self.node}-{name}.png", full_page=True)

    def press(self, name):
        self.page.get_by_role("button", name=name).first.click()

    def sees(self, text):
        self.page.get_by_text(text).first.wait_for(timeout=WAIT)

    def open_actions(self):
        """Open what is shut, so that everything on the page is in sight."""
        shut = self.page.get_by_role("button", name=re.compile(r"^▸ \d+\. "))
        for title in [text.strip("▸ ") for text in shut.all_inner_texts()]:
            self.page.get_by_role("button", name=f"▸ {title}", exact=True).click()
            self.page.get_by_role("button", name=f"▾ {title}", exact=True).wait_for(timeout=WAIT)

    def open_guide(self):
        """Open the instructions, which a page that does the work itself keeps folded."""
        guide = self.page.get_by_role("button", name="▸ Instructions and checklist of this step", exact=True)
        if guide.count():
            guide.click()
            self.page.get_by_role("button", name="▾ Instructions and checklist of this step").wait_for(timeout=WAIT)

    def record_everything(self):
        """Record every action of the page that waits for a person, with a note and a file."""
        proof = self.folder / "proof.pdf"
        proof.write_bytes(b"%PDF-1.7 done while practising")
        while True:
            self.open_actions()
            waiting = self.page.get_by_role("button", name=re.compile("^Record as done"))
            if not waiting.count():
                return
            self.page.get_by_label("Note", exact=True).first.fill("done while practising")
            self.page.get_by_label("File that shows it, if there is one").first.fill(str(proof))
            recorded = self.page.get_by_role("heading", name="Recorded as done", exact=True)
            before = recorded.count()
            waiting.first.click()
            recorded.nth(before).wait_for(timeout=WAIT)
            self.page.wait_for_timeout(400)  # what was blocked by it is shown anew

    def problems(self):
        """Serious findings of axe on the page as it is."""
        return [
            (found["id"], found["nodes"][0]["html"][:150])
            for found in Axe().run(self.page).response["violations"]
            if found["impact"] in ("serious", "critical")
        ]


def held(folder, node):
    """How many instances the practice node holds, by its own account."""
    ready = json.loads((folder / "practice" / "ready.json").read_text())
    answer = requests.get(f"{ready['control']}/instances", params={"node": node}, timeout=10)
    return answer.json()["count"]


@pytest.fixture
def app(tmp_path):
    with launched(env=environment(tmp_path)) as running:
        yield running


def choose_node(learner, title):
    """Make a workspace for a practice node on the Start page."""
    learner.press(re.compile("Create a workspace"))
    learner.page.get_by_label("Name of the new folder").fill("my-submission")
    options = learner.page.get_by_role("combobox", name="Reference node")
    options.locator("option").first.wait_for(state="attached")
    # ipywidgets writes every space of an option as one that does not break.
    labels = options.locator("option").all_text_contents()
    label = next(text for text in labels if title in text.replace("\xa0", " "))
    options.select_option(label=label)
    learner.press("Create the workspace")
    learner.sees("The workspace my-submission is open")


@pytest.mark.parametrize("node", NODES)
def test_newcomer_goes_through_all_pages_to_the_last_action(node, app, browser, screenshots, tmp_path):
    learner = Learner(browser, tmp_path, node)
    browser.open(app.address)
    choose_node(learner, NODES[node])
    learner.shot(screenshots, "00")
    assert learner.problems() == []
    for phase in phases()[1:]:
        learner.go_to(phase.title)
        learner.open_actions()
        assert learner.problems() == [], phase.id
        if phase.id == "inspect":
            learner.press(re.compile("^Scan 1 folder"))
            learner.page.get_by_text(re.compile(r"^\d+ instances, \d+ series")).first.wait_for(timeout=WAIT)
        elif phase.id == "deidentify":
            learner.press(re.compile(r"^De-identify \d+ instances"))
            learner.page.get_by_text(re.compile(r"^\d+ instances written and verified")).first.wait_for(timeout=WAIT)
        elif phase.id == "prepare":
            test = learner.page.get_by_role("button", name="Test the connection", exact=True)
            if not test.is_visible():
                learner.press(re.compile("Sign in and test the connection"))
            test.click()
            learner.sees("takes images at")
            learner.sees("everything that is needed")
            learner.record_everything()
        elif phase.id == "upload":
            upload = learner.page.get_by_role("button", name=re.compile(r"^Upload \d+ instances"))
            upload.wait_for(timeout=WAIT)
            count = int(re.search(r"\d+", upload.inner_text())[0])
            assert not learner.page.get_by_label("Reason why these images may be sent").is_visible()
            upload.click()
            learner.sees(f"Stored and verified {count} of {count} instances")
            assert held(tmp_path, node) == count
        else:
            if phase.id == "risk":
                learner.press("Assess the risk")
                learner.sees("The last assessment ended")
            learner.open_guide()
            learner.record_everything()
        learner.shot(screenshots, phase.notebook[:2])
    learner.go_to("Start")
    # What is left: findings of the scan, and the entry in the catalogue, as nothing was really registered.
    learner.sees(re.compile(r"1[67] of 18 done"))
    learner.shot(screenshots, "end")
    assert browser.strangers() == []
    typical = sorted(learner.seconds)[len(learner.seconds) // 2]
    assert max(learner.seconds) < 2 * PAGE_SECONDS
    assert typical < PAGE_SECONDS, learner.seconds


@pytest.mark.parametrize("node", ["upv", "health-ri"])
def test_password_typed_on_a_page_is_found_nowhere_afterwards(node, practice, commands, browser, tmp_path):
    from tests.journey.test_commands import Watcher, real_workspace

    made = real_workspace(node, practice, tmp_path / "ws")
    commands.run("sample", tmp_path / "cohort", "--patients", 3)
    commands.run("scan", made.folder, tmp_path / "cohort")
    with Watcher() as watcher, launched(str(made.folder), env=environment(tmp_path)) as running:
        learner = Learner(browser, tmp_path, node)
        browser.open(running.address)
        learner.go_to("Upload images")
        if node == "upv":
            ways = learner.page.get_by_role("combobox", name="Sign in with")
            ways.select_option(label="User name and password".replace(" ", "\u00a0"))
        learner.page.get_by_label("User name at the node").fill("practice")
        learner.page.get_by_label("Password").fill(CANARY)
        learner.press("Sign in")
        learner.sees("Signed in as practice")
        assert learner.page.get_by_label("Password").input_value() == ""
        learner.page.get_by_label("Reason why these images may be sent").fill("invented patients")
        learner.press(re.compile(r"^Upload \d+ instances"))
        learner.sees(re.compile(r"^Stored and verified (\d+) of \1 instances"))
        assert CANARY not in learner.page.content()
        ours = {tmp_path / "ready.json", tmp_path / "practice-nodes" / "credentials.json"}
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or path in ours or CANARY.encode() not in path.read_bytes(), path
    assert watcher.found == []

"""The whole way through all fourteen pages in a real browser, by what a person sees, for each node."""

import re

import pytest

from eucaim_nb.reference import phases
from tests.journey.conftest import CANARY
from tests.journey.learner import Learner
from tests.journey.steps import STEPS
from tests.ui.launched import environment, launched

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NODES = {
    "upv": "UPV reference node (practice, on this computer)",
    "health-ri": "Health-RI reference node (practice, on this computer)",
}
PAGE_SECONDS = 4.0


@pytest.fixture
def app(tmp_path):
    with launched(env=environment(tmp_path)) as running:
        yield running


def choose_node(learner, title):
    """Make a workspace for a practice node on the Start page."""
    learner.press(re.compile("Create a workspace"))
    learner.page.get_by_label("Name of the new folder").fill("my-submission")
    learner.choose("Reference node", title)
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
        STEPS[phase.id](learner)
        learner.shot(screenshots, phase.notebook[:2])
        assert learner.problems() == [], phase.id
    learner.go_to("Start")
    learner.sees("18 of 18 done")
    learner.shot(screenshots, "end")
    assert browser.strangers() == []
    assert browser.errors == []
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

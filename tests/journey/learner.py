"""A person at the browser, who reads, types and clicks, and waits for nothing but what is to be seen."""

import re
import time
from contextlib import suppress

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError

from eucaim_nb.ui.components._guard import REST_SECONDS
from eucaim_nb.ui.pages._guide import GUIDE

WAIT = 60_000
_SOON, _TRIES = 8_000, 5
_HURRY = REST_SECONDS + 0.3
"""Nobody presses a button again so soon after it did its work, except by a double click, which does work once."""


class Learner:
    """A person, with a folder of files of their own."""

    def __init__(self, browser, folder, node):
        self.browser, self.page, self.folder, self.node = browser, browser.page, folder, node
        self.page.set_default_timeout(WAIT)
        self.seconds: list[float] = []
        self._pressed = None
        self._worked = {}

    @property
    def at_upv(self):
        return self.node == "upv"

    def go_to(self, title):
        """Take the link to a page, and wait until it can be used."""
        began = time.monotonic()
        self.page.get_by_role("link", name=title, exact=True).first.click()
        self.page.get_by_role("heading", name=title, level=1).wait_for()
        self.browser.wait()
        self.seconds.append(time.monotonic() - began)

    def press(self, name):
        """Press a button, called by its whole name or by the pattern of its beginning."""
        hurry = self._worked.get(name, 0) + _HURRY - time.monotonic()
        if hurry > 0:
            self.page.wait_for_timeout(hurry * 1000)
        self.button(name).click()
        self._pressed = name

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str)).first

    def sees(self, text):
        self.page.get_by_text(text).first.wait_for()
        self._worked[self._pressed] = time.monotonic()

    def field(self, label):
        """Return the field in sight that has a label."""
        return self.page.get_by_label(label, exact=isinstance(label, str)).filter(visible=True).first

    def fill(self, label, value):
        """Type into a field, and leave it as people do."""
        field = self.field(label)
        field.fill(str(value))
        field.press("Tab")

    def choose(self, label, words):
        """Choose from a list."""
        # ipywidgets writes every space of an option as one that does not break.
        field = self.field(label)
        field.select_option(label=words.replace(" ", "\u00a0"))

    def open(self, title):
        """Open what is folded, by its title with or without its number, unless it stands open."""
        words = re.escape(title)
        shut = self.page.get_by_role("button", name=re.compile(rf"^▸ (\d+\. )?{words}"))
        stands = self.page.get_by_role("button", name=re.compile(rf"^▾ (\d+\. )?{words}"))
        shut.or_(stands).first.wait_for()
        for _ in range(_TRIES):
            if stands.count():
                return
            # What is shown anew in the moment of a click does not feel it; people click again.
            shut.first.click()
            with suppress(TimeoutError):
                stands.first.wait_for(timeout=_SOON)
        stands.first.wait_for()

    def open_guide(self):
        """Open the instructions, which a page that does the work itself keeps folded."""
        if self.page.get_by_role("button", name=re.compile(f"^▸ {GUIDE}")).count():
            self.open(GUIDE)

    @property
    def sample(self):
        return self.folder / "practice" / "sample"

    def paper(self, name):
        """Return the path of a paper that this person has on the computer."""
        path = self.folder / f"{name}.pdf"
        path.write_bytes(b"%PDF-1.7 signed while practising")
        return path

    def shot(self, screenshots, name):
        """Take a picture of the whole page, which scrolls inside the window."""
        window = self.page.viewport_size
        height = self.page.evaluate("Math.max(...[...document.querySelectorAll('*')].map(e => e.scrollHeight))")
        self.page.set_viewport_size({**window, "height": height})
        self.page.screenshot(path=screenshots / f"way-{self.node}-{name}.png")
        self.page.set_viewport_size(window)

    def problems(self):
        """Serious findings of axe on the page as it is."""
        return [
            (found["id"], found["nodes"][0]["html"][:150])
            for found in Axe().run(self.page).response["violations"]
            if found["impact"] in ("serious", "critical")
        ]

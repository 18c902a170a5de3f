"""Fixtures for tests of pages."""

from tests.ui.browser import browser, chromium_session, new_browser, screenshots  # noqa: F401 - fixtures

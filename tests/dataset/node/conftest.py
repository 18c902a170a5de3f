"""Short waits between two questions to a node that is busy."""

import pytest

from eucaim_nb.nodes import _asking


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_asking, "_FIRST_WAIT", 0.001)

"""Fixtures for tests of training sessions."""

from collections.abc import Iterator

import pytest

from tests.binder.session import Image, Session, build, started


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """What `postBuild` makes."""
    return build(tmp_path_factory.mktemp("jovyan"))


@pytest.fixture(scope="module")
def session(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A running training session."""
    with started(image, tmp_path_factory.mktemp("log") / "server.log") as running:
        yield running

"""What every test of a command may use."""

import json

import pytest

from eucaim_nb.cli import main


@pytest.fixture
def heard(capsys):
    """Run a command; give its exit status, its one JSON object and what it printed on standard error."""

    def command(*arguments: object):
        status = main([*map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        assert out.count("\n") == 1, out
        return status, json.loads(out), err

    return command


@pytest.fixture
def run(heard):
    """Run a command; give its exit status and its one JSON object."""
    return lambda *arguments: heard(*arguments)[:2]

"""What every test of a command may use."""

import json

import pytest

from eucaim_nb.cli import main


@pytest.fixture
def run(capsys):
    """Run a command; give its exit status and its one JSON object."""

    def command(*arguments: object):
        status = main([*map(str, arguments), "--json"])
        out, _ = capsys.readouterr()
        assert out.count("\n") == 1, out
        return status, json.loads(out)

    return command

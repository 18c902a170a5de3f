"""The command `dataset`: the whole way for both nodes, with the state the node shows in every answer."""

import json

import pytest

from eucaim_nb.cli import main
from tests.dataset.submissions import DESCRIBED


@pytest.fixture
def run(capsys):
    """Run `dataset` with some arguments; give its exit status, its one JSON object and what it said."""

    def command(workspace, *arguments):
        status = main(["dataset", str(workspace.folder), *arguments, "--json"])
        out, err = capsys.readouterr()
        assert out.count("\n") == 1, out
        return status, json.loads(out), err

    return command


def test_whole_way_at_upv(run, at_upv, cleared):
    status, made, _ = run(at_upv, "create", "name=Lungs", "description=CT")
    assert (status, made["missing"]) == (0, None)
    status, watched, _ = run(at_upv, "watch")
    assert (status, watched["id"], watched["state"]) == (0, made["id"], "draft")
    assert watched["counts"] == {"subjects": 2, "studies": 2}
    status, compared, _ = run(at_upv, "reconcile")
    assert (status, compared["missing"], compared["there"]["series"]) == (0, 0, 3)
    status, refused, _ = run(at_upv, "release")
    assert status == 2
    assert "DTA" in refused["error"]
    values = [f"{name}={value}" for name, value in DESCRIBED.items()]
    status, described, _ = run(at_upv, "set", *values)
    assert (status, described["lacking"]) == (0, [])
    cleared(at_upv)
    status, released, _ = run(at_upv, "release")
    assert (status, released["state"], released["by_us"]) == (0, "released", True)
    status, listed, _ = run(at_upv, "list")
    assert (status, [one["state"] for one in listed["datasets"]]) == (0, ["released"])
    status, out, _ = run(at_upv, "invalidate", "--reason", "a subject withdrew")
    assert (status, out["state"]) == (0, "invalidated")
    status, back, _ = run(at_upv, "revalidate")
    assert (status, back["state"]) == (0, "released")


def test_whole_way_at_health_ri(run, at_health_ri):
    values = ["name=Lungs", "description=CT", "keywords=lung", "pi_firstname=Ada", "pi_lastname=Example"]
    assert run(at_health_ri, "set", *values)[0] == 0
    assert run(at_health_ri, "reconcile")[0] == 0
    status, released, _ = run(at_health_ri, "release", "--level", "public", "--override", "only practising")
    assert (status, released["id"], released["state"]) == (0, "PRACTICE", "public")


def test_property_that_is_none_could_not_run(run, at_health_ri):
    status, refused, _ = run(at_health_ri, "set", "colour")
    assert (status, "NAME=VALUE" in refused["error"]) == (2, True)
    status, refused, _ = run(at_health_ri, "set", "colour=blue")
    assert (status, "no property" in refused["error"]) == (2, True)

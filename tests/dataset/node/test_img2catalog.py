"""Readiness is what Health-RI's harvester thinks it is: it takes the released project, and not the private one."""

import pytest

from eucaim_nb.dataset import node as dataset
from tests.img2catalog import harvest

from .test_health_ri import DESCRIBED


@pytest.fixture
def harvested(nodes, pytestconfig, tmp_path):
    """Harvest the practice node and give what is told of it."""
    return lambda: harvest(pytestconfig, nodes.health_ri, nodes.username, nodes.password, tmp_path)


def test_harvester_takes_the_released_project_and_not_the_private_one(at_health_ri, cleared, harvested):
    dataset.set_properties(at_health_ri, DESCRIBED)
    assert "a dcat:Dataset" not in harvested()
    dataset.reconcile(at_health_ri)
    dataset.release(cleared(at_health_ri))
    told = harvested()
    assert told.count("a dcat:Dataset") == 1
    for said in (DESCRIBED["name"], DESCRIBED["description"], "Ada Example", '"lung"', '"CT"'):
        assert said in told


def test_harvester_passes_over_what_readiness_says_it_would(at_health_ri, harvested):
    without = {name: value for name, value in DESCRIBED.items() if not name.startswith("pi_")}
    found = dataset.set_properties(at_health_ri, without)
    assert len(found.lacking) == 2
    dataset.release(at_health_ri, override="to see what the harvester does")
    assert "a dcat:Dataset" not in harvested()

"""The dataset at the Health-RI node: the project, released by who may see it, ready when the harvester can take it."""

import pytest
import requests

from eucaim_nb import workflow
from eucaim_nb.dataset import node as dataset
from eucaim_nb.errors import NodeError, Refused, SettingsError
from eucaim_nb.nodes import Credentials
from eucaim_nb.workflow import DatasetState, StepState

DESCRIBED = {
    "name": "Lungs of two invented people",
    "description": "CT of the chest; age < 60 & é.",
    "keywords": "lung, CT",
    "pi_firstname": "Ada",
    "pi_lastname": "Example",
}
FORM = "48660455-b964-4aef-b293-fbc1fab96bc0"


@pytest.fixture
def ready(at_health_ri, cleared):
    """A project with nothing against its release."""
    dataset.set_properties(at_health_ri, DESCRIBED)
    dataset.reconcile(at_health_ri)
    return cleared(at_health_ri)


def of_project(nodes, path):
    address = f"{nodes.health_ri}{path}"
    return requests.get(address, auth=(nodes.username, nodes.password), timeout=10)


def test_the_project_is_the_dataset(at_health_ri):
    (one,) = dataset.listed(at_health_ri)
    assert (one.id, one.state, one.subjects, one.studies) == ("PRACTICE", DatasetState.PRIVATE, 2, 2)
    assert dataset.watch(at_health_ri).state is DatasetState.PRIVATE
    assert not any(one.in_form for one in dataset.look(at_health_ri).fields)  # this node has no custom form


def test_every_session_and_scan_that_was_sent_is_there(at_health_ri):
    found = dataset.reconcile(at_health_ri)
    assert found.here == found.there == {"subjects": 2, "studies": 2, "series": 3}
    assert found.missing == 0


def test_session_that_somebody_removed_is_missing(at_health_ri, nodes):
    sessions = of_project(nodes, "/data/projects/PRACTICE/experiments?format=json").json()["ResultSet"]["Result"]
    gone = next(row for row in sessions if row["subject_label"] == "P2")
    address = f"{nodes.health_ri}/data/projects/PRACTICE/subjects/P2/experiments/{gone['label']}"
    requests.delete(address, auth=(nodes.username, nodes.password), timeout=10).raise_for_status()
    assert dataset.reconcile(at_health_ri).missing == 1
    (lost,) = dataset.missing_series(at_health_ri)
    assert lost.subject == "P2"


@pytest.mark.parametrize("left_out", sorted(DESCRIBED.keys() - {"name"}))
def test_what_the_harvester_would_miss_is_said(at_health_ri, left_out):
    found = dataset.set_properties(at_health_ri, {k: v for k, v in DESCRIBED.items() if k != left_out})
    assert len(found.lacking) == 1
    title = next(one.title for one in found.fields if one.name == left_out)
    assert found.lacking[0] == f"{title}: not filled in."


def test_description_arrives_as_it_was_written(at_health_ri, nodes):
    dataset.set_properties(at_health_ri, DESCRIBED)
    shown = of_project(nodes, "/data/projects/PRACTICE?format=json").json()["items"][0]
    assert shown["data_fields"]["description"] == DESCRIBED["description"]
    assert dataset.look(at_health_ri).lacking == ()


def test_keyword_of_the_harvester_is_asked_for_where_the_node_has_one(at_health_ri):
    asked = at_health_ri.change(node_options={"optin_keyword": "healthdata_catalog"})
    found = dataset.set_properties(asked, DESCRIBED)
    assert any("healthdata_catalog" in one for one in found.lacking)
    found = dataset.set_properties(asked, {"keywords": "lung, healthdata_catalog"})
    assert found.lacking == ()


def test_custom_form_is_filled_in_where_the_node_has_one_and_keeps_what_it_held(at_health_ri, nodes):
    with_form = at_health_ri.change(node_options={"dataset_form": FORM})
    address = f"{nodes.health_ri}/xapi/custom-fields/projects/PRACTICE/fields"
    held = {FORM: {"version": "3", "publisher": {"note": "kept"}}}
    requests.put(address, json=held, auth=(nodes.username, nodes.password), timeout=10).raise_for_status()
    values = {"publisher.name": "Hospital, Institute", "publisher.mbox": "a@b.example"}
    found = dataset.set_properties(with_form, values)
    form = of_project(nodes, "/xapi/custom-fields/projects/PRACTICE/fields").json()[FORM]
    assert form["publisher"] == {"note": "kept", "name": ["Hospital", "Institute"], "mbox": "a@b.example"}
    assert form["version"] == "3"
    assert "Publisher: home page: not filled in." in found.lacking
    assert "Publisher: name: not filled in." not in found.lacking


def test_text_too_long_for_a_request_is_refused_before_it_is_cut(at_health_ri):
    with pytest.raises(NodeError, match="too long"):
        dataset.set_properties(at_health_ri, {"description": "é" * 5000})


def test_release_is_done_when_the_node_says_who_may_see_it(ready, nodes):
    done = dataset.release(ready)
    assert (done.state, done.by_us) == (DatasetState.PROTECTED, True)
    assert of_project(nodes, "/data/projects/PRACTICE/accessibility").text == "protected"
    assert workflow.action("create-dataset", ready).state is StepState.DONE
    assert dataset.release(ready, level="public").state is DatasetState.PUBLIC


def test_release_without_the_agreement_leaves_the_project_private(at_health_ri, nodes):
    dataset.set_properties(at_health_ri, DESCRIBED)
    with pytest.raises(Refused, match="DTA"):
        dataset.release(at_health_ri)
    assert of_project(nodes, "/data/projects/PRACTICE/accessibility").text == "private"


def test_level_that_releases_nothing_is_no_release(ready):
    with pytest.raises(SettingsError, match="protected, public"):
        dataset.release(ready, level="private")


def test_invalidated_project_is_private_again_and_is_opened_by_a_release(ready):
    dataset.release(ready)
    assert dataset.invalidate(ready, "a subject withdrew").dataset.state is DatasetState.PRIVATE
    assert workflow.action("create-dataset", ready).state is not StepState.DONE
    with pytest.raises(Refused, match="releasing"):
        dataset.revalidate(ready)


def test_member_who_is_no_owner_may_not_release(ready, nodes):
    member = Credentials(f"{nodes.username}-member", nodes.password)
    with pytest.raises(NodeError, match="only an owner"):
        dataset.release(ready, credentials=member)
    assert dataset.look(ready).dataset.state is DatasetState.PRIVATE


def test_node_that_is_down_changes_nothing_that_is_known(ready, fault):
    fault("xnat:status=503")
    with pytest.raises(NodeError):
        dataset.release(ready)
    fault()
    assert dataset.look(ready).dataset.state is DatasetState.PRIVATE


def test_no_program_makes_a_project(at_health_ri):
    with pytest.raises(Refused, match="Programs make no datasets"):
        dataset.create(at_health_ri, {})

"""A dataset at the UPV node: nothing is done before the node shows it, nothing is lost without a word."""

import csv
import json

import pytest
import requests

from eucaim_nb import jobs, workflow
from eucaim_nb.dataset import node as dataset
from eucaim_nb.errors import NodeError, Refused, SettingsError, WorkspaceError
from eucaim_nb.nodes import Credentials, connect
from eucaim_nb.workflow import DatasetState, StepState
from tests.dataset.submissions import DESCRIBED


@pytest.fixture
def draft(at_upv, export_dataset, creation_pace):
    """A draft of everything that was sent; the workspace knows it."""
    dataset.look(at_upv, export_dataset())
    return at_upv


@pytest.fixture
def ready(draft, cleared):
    """A draft with nothing against its release."""
    dataset.set_properties(draft, DESCRIBED)
    dataset.reconcile(draft)
    return cleared(draft)


def written(folder, studies):
    """Write an index that a program may have a dataset made of."""
    file = folder / "index.json"
    file.write_text(json.dumps(studies), encoding="utf-8")
    return file


def service_of(workspace, who=None):
    return connect(workspace, who).datasets()


def phase(workspace):
    return workflow.action("create-dataset", workspace)


def events(workspace, action):
    return [one.detail for one in workspace.ledger.events.all() if one.action == action]


# Which dataset


def test_only_draft_is_taken_for_this_submissions_and_remembered(at_upv, export_dataset, creation_pace):
    ident = export_dataset()
    assert dataset.look(at_upv).dataset.id == ident
    export_dataset(name="Another one")
    assert dataset.look(at_upv).dataset.id == ident


def test_none_of_several_drafts_is_chosen_without_asking(at_upv, export_dataset, creation_pace):
    first, second = export_dataset(), export_dataset(name="Another one")
    with pytest.raises(SettingsError, match="choose one"):
        dataset.look(at_upv)
    assert [one.id for one in dataset.listed(at_upv)] == [second, first]
    assert dataset.look(at_upv, first).dataset.id == first


def test_identifier_that_would_lead_elsewhere_is_not_asked_for(at_upv):
    with pytest.raises(NodeError, match="no identifier"):
        dataset.look(at_upv, "../projects")


# Creation


def test_creation_is_watched_until_it_ends(at_upv, export_dataset, creation_pace):
    creation_pace(60)
    export_dataset()
    heard = []

    def heard_once():
        heard.append((progress.done, progress.doing))
        creation_pace(0)

    progress = jobs.Progress()
    progress.check = heard_once
    done = dataset.watch(at_upv, every=0.01, progress=progress)
    assert heard == [(0, "The node: Launching dataset creation job...")]
    assert done.state is DatasetState.DRAFT
    assert done.counts == {"subjects": 2, "studies": 2}
    assert progress.done == progress.total
    assert phase(at_upv).state is StepState.TODO
    assert "draft" in phase(at_upv).sentence


def test_watching_stops_when_asked_to(at_upv, export_dataset, creation_pace):
    creation_pace(60)
    progress = jobs.Progress()
    progress.stop.set()
    with pytest.raises(jobs.Stopped):
        dataset.watch(at_upv, ident=export_dataset(), progress=progress)
    assert workflow.node_dataset(at_upv).state is DatasetState.CREATING


@pytest.fixture
def failed(at_upv, creation_pace, uploaded_studies, tmp_path):
    """A dataset whose creation failed: a study of the index leads out of the data lake."""
    studies = uploaded_studies()
    studies[0]["pathInDatalake"] = "../P1/secret"
    dataset.create(at_upv, {"name": "Wrong", "description": "d"}, index=written(tmp_path, studies))
    return at_upv


def test_failed_creation_says_what_it_means_and_keeps_no_path(failed):
    done = dataset.watch(failed)
    assert (done.state, done.message) == (DatasetState.FAILED, "Wrong path")
    assert "leads out of the data lake" in done.means
    assert done.mend
    assert "P1/secret" in dataset.look(failed).words
    assert "secret" not in (failed.folder / "dataset" / "node.json").read_text(encoding="utf-8")
    assert phase(failed).state is StepState.ATTENTION


def test_failed_creation_cannot_be_released_but_removed(failed):
    with pytest.raises(Refused, match="creation failed"):
        dataset.release(failed, override="never mind")
    dataset.discard(failed)
    assert dataset.listed(failed) == []
    assert workflow.node_dataset(failed) is None


def test_complete_dataset_is_not_removed(draft):
    with pytest.raises(Refused, match="not complete"):
        dataset.discard(draft)
    assert len(dataset.listed(draft)) == 1


def test_program_makes_no_dataset_where_the_node_does_not_permit_it(at_upv, tmp_path):
    index = written(tmp_path, [])
    with pytest.raises(Refused, match="QP-Insights"):
        dataset.create(at_upv.change(node_options={"dataset_creation": False}), {}, index=index)


def test_dataset_made_by_a_program_has_the_clinical_data_given(at_upv, creation_pace, uploaded_studies, tmp_path):
    index, forms = written(tmp_path, uploaded_studies()), tmp_path / "eforms.json"
    page = {"page_name": "patient_data", "page_data": {"gender": {"value": "MALE"}}, "lists": []}
    forms.write_text(json.dumps([{"subjectName": "P1", "eForm": {"pages": [page]}}]), encoding="utf-8")
    dataset.create(at_upv, {"name": "By program", "description": "d"}, index=index, eforms=forms)
    assert dataset.watch(at_upv).state is DatasetState.DRAFT
    figures = workflow.node_dataset(at_upv).figures
    assert dict(zip(figures["sex"], figures["sexCount"], strict=True)) == {"Female": 1, "Male": 1}


# What is in it


def test_content_that_agrees_is_said_to(draft):
    found = dataset.reconcile(draft)
    assert found.here == found.there == {"subjects": 2, "studies": 2, "series": 3}
    assert (found.missing, found.unverified, found.others) == (0, 0, 0)
    assert dataset.missing_series(draft) == []


def test_series_that_the_node_dropped_silently_is_named(at_upv, creation_pace, uploaded_studies, tmp_path):
    studies = uploaded_studies()
    study = next(one for one in studies if len(one["series"]) == 2)
    dropped = study["series"].pop()["folderName"]
    study["series"].append({"folderName": "never arrived", "tags": []})
    dataset.create(at_upv, {"name": "Short", "description": "d"}, index=written(tmp_path, studies))
    assert dataset.watch(at_upv).state is DatasetState.DRAFT
    found = dataset.reconcile(at_upv)
    assert (found.missing, found.there["series"]) == (1, 2)
    assert [(one.subject, one.series_uid) for one in dataset.missing_series(at_upv)] == [("P1", dropped)]
    assert phase(at_upv).state is StepState.ATTENTION
    with (at_upv.folder / "dataset" / "missing_series.csv").open(encoding="utf-8", newline="") as file:
        assert [row["SeriesInstanceUID"] for row in csv.DictReader(file)] == [dropped]


def test_patient_left_out_of_the_export_is_missing_with_every_series(at_upv, export_dataset, creation_pace):
    dataset.look(at_upv, export_dataset(patients=["P2"]))
    found = dataset.reconcile(at_upv)
    assert found.missing == 2
    assert {one.subject for one in dataset.missing_series(at_upv)} == {"P1"}


def test_nothing_sent_from_here_cannot_agree(workspace, nodes):
    with pytest.raises(WorkspaceError, match="nothing to compare"):
        dataset.reconcile(workspace)


# What is said about it


def test_properties_are_set_and_read_back(draft):
    found = dataset.set_properties(draft, DESCRIBED)
    kept = found.dataset.properties
    assert kept["type"] == ["original"]
    assert kept["license"]["url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found.lacking == ()
    assert events(draft, "dataset described")[0]["properties"] == list(DESCRIBED)


def test_what_is_missing_is_said_before_the_release(draft):
    assert "Provenance: not filled in." in dataset.look(draft).lacking
    assert "Licence: not filled in." in dataset.look(draft).lacking


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"colour": "blue"}, "no property"),
        ({"version": "1" * 17}, "16 characters"),
        ({"name": "ab"}, "3 characters or more"),
        ({"type": "original, weird"}, "cannot be 'weird'"),
        ({"license": "My own"}, "title, a bar and its address"),
    ],
)
def test_value_that_the_node_would_refuse_changes_nothing(draft, values, words):
    before = dataset.look(draft).dataset.properties
    with pytest.raises(SettingsError, match=words):
        dataset.set_properties(draft, {"description": "changed"} | values)
    assert dataset.look(draft).dataset.properties == before


def test_what_the_node_no_longer_lets_be_changed_is_refused_whole(ready):
    dataset.release(ready)
    with pytest.raises(Refused, match="does not let this account change Name while the dataset is released"):
        dataset.set_properties(ready, {"name": "Late name", "contactInfo": "late@site.example"})
    assert dataset.look(ready).dataset.properties["contactInfo"] == DESCRIBED["contactInfo"]
    dataset.set_properties(ready, {"contactInfo": "late@site.example"})


# Release


def test_release_without_the_agreement_is_refused_and_changes_nothing(draft):
    with pytest.raises(Refused, match="The DTA is not recorded as signed"):
        dataset.release(draft)
    assert dataset.look(draft).dataset.state is DatasetState.DRAFT


def test_typed_reason_overrides_and_is_recorded(draft):
    assert dataset.release(draft, override="the coordinator agreed").by_us
    (kept,) = events(draft, "dataset released against objections")
    assert kept["reason"] == "the coordinator agreed"
    assert "The DTA is not recorded as signed." in kept["objections"]


def test_release_is_done_when_the_node_shows_it(ready):
    assert phase(ready).state is not StepState.DONE
    done = dataset.release(ready)
    assert (done.state, done.by_us) == (DatasetState.RELEASED, True)
    assert phase(ready).state is StepState.DONE
    assert events(ready, "dataset released")[0]["dataset"] == done.id
    assert not dataset.release(ready).by_us


def test_somebody_else_released_it_meanwhile(ready, monkeypatch):
    from eucaim_nb.dataset.node._upv import UpvWay

    ours = UpvWay.release

    def late(way, ident, level):
        service_of(ready).change(ident, "draft", False)
        ours(way, ident, level)

    monkeypatch.setattr(UpvWay, "release", late)
    done = dataset.release(ready)
    assert (done.state, done.by_us) == (DatasetState.RELEASED, False)


def test_release_that_the_node_took_and_did_not_do_is_not_believed(ready, monkeypatch):
    from eucaim_nb.dataset.node._upv import UpvWay

    monkeypatch.setattr(UpvWay, "release", lambda *_: None)
    with pytest.raises(NodeError, match="does not show it"):
        dataset.release(ready)
    assert phase(ready).state is not StepState.DONE


def test_published_by_the_nodes_people_is_seen(ready, nodes):
    ident = dataset.release(ready).id
    staff = service_of(ready, Credentials(f"{nodes.username}-staff", nodes.password))
    staff.change(ident, "pids", {"preferred": "custom", "urls": {"custom": "https://doi.org/10.1/x"}})
    staff.change(ident, "public", True)
    found = dataset.look(ready).dataset
    assert found.state is DatasetState.PUBLISHED
    assert found.properties["pids"]["urls"]["custom"] == "https://doi.org/10.1/x"
    assert phase(ready).state is StepState.DONE


def test_invalidation_needs_a_reason_and_reverses(ready):
    dataset.release(ready)
    with pytest.raises(Refused, match="no reason"):
        dataset.invalidate(ready, " ")
    found = dataset.invalidate(ready, "It contains some rejected subject or study")
    assert found.dataset.state is DatasetState.INVALIDATED
    assert found.dataset.properties["invalidationReason"].startswith("It contains")
    assert phase(ready).state is StepState.ATTENTION
    assert dataset.revalidate(ready).dataset.state is DatasetState.RELEASED


def test_new_version_follows_a_released_one(ready, export_dataset):
    first = dataset.release(ready).id
    second = export_dataset(name="Second")
    offered = [one["id"] for one in service_of(ready).upgradable()]
    assert offered == [first]
    found = dataset.set_properties(ready, {"previousId": first}, ident=second)
    assert found.dataset.properties["previousId"] == first


# People and failures


def test_account_without_a_role_sees_nothing_and_is_told_what_is_missing(draft, newcomer):
    with pytest.raises(NodeError, match="Dataset manager"):
        dataset.look(draft, credentials=newcomer)
    assert dataset.listed(draft, credentials=newcomer) == []


def test_account_without_a_role_may_make_no_dataset(at_upv, newcomer, uploaded_studies, tmp_path):
    index = written(tmp_path, uploaded_studies())
    with pytest.raises(NodeError, match="Dataset manager"):
        dataset.create(at_upv, {"name": "Mine", "description": "d"}, index=index, credentials=newcomer)


def test_node_that_is_down_changes_nothing_that_is_known(ready, fault):
    dataset.look(ready)
    fault("dataset:status=503")
    with pytest.raises(NodeError, match="503"):
        dataset.release(ready)
    fault()
    assert workflow.node_dataset(ready).state is DatasetState.DRAFT
    assert dataset.release(ready).by_us


def test_node_that_is_busy_for_a_moment_is_asked_again(ready, fault):
    fault("dataset:status=503@1-2")
    assert dataset.release(ready).by_us


def test_creation_is_asked_for_once_whatever_the_answer(at_upv, fault, nodes, uploaded_studies, tmp_path):
    index = written(tmp_path, uploaded_studies())
    requests.delete(f"{nodes.control}/log", timeout=10)
    fault("dataset:status=503")
    with pytest.raises(NodeError):
        dataset.create(at_upv, {"name": "Once", "description": "d"}, index=index)
    asked = requests.get(f"{nodes.control}/log", timeout=10).json()["requests"]
    assert [one["method"] for one in asked if one["path"].endswith("/datasets")] == ["POST"]


def test_access_history_is_told_to_those_who_may_see_it(draft, nodes):
    found = dataset.history(draft)
    assert found.accesses is None
    assert "may not do this" in found.untold[0]
    staff = Credentials(f"{nodes.username}-staff", nodes.password)
    assert dataset.history(draft, credentials=staff).accesses == []


def test_dataset_that_is_gone_from_the_node_is_said_to_be(draft, nodes):
    requests.post(f"{nodes.control}/wipe", timeout=10)
    with pytest.raises(NodeError, match="no such dataset any more"):
        dataset.look(draft)


def test_preview_shows_the_subjects_of_the_dataset_with_their_forms(draft):
    dataset.reconcile(draft)
    forms = [{"subjectName": "P1", "eForm": {"age": 60}}, {"subjectName": "P9", "eForm": {}}]
    (draft.folder / "clinical" / "eforms.json").write_text(json.dumps(forms), encoding="utf-8")
    found = dataset.preview(draft)
    assert [one["subjectName"] for one in found.index] == ["P1", "P2"]
    assert found.eforms == [{"subjectName": "P1", "eForm": {"age": 60}}, {"subjectName": "P2", "eForm": {}}]

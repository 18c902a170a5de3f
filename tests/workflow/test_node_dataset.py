"""The step Create and publish stands where the node says it does, and nowhere else."""

import pytest

from eucaim_nb import workflow
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.workflow import Compared, DatasetState, NodeDataset, StepState


def said(workspace, state, missing=None):
    compared = None if missing is None else Compared(1.0, {"series": 3}, {"series": 3 - missing}, missing)
    found = NodeDataset(workspace.settings.node, "1-2", state, 1.0, compared=compared)
    workflow.keep_node_dataset(workspace, found)
    assert workflow.node_dataset(workspace) == found
    return workflow.action("create-dataset", workspace)


@pytest.mark.parametrize("state", list(DatasetState))
def test_only_a_released_dataset_is_done(workspace, state):
    assert (said(workspace, state).state is StepState.DONE) == state.released
    assert state.released == (state in ("released", "published", "protected", "public"))


@pytest.mark.parametrize("state", [DatasetState.FAILED, DatasetState.INVALIDATED])
def test_dataset_that_nobody_can_use_needs_attention(workspace, state):
    assert said(workspace, state).state is StepState.ATTENTION


def test_record_of_a_release_does_not_outdo_what_the_node_says(workspace):
    workflow.record(workspace, "create-dataset", note="released, I was told")
    assert workflow.action("create-dataset", workspace).state is StepState.DONE
    found = said(workspace, DatasetState.DRAFT)
    assert (found.state, "a draft" in found.sentence) == (StepState.ATTENTION, True)


def test_series_that_are_missing_need_attention_before_the_release_and_are_said_after_it(workspace):
    assert said(workspace, DatasetState.DRAFT, missing=2).state is StepState.ATTENTION
    released = said(workspace, DatasetState.RELEASED, missing=2)
    assert "2 series that were sent are not in it" in released.sentence


def test_release_at_the_node_frees_the_metadata_without_a_record(workspace):
    def waits_for_release():
        return any("released" in one.text for one in workflow.action("metadata", workspace).blockers)

    assert waits_for_release()
    said(workspace, DatasetState.RELEASED)
    assert not waits_for_release()


def test_what_another_node_said_does_not_count(workspace):
    said(workspace, DatasetState.RELEASED)
    elsewhere = workspace.change(node="practice-health-ri")
    assert workflow.node_dataset(elsewhere) is None


def test_file_that_cannot_be_read_is_said_and_not_taken_for_none(workspace):
    (workspace.folder / "dataset" / "node.json").write_text('{"state": "drafty"}', encoding="utf-8")
    with pytest.raises(WorkspaceError, match="cannot be read"):
        workflow.node_dataset(workspace)
    assert workflow.action("create-dataset", workspace).state is StepState.ATTENTION
    assert "cannot be read" in workflow.step("dataset", workspace).sentence

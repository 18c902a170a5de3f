"""Where phases and actions stand: real blockers, each with the notebook that mends it."""

import pytest

from eucaim_nb import workflow
from eucaim_nb import workspace as workspaces
from eucaim_nb.reference import phases
from eucaim_nb.workflow import StepState

NOTEBOOKS = {phase.id: phase.notebook for phase in phases()}


def states(workspace) -> dict[str, StepState]:
    return {entry.action.id: entry.state for entry in workflow.actions(workspace)}


def blockers(action_id: str, workspace) -> set[str]:
    """Notebooks where what blocks an action is mended."""
    return {blocker.notebook for blocker in workflow.action(action_id, workspace).blockers}


@pytest.fixture
def clear(tmp_path):
    """Record what a release waits for: EUCAIM's clearance and the signed agreement."""

    def record(workspace) -> None:
        (tmp_path / "signed.pdf").write_bytes(b"%PDF signed by both")
        workflow.record(workspace, "documentation", note="declared compliant")
        workflow.record(workspace, "dta", file=tmp_path / "signed.pdf")

    return record


def test_no_workspace_blocks_all_18_actions_and_sends_to_the_start():
    found = workflow.actions(None)
    assert len(found) == 18
    assert {entry.state for entry in found} == {StepState.BLOCKED}
    assert {blocker.notebook for entry in found for blocker in entry.blockers} == {"00_start"}
    steps = workflow.steps(None)
    assert [step.phase.id for step in steps if step.state is StepState.TODO] == ["start"]


def test_new_workspace_has_everything_to_do_except_what_really_waits(workspace):
    assert {name for name, state in states(workspace).items() if state is StepState.BLOCKED} == {
        "deidentify",
        "upload-images",
        "upload-clinical",
        "create-dataset",
        "metadata",
        "registry",
        "catalogue-entry",
    }
    assert set(states(workspace).values()) == {StepState.TODO, StepState.BLOCKED}


def test_every_blocked_step_says_why_and_where_it_is_mended(workspace):
    for step in workflow.steps(workspace):
        assert bool(step.blockers) == (step.state is StepState.BLOCKED), step.phase.id
        for entry in (*step.actions, step):
            assert entry.sentence
            assert all(one.text and one.notebook in NOTEBOOKS.values() for one in entry.blockers)


def test_indexed_images_free_deidentification_and_upload(workspace, index):
    index(workspace)
    found = states(workspace)
    assert (found["deidentify"], found["upload-images"]) == (StepState.TODO, StepState.TODO)
    assert found["extract"] is StepState.DONE
    assert found["upload-clinical"] is StepState.BLOCKED


def test_clinical_data_and_dataset_wait_until_every_sent_image_is_verified(workspace, verify):
    verify(workspace, 2)
    assert states(workspace)["upload-images"] is StepState.ATTENTION
    assert blockers("upload-clinical", workspace) == {NOTEBOOKS["upload"]}
    assert NOTEBOOKS["upload"] in blockers("create-dataset", workspace)
    verify(workspace, 3)
    assert states(workspace)["upload-images"] is StepState.DONE
    assert states(workspace)["upload-clinical"] is StepState.TODO
    assert NOTEBOOKS["upload"] not in blockers("create-dataset", workspace)


@pytest.mark.parametrize("images_only", [True, False])
def test_dataset_waits_for_clinical_data_or_for_the_choice_of_images_only(workspace, verify, images_only):
    verify(workspace)
    assert blockers("create-dataset", workspace) == {NOTEBOOKS["clinical"], NOTEBOOKS["legal"]}
    if images_only:
        workflow.skip(workspace, "upload-clinical", "images only")
    else:
        workflow.record(workspace, "upload-clinical", note="sent")
    assert blockers("create-dataset", workspace) == {NOTEBOOKS["legal"]}


def test_release_of_the_dataset_waits_for_the_signed_dta_and_legal_clearance(workspace, verify, clear):
    verify(workspace)
    workflow.skip(workspace, "upload-clinical", "images only")
    found = workflow.action("create-dataset", workspace).blockers
    assert all("not released" in blocker.text for blocker in found)
    assert ["DTA" in blocker.text for blocker in found] == [True, False]
    clear(workspace)
    assert states(workspace)["create-dataset"] is StepState.TODO
    workflow.withdraw(workspace, "dta")
    assert states(workspace)["create-dataset"] is StepState.BLOCKED


def test_metadata_registration_and_catalogue_follow_each_other_and_the_dta(workspace, clear):
    assert blockers("metadata", workspace) == {NOTEBOOKS["dataset"], NOTEBOOKS["legal"]}
    workflow.record(workspace, "create-dataset", note="released by the coordinator")
    assert blockers("metadata", workspace) == {NOTEBOOKS["legal"]}
    clear(workspace)
    assert states(workspace)["metadata"] is StepState.TODO
    assert blockers("registry", workspace) == {NOTEBOOKS["metadata"]}
    workflow.record(workspace, "metadata", note="sheet filled")
    assert states(workspace)["registry"] is StepState.TODO
    assert blockers("catalogue-entry", workspace) == {NOTEBOOKS["register"]}
    workflow.record(workspace, "registry", note="ticket 7")
    assert states(workspace)["catalogue-entry"] is StepState.TODO


def test_only_the_catalogue_itself_says_that_the_dataset_is_registered(workspace):
    def entry():
        return states(workspace)["catalogue-entry"]

    for action in ("dta", "create-dataset", "metadata", "registry", "catalogue-entry"):
        workflow.record(workspace, action, note="done, it is said")
    assert entry() is StepState.ATTENTION
    for presence in ("unknown", "unreachable"):
        workspace.ledger.events.record(workflow.LOOKED_UP, presence=presence, differing=0)
        assert entry() is StepState.ATTENTION
    workspace.ledger.events.record(workflow.LOOKED_UP, presence="shown", differing=2)
    assert entry() is StepState.ATTENTION
    workflow.record(workspace, "catalogue-entry", note="the title was shortened there, which is fine")
    assert entry() is StepState.DONE
    workspace.ledger.events.record(workflow.LOOKED_UP, presence="shown", differing=0)
    assert entry() is StepState.DONE


def test_dataset_that_the_catalogue_shows_needs_no_record_of_its_registration(workspace):
    workspace.ledger.events.record(workflow.LOOKED_UP, presence="shown", differing=0)
    assert workflow.step("register", workspace).state is StepState.DONE


def test_phase_of_two_actions_is_done_only_when_both_are(workspace):
    workflow.record(workspace, "dta", note="signed")
    half = workflow.step("legal", workspace)
    assert half.state is StepState.TODO
    assert half.sentence.startswith("1 of 2 done")
    workflow.record(workspace, "documentation", note="complete")
    assert workflow.step("legal", workspace).state is StepState.DONE


def test_blocked_phase_names_what_is_outside_it_and_not_its_own_actions(workspace):
    step = workflow.step("register", workspace)
    assert step.state is StepState.BLOCKED
    assert {blocker.notebook for blocker in step.blockers} == {NOTEBOOKS["metadata"], NOTEBOOKS["legal"]}


def test_phase_that_is_optional_is_settled_by_skipping_it(workspace):
    workflow.skip(workspace, "annotate", "there are none")
    assert workflow.step("annotations", workspace).state is StepState.SKIPPED


def test_recorded_action_whose_file_is_gone_asks_for_attention(workspace, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(b"%PDF")
    made = workflow.record(workspace, "dta", file=tmp_path / "signed.pdf")
    assert states(workspace)["dta"] is StepState.DONE
    assert made.file is not None
    made.file.unlink()
    found = workflow.action("dta", workspace)
    assert found.state is StepState.ATTENTION
    assert "signed.pdf" in found.sentence
    assert workflow.step("legal", workspace).state is StepState.ATTENTION


def test_start_counts_the_actions_that_are_done_and_those_skipped(workspace, verify):
    assert "0 of 18 actions are done" in workflow.step("start", workspace).sentence
    verify(workspace)
    workflow.record(workspace, "dta", note="signed")
    workflow.skip(workspace, "risk", "no")
    assert "3 of 18 actions are done, 1 skipped" in workflow.step("start", workspace).sentence


def test_a_whole_submission_can_be_done_step_by_step_without_any_excuse(workspace, verify, deidentify, tmp_path):
    (tmp_path / "proof.pdf").write_bytes(b"%PDF")
    verify(workspace)
    deidentify(workspace)
    for entry in workflow.actions(workspace):
        if entry.action.by == "person":
            workflow.record(workspace, entry.action.id, file=tmp_path / "proof.pdf")
    assert states(workspace)["catalogue-entry"] is StepState.ATTENTION
    workspace.ledger.events.record(workflow.LOOKED_UP, presence="shown", differing=0)
    assert set(states(workspace).values()) == {StepState.DONE}
    assert {step.state for step in workflow.steps(workspace)} == {StepState.DONE}
    assert "18 of 18" in workflow.step("start", workspace).sentence


def test_deidentification_is_done_when_every_output_is_verified_and_nothing_waits(workspace, index, deidentify):
    index(workspace)
    assert states(workspace)["deidentify"] is StepState.TODO
    deidentify(workspace, written=2, verified=2)
    assert states(workspace)["deidentify"] is StepState.ATTENTION
    assert "1 images were scanned since" in workflow.action("deidentify", workspace).sentence
    deidentify(workspace, written=3, verified=2)
    assert states(workspace)["deidentify"] is StepState.ATTENTION
    assert "2 of 3" in workflow.action("deidentify", workspace).sentence
    deidentify(workspace)
    assert states(workspace)["deidentify"] is StepState.DONE


@pytest.mark.parametrize(
    ("node", "has", "lacks"), [("practice-upv", "qp-cases", "xnat"), ("health-ri", "xnat", "qp-cases")]
)
def test_actions_of_a_workspace_are_those_of_its_node(tmp_path, node, has, lacks):
    made = workspaces.create(tmp_path / "ws", node=node)
    found = {name for entry in workflow.actions(made) for name in entry.action.links}
    assert has in found
    assert lacks not in found


def test_what_was_verified_at_another_node_does_not_count(workspace, verify):
    verify(workspace)
    moved = workspace.change(node="health-ri")
    assert states(moved)["upload-images"] is StepState.TODO
    assert states(moved)["upload-clinical"] is StepState.BLOCKED

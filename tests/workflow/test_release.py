"""The gate before a release: nothing is made public before the agreement is signed and EUCAIM cleared the holder."""

import datetime as dt

import pytest

from eucaim_nb import workflow

UNSIGNED = "The DTA is not recorded as signed."


@pytest.fixture
def signed(tmp_path):
    file = tmp_path / "signed.pdf"
    file.write_bytes(b"%PDF signed by both")
    return file


@pytest.fixture
def cleared(workspace, signed):
    """A workspace with nothing against its release."""
    workflow.record(workspace, "documentation", note="declared compliant on 3 March")
    workflow.record(workspace, "dta", file=signed)
    assert workflow.release_blockers(workspace) == ()
    return workspace


def test_new_workspace_may_release_nothing(workspace):
    first, second = workflow.release_blockers(workspace)
    assert first == UNSIGNED
    assert "declared your organisation compliant" in second


def test_withdrawn_signature_or_clearance_shuts_the_gate_again(cleared):
    workflow.withdraw(cleared, "dta")
    assert workflow.release_blockers(cleared) == (UNSIGNED,)
    workflow.withdraw(cleared, "documentation")
    assert len(workflow.release_blockers(cleared)) == 2


def test_word_that_it_is_signed_is_not_enough_without_the_signed_file(workspace):
    workflow.record(workspace, "documentation", note="compliant")
    workflow.record(workspace, "dta", note="signed on paper")
    (blocker,) = workflow.release_blockers(workspace)
    assert "signed file is missing" in blocker


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_agreement_that_is_not_what_was_recorded_does_not_count(cleared, harm):
    kept = workflow.records(cleared)["dta"].file
    if harm == "gone":
        kept.unlink()
    else:
        kept.write_bytes(b"%PDF another agreement")
    (blocker,) = workflow.release_blockers(cleared)
    assert "missing or was changed" in blocker


def test_lost_proof_of_clearance_shuts_the_gate(cleared, signed):
    workflow.record(cleared, "documentation", file=signed)
    assert workflow.release_blockers(cleared) == ()
    workflow.records(cleared)["documentation"].file.unlink()
    (blocker,) = workflow.release_blockers(cleared)
    assert "legal clearance" in blocker


@pytest.mark.parametrize("harm", ["expired", "gone"])
def test_document_that_expired_or_is_gone_shuts_the_gate_after_it_was_cleared(cleared, signed, harm):
    yesterday = dt.date.today() - dt.timedelta(days=1)
    kept = workflow.put_on_file(
        cleared, "ethics", file=signed, valid_until=yesterday if harm == "expired" else None
    )
    if harm == "gone":
        kept.file.unlink()
    (blocker,) = workflow.release_blockers(cleared)
    assert "Favourable ethical approval" in blocker
    assert harm in blocker
    workflow.put_on_file(cleared, "ethics", file=signed, valid_until=dt.date.today())
    assert workflow.release_blockers(cleared) == ()


def test_expired_certificate_of_a_course_does_not_hold_up_a_release(cleared, signed):
    workflow.put_on_file(cleared, "ethical-training", file=signed, valid_until=dt.date(2020, 1, 1))
    assert workflow.release_blockers(cleared) == ()
    assert workflow.action("familiar", cleared).state is workflow.StepState.ATTENTION

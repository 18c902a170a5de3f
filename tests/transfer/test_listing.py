"""A node that fails on one series, or breaks down on the way: the others go on, and its word is not believed."""

import pytest

from eucaim_nb.errors import NodeError
from eucaim_nb.ledger import UploadState
from eucaim_nb.nodes import _asking
from eucaim_nb.transfer import _link, _patience, plan, verify
from eucaim_nb.transfer._proof import likeness

from .conftest import sendable

NODE = "practice-upv"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch):
    monkeypatch.setattr(_patience, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(_asking, "_FIRST_WAIT", 0.001)


@pytest.fixture
def uploads(scanned):
    return scanned.ledger.uploads


@pytest.fixture
def sizes(scanned, uploads):
    """How many instances each series has, in the order in which they are sent."""
    return [len(uploads.candidates([1], *pair)) for pair in uploads.candidate_series([1])]


def of_series(number, asked_before=1):
    """Let the node fail to list one series; an upload asks for all studies first."""
    return f"qido:damaged={number + asked_before}"


def test_series_that_cannot_be_listed_fails_alone_with_a_remedy_and_is_taken_again(
    send, scanned, nodes, uploads, sizes, held
):
    nodes.faults.set([of_series(3)])
    done = send(connections=1)
    assert (done.failed, done.verified) == (sizes[2], done.queued - sizes[2])
    failures = uploads.failures(NODE)
    assert len({failure["series_instance_uid"] for failure in failures}) == 1
    assert all("answered 500" in failure["message"] for failure in failures)
    assert all("Ask its administrators" in failure["message"] for failure in failures)
    nodes.faults.set([])
    again = send(failed_only=True)
    assert (again.sent, again.failed) == (sizes[2], 0)
    assert held() == sendable(scanned)


def test_dry_run_counts_what_will_not_be_sent_because_its_series_cannot_be_listed(scanned, cohort, nodes, sizes):
    nodes.faults.set([of_series(3, asked_before=0)])
    planned = plan(scanned, source=str(cohort.folder))
    assert planned.not_listed == sizes[2]
    assert planned.to_send == planned.queued - sizes[2]


def test_series_that_cannot_be_listed_once_it_was_sent_is_not_verified_and_not_sent_twice(
    send, nodes, sizes, uploads
):
    nodes.faults.set([f"{of_series(3)}@{len(sizes) + 2}-"])
    first = send(connections=1)
    assert (first.failed, first.verified) == (sizes[2], first.queued - sizes[2])
    assert uploads.counts(NODE).failed == sizes[2]
    nodes.faults.set([])
    again = send()
    assert (again.sent, again.failed, again.read_back) == (0, 0, sizes[2])


@pytest.mark.parametrize("fault", ["qido:status=500@3-", "qido:status=401@3-", "qido:drop-before@3-"])
def test_node_that_lists_nothing_ends_the_upload_and_fails_nothing(fault, send, nodes, uploads, held):
    nodes.faults.set([fault])
    with pytest.raises(NodeError):
        send(connections=1)
    assert uploads.counts(NODE).failed == 0
    assert held() == set()


def test_node_that_answers_but_lists_no_series_at_all_is_given_up_soon(send, nodes, uploads, held):
    series = [of_series(number) for number in range(1, 30)]
    nodes.faults.set(series)
    with pytest.raises(NodeError, match="answered 500"):
        send(connections=1)
    assert len(uploads.failed_series(NODE)) < 10
    assert held() == set()


def test_many_series_that_cannot_be_listed_do_not_keep_the_others_for_ever(send, nodes, sizes):
    """The first upload meets only those, and gives up; the second begins with the others."""
    nodes.faults.set([of_series(number) for number in range(1, 11)])
    with pytest.raises(NodeError):
        send(connections=1)
    done = send(connections=1)
    assert done.verified == sum(sizes[10:])
    assert done.failed == sum(sizes[:10])


def test_series_that_cannot_be_listed_is_missed_by_verify_and_the_others_are_compared(send, scanned, nodes, uploads):
    everything = send().queued
    nodes.faults.set([of_series(2, asked_before=0)])
    found = verify(scanned)
    assert 0 < found.missing < everything == found.expected
    counts = uploads.counts(NODE)
    assert (counts.failed, counts.verified) == (found.missing, found.present)


@pytest.mark.parametrize("trouble", ["drop-before@3", "status=500@3", "empty@3"])
def test_what_was_acknowledged_before_the_node_broke_down_is_read_back(trouble, send, nodes, sizes):
    nodes.faults.set([f"stow:{trouble}"])
    done = send(connections=1)
    assert done.failed == 0
    assert done.read_back >= sum(sizes[:2])


def test_what_a_node_in_trouble_cannot_give_back_is_not_verified(send, nodes, uploads, sizes):
    nodes.faults.set(["stow:drop-before@3", "wado:status=500@1-"])
    done = send(connections=1)
    assert done.failed >= sum(sizes[:2])
    assert all("fails to give it back" in failure["message"] for failure in uploads.failures(NODE))


def test_trouble_at_a_node_that_gives_nothing_back_is_no_reason_to_fail(send, scanned, nodes, held):
    nodes.faults.set(["stow:drop-before@3", "wado:status=404@1-"])
    assert send(connections=1).failed == 0
    assert held() == sendable(scanned)


def test_upload_that_the_node_ended_is_read_back_by_the_next(send, nodes, uploads, sizes):
    nodes.faults.set(["stow:disk-full@3-"])
    with pytest.raises(NodeError, match="disk is full"):
        send(connections=1)
    assert not any(UploadState.ACKNOWLEDGED in states for states in uploads.series_states(NODE).values())
    nodes.faults.set([])
    done = send()
    assert (done.failed, done.already_there) == (0, sum(sizes[:2]))
    assert done.read_back >= sum(sizes[:2])


def test_read_back_that_fails_because_the_node_is_gone_ends_the_upload(send, nodes, uploads, monkeypatch):
    def gone(*compared):
        nodes.stop()
        return likeness(*compared)

    monkeypatch.setattr(_link, "likeness", gone)
    nodes.faults.set(["stow:drop-before@3"])
    with pytest.raises(NodeError):
        send(connections=1)
    assert uploads.counts(NODE).failed == 0

"""Access tokens end while images travel: nothing is lost, and a sign-in that ended is a pause."""

import threading
import time

import pytest
import requests

from eucaim_nb import jobs
from eucaim_nb.dicom import scan
from eucaim_nb.jobs import JobState
from eucaim_nb.nodes import Credentials
from eucaim_nb.transfer import upload
from tests.nodes.people import GRANTS, real_workspace, tokens

from .conftest import control, sendable


@pytest.fixture
def real(nodes, tmp_path, cohort):
    """A workspace of the real UPV node, at the practice node's addresses, with the sample cohort scanned."""
    made = real_workspace(nodes, tmp_path / "real", "upv", max_batch_instances=5)
    scan(made, [cohort.folder])
    return made


def rate_for(workspace, seconds):
    """Return the Mbit/s at which everything takes some seconds."""
    ids = [number for number, _, _ in workspace.ledger.index.sources()]
    uploads = workspace.ledger.uploads
    size = sum(i.size for pair in uploads.candidate_series(ids) for i in uploads.candidates(ids, *pair))
    return size * 8 / 1e6 / seconds


def requests_for(nodes, ending):
    return [one for one in control(nodes, "/log")["requests"] if one["path"].endswith(ending)]


def test_long_upload_loses_nothing_although_the_token_ends_every_5_seconds(real, nodes, cohort, held):
    given = tokens(nodes)["refresh_token"]
    nodes.policy.change({"token_lifetime": 5})
    began = time.monotonic()
    done = upload(
        real,
        source=str(cohort.folder),
        override="invented people",
        connections=3,
        max_mbit_per_s=rate_for(real, 13),
        credentials=Credentials(token=given),
    )
    assert time.monotonic() - began > 10
    assert (done.failed, done.verified) == (0, done.queued)
    assert held() == sendable(real)
    renewals = [one["status"] for one in requests_for(nodes, "/token")][1:]
    assert len(renewals) >= 3
    assert set(renewals) == {200}
    refused = [one for one in control(nodes, "/log")["requests"] if one["status"] == 401]
    assert len(refused) < len(renewals)  # it is renewed before it ends, not because it was refused


def test_sign_in_that_ends_in_mid_upload_is_a_pause_and_nothing_is_sent_twice(real, nodes, cohort, held):
    given = tokens(nodes)["refresh_token"]
    nodes.policy.change({"token_lifetime": 2})
    arguments = {"source": str(cohort.folder), "override": "invented people", "connections": 2}
    slowly = {**arguments, "max_mbit_per_s": rate_for(real, 12)}

    def end_the_sign_in():
        """A refresh token that is used twice ends the sign-in, as if somebody had stolen it."""
        ready = nodes.ready()["upv"]
        form = {"grant_type": "refresh_token", "client_id": ready["client_id"], "refresh_token": given}
        requests.post(f"{ready['issuer']}/{GRANTS}/token", data=form, timeout=10)

    later = threading.Timer(2.5, end_the_sign_in)
    later.start()
    job = jobs.run(real, "upload", slowly, Credentials(token=given).secrets())
    later.join()
    assert job.state is JobState.STOPPED
    assert "Sign in again" in job.error
    before = held()
    assert before
    assert before < sendable(real)

    requests.delete(f"{nodes.control}/log", timeout=10)
    again = jobs.run(real, "upload", arguments, Credentials(token=tokens(nodes)["refresh_token"]).secrets())
    assert again.state is JobState.DONE
    assert (again.result["failed"], again.result["verified"]) == (0, again.result["queued"])
    assert held() == sendable(real)
    stored = sum(one["stored"] for one in requests_for(nodes, "/studies"))
    assert stored == len(sendable(real)) - len(before)

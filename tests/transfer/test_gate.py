"""The gate: images stay here while something speaks against sending them, and a reason opens it, on record."""

import pytest

from eucaim_nb.deid import deidentify
from eucaim_nb.dicom import scan
from eucaim_nb.errors import Refused
from eucaim_nb.quality import exclude, run
from eucaim_nb.transfer import Against, concerns, upload
from tests.deid.outputs import ROOT, original, written


@pytest.fixture
def treated(workspace, tmp_path):
    """De-identified images of one series, without a modality."""
    folder = tmp_path / "originals"
    folder.mkdir()
    for number in (1, 2):
        ds = original()
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.{number}"
        ds.InstanceNumber = str(number)
        ds.Modality = ""  # an error for every node
        (folder / f"{number}.dcm").write_bytes(written(ds))
    scan(workspace, [folder])
    deidentify(workspace, workers=1)
    return workspace


def test_errors_of_the_quality_checks_keep_verified_images_here_until_a_reason_is_given(treated, nodes):
    assert concerns(treated, "deidentified") == ()
    run(treated, level="quick")
    [concern] = concerns(treated, "deidentified")
    assert concern.against is Against.QUALITY
    with pytest.raises(Refused, match=r"quality checks stands?"):
        upload(treated)
    assert not treated.ledger.uploads.counts("practice-upv").total
    assert upload(treated, override="the node asked for them as they are").verified == 2
    event = next(one for one in treated.ledger.events.all() if one.action == Against.QUALITY)
    assert event.detail["reason"] == "the node asked for them as they are"


def test_a_series_that_was_left_out_is_not_sent_and_speaks_against_nothing(treated, nodes):
    run(treated, level="quick")
    ids = [number for number, root, _ in treated.ledger.index.sources() if root == b"deidentified"]
    [(study, series)] = treated.ledger.uploads.candidate_series(ids)
    exclude(treated, study, series, reason="it has no modality")
    assert treated.ledger.uploads.candidate_series(ids) == []
    assert not treated.ledger.quality.blocking(ids)

"""From the relay to XNAT: one session at a time, so that no two series are taken for one."""

from collections.abc import Sequence
from functools import partial

import requests

from eucaim_nb.jobs import Progress
from eucaim_nb.nodes import Xnat
from eucaim_nb.nodes.health_ri import Labels

from .._body import Part
from .._flow import Flow
from .._insist import insist
from .._plan import batches
from .._zip import Member, ZipBody
from ._relay import Image


def deliver(service: Xnat, labels: Labels, images: Sequence[Image], progress: Progress) -> str:
    """Send the images of a session, and return why the node did not take them; empty if it answered that it did.

    Raises
    ------
    NodeError
        The node cannot be used at all.
    Stopped
        Somebody wants the work to end.
    """
    for batch in batches(images, service):
        why = insist(service, partial(_post, service, labels, batch, progress), progress)
        if why:
            return why
    return ""


def _post(service: Xnat, labels: Labels, images: Sequence[Image], progress: Progress) -> requests.Response:
    members = [
        Member(f"{number:06}.dcm", Part(lambda path=one.path: path.open("rb"), one.size), one.crc32)  # type: ignore[misc]
        for number, one in enumerate(images)
    ]
    with ZipBody(members, Flow(progress)) as body:
        return service.import_zip(body, labels)

"""From the relay to XNAT: one session at a time, so that no two series are taken for one."""

from collections.abc import Sequence

import requests

from eucaim_nb.jobs import Progress
from eucaim_nb.nodes import BUSY, Xnat
from eucaim_nb.nodes.health_ri import Labels

from .._body import FileChanged, Part
from .._flow import Flow
from .._plan import batches
from .._zip import Member, ZipBody
from ._relay import Image

_ATTEMPTS = 6
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 20.0
_STOPS = frozenset((401, 403, 404, 507))


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
        why = _deliver(service, labels, batch, progress)
        if why:
            return why
    return ""


def _deliver(service: Xnat, labels: Labels, images: Sequence[Image], progress: Progress) -> str:
    renewed = False
    for attempt in range(_ATTEMPTS):
        progress.check()
        try:
            status = _post(service, labels, images, progress)
        except requests.RequestException:
            status = 0
        except FileChanged:
            return "An image that CTP had sent was gone again from the disk."
        if status == 401 and not renewed:
            renewed = service.renew()
            continue
        if status in _STOPS:
            raise service.refusal(status)
        if 0 < status < 300:
            return ""
        if status and status not in BUSY:
            return str(service.refusal(status))
        progress.stop.wait(min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt))
    service.check()
    return "The node failed on this session each time, though it answers otherwise."


def _post(service: Xnat, labels: Labels, images: Sequence[Image], progress: Progress) -> int:
    members = [
        Member(f"{number:06}.dcm", Part(lambda path=one.path: path.open("rb"), one.size), one.crc32)  # type: ignore[misc]
        for number, one in enumerate(images)
    ]
    with ZipBody(members, Flow(progress)) as body:
        return service.import_zip(body, labels).status_code

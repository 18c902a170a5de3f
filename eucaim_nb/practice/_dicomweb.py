"""The DICOMweb room: which address is which transaction."""

from dataclasses import dataclass
from functools import partial

from . import _qido, _stow, _wado
from ._http import Request, Response, problem
from ._login import Door
from ._policy import Policy
from ._store import Store

_BELOW = {
    "": ("studies", "series", "instances"),
    "studies": ("series", "instances"),
    "series": ("instances",),
    "instances": (),
}
_LEVEL = {"studies": "study", "series": "series", "instances": "instance"}


@dataclass(frozen=True, slots=True)
class Target:
    """What an address names: a level to search, or the UIDs of what to retrieve."""

    uids: tuple[str, ...]
    search: str | None = None
    metadata: bool = False


def target_of(segments: list[str]) -> Target | None:
    """Read an address such as `studies/1.2/series/3.4/instances`; `None` if it is none of DICOMweb's."""
    uids: list[str] = []
    above = ""
    while segments:
        name, *rest = segments
        if name == "metadata" and uids and not rest:
            return Target(tuple(uids), metadata=True)
        if name not in _BELOW[above] or (uids and above == "studies" and name == "instances" and rest):
            return None
        if not rest:
            return Target(tuple(uids), search=_LEVEL[name])
        if above == "" and name != "studies":
            return None
        uids.append(rest[0])
        above, segments = name, rest[1:]
    return Target(tuple(uids)) if uids else None


def service_of(request: Request) -> str:
    """Name the service whose faults apply to a request."""
    if request.method == "POST":
        return "stow"
    target = target_of(request.segments)
    return "qido" if target is not None and target.search else "wado"


class DicomWeb:
    """STOW-RS, QIDO-RS and WADO-RS on the instances of a store."""

    def __init__(self, store: Store, policy: Policy, door: Door) -> None:
        self._store = store
        self._policy = policy
        self._door = door

    def service(self, request: Request) -> str:
        """Name the service whose faults apply."""
        return service_of(request)

    def __call__(self, request: Request) -> Response:
        """Answer one transaction."""
        if refusal := self._door.refusal(request, storing=request.method == "POST"):
            return refusal
        segments = request.segments
        if request.method == "POST" and segments[:1] == ["studies"] and len(segments) <= 2:
            keep = partial(self._store.keep, on_conflict=self._policy.on_conflict)
            return _stow.store_instances(request, self._store.spool, keep)
        target = target_of(segments)
        if target is None:
            return problem(404, "this node has no such resource")
        if request.method != "GET":
            response = problem(
                405, "this node stores, searches and retrieves; it deletes nothing over DICOMweb"
            )
            response.headers["Allow"] = "GET, POST"
            return response
        if target.search:
            return _qido.search(request, self._store, target.search, *target.uids)
        answer = _wado.metadata if target.metadata else _wado.retrieve
        return answer(request, self._store, *target.uids)

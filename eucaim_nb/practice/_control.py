"""The control address: set faults, see what the node holds and was asked. Not part of any protocol."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from eucaim_nb import __version__

from ._faults import EFFECTS, SERVICES, FaultBoard, FaultSpec
from ._http import BodyTooLarge, Request, Response, json_response, problem
from ._policy import Policy

_LONGEST_LOG = 10_000  # requests
_HELP = (
    "Faults: GET, PUT, POST, DELETE /. What a node holds: GET /instances, GET /instances?node=NAME. Empty all: "
    "POST /wipe. Requests: GET or DELETE /log. Choices: PUT /policy. What a dataset can be made of, and make one: "
    "GET or POST /export-dataset. Entries of the catalogue: GET or POST /catalogue, DELETE /catalogue/ID."
)


class RequestLog:
    """The latest requests: never a query or a body, where patient values would be."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_LONGEST_LOG)
        self._lock = threading.Lock()

    def add(self, method: str, path: str, status: int | None, size: int, stored: int) -> None:
        """Note a request; the status is `None` when the connection was dropped without an answer."""
        entry = {"method": method, "path": path, "status": status, "bytes": size, "stored": stored}
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[dict[str, Any]]:
        """Return the requests, oldest first."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._entries.clear()


class Control:
    """Answers whoever is in control: `_HELP` says what they can ask.

    Parameters
    ----------
    board, policy, log
        What can be changed and read here.
    instances : dict
        By node, what lists each instance it holds as study, series, sop, sha256 and bytes.
    wipe : callable
        Empties everything and returns how much of what it was; `None` if that cannot be done here.
    orders : dict
        What answers below other addresses, by their first part.
    """

    def __init__(
        self,
        board: FaultBoard,
        policy: Policy,
        log: RequestLog,
        *,
        instances: Mapping[str, Callable[[], list[dict[str, Any]]]],
        wipe: Callable[[], dict[str, int] | None],
        orders: Mapping[str, Callable[[Request], Response]],
    ) -> None:
        self._board = board
        self._policy = policy
        self._log = log
        self._instances = instances
        self._wipe = wipe
        self._orders = orders

    def service(self, request: Request) -> None:
        """Nothing goes wrong here."""

    def __call__(self, request: Request) -> Response:
        """Answer one request of the person, or the test, in control."""
        try:
            return self._answer(request)
        except BodyTooLarge:
            return problem(413, "that is too long to be an order")
        except ValueError as wrong:
            return problem(400, str(wrong))

    def _answer(self, request: Request) -> Response:
        match request.method, request.segments:
            case "GET", []:
                return self._state()
            case "PUT" | "POST", []:
                self._board.set(_faults(request.body.all()), replace=request.method == "PUT")
                return self._state()
            case "DELETE", []:
                self._board.set([])
                return self._state()
            case "GET", ["instances"]:
                node = dict(request.query).get("node", next(iter(self._instances)))
                if node not in self._instances:
                    raise ValueError(f"unknown node {node[:40]!r}; known: {', '.join(self._instances)}")
                instances = self._instances[node]()
                return json_response(200, {"count": len(instances), "instances": instances})
            case "POST", ["wipe"]:
                wiped = self._wipe()
                if wiped is None:
                    return problem(501, "the server behind this node cannot be emptied from here")
                return json_response(200, wiped)
            case "GET", ["log"]:
                return json_response(200, {"requests": self._log.entries()})
            case "DELETE", ["log"]:
                self._log.clear()
                return json_response(200, {"requests": []})
            case "PUT", ["policy"]:
                wanted = json.loads(request.body.all())
                if not isinstance(wanted, dict):
                    raise ValueError("send an object with the choices to change")
                self._policy.change(wanted)
                return self._state()
            case _, [name, *_] if name in self._orders:
                return self._orders[name](request)
        return problem(404, _HELP)

    def _state(self) -> Response:
        known = {"services": SERVICES, "effects": {name: effect.says for name, effect in EFFECTS.items()}}
        return json_response(
            200,
            {
                "version": __version__,
                "faults": self._board.state(),
                "policy": asdict(self._policy),
                "known": known,
            },
        )


def _faults(body: bytes) -> Iterable[FaultSpec]:
    """Read faults: JSON (one, a list, or `{"faults": list}`), else one text per line."""
    text = body.decode("utf-8")
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = [line for line in text.splitlines() if line.strip()]
    if isinstance(value, dict) and "faults" in value:
        value = value["faults"]
    return [FaultSpec.from_json(one) for one in (value if isinstance(value, list) else [value])]

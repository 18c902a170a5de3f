"""From an address to the room that answers it, with the faults in between."""

import threading
from collections import deque

from ._faults import FaultBoard
from ._http import BodyTooLarge, Drop, Request, Response, Room, problem
from ._policy import Policy


class Router:
    """Rooms by prefix.

    Parameters
    ----------
    board : FaultBoard
        What goes wrong on purpose.
    policy : Policy
        Holds the size limit of a request.
    """

    def __init__(self, board: FaultBoard, policy: Policy) -> None:
        self._board = board
        self._policy = policy
        self._rooms: list[tuple[str, Room]] = []
        self.stopping = threading.Event()

    def add(self, prefix: str, room: Room) -> None:
        """Let a room answer everything below a prefix such as `/upv/dicom-web`."""
        self._rooms.append((prefix, room))

    def answer(self, request: Request) -> Response:
        """Answer a request, or misbehave.

        Raises
        ------
        Drop
            A fault wants the connection closed.
        BodyTruncated
            The client went away.
        """
        for prefix, room in self._rooms:
            if request.path == prefix or request.path.startswith(f"{prefix}/"):
                request.room, request.path = prefix, request.path.removeprefix(prefix)
                request.plan = self._board.plan(room.service(request), request.path)
                return self._answer(request, room)
        return problem(404, "there is no such address on the practice nodes")

    def _answer(self, request: Request, room: Room) -> Response:
        plan, body = request.plan, request.body
        if fault := plan.take("delay"):
            self.stopping.wait(fault.value)
        if plan.take("drop-before"):
            raise Drop
        if fault := plan.take("status"):
            response = problem(int(fault.value or 500), "this answer was ordered as a fault")
            if fault.retry_after is not None:
                response.headers["Retry-After"] = f"{fault.retry_after:g}"
            body.drain()
            return response
        if plan.take("damaged"):
            body.drain()
            return problem(500, "what is here was damaged on purpose")
        if plan.peek("chunked-refused") and body.length is None:
            plan.take("chunked-refused")
            return problem(411, "say how long the body is")
        limited = plan.peek("max-body")
        body.limit = min(self._policy.max_body, int(limited.value or 0)) if limited else self._policy.max_body
        if fault := plan.take("drop-at"):
            body.drop_at = int(fault.value or 0)
        slow = plan.take("rate")
        body.rate = slow.value if slow else None
        try:
            if body.length is not None and body.length > body.limit:
                raise BodyTooLarge
            response = room(request)
        except BodyTooLarge:
            plan.take("max-body")
            return problem(413, f"the body is larger than {body.limit} bytes")
        if plan.take("drop-after"):
            if not isinstance(response.body, bytes):
                deque(
                    response.body, maxlen=0
                )  # everything is done, and a connection to a real server is let go
            raise Drop
        if fault := plan.take("cut"):
            response.cut = int(fault.value or 0)
        response.rate = body.rate
        return response

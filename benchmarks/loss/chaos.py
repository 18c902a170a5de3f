"""What goes wrong in one run: which faults are set when, and who is killed when."""

import random
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST = 6.0
"""Seconds after its start within which a client, or a server under it, is killed."""

_USUAL_REQUEST = 30
"""The request that a fault hits on average: most hit early ones, for not every start gets far."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One start of the client: what the server does wrong meanwhile, and after how many seconds who is killed."""

    faults: tuple[str, ...]
    kill_client: float | None
    kill_server: float | None
    connections: int

    def __str__(self) -> str:
        parts = list(self.faults)
        parts += [f"kill client {self.kill_client:.2f} s"] if self.kill_client is not None else []
        parts += [f"kill server {self.kill_server:.2f} s"] if self.kill_server is not None else []
        return f"[{self.connections}x " + ", ".join(parts or ["nothing"]) + "]"


_Template = Callable[[random.Random], str]

_ANYWHERE: tuple[_Template, ...] = (
    lambda rng: f"status={rng.choice((500, 502, 503, 504))}",
    lambda rng: "status=429,retry-after=0",
    lambda rng: "status=401",
    lambda rng: f"delay={rng.uniform(0.05, 0.5):.2f}",
    lambda rng: "drop-before",
    lambda rng: f"drop-at={rng.randint(1, 30_000)}",
    lambda rng: "drop-after",
    lambda rng: f"cut={rng.randint(0, 400)}",
    lambda rng: "lost",
    lambda rng: f"partial={rng.randint(1, 5)}",
)
_BY_SERVICE: dict[str, tuple[_Template, ...]] = {
    "stow": (
        *_ANYWHERE,
        lambda rng: f"max-body={rng.randint(3_000, 40_000)}",
        lambda rng: "empty",
        lambda rng: "disk-full",
        lambda rng: "status=400",
    ),
    "xnat-import": (
        *_ANYWHERE,
        lambda rng: "conflict",
        lambda rng: "session-expired",
        lambda rng: "wrong-role",
        lambda rng: "label-refused",
    ),
    "qido": (
        lambda rng: f"status={rng.choice((500, 503))}",
        lambda rng: "drop-before",
        lambda rng: "drop-after",
        lambda rng: f"cut={rng.randint(0, 200)}",
        lambda rng: f"damaged={rng.randint(2, 200)}@1-",
    ),
    "xnat": (
        lambda rng: f"status={rng.choice((500, 503))}",
        lambda rng: "drop-before",
        lambda rng: "drop-after",
        lambda rng: "session-expired",
        lambda rng: f"damaged={rng.randint(2, 100)}@1-",
    ),
    "auth": (lambda rng: "status=503", lambda rng: "expired"),
}
_SERVICES = {
    "upv": ("stow", "stow", "stow", "qido", "auth"),
    "orthanc": ("stow", "stow", "stow", "qido", "auth"),
    "xnat": ("xnat-import", "xnat-import", "xnat-import", "xnat"),
}


def attempts(rng: random.Random, target: str) -> list[Attempt]:
    """Return the troubled attempts of one run, one to four."""
    return [_attempt(rng, target) for _ in range(rng.randint(1, 4))]


def _attempt(rng: random.Random, target: str) -> Attempt:
    return Attempt(
        faults=tuple(_fault(rng, target) for _ in range(rng.randint(1, 4))),
        kill_client=rng.uniform(0.5, _LONGEST) if rng.random() < 0.5 else None,
        kill_server=rng.uniform(0.5, _LONGEST) if rng.random() < 0.3 else None,
        connections=rng.choice((1, 2, 4)),
    )


def _fault(rng: random.Random, target: str) -> str:
    service = rng.choice(_SERVICES[target])
    effect = rng.choice(_BY_SERVICE[service])(rng)
    while target == "orthanc" and effect.startswith("partial"):  # not possible in front of a real server
        effect = rng.choice(_BY_SERVICE[service])(rng)
    if "@" in effect:
        return f"{service}:{effect}"
    first = 1 + int(rng.expovariate(1 / _USUAL_REQUEST))
    return f"{service}:{effect}@{first}-{first + rng.choice((0, 0, 1, 3, 10))}"

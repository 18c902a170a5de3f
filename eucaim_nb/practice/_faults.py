"""Misbehaviour on request: what can go wrong on the practice nodes, when, and how often it did.

A fault is written `service:effect[=value][,option=value][@when]`, for example
`stow:status=429,retry-after=1@2`.

- `service` is one of the names in `SERVICES`; `effect` one of those in `EFFECTS`. `xnat` means `xnat-login` and
  `xnat-import` too.
- Sizes are bytes, or carry KB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024).
- `when` counts the service's requests from the moment the fault is set: `3` is the third, `3-5` a range, `4-`
  from the fourth on, `1,4-6` a list. Without it the fault is always on.
- Of several faults with the same effect, the one set first wins.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SERVICES = {
    "stow": "storing instances (STOW-RS)",
    "qido": "searching (QIDO-RS)",
    "wado": "retrieving instances and metadata (WADO-RS)",
    "auth": "signing in (OpenID Connect)",
    "dataset": "the dataset service",
    "clinical": "clinical data at the UPV node",
    "catalogue": "the EUCAIM catalogue",
    "helpdesk": "the EUCAIM helpdesk",
    "xnat": "everything at the Health-RI node, the two below included",
    "xnat-login": "connecting to the Health-RI node: signing in, schemas, heartbeat",
    "xnat-import": "importing a study into the Health-RI node",
}
Number = int | float
_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does; `value` reads its value, `None` when it has none."""

    says: str
    value: Callable[[str], Number] | None = None
    services: frozenset[str] | None = None
    options: Mapping[str, Callable[[str], Number]] | None = None


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]i?B)?", text, re.IGNORECASE)
    if match is None:
        raise ValueError(f"{text!r} is not a size such as 500000 or 10MB")
    return int(float(match[1]) * _UNITS[(match[2] or "").upper()])


def _rate(text: str) -> int:
    if (rate := _size(text)) < 1:
        raise ValueError("a rate is at least one byte per second")
    return rate


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ValueError(f"{text!r} is not a number of seconds")
    return float(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d*", text):
        raise ValueError(f"{text!r} is not a number of instances")
    return int(text)


def _place(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d*", text):
        raise ValueError(f"{text!r} is not the place of an address in a row, from 1")
    return int(text)


def _status(text: str) -> int:
    if not re.fullmatch(r"[45]\d\d", text):
        raise ValueError(f"{text!r} is not an HTTP error status, 400 to 599")
    return int(text)


_STOW = frozenset({"stow"})
_XNAT = frozenset({"xnat", "xnat-import"})
_AUTH = frozenset({"auth"})
_CLINICAL = frozenset({"clinical"})
EFFECTS: dict[str, Effect] = {
    "status": Effect("answer this HTTP error and do nothing", _status, options={"retry-after": _seconds}),
    "delay": Effect("wait so many seconds before doing anything", _seconds),
    "rate": Effect("read the request and write the answer no faster than so many bytes per second", _rate),
    "max-body": Effect("answer 413 to a body larger than this size", _size),
    "damaged": Effect("answer 500 whenever the so-many-th of the addresses asked for is asked for", _place),
    "drop-before": Effect("close the connection before anything is done"),
    "drop-at": Effect("close the connection when so many bytes of the body were read", _size),
    "drop-after": Effect("do everything, then close the connection without an answer"),
    "cut": Effect("close the connection after so many bytes of the answer's body", _size),
    "lost": Effect("claim that everything was stored, and store nothing", services=_STOW | _XNAT | _CLINICAL),
    "empty": Effect("answer 200 with empty lists, and store nothing", services=_STOW),
    "partial": Effect(
        "let the last so many instances or subjects of the request fail (an import loses them without a word)",
        _count,
        services=_STOW | _XNAT | _CLINICAL,
    ),
    "chunked-refused": Effect("answer 411 to a body whose length is not announced", services=_STOW),
    "renamed": Effect("store everything under new UIDs, and claim the old ones", services=_STOW),
    "warned": Effect("store everything, and say of each instance that values were changed", services=_STOW),
    "xml": Effect("answer in XML, whatever was asked for", services=_STOW),
    "disk-full": Effect("let every instance fail with A700, out of resources", services=_STOW),
    "session-expired": Effect(
        "end the session, or take the token for expired, before the request is looked at: 401",
        services=_XNAT | _CLINICAL | {"helpdesk"},
    ),
    "conflict": Effect("answer a change or an import with 409", services=_XNAT),
    "label-refused": Effect("answer a change or an import with 417", services=_XNAT),
    "wrong-role": Effect("answer a change or an import with 403", services=_XNAT),
    "expired": Effect("give an access token that has expired already", services=_AUTH),
    "no-role": Effect("give an access token without any role", services=_AUTH),
    "foreign-key": Effect("sign the access token with a key that nobody knows", services=_AUTH),
}


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """One fault. `str(spec)` is its text again.

    Attributes
    ----------
    service, effect : str
        What misbehaves, and how.
    value : int, float or None
        The number that belongs to the effect: a status, bytes, seconds or instances.
    retry_after : float or None
        Seconds in the `Retry-After` header of `status`.
    when : tuple of (int, int or None)
        Ranges of request numbers, counted from 1; `None` is an open end.
    """

    service: str
    effect: str
    value: Number | None = None
    retry_after: float | None = None
    when: tuple[tuple[int, int | None], ...] = ((1, None),)

    @classmethod
    def parse(cls, text: str) -> "FaultSpec":
        """Read a fault from its text.

        Raises
        ------
        ValueError
            The text is not a fault; the message lists what is known.
        """
        what, at, when = text.strip().partition("@")
        head, *options = what.split(",")
        service, _, effect_text = head.partition(":")
        name, has_value, value = effect_text.partition("=")
        if service not in SERVICES:
            raise ValueError(f"unknown service {service!r} in fault {text!r}; known: {', '.join(SERVICES)}")
        possible = [key for key, e in EFFECTS.items() if e.services is None or service in e.services]
        if name not in possible:
            raise ValueError(
                f"unknown effect {name!r} in fault {text!r}; known for {service}: {', '.join(possible)}"
            )
        effect = EFFECTS[name]
        if (effect.value is None) == bool(has_value):
            raise ValueError(f"{name!r} {'needs a' if effect.value else 'takes no'} value, in fault {text!r}")
        return cls(
            service,
            name,
            effect.value(value) if effect.value else None,
            _options(options, effect, text).get("retry-after"),
            _when(when, text) if at else ((1, None),),
        )

    @classmethod
    def from_json(cls, value: Any) -> "FaultSpec":
        """Read a fault from its text, or from an object with the fields of the text.

        Raises
        ------
        ValueError
            It is neither.
        """
        if isinstance(value, str):
            return cls.parse(value)
        if not isinstance(value, dict) or not {"service", "effect"} <= set(value):
            raise ValueError(
                'a fault is a text or an object {"service", "effect", "value", "retry-after", "when"}'
            )
        text = f"{value['service']}:{value['effect']}"
        text += f"={value['value']}" if value.get("value") is not None else ""
        text += f",retry-after={value['retry-after']}" if value.get("retry-after") is not None else ""
        text += f"@{value['when']}" if value.get("when") is not None else ""
        return cls.parse(text)

    def applies(self, number: int) -> bool:
        """Tell whether the request with this number is affected."""
        return any(first <= number and (last is None or number <= last) for first, last in self.when)

    def __str__(self) -> str:
        text = f"{self.service}:{self.effect}"
        text += (
            f"={self.value:g}"
            if isinstance(self.value, float)
            else f"={self.value}"
            if self.value is not None
            else ""
        )
        text += f",retry-after={self.retry_after:g}" if self.retry_after is not None else ""
        if self.when != ((1, None),):
            text += "@" + ",".join(
                str(first) if first == last else f"{first}-{'' if last is None else last}"
                for first, last in self.when
            )
        return text


def _options(texts: Sequence[str], effect: Effect, fault: str) -> dict[str, float]:
    known = effect.options or {}
    read: dict[str, float] = {}
    for text in texts:
        name, _, value = text.strip().partition("=")
        if name not in known:
            raise ValueError(
                f"unknown option {name!r} in fault {fault!r}; known: {', '.join(known) or 'none'}"
            )
        read[name] = known[name](value)
    return read


def _when(text: str, fault: str) -> tuple[tuple[int, int | None], ...]:
    ranges: list[tuple[int, int | None]] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([1-9]\d*)(-(\d*))?\s*", part)
        if match is None:
            raise ValueError(
                f"{text!r} in fault {fault!r} is not a request number, a range such as 3-5 or 4-, or a list"
            )
        first = int(match[1])
        last = first if match[2] is None else int(match[3]) if match[3] else None
        if last is not None and last < first:
            raise ValueError(f"the range {part!r} in fault {fault!r} ends before it begins")
        ranges.append((first, last))
    return tuple(ranges)


def grammar() -> str:
    """Return the services, effects and rules as text, for a help page."""
    effects = "\n".join(
        f"  {name + ('=…' if effect.value else ''):<15} {effect.says}"
        + (f" ({', '.join(sorted(effect.services))} only)" if effect.services else "")
        + "".join(f"; option {option}=…" for option in effect.options or ())
        for name, effect in EFFECTS.items()
    )
    services = "\n".join(f"  {name:<15} {says}" for name, says in SERVICES.items())
    return f"service:effect[=value][,option=value][@when]\nservices\n{services}\neffects\n{effects}\n"


@dataclass(slots=True)
class _Armed:
    spec: FaultSpec
    seen: int = 0
    fired: int = 0
    addresses: dict[str, int] = field(default_factory=dict)

    def hits(self, address: str) -> bool:
        """Count a request, and tell whether the fault applies to it."""
        self.seen += 1
        if self.spec.effect == "damaged":
            place = self.addresses.setdefault(address, len(self.addresses) + 1)
            return place == self.spec.value and self.spec.applies(self.seen)
        return self.spec.applies(self.seen)


class Plan:
    """The faults that may hit one request."""

    def __init__(self, armed: Sequence[_Armed] = (), lock: "threading.Lock | None" = None) -> None:
        self._armed = armed
        self._lock = lock or threading.Lock()

    def peek(self, effect: str) -> FaultSpec | None:
        """Return the fault with this effect without counting it as fired."""
        return next((one.spec for one in self._armed if one.spec.effect == effect), None)

    def take(self, effect: str) -> FaultSpec | None:
        """Return the fault with this effect and count it as fired."""
        for one in self._armed:
            if one.spec.effect == effect:
                with self._lock:
                    one.fired += 1
                return one.spec
        return None


class FaultBoard:
    """The faults that are set now.

    Parameters
    ----------
    unavailable : iterable of str
        What this set-up cannot show, as `service:effect`.
    """

    def __init__(self, unavailable: Iterable[str] = ()) -> None:
        self._unavailable = frozenset(unavailable)
        self._armed: list[_Armed] = []
        self._lock = threading.Lock()

    def set(self, specs: Iterable[FaultSpec | str], *, replace: bool = True) -> None:
        """Set these faults, all or none, instead of or besides the present ones.

        Raises
        ------
        ValueError
            One is not a fault, or cannot be shown here.
        """
        armed = [_Armed(FaultSpec.parse(spec) if isinstance(spec, str) else spec) for spec in specs]
        for one in armed:
            if f"{one.spec.service}:{one.spec.effect}" in self._unavailable:
                raise ValueError(f"{one.spec.effect!r} cannot be shown in front of a real server")
        with self._lock:
            self._armed = armed if replace else [*self._armed, *armed]

    def plan(self, service: str | None, address: str) -> Plan:
        """Count a request to an address of this service, and return the faults that apply to it."""
        hit = []
        with self._lock:
            for one in self._armed:
                meant = service == one.spec.service or (service or "").startswith(f"{one.spec.service}-")
                if meant and one.hits(address):
                    hit.append(one)
        return Plan(hit, self._lock)

    def state(self) -> list[dict[str, Any]]:
        """Return every fault with the requests it saw and the times it fired."""
        with self._lock:
            return [{"spec": str(one.spec), "seen": one.seen, "fired": one.fired} for one in self._armed]

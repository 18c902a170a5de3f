"""Clinical data to UPV: an eForm of each subject."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from eucaim_nb.errors import SettingsError
from eucaim_nb.nodes import Forms

from .._carrier import Answer, retry_after
from ._gate import Ready, rows_of
from ._items import Item, canonical

_FORM = "form"
_LONGEST_REASON = 200


class UpvWay:
    """The way to a service that takes eForms."""

    def __init__(self, service: Forms) -> None:
        self.service = service

    def items(self, made: Ready) -> list[Item]:
        """Return one piece for each subject: the paged eForm if that was exported, else the flat one."""
        return [Item(_FORM, subject, canonical(form)) for subject, form in _forms(made).items()]

    def held(self, items: Collection[Item], watch: Callable[[], None]) -> set[Item]:
        """Read the forms of all subjects, and return the pieces that are among them."""
        there = self.service.forms()
        return {item for item in items if item.name in there and canonical(there[item.name]) == item.content}

    def batches(self, items: Sequence[Item]) -> Iterator[list[Item]]:
        """Cut pieces into requests that the node takes: bounded in bytes and in number."""
        batch: list[Item] = []
        size = 0
        for item in items:
            if batch and (
                size + len(item.content) > self.service.max_batch_bytes
                or len(batch) >= self.service.max_batch_subjects
            ):
                yield batch
                batch, size = [], 0
            batch.append(item)
            size += len(item.content)
        if batch:
            yield batch

    def send(self, items: Sequence[Item]) -> Answer:
        """Send subjects in one request, and note which of them the node says it did not take."""
        response = self.service.post([_posted(item) for item in items])
        refused = _refused(response.json()) if response.ok else {}
        return Answer(response.status_code, refused=refused, retry_after=retry_after(response))


def _forms(made: Ready) -> Mapping[str, Any]:
    for kind in ("eforms", "eforms-flat"):
        if (data := made.only(kind)) is not None:
            return {one["subjectName"]: one["eForm"] for one in json.loads(data)}
    if (data := made.only("upv-csv")) is not None:
        # The same flat form that the node itself makes of a row.
        return {row.pop("PatientID"): row for row in rows_of(data)}
    raise SettingsError(
        "Nothing was exported that goes to this node. Prepare the table with one of: eforms, eforms-flat, upv-csv."
    )


def _posted(item: Item) -> bytes:
    return b'{"subjectName":' + canonical(item.name) + b',"eForm":' + item.content + b"}"


def _reason(one: Mapping[str, Any]) -> str:
    return " ".join(str(one.get("reason", "")).split())[:_LONGEST_REASON]


def _refused(answer: Any) -> dict[str, str]:
    """Return the reason by subject; an answer of another form says nothing, the read-back does."""
    try:
        return {
            str(one["subjectName"]): f"The node did not take it: {_reason(one)}."
            for one in answer["subjects"]
            if one["outcome"] == "refused"
        }
    except (KeyError, TypeError, AttributeError):
        return {}

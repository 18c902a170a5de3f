"""Clinical data to Health-RI: files of the project, rows of each subject as a file, custom variables of subjects."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from pathlib import PurePosixPath

import requests

from eucaim_nb.errors import SettingsError
from eucaim_nb.nodes import Xnat
from eucaim_nb.nodes.health_ri import ClinicalData

from .._carrier import Answer, retry_after
from ._gate import Ready
from ._items import Item, canonical, lower

_ROWS = "clinical.json"


class XnatWay:
    """The way to a project of an XNAT."""

    def __init__(self, service: Xnat) -> None:
        self.service = service
        self._data = ClinicalData(service)

    def items(self, made: Ready) -> list[Item]:
        """Return a piece for each file of the project, and for the rows and the variables of each subject."""
        found = [
            Item("file", PurePosixPath(name).name, data)
            for kind in ("xnat-csv", "xnat-json")
            for name, data in made.files.get(kind, {}).items()
        ]
        if (rows := made.only("xnat-json")) is not None:
            ordered = sorted(json.loads(rows), key=lambda row: str(row["PatientID"]))
            for subject, group in groupby(ordered, key=lambda row: str(row["PatientID"])):
                found.append(Item("rows", subject, canonical(list(group))))
        if (variables := made.only("xnat-variables")) is not None:
            by_subject = json.loads(variables).items()
            found += (Item("variables", subject, canonical(lower(values))) for subject, values in by_subject)
        if not found:
            raise SettingsError(
                "Nothing was exported that goes to this node. Prepare the table with one of: xnat-csv, xnat-json, "
                "xnat-variables."
            )
        return found

    def held(self, items: Collection[Item], watch: Callable[[], None]) -> set[Item]:
        """Read each piece, and return those that are the same."""
        found = set()
        for item in items:
            if self._read(item) == item.content:
                found.add(item)
            watch()
        return found

    def batches(self, items: Sequence[Item]) -> Iterator[list[Item]]:
        """Give one piece at a time: an XNAT takes no more with a request."""
        return ([item] for item in items)

    def send(self, items: Sequence[Item]) -> Answer:
        """Send one piece."""
        (item,) = items
        try:
            response = self._put(item)
        except requests.HTTPError as error:  # the subject cannot be made
            response = error.response
        return Answer(response.status_code, retry_after=retry_after(response))

    def _put(self, item: Item) -> requests.Response:
        if item.kind == "file":
            return self._data.put_file(item.name, item.content)
        if item.kind == "rows":
            return self._data.put_file(_ROWS, item.content, item.name)
        for response in self._data.put_variables(item.name, json.loads(item.content)):
            if response.status_code >= 300:
                break
        return response

    def _read(self, item: Item) -> bytes | None:
        if item.kind == "file":
            return self._data.file(item.name)
        if item.kind == "rows":
            return self._data.file(_ROWS, item.name)
        there, wanted = self._data.variables(item.name), json.loads(item.content)
        return canonical({name: there[name] for name in wanted if name in there})

"""Datasets at the UPV node: made of what was uploaded, a draft until they are released."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eucaim_nb.ledger import SeriesUpload
from eucaim_nb.nodes import DatasetService, Node
from eucaim_nb.reference import DatasetProperty, dataset_properties
from eucaim_nb.workflow import DatasetState

from ._properties import not_said
from ._way import Content, Listed, Lost, Shown

_FIGURES = (
    *("subjectsCount", "studiesCount", "ageLow", "ageHigh", "ageUnit", "ageNullCount", "sex", "sexCount"),
    *("diagnosis", "diagnosisCount", "diagnosisYearLow", "diagnosisYearHigh", "diagnosisYearNullCount"),
    *("bodyPart", "bodyPartCount", "modality", "modalityCount", "manufacturer", "manufacturerCount"),
    *("seriesTags", "sizeInBytes"),
)
_EMPTY = "??"
"""What the service writes where nothing was said."""
_BEYOND = ("id", "project", "subproject", "nextId", "creationDate", "pids", "invalidationReason", "corrupted")
"""What is kept of a dataset besides what can be said about it."""
_LONGEST_REASON = 128


@dataclass(frozen=True)
class UpvWay:
    """The way through dataset-service."""

    node: Node
    service: DatasetService

    @property
    def fields(self) -> tuple[DatasetProperty, ...]:
        """What can be said about a dataset."""
        return dataset_properties("upv")

    def unmet(self, properties: Mapping[str, Any]) -> tuple[str, ...]:
        """Say what is not filled in: most of it cannot be changed any more after the release."""
        return not_said(self.fields, properties)

    def listed(self) -> list[Listed]:
        """Return the datasets of the project; drafts and invalidated ones are this account's own."""
        return [
            Listed(
                id=str(one["id"]),
                name=str(one["name"]),
                version=str(one["version"]),
                state=_state(one),
                created=str(one["creationDate"])[:16],
                author=str(one.get("authorName", "")),
                subjects=one["subjectsCount"],
                studies=one["studiesCount"],
            )
            for one in self.service.datasets(self._project)
        ]

    def obvious(self) -> str:
        """Return the only draft: nobody but its author sees one."""
        drafts = [one.id for one in self.listed() if one.state is DatasetState.DRAFT]
        return drafts[0] if len(drafts) == 1 else ""

    def show(self, ident: str) -> Shown:
        """Return one dataset; one that is still being made tells its last message."""
        told = self.service.dataset(ident)
        status, words = self.service.creation(ident) if told.get("creating") else ("", "")
        names = (*(one.name for one in self.fields), *_BEYOND)
        properties = {name: told[name] for name in names if name in told}
        return Shown(
            id=ident,
            state=_state(told, status),
            words=words,
            counts={"subjects": told["subjectsCount"], "studies": told["studiesCount"]},
            properties={name: "" if value == _EMPTY else value for name, value in properties.items()},
            figures={name: told[name] for name in _FIGURES if name in told},
            editable=tuple(told["editablePropertiesByTheUser"]),
            actions=tuple(told["allowedActionsForTheUser"]),
            earlier=self._earlier(ident) if "previousId" in told["editablePropertiesByTheUser"] else (),
        )

    def change(self, ident: str, name: str, value: object) -> None:
        """Change one property."""
        self.service.change(ident, name, value)

    def content(self, ident: str, sent: Sequence[SeriesUpload], asked: Callable[[int], None]) -> Content:
        """Compare by subject and series folder; the node drops a series that it does not find without a word."""
        index = []
        for study in self.service.studies(ident):
            index.append(study)
            asked(1)
        folders: dict[str, list[str]] = defaultdict(list)
        for study in index:
            folders[str(study["subjectName"])] += [str(one["folderName"]) for one in study["series"]]
        return Content(
            counts={
                "subjects": len(folders),
                "studies": len(index),
                "series": sum(map(len, folders.values())),
            },
            lost=tuple(_lost(sent, folders)),
            others=len(folders.keys() - {one.patient_id for one in sent}),
            index=tuple(index),
        )

    def release(self, ident: str, level: str) -> None:
        """End the draft. Publishing it is up to the node's own people."""
        self.service.change(ident, "draft", False)

    def invalidate(self, ident: str, reason: str) -> None:
        """Take it out of use, and say why, as far as there is room for it."""
        self.service.change(ident, "invalidated", True)
        self.service.change(ident, "invalidationReason", reason[:_LONGEST_REASON])

    def revalidate(self, ident: str) -> None:
        """Take the invalidation back; the node forgets the reason."""
        self.service.change(ident, "invalidated", False)

    def _earlier(self, ident: str) -> tuple[tuple[str, str], ...]:
        found = self.service.upgradable(self._project)
        return tuple((str(one["id"]), f"{one['name']} ({one['version']})") for one in found if one["id"] != ident)

    @property
    def _project(self) -> str:
        return self.node.settings.project.partition("|")[0]


def _state(told: Mapping[str, Any], creation: str = "") -> DatasetState:
    if told["invalidated"]:
        return DatasetState.INVALIDATED
    if not told["draft"]:
        return DatasetState.PUBLISHED if told["public"] else DatasetState.RELEASED
    if told.get("creating"):
        return DatasetState.FAILED if creation == "error" else DatasetState.CREATING
    return DatasetState.DRAFT


def _lost(sent: Sequence[SeriesUpload], folders: Mapping[str, Sequence[str]]) -> Iterator[Lost]:
    """Yield what is not there: series by series where the folders are named by UID, else by number."""
    ours: dict[str, list[SeriesUpload]] = defaultdict(list)
    for one in sent:
        ours[one.patient_id].append(one)
    named_by_uid = any(one.listed_as in folders.get(one.patient_id, ()) for one in sent)
    for subject, series in ours.items():
        there = folders.get(subject, ())
        if named_by_uid or not there:
            gone = [one for one in series if one.listed_as not in there]
            yield from (Lost(subject, one.study_uid, one.series_uid, 1) for one in gone)
        elif len(there) < len(series):
            yield Lost(subject, "", "", len(series) - len(there))

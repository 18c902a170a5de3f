"""The creation job: it steps through its messages as time goes by, and fails by the node's rules."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from .._policy import Policy
from . import _eform
from ._database import Creation, Database, Document
from ._datalake import Datalake, DatalakeUnreachable, StudyFolder
from ._figures import StudyFigures, figures, manufacturer, sex_label

_SAME_IN_A_STUDY = {"age": "patientAge", "sex": "sex", "date": "studyDate", "subproject": "subprojectId"}
_LONGEST_CODE = 16  # characters of a modality or body part in the service's tables
_UNEXPECTED = "Unexpected error"
_WRONG_INPUT = (AttributeError, KeyError, TypeError, ValueError)
Folders = dict[str, StudyFolder]


class CreationFailed(Exception):
    """The text is the last message of the job."""


class CreationJobs:
    """Brings the creations forward whenever somebody looks: no thread of their own, and a restart is harmless."""

    def __init__(self, database: Database, datalake: Datalake, policy: Policy) -> None:
        self._database = database
        self._datalake = datalake
        self._policy = policy
        self._steps: list[tuple[str, Callable[[Document, Folders], None]]] = [
            ("Checking studies paths...", self._check_paths),
            ("Checking for missing series in datalake...", _drop_missing_series),
            ("Creating studies in DB...", _measure_studies),
            ("Scanning dataset for collecting metadata...", self._scan),
            ("Creating symbolic links...", _nothing),
            ("Writing INDEX file: index.json", _nothing),
            ("Calculating the hashes of the dataset...", _nothing),
            ("Saving hashes in database...", _nothing),
            ("Dataset creation finished.", _nothing),
        ]

    def launch(self, ident: str) -> None:
        """Begin the creation of a dataset, or begin it again."""
        self._database.save_creation(Creation(ident, time.time()))

    def advance(self) -> None:
        """Do every step that is due by now."""
        for creation in self._database.creations():
            if creation.status != "error":
                self._advance(creation)

    def _advance(self, creation: Creation) -> None:
        dataset = self._database.dataset(creation.ident)
        pace = self._policy.creation_step
        due = int((time.time() - creation.started) / pace) if pace else len(self._steps) + 1
        if dataset is None or due <= creation.step:
            return
        try:
            folders = self._datalake.studies()
        except DatalakeUnreachable:
            return  # the job waits
        for message, step in self._steps[creation.step : due]:
            creation.step += 1
            creation.status, creation.message = "running", message
            try:
                step(dataset, folders)
            except (CreationFailed, *_WRONG_INPUT) as error:
                creation.status = "error"
                creation.message = str(error) if isinstance(error, CreationFailed) else _UNEXPECTED
                self._database.save_creation(creation)
                return
        complete = due > len(self._steps)
        if complete:
            dataset.update(dataset.pop("figures", {}))
        # The dataset first: a kill between the two repeats steps, which does no harm, and loses none.
        self._database.save(dataset)
        if complete:
            self._database.end_creation(creation.ident)
        else:
            self._database.save_creation(creation)

    def _check_paths(self, dataset: Document, folders: Folders) -> None:
        for study in dataset["studies"]:
            path = _path(study)
            if path.startswith("/") or ".." in PurePosixPath(path).parts:
                raise CreationFailed(f"Wrong path: {path}")

    def _scan(self, dataset: Document, folders: Folders) -> None:
        forms = {subject["subjectName"]: subject["eForm"] for subject in dataset["subjects"]}
        measured = []
        seen_subprojects: set[str] = set()
        if not self._policy.dcm_suffix:
            raise CreationFailed(_UNEXPECTED)
        for study in dataset["studies"]:
            tags = _agreed(study, folders[_path(study)])
            seen_subprojects.update(one["subproject"] for one in tags if one["subproject"])
            measured.append(_figures_of(study, tags, forms[study["subjectName"]]))
        # The practice upload sets no subproject tag, so none at all is fine here.
        known = {one["externalId"] for one in self._database.subprojects()}
        if len(seen_subprojects) > 1 or not seen_subprojects <= known:
            raise CreationFailed(_UNEXPECTED)
        dataset["figures"] = figures(measured)


def _path(study: Document) -> str:
    return str(study.get("pathInDatalake") or study["path"])


def _drop_missing_series(dataset: Document, folders: Folders) -> None:
    for study in dataset["studies"]:
        there = folders[_path(study)].series
        study["series"] = [one for one in study["series"] if one["folderName"] in there]
    dataset["studies"] = [study for study in dataset["studies"] if study["series"]]


def _measure_studies(dataset: Document, folders: Folders) -> None:
    for study in dataset["studies"]:
        there = folders[_path(study)].series
        study["sizeInBytes"] = sum(there[one["folderName"]].bytes for one in study["series"])
        if "url" not in study or any("tags" not in one for one in study["series"]):
            raise KeyError("the job cannot do without them")


def _agreed(study: Document, folder: StudyFolder) -> list[dict[str, Any]]:
    """Return the tags of each series of a study, if those agree that must."""
    read: list[dict[str, Any]] = []
    seen: dict[str, str] = {}
    for one in study["series"]:
        tags = folder.series[one["folderName"]].tags()
        for name, label in _SAME_IN_A_STUDY.items():
            value = tags[name]
            if value and seen.setdefault(name, value) != value:
                file = f"/datalake/{folder.path}/{one['folderName']}/0000.dcm"
                raise CreationFailed(f"The {label} in that series differs from other series: {file}")
        read.append(tags)
    return read


def _figures_of(study: Document, tags: list[dict[str, Any]], form: Document) -> StudyFigures:
    first = {name: next((one[name] for one in tags if one[name]), None) for name in ("age", "sex")}
    for one in tags:
        _check_date(one["date"])
        if max(len(one["modality"] or ""), len(one["body_part"] or "")) > _LONGEST_CODE:
            raise ValueError("too long for its column")
    sex_label(first["sex"])
    return StudyFigures(
        study["subjectName"],
        _eform.age(form) or first["age"],
        _eform.sex(form) or first["sex"],
        _eform.year_of_diagnosis(form),
        {one["body_part"] or "Unknown" for one in tags},
        {one["modality"] or "Unknown" for one in tags},
        {manufacturer(one["manufacturer"]) for one in tags},
        {tag for one in study["series"] for tag in one["tags"]},
        study["sizeInBytes"],
    )


def _check_date(text: str | None) -> None:
    if text is not None:  # present but empty is an error, absent is not
        date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _nothing(dataset: Document, folders: Folders) -> None:
    """Do what needs no doing here."""

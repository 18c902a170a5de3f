"""The run: every mask becomes a segmentation once, and what became of each is written down."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from eucaim_nb.dicom import Studio, scan
from eucaim_nb.errors import MaskError
from eucaim_nb.jobs import Progress, silent
from eucaim_nb.whole import replacing
from eucaim_nb.workspace import Workspace

from ._convert import convert
from ._existing import check_existing
from ._files import Format, MaskFile, dataset, digest, masks_in
from ._labels import METHODS, Labels, as_dcmqi, read_labels
from ._match import Match, Matcher
from ._records import Outcome, State, keep, key_of, outcome_of
from ._report import write_report
from ._series import Images

LEFT_OUT = ""
"""In place of a series: the mask is left out."""


@dataclass(frozen=True, slots=True)
class SegmentSummary:
    """What became of masks.

    `written` became segmentations in this run, `unchanged` did in an earlier one. `passed` are segmentations already
    and fit their images. `refused` could not be used, `left_out` were not wanted. `segments` stand in what was written,
    now and before; `resampled` of these masks lay on another grid. `deidentify` tells whether images were de-identified
    before: then the new segmentations still have to be. `seconds` is wall-clock time.
    """

    written: int
    unchanged: int
    passed: int
    refused: int
    left_out: int
    segments: int
    resampled: int
    deidentify: bool
    seconds: float


def segment(
    workspace: Workspace,
    *,
    masks: str | os.PathLike[str],
    labels: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    series: str | None = None,
    choices: str | os.PathLike[str] | Mapping[str, str] | None = None,
    resample: bool = False,
    labelmap: bool = False,
    method: str = "MANUAL",
    algorithm: str = "",
    algorithm_version: str = "",
    progress: Progress | None = None,
) -> SegmentSummary:
    """Make a DICOM-SEG of every mask in a file or below a folder, check it, and index it for the later steps.

    Segmentations are made of originals and are de-identified with them; a mask that was drawn on de-identified images
    lies on their originals just so. Run again after any interruption, it does what is missing.

    Parameters
    ----------
    masks
        A mask, or a folder of masks. They are only read.
    labels
        What labels mean, as for `read_labels`; where a mask says so itself, or names a structure that is known, nothing
        is needed.
    series
        The series all of the masks were drawn on; None suggests one for each, as `match` does.
    choices
        Series by name of mask, as a person confirmed them, or a JSON file of that; `LEFT_OUT` leaves a mask out.
    resample
        Whether masks of another grid are taken over by nearest neighbours; otherwise they are refused.
    labelmap
        Write Label Map Segmentations, which many programs do not know yet.
    method, algorithm, algorithm_version
        How segments were made of which nobody says so: `MANUAL`, `SEMIAUTOMATIC` or `AUTOMATIC`, and by which program.

    Raises
    ------
    MaskError
        highdicom is not installed, there are no masks, the labels cannot be read, or there is no such series.
    WorkspaceError
        The workspace cannot be written.
    """
    if find_spec("highdicom") is None:
        raise MaskError(
            "What writes DICOM-SEG is not installed here. Install it, then run this again: pip install 'eucaim-nb[seg]'"
        )
    if method not in METHODS:
        raise MaskError(f"There is no method called {method}. Choose one of: {', '.join(METHODS)}.")
    known = Labels() if labels is None else read_labels(labels)
    known = replace(known, usual_method=method, usual_algorithm=algorithm, usual_version=algorithm_version)
    options = {"resample": resample, "labelmap": labelmap}
    return _Run(workspace, known, options, progress or silent()).run(masks, series or "", _confirmed(choices))


def _confirmed(choices: str | os.PathLike[str] | Mapping[str, str] | None) -> Mapping[str, str]:
    if choices is None or isinstance(choices, Mapping):
        return choices or {}
    try:
        return {str(mask): str(series) for mask, series in json.loads(Path(choices).read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError) as error:
        raise MaskError("The series that were confirmed cannot be read. Confirm them again.") from error


class _Run:
    def __init__(self, workspace: Workspace, labels: Labels, options: Mapping[str, bool], progress: Progress) -> None:
        self.workspace = workspace
        self.labels = labels
        self.options = options
        self.progress = progress
        self.outcomes: list[Outcome] = []
        self.new = self.unchanged = self.left_out = 0
        self.touched: set[int] = set()
        self.studio = Studio()

    def run(self, place: str | os.PathLike[str], series: str, choices: Mapping[str, str]) -> SegmentSummary:
        """Do it all."""
        began = time.monotonic()
        masks = masks_in(place)
        if not masks:
            raise MaskError("There is no mask at this place. Masks are NIfTI, NRRD, MetaImage, RTSTRUCT or DICOM-SEG.")
        self.matcher = Matcher(self.workspace, series)
        self.progress.begin("Making segmentations", total=len(masks), unit="masks")
        try:
            for mask in masks:
                self._mask(mask, choices)
                self.progress.advance()
        finally:
            self.studio.close()
            self._index()
        return self._concluded(began)

    def _mask(self, mask: MaskFile, choices: Mapping[str, str]) -> None:
        chosen = choices.get(mask.name)
        if chosen == LEFT_OUT:
            self.left_out += 1
            self._forget_output(outcome_of(self.workspace, mask), "")
            return
        found = next(self.matcher.matches([mask])) if chosen is None else self.matcher.of(mask, chosen)
        before = outcome_of(self.workspace, mask)
        try:
            outcome = self._outcome(found, before)
        except MaskError as error:
            outcome = Outcome(mask.name, State.REFUSED, str(mask.format), str(found.verdict), reason=str(error))
            outcome = replace(outcome, series_uid=found.series_uid, source=str(mask.path))
        self._forget_output(before, outcome.output)
        keep(self.workspace, outcome)
        self.outcomes.append(outcome)

    def _outcome(self, found: Match, before: Outcome | None) -> Outcome:
        if not found.series_uid:
            raise MaskError(found.words)
        images = self.matcher.images(found.series_uid)
        basis = self._basis(found.mask, images)
        if before is not None and before.stands(self.workspace, basis):
            self.unchanged += before.state is State.WRITTEN
            return before
        outcome = Outcome(
            found.mask.name,
            State.WRITTEN,
            str(found.mask.format),
            str(found.verdict),
            basis,
            images.patient_id,
            images.series_uid,
            source=str(found.mask.path),
        )
        if found.mask.format is Format.SEG:
            remarks = check_existing(found.mask, images)
            return replace(outcome, state=State.PASSED, remarks=remarks, **self._carried(found.mask, images))
        outcome = self._converted(outcome, found.mask, images)
        if found.mask.format is Format.RTSTRUCT:
            self._carried(found.mask, images)
        self.new += 1
        return outcome

    def _converted(self, outcome: Outcome, mask: MaskFile, images: Images) -> Outcome:
        path = self._output(mask, images, "")
        picture = self.workspace.folder / "annotations" / "pictures" / f"{path.stem}.png"
        made = convert(
            mask,
            images,
            self.labels,
            path,
            picture,
            self.studio,
            seed=f"{self.workspace.settings.id} {outcome.basis}",
            subject=f"{self.workspace.settings.id} {images.patient_id}",
            **self.options,
        )
        return replace(
            outcome,
            sop_uid=made.sop_uid,
            verdict=str(made.verdict),
            resampled=made.resampled,
            segments=made.segments,
            remarks=made.remarks,
            picture=picture.relative_to(self.workspace.folder).as_posix() if made.has_picture else "",
            **self._noted(path, images),
        )

    def _carried(self, mask: MaskFile, images: Images) -> dict[str, Any]:
        """Put a copy of a DICOM object that refers to originals where later steps find it, unless it is indexed."""
        header = dataset(mask)
        originals = self.workspace.originals()
        sop_uid = str(header.get("SOPInstanceUID", ""))
        path = self._output(mask, images, "-as-it-was")
        indexed = self.workspace.ledger.checkable.instances(originals, [sop_uid])
        if (indexed and not path.exists()) or str(header.get("StudyInstanceUID", "")) != images.study_uid:
            return {"sop_uid": sop_uid}
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with mask.path.open("rb") as source, replacing(path, "wb") as target:
            shutil.copyfileobj(source, target)
        return {"sop_uid": sop_uid, **self._noted(path, images)}

    def _output(self, mask: MaskFile, images: Images, suffix: str) -> Path:
        name = f"{mask.path.name}-{key_of(str(mask.path))}{suffix}.dcm"
        return self.workspace.segmentations(images.source_id) / name

    def _noted(self, path: Path, images: Images) -> dict[str, Any]:
        self.touched.add(images.source_id)
        status = path.stat()
        output = path.relative_to(self.workspace.folder).as_posix()
        return {"output": output, "size": status.st_size, "mtime_ns": status.st_mtime_ns}

    def _basis(self, mask: MaskFile, images: Images) -> str:
        labels = {**as_dcmqi(self.labels), "usual": asdict(replace(self.labels, meanings={}))}
        planes = [(plane.sop_uid, plane.number) for plane in images.planes]
        content = [digest(mask), planes, labels, dict(self.options)]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _forget_output(self, before: Outcome | None, output: str) -> None:
        """Remove what was made of a mask before and does not stand any more."""
        if before is not None and before.output and before.output != output:
            path = self.workspace.folder / before.output
            path.unlink(missing_ok=True)
            if path.parent.name.isdecimal():
                self.touched.add(int(path.parent.name))

    def _index(self) -> None:
        folders = [folder for one in sorted(self.touched) if (folder := self.workspace.segmentations(one)).is_dir()]
        if folders:
            scan(self.workspace, folders)

    def _concluded(self, began: float) -> SegmentSummary:
        states = [one.state for one in self.outcomes]
        ledger = self.workspace.ledger
        waiting = ledger.originals.waiting(self.workspace.originals())
        summary = SegmentSummary(
            written=self.new,
            unchanged=self.unchanged,
            passed=states.count(State.PASSED),
            refused=states.count(State.REFUSED),
            left_out=self.left_out,
            segments=sum(len(one.segments) for one in self.outcomes),
            resampled=sum(one.resampled for one in self.outcomes),
            deidentify=bool(ledger.deidentified.counts().written and waiting),
            seconds=round(time.monotonic() - began, 3),
        )
        self.workspace.ledger.events.record(
            "segmentations made",
            written=summary.written,
            unchanged=summary.unchanged,
            passed=summary.passed,
            refused=summary.refused,
            resampled=summary.resampled,
        )
        write_report(self.workspace)
        return summary

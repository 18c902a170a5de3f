"""Where the images of one series lie, for whoever wants to see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from eucaim_nb.workspace import Workspace

from ._context import Context
from ._finding import Level
from ._series import Series


@dataclass(frozen=True, slots=True)
class Positions:
    """One volume of a series.

    `images` are pairs of the image's number in the series, from 1, and its position along the normal in mm; `missing`
    are positions in mm at which an image should be. `spacing` is in mm.
    """

    images: Sequence[tuple[int, float]]
    missing: Sequence[float]
    spacing: float


def positions(
    workspace: Workspace, source_ids: Sequence[int], study_uid: str, series_uid: str
) -> list[Positions]:
    """Return the volumes of a series, by orientation and phase; none where images have no position."""
    rows = workspace.ledger.checkable.series(source_ids, study_uid, series_uid)
    context = Context.of(workspace, Level.QUICK, source_ids, outputs=False)
    series = Series(context, study_uid, series_uid, rows, {})
    return [
        Positions(
            images=[
                (number + 1, round(float(level), 3))
                for number, level in zip(
                    part.images.tolist(), part.levels.at[part.levels.of].tolist(), strict=True
                )
            ],
            missing=[at for gap in part.levels.gaps() for at in gap.positions],
            spacing=round(part.levels.spacing, 4),
        )
        for found in series.volumes
        for part in found.parts
    ]

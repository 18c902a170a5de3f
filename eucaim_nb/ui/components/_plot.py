"""A drawing with its description in words and, where it has some, the same numbers as a table."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from eucaim_nb.markup import Column, Markup

from ._html import fold, paragraph, table, titled_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours, which people with any colour vision tell apart.
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#999999"


def figure(width: float = 7.2, height: float = 2.8) -> "Figure":
    """Return an empty drawing, in inches; it belongs to no window and is forgotten with its page."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), dpi=110, layout="constrained")
    made.set_facecolor("white")
    return made


def plot(
    drawing: "Figure",
    words: str,
    columns: Sequence[Column] = (),
    rows: Iterable[Sequence[object]] = (),
    label: str = "",
) -> tuple[Markup, ...]:
    """Return a drawing with what it shows in words, and its numbers as a folded table if columns are given.

    Parameters
    ----------
    words
        What a person who does not see it must know.
    label
        What the table is of.
    """
    file = BytesIO()
    drawing.savefig(file, format="png")
    shown = (titled_picture(file.getvalue(), words), paragraph(words, quiet=True))
    if not columns:
        return shown
    return (*shown, fold("The same in numbers", table(columns, rows, label)))

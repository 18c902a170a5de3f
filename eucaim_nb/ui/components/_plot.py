"""Plots: a figure as a picture, with the same in words beside it."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from ._html import paragraph, put, show, titled_picture

_INCHES, _DOTS = (7.2, 2.8), 110


class Plot:
    """A figure that stands for a paragraph of text, which is shown below it.

    Parameters
    ----------
    draw
        Draws on the axes it is given.
    words
        What the figure shows, in words.
    """

    def __init__(self, draw: Callable[[Any], None], words: Sequence[str]) -> None:
        self.words = " ".join(words)
        self.root: w.HTML = show()
        put(self.root, titled_picture(_png(draw), self.words), paragraph(self.words, quiet=True))


def _png(draw: Callable[[Any], None]) -> bytes:
    from matplotlib.figure import Figure

    # A figure of its own, without pyplot: that would keep it, and belongs to one thread.
    figure = Figure(figsize=_INCHES, dpi=_DOTS, layout="constrained", facecolor="white")
    draw(figure.add_subplot())
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()

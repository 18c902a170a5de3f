"""The agreement as PDF, with a font that has the letters of Europe; no office program is needed."""

from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from eucaim_nb.markup import esc
from eucaim_nb.whole import replacing

from ._agreement import Block, Heading, Paragraph, Pieces, Table

_FONT, _BOLD = "DejaVuSans", "DejaVuSans-Bold"


def write_pdf(blocks: Iterable[Block], path: Path) -> None:
    """Write the document.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import cm
    from reportlab.platypus import SimpleDocTemplate

    _register_fonts()
    styles = _styles()
    flow = [part for block in blocks for part in _parts(block, styles)]
    with replacing(path, "wb") as file:
        made = SimpleDocTemplate(
            file,
            pagesize=A4,
            leftMargin=2.5 * cm,
            rightMargin=2.5 * cm,
            title="Data Transfer Agreement (draft)",
            lang="en",
        )
        made.build(flow, onFirstPage=_number, onLaterPages=_number)


def _parts(block: Block, styles: Any) -> list[Any]:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph as Text
    from reportlab.platypus import Spacer
    from reportlab.platypus import Table as Grid

    match block:
        case Heading():
            return [Text(_marked(block.pieces), styles["title" if block.level == 1 else "heading"])]
        case Paragraph():
            return [Text(_marked(block.pieces), styles["remark" if block.remark else "text"])]
        case Table():
            rows = [[Text(_marked(cell), styles["cell"]) for cell in row] for row in block.rows]
            lines: Any = [("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
            return [Grid(rows, colWidths=["35%", "65%"], style=lines, splitInRow=1), Spacer(1, 8)]


def _marked(pieces: Pieces) -> str:
    return "".join("<br/>".join(map(esc, piece.text.split("\n"))) for piece in pieces)


def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    text = ParagraphStyle("text", fontName=_FONT, fontSize=9.5, leading=13.5, spaceAfter=6)
    return {
        "text": text,
        "cell": ParagraphStyle("cell", text, spaceAfter=0),
        "remark": ParagraphStyle(
            "remark", text, borderWidth=1, borderColor=HexColor("#8a5a00"), borderPadding=6, spaceAfter=14
        ),
        "heading": ParagraphStyle(
            "heading", text, fontName=_BOLD, fontSize=11.5, leading=15, spaceBefore=10, keepWithNext=1
        ),
        "title": ParagraphStyle("title", text, fontName=_BOLD, fontSize=17, leading=22, spaceAfter=12),
    }


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont(_FONT, 8)
    canvas.drawCentredString(document.pagesize[0] / 2, 34, f"Draft - page {document.page}")


def _register_fonts() -> None:
    """Use the fonts that Matplotlib brings: those that every PDF reader has know the letters of Western Europe only."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (_FONT, _BOLD):
        file = distribution("matplotlib").locate_file(f"matplotlib/mpl-data/fonts/ttf/{name}.ttf")
        registerFont(TTFont(name, str(file)))

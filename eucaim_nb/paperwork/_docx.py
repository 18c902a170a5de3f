"""The agreement as a Word document in which every field is a content control, so that it can be filled again."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from eucaim_nb.whole import replacing

from ._agreement import Block, Heading, Paragraph, Pieces, Table


def write_docx(blocks: Iterable[Block], path: Path, labels: Mapping[str, str]) -> None:
    """Write the document.

    Parameters
    ----------
    labels
        What each field is called, for whoever edits the document.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    import docx
    from docx.shared import Cm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    document.styles["Normal"].font.size = Pt(10.5)
    document.core_properties.author = ""
    for block in blocks:
        match block:
            case Heading():
                _put(document.add_heading(level=block.level - 1), block.pieces, labels)
            case Paragraph():
                style = "Intense Quote" if block.remark else None
                _put(document.add_paragraph(style=style), block.pieces, labels)
            case Table():
                table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
                for row in block.rows:
                    for cell, pieces in zip(table.add_row().cells, row, strict=True):
                        _put(cell.paragraphs[0], pieces, labels)
                document.add_paragraph()
    with replacing(path, "wb") as file:
        document.save(file)


def _put(paragraph: Any, pieces: Pieces, labels: Mapping[str, str]) -> None:
    for piece in pieces:
        run = paragraph.add_run(piece.text)
        if piece.field:
            _control(run._r, piece.field, labels[piece.field])


def _control(run: Any, tag: str, title: str) -> None:
    """Put a run into a content control (ISO/IEC 29500-1, 17.5.2)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    control, properties, content = (OxmlElement(name) for name in ("w:sdt", "w:sdtPr", "w:sdtContent"))
    for name, value in (("w:alias", title), ("w:tag", tag)):
        one = OxmlElement(name)
        one.set(qn("w:val"), value)
        properties.append(one)
    control.append(properties)
    control.append(content)
    run.addprevious(control)
    content.append(run)

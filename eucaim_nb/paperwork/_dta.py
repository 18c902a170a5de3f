"""The Data Transfer Agreement: a draft for signature, and the signed copy."""

from dataclasses import dataclass
from pathlib import Path

from eucaim_nb import workflow
from eucaim_nb.errors import WorkspaceError
from eucaim_nb.reference import dta_fields
from eucaim_nb.workflow import Record
from eucaim_nb.workspace import Workspace

from ._agreement import agreement
from ._answers import missing, values
from ._docx import write_docx
from ._drafts import draft_files, note_drafts
from ._gaps import fill_gaps, gaps_of
from ._office import convert, office
from ._pdf import write_pdf
from ._template_map import LEFT_OPEN, mapping_of

_DRAFT = "dta_draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was written, what speaks against signing it, and what else there is to know."""

    files: tuple[Path, ...]
    blockers: tuple[str, ...]
    notes: tuple[str, ...] = ()


def draft(workspace: Workspace, *, template: Path | None = None) -> Draft:
    """Write the agreement with everything that is known filled in, as Word document and PDF, to `paperwork/dta/`.

    A draft that was edited since, or signed, stays: the new one gets a number.

    Parameters
    ----------
    template
        A Word document to fill, such as EUCAIM's agreement; without it, our own neutral draft. Its gaps are filled as
        `mapping_of` says.

    Raises
    ------
    SettingsError
        The template is no Word document.
    WorkspaceError
        The workspace cannot be read or written.
    """
    folder = workspace.folder / "paperwork" / "dta"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = _own(workspace, folder) if template is None else _filled(workspace, folder, template)
        note_drafts(workspace, made.files)
    except OSError as error:
        raise WorkspaceError(
            f"The agreement cannot be written: {error.strerror}. Is the disk full, or a draft open in another program?"
        ) from error
    workspace.ledger.events.record(
        "dta drafted", template="own" if template is None else "given", blockers=len(made.blockers)
    )
    return made


def sign(workspace: Workspace, file: Path, *, note: str = "") -> Record:
    """Record the agreement that both sides signed; a hashed copy goes to `paperwork/dta/`.

    Raises
    ------
    SettingsError
        The file cannot be kept.
    WorkspaceError
        The workspace cannot be written.
    """
    lines = [line.id for line in workflow.action("dta", workspace).action.checklist]
    return workflow.record(workspace, "dta", note=note, file=file, checks=lines)


def _own(workspace: Workspace, folder: Path) -> Draft:
    known = values(workspace)
    blocks = list(agreement(known))
    word, pdf = draft_files(workspace, folder, _DRAFT)
    write_docx(blocks, word, {field.id: field.label for field in dta_fields()})
    write_pdf(blocks, pdf)
    return Draft((word, pdf), _missing(known, {field.id for field in dta_fields()}))


def _filled(workspace: Workspace, folder: Path, template: Path) -> Draft:
    known = values(workspace)
    gaps = gaps_of(template)
    chosen = mapping_of(workspace, gaps)
    texts = {key: known[field] for key, field in chosen.items() if field and known[field]}
    word, _ = draft_files(workspace, folder, f"{template.stem[:80]}_filled")
    fill_gaps(template, texts, word)
    undecided = [gaps[key] for key, field in chosen.items() if field is None]
    blockers = [
        *_missing(known, {field for field in chosen.values() if field not in (None, LEFT_OPEN)}),
        *(
            f"Nothing says what fills “{words}” in the template: map it, or leave it open."
            for words in undecided
        ),
    ]
    if not gaps:
        blockers.append("Nothing to fill in was found in the template. Is it the right file?")
    program = office()
    pdf = convert(program, word, "pdf", folder) if program else None
    notes = () if pdf else ("Open the filled template in your office program and save it as PDF.",)
    return Draft((word, pdf) if pdf else (word,), tuple(blockers), notes)


def _missing(known: dict[str, str], used: set[str | None]) -> tuple[str, ...]:
    return tuple(f"{field.label} is missing." for field in missing(known) if field.id in used)

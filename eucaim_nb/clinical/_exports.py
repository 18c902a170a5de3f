"""The exports there are, by the name that a person gives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from eucaim_nb.errors import TableError

from . import _export_eforms, _export_etl, _export_eucaim, _export_statistics, _export_tables
from ._export_tables import Files, Room
from ._finding import Finding
from ._written import Source


@dataclass(frozen=True)
class Export:
    """One kind of export: what it is for, and its files."""

    title: str
    files: Callable[[Source], Files]
    told: Callable[[Source], Iterator[Finding]] = lambda source: iter(())
    """What a person should know of this table in this export."""
    one_row: bool = False
    """Whether it has room for one row of each patient only."""
    room: Room | None = None
    """What it has room for, if not for every table."""
    says_why: bool = False
    """Whether it has a place for why a value is missing."""


EXPORTS: Mapping[str, Export] = {
    "upv-csv": Export("Table for UPV's uploader", _export_tables.upv_csv, one_row=True),
    "upv-xlsx": Export("Workbook for UPV's uploader", _export_tables.upv_xlsx, room=_export_tables.XLSX),
    "eforms": Export(
        "eForms on pages, for UPV's dataset service", _export_eforms.eforms, _export_eforms.moved_year
    ),
    "eforms-flat": Export("Flat eForms, for UPV's dataset service", _export_eforms.eforms_flat, one_row=True),
    "eucaim-json": Export(
        "Documents of EUCAIM's federated search", _export_eucaim.eucaim_json, says_why=True
    ),
    "xnat-csv": Export("Table for a resource in XNAT", _export_tables.xnat_csv, says_why=True),
    "xnat-json": Export("Document for a resource in XNAT", _export_tables.xnat_json),
    "xnat-variables": Export("Custom variables of subjects in XNAT", _export_tables.xnat_variables),
    "etl": Export(
        "Workbook and tables for EUCAIM's ETL team", _export_etl.etl, _export_etl.beyond_limits, says_why=True
    ),
    "statistics": Export("Figures for the catalogue", _export_statistics.statistics),
}
USUAL = {"upv": ("upv-csv", "eforms"), "health-ri": ("xnat-csv", "xnat-variables")}
"""What is made for a node when nothing is named, by the family of the node."""


def chosen(kinds: Mapping[str, Export] | tuple[str, ...] | list[str]) -> dict[str, Export]:
    """Return the exports of some names.

    Raises
    ------
    TableError
        There is no export of that name.
    """
    if unknown := [kind for kind in kinds if kind not in EXPORTS]:
        raise TableError(f"There is no export {unknown[0]!r}. There are: {', '.join(EXPORTS)}.")
    return {kind: EXPORTS[kind] for kind in kinds}

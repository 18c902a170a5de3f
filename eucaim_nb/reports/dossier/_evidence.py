"""What the reports of the phases say, each in a few lines. A report is known by its `format`, whoever wrote it."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from eucaim_nb.reports import flaw_of

Typed = Callable[[str], str]
Fact = tuple[str, str]
_Report = Mapping[str, Any]


def evidence(folder: Path, typed: Typed) -> list[dict[str, object]]:
    """Return the gist of each report in JSON whose form is known, with its digest and whether its seal is whole."""
    found = (_of(file, typed) for file in sorted(folder.glob("*.json")) if file.name != "dossier.json")
    return sorted(filter(None, found), key=lambda one: list(_GISTS).index(one["format"]))


def _of(file: Path, typed: Typed) -> dict[str, Any] | None:
    try:
        raw = file.read_bytes()
        report = json.loads(raw)
    except (OSError, ValueError):
        return None
    if not isinstance(report, dict) or report.get("format") not in _GISTS:
        return None
    title, gist = _GISTS[report["format"]]
    flaw = flaw_of(report) if "chain_head" in report else None
    return {
        "title": title,
        "file": f"reports/{file.name}",
        "format": report["format"],
        "sha256": hashlib.sha256(raw).hexdigest(),
        "made_at": report.get("made_at", ""),
        "program": report.get("program", ""),
        "signed_by": report.get("signed_by", {}).get("fingerprint", ""),
        "flaw": flaw.value if flaw else "",
        "facts": [[name, typed(value)] for name, value in _read(gist, report)],
    }


def _read(gist: Callable[[_Report], Iterator[Fact]], report: _Report) -> list[Fact]:
    try:
        return list(gist(report))
    except (KeyError, TypeError, AttributeError, ValueError):
        return [("What it says", "in a form that this version does not know; see the report itself")]


def _deidentification(report: _Report) -> Iterator[Fact]:
    for recipe in filter(lambda one: one.get("profile"), report["recipes"]):
        yield "Profile", f"{recipe.get('title') or recipe['profile']}: {recipe['profile']}, version {recipe['version']}"
        yield "Files made with it", f"{recipe['files']:,}, by {recipe.get('program', 'an earlier program')}"
        yield "Standard", f"DICOM PS3.15 Annex E, Table E.1-1, edition {recipe['edition']}"
        yield "Options (CID 7050)", _joined(f"{one['code']} {one['meaning']}" for one in recipe.get("options", ()))
        yield "Fingerprint of the pseudonym key", recipe.get("key", "")
        for question, reason in recipe.get("reasons", {}).items():
            yield f"Decided otherwise: {question}", reason
        for tag, entry in recipe.get("overrides", {}).items():
            yield f"Attribute {tag} treated otherwise", f"{entry['action']}: {entry['reason']}"
        for one in recipe["objections"]:
            yield "Accepted although", f"{one['by']}: {one['words']}"
    yield "Originals", _counts(report["originals"])
    outputs = report["outputs"]
    yield "Outputs", _counts({name: outputs[name] for name in ("patients", "studies", "series", "files")})
    checked = report["verification"]
    yield "Verified", f"{checked['verified']:,}; not verified: {checked['not_verified']:,}"
    yield "Method", checked["method"]
    for one in checked["findings"]:
        yield f"Finding ({one['severity']})", f"{one['kind']} {one['tag']}: {one['count']:,}"


def _risk(report: _Report) -> Iterator[Fact]:
    grave = sum(one["count"] for one in report["files"] if one["severity"] == "ERR")
    yield "Images", f"{report['searched']:,} ({report['source']}); not readable: {report['unreadable']:,}"
    yield "Places that name a person", f"{grave:,}"
    yield "Wanted k", str(report["wanted_k"])
    for name, one in report["tables"].items():
        yield (
            f"Table {name}",
            f"k {one['k']}; {one['sample_uniques']:,} of {one['records']:,} patients like nobody else; "
            f"{one['records_below_k']:,} in groups below the wanted k; prosecutor risk at most "
            f"{one['disclosure']['prosecutor_max']:.3f}, on average {one['disclosure']['prosecutor_avg']:.3f}",
        )
    for name, why in report["unassessed"].items():
        yield f"Table {name} not assessed", why


def _quality(report: _Report) -> Iterator[Fact]:
    run = report["run"]
    yield "Checked", f"{run['at']}, level {run['level']}: {run['series']:,} series, {run['files']:,} files"
    yield "Findings", _counts(report["findings"])
    for one in report["left_out"]:
        yield f"Left out: {one['what']} {one['series']}", one["reason"]


def _images(report: _Report) -> Iterator[Fact]:
    yield from _node(report)
    yield "Instances", _counts(report["instances"])
    yield "Bytes verified at the node", f"{report['bytes_verified']:,}"
    yield "Series", f"{len(report['series']):,}"
    if report["not_shown"]:
        yield "Not shown there", f"{report['not_shown']:,} instances that this workspace did not de-identify"


def _clinical(report: _Report) -> Iterator[Fact]:
    yield "Template", report["template"]
    yield "Rows", f"{report['rows_in']:,} in the table, {report['rows_out']:,} exported, {report['dropped']:,} left out"
    yield "Patients", _counts(report["subjects"])
    for one in report["exports"]:
        yield f"Export {one['kind']}", f"{one['file']}, SHA-256 {one['sha256']}"


def _clinical_receipt(report: _Report) -> Iterator[Fact]:
    yield from _node(report)
    for kind, counts in report["pieces"].items():
        if counts:
            yield kind.capitalize(), _counts(counts)


def _node(report: _Report) -> Iterator[Fact]:
    node = report["node"]
    yield "Node", f"{node['title']}, {node['address']}"
    yield "Project", node["project"] or "not stated"


def _counts(counts: Mapping[str, int]) -> str:
    return _joined(f"{name.replace('_', ' ')}: {count:,}" for name, count in counts.items())


def _joined(parts: Iterator[str]) -> str:
    return "; ".join(parts)


_GISTS: Mapping[str, tuple[str, Callable[[_Report], Iterator[Fact]]]] = {
    "eucaim_nb de-identification report": ("De-identification of images", _deidentification),
    "eucaim_nb risk report": ("Risk of re-identification", _risk),
    "eucaim_nb data quality report": ("Quality of images", _quality),
    "eucaim_nb upload receipt": ("Receipt of images", _images),
    "eucaim_nb clinical data report": ("Clinical data", _clinical),
    "eucaim_nb receipt of clinical data": ("Receipt of clinical data", _clinical_receipt),
}
"""Title and gist of each form of report, in the order of the procedure."""

"""The evidence of the de-identification: what was done by which rules, and how it was checked. It names no patient."""

import json
import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pydicom

from eucaim_nb import __version__
from eucaim_nb.ledger import DeidState
from eucaim_nb.reports import (
    Column,
    Markup,
    chain_head,
    document,
    facts,
    fold,
    listing,
    paragraph,
    section,
    table,
    write,
)
from eucaim_nb.workspace import Workspace

from ._actions import Action
from ._allowed import name_of, tag_text

FORMAT = "eucaim_nb de-identification report"
_VERSION = 1
_NAME = "deidentification"
_POLICIES = (
    ("dates", "Dates"),
    ("age_limit", "Highest age that stays"),
    ("private", "Private attributes"),
    ("unknown", "Attributes in no table"),
    ("documents", "Encapsulated documents"),
    ("ids", "Pseudonyms and UIDs"),
    ("id_prefix", "Prefix of pseudonyms"),
    ("recogniser", "Recogniser of names in text"),
)
_POLICY_WORDS = {
    ("dates", "shift"): "moved by a constant number of weeks for each patient, so that intervals stay",
    ("dates", "month"): "the day becomes the first of the month",
    ("dates", "remove"): "removed",
    ("dates", "keep"): "kept as they are",
    ("age_limit", "0"): "all ages stay",
    ("private", "remove"): "removed",
    ("private", "safe"): "removed, except those that are listed as safe (PS3.15 E.3.10)",
    ("unknown", "remove"): "removed",
    ("unknown", "clean"): "text cleaned, dates and UIDs replaced, numbers kept, names and bytes removed",
    ("documents", "quarantine"): "the instance is set aside",
    ("documents", "drop"): "the instance is left out",
    ("ids", "keyed"): "made with a secret key that stays at the site (HMAC-SHA256)",
    ("recogniser", ""): "the built-in rules alone",
    ("ids", "lethe"): "as the EUCAIM anonymiser (Lethe) makes them from its secret",
}
_DAYS = "clinical/relative_days.csv"
"""Days of each study from the patient's first, which EUCAIM asks for where dates were changed."""
_MOST_SHOWN = 2000
"""Files that the document lists; the JSON file lists all."""


def write_report(workspace: Workspace) -> tuple[Path, Path]:
    """Write `reports/deidentification.html` and `.json` from what the ledger knows now.

    Returns
    -------
    tuple of pathlib.Path
        The document for people and the same for programs.

    Raises
    ------
    WorkspaceError
        The reports folder cannot be written.
    """
    content = _content(workspace)
    folder = workspace.folder / "reports"
    as_json = write(folder / f"{_NAME}.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return write(folder / f"{_NAME}.html", _document(content)), as_json


def is_intact(report: Path) -> bool:
    """Tell whether the JSON report is as it was written, by its chain of digests."""
    try:
        content = json.loads(report.read_text(encoding="utf-8"))
        head, files = content.pop("chain_head"), content.pop("files")
        return isinstance(files, list) and chain_head(content, files) == head
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


@dataclass
class _Tally:
    """Counts over the rows of the ledger."""

    states: Counter[str] = field(default_factory=Counter)
    recipes: Counter[str] = field(default_factory=Counter)
    attributes: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[tuple[str, str]] = field(default_factory=Counter)
    patients: set[str] = field(default_factory=set)
    studies: set[str] = field(default_factory=set)
    series: set[str] = field(default_factory=set)
    files: list[dict[str, object]] = field(default_factory=list)
    verified: int = 0


def _content(workspace: Workspace) -> dict[str, Any]:
    records = workspace.ledger.deidentified
    tally = _tally(workspace)
    findings = Counter((one.severity, one.kind, one.tag) for one in records.findings())
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": _VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "submission": workspace.settings.id,
        "site_id": workspace.settings.site_id,
        "programs": {
            "eucaim_nb": __version__,
            "pydicom": pydicom.__version__,
            "python": platform.python_version(),
        },
        "recipes": [
            {**records.recipe(digest), "digest": digest, "files": count}
            for digest, count in tally.recipes.most_common()
        ],
        "originals": {state.value: tally.states[state.value] for state in DeidState},
        "outputs": {
            "files": len(tally.files),
            "patients": len(tally.patients),
            "studies": len(tally.studies),
            "series": len(tally.series),
            "relative_days": _DAYS if (workspace.folder / _DAYS).is_file() else "",
        },
        "set_aside": [
            {"kind": kind, "reason": reason, "files": count}
            for (kind, reason), count in tally.set_aside.most_common()
        ],
        "attributes": [_attribute(said, count) for said, count in sorted(tally.attributes.items())],
        "verification": {
            "method": "Every output is read again by other code than the one that wrote it, and compared with its "
            "original: UIDs, numbers, names, dates and places in attributes and bytes; declarations; references; "
            "pixel data.",
            "verified": tally.verified,
            "not_verified": len(tally.files) - tally.verified,
            "findings": [
                {"severity": severity, "kind": kind, "tag": tag, "count": count}
                for (severity, kind, tag), count in sorted(findings.items())
            ],
        },
    }
    return {**content, "chain_head": chain_head(content, tally.files), "files": tally.files}


def _tally(workspace: Workspace) -> _Tally:
    tally = _Tally()
    for row in workspace.ledger.deidentified.rows():
        tally.states[row.state.value] += 1
        if row.state is DeidState.QUARANTINED:
            tally.set_aside[row.kind, row.reason] += 1
        if row.state is not DeidState.WRITTEN:
            continue
        tally.recipes[row.recipe] += 1
        tally.attributes.update(row.counts)
        tally.patients.add(row.patient)
        tally.studies.add(row.study_uid)
        tally.series.add(row.series_uid)
        tally.verified += row.verified_at is not None
        tally.files.append(
            {
                "path": row.output,
                "sha256": row.sha256,
                "original_sha256": row.source_sha256,
                "verified": row.verified_at is not None,
            }
        )
    tally.files.sort(key=lambda entry: str(entry["path"]))
    return tally


def _attribute(said: str, count: int) -> dict[str, object]:
    tag, _, action = said.partition(" ")
    number = int(tag, 16)
    name = "private attribute" if number >> 16 & 1 else name_of(number)
    return {"tag": tag_text(number), "name": name, "action": action, "count": count}


# For people


def _document(content: Mapping[str, Any]) -> str:
    verification = content["verification"]
    bad = verification["not_verified"]
    outputs = content["outputs"]
    return document(
        "De-identification of DICOM images",
        paragraph(
            f"{outputs['files']:,} de-identified files of {outputs['patients']:,} patients, {outputs['studies']:,} "
            f"studies and {outputs['series']:,} series. {verification['verified']:,} passed verification"
            + (f"; {bad:,} did not and must not be passed on." if bad else ".")
        ),
        paragraph(
            "This report holds no identifier of a patient. It shows new names of files, counts, and digests of files."
        ),
        section(
            "Made",
            facts(
                [
                    ("On", content["made_at"]),
                    ("Submission", content["submission"]),
                    ("Site", content["site_id"] or "not stated"),
                    *((f"Program {name}", version) for name, version in content["programs"].items()),
                ]
            ),
        ),
        *(_recipe(recipe) for recipe in content["recipes"]),
        section("What became of the originals", *_originals(content)),
        section("Verification", *_verification(verification)),
        section("What was done, by attribute", _attributes(content["attributes"])),
        section("Files", *_files(content["files"], content["chain_head"])),
    )


def _recipe(recipe: Mapping[str, Any]) -> Markup:
    policies = {name: "not stated" for name, _ in _POLICIES} | recipe.get("policies", {})
    overrides = recipe.get("overrides", {})
    options = recipe.get("options", [])
    return section(
        f"Profile: {recipe.get('title') or recipe.get('profile', 'unknown')}",
        facts(
            [
                ("Profile", f"{recipe.get('profile', '')}, version {recipe.get('version', '')}"),
                ("Files", f"{recipe['files']:,}"),
                ("Standard", f"PS3.15 Annex E, Table E.1-1, edition {recipe.get('edition', '')}"),
                ("Fingerprint of the key", recipe.get("key", "")),
                ("Made with", recipe.get("program", "")),
                *((title, _POLICY_WORDS.get((name, str(policies[name])), policies[name])) for name, title in _POLICIES),
            ]
        ),
        paragraph("Profile and options applied (PS3.16 CID 7050):"),
        listing(f"{option['code']} {option['meaning']}" for option in options),
        table(
            [Column("Attribute", code=True), Column("Name"), Column("Action"), Column("Reason")],
            (
                (tag, name_of(_number(tag)), _words(entry["action"]), entry["reason"])
                for tag, entry in overrides.items()
            ),
            "Treated otherwise than the table says",
        )
        if overrides
        else paragraph("Every attribute is treated as the table says."),
    )


def _originals(content: Mapping[str, Any]) -> Iterator[Markup]:
    yield facts((state.capitalize(), f"{count:,}") for state, count in content["originals"].items())
    if content["outputs"]["relative_days"]:
        yield paragraph(f"Days of each study from the patient's first: {content['outputs']['relative_days']}.")
    if content["set_aside"]:
        yield table(
            [Column("Files", numbers=True), Column("Kind"), Column("Reason")],
            ((f"{entry['files']:,}", entry["kind"], entry["reason"]) for entry in content["set_aside"]),
            "Set aside: nothing of these was written",
        )


def _verification(verification: Mapping[str, Any]) -> Iterator[Markup]:
    yield paragraph(verification["method"])
    yield facts(
        [("Verified", f"{verification['verified']:,}"), ("Not verified", f"{verification['not_verified']:,}")]
    )
    if verification["findings"]:
        yield table(
            [Column("Count", numbers=True), Column("Severity"), Column("Kind"), Column("Attribute", code=True)],
            ((f"{one['count']:,}", one["severity"], one["kind"], one["tag"]) for one in verification["findings"]),
            "Findings about originals and outputs",
        )
    else:
        yield paragraph("There are no findings.")


def _attributes(attributes: Sequence[Mapping[str, Any]]) -> Markup:
    return table(
        [Column("Attribute", code=True), Column("Name"), Column("Action"), Column("Times", numbers=True)],
        ((one["tag"], one["name"], _words(one["action"]), f"{one['count']:,}") for one in attributes),
        "Attributes that were changed, at any depth",
    )


def _files(files: Sequence[Mapping[str, Any]], head: str) -> Iterator[Markup]:
    yield facts([("Files", f"{len(files):,}"), ("Head of the chain of digests", head)])
    yield paragraph(
        "The chain covers this report and every file in the order of the list: whoever keeps its head can tell later "
        "whether anything was changed. The file deidentification.json has all files."
    )
    if files:
        shown = files[:_MOST_SHOWN]
        more = f" (the first {len(shown):,})" if len(files) > len(shown) else ""
        yield fold(
            f"Digests of the files{more}",
            table(
                [
                    Column("De-identified file", code=True),
                    Column("SHA-256 of it", code=True),
                    Column("SHA-256 of its original", code=True),
                    Column("Verified"),
                ],
                (
                    (one["path"], one["sha256"], one["original_sha256"], "yes" if one["verified"] else "no")
                    for one in shown
                ),
                "Files by their new names",
            ),
        )


def _number(tag: str) -> int:
    return int(tag.strip("()").replace(",", ""), 16)


def _words(action: str) -> str:
    return Action(action).words if action in set(Action) else action

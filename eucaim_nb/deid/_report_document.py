"""The evidence of the de-identification as a document for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eucaim_nb.dicom import tag_of
from eucaim_nb.reports import (
    Column,
    Markup,
    document,
    facts,
    fold,
    listing,
    made,
    paragraph,
    seal,
    section,
    table,
)

from ._actions import Action
from ._allowed import name_of
from ._contract import profile_of
from ._policies import answers, questions

_MOST_SHOWN = 2000
"""Files that the document lists; the JSON file lists all."""


def report_document(content: Mapping[str, Any]) -> str:
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
        made(content, ((f"With {name}", version) for name, version in content["programs"].items())),
        *(_recipe(recipe) for recipe in content["recipes"]),
        section("What became of the originals", *_originals(content)),
        section("Verification", *_verification(verification)),
        section("What was done, by attribute", _attributes(content["attributes"])),
        section("Text blanked in pictures", *_blanked(content["files"])),
        section("Files", *_files(content)),
    )


def _recogniser(recipe: Mapping[str, Any]) -> str:
    return recipe.get("policies", {}).get("recogniser") or "the built-in rules alone"


def _recipe(recipe: Mapping[str, Any]) -> Markup:
    overrides = recipe.get("overrides", {})
    options = recipe.get("options", [])
    given = answers(profile_of(recipe)) if "policies" in recipe else {}
    reasons = recipe.get("reasons", {})
    return section(
        f"Profile: {recipe.get('title') or recipe.get('profile', 'unknown')}",
        facts(
            [
                ("Profile", f"{recipe.get('profile', '')}, version {recipe.get('version', '')}"),
                ("Files", f"{recipe['files']:,}"),
                ("Standard", f"PS3.15 Annex E, Table E.1-1, edition {recipe.get('edition', '')}"),
                ("Recogniser of names in text", _recogniser(recipe)),
                ("Fingerprint of the key", recipe.get("key", "")),
                ("Made with", recipe.get("program", "")),
            ]
        ),
        *_against(recipe["objections"]),
        table(
            [Column("Question"), Column("Answer"), Column("Reason, where the site changed it")],
            (
                (question.title, question.does(given[question.key]), reasons.get(question.key, ""))
                for question in questions()
                if question.key in given
            ),
            "What the profile decides as a whole",
        ),
        paragraph("Profile and options applied (PS3.16 CID 7050):"),
        listing(f"{option['code']} {option['meaning']}" for option in options),
        table(
            [Column("Attribute", code=True), Column("Name"), Column("Action"), Column("Reason")],
            (
                (tag, name_of(tag_of(tag)), _words(entry["action"]), entry["reason"])
                for tag, entry in overrides.items()
            ),
            "Treated otherwise than the table says",
        )
        if overrides
        else paragraph("Every attribute is treated as the table says."),
    )


def _against(found: Sequence[Mapping[str, Any]]) -> Iterator[Markup]:
    if found:
        yield paragraph("What speaks against the profile, and was accepted:")
        yield listing(f"{one['by']}: {one['words']}" for one in found)


def _originals(content: Mapping[str, Any]) -> Iterator[Markup]:
    yield facts((state.capitalize(), f"{count:,}") for state, count in content["originals"].items())
    if content["outputs"]["relative_days"]:
        yield paragraph(f"Days of each study from the patient's first: {content['outputs']['relative_days']}.")
    for entries, title in (
        (content["set_aside"], "Set aside: nothing of these was written"),
        (content["left_out"], "Left out by the profile: nothing of these was written"),
        (content["remarks"], "Written, and to be looked at by a person (of a series, its first file tells)"),
    ):
        if entries:
            yield table(
                [Column("Files", numbers=True), Column("Kind"), Column("Reason")],
                ((f"{entry['files']:,}", entry["kind"], entry["reason"]) for entry in entries),
                title,
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


def _blanked(files: Sequence[Mapping[str, Any]]) -> Iterator[Markup]:
    found = [one for one in files if one["blanked"]]
    if not found:
        yield paragraph("In no picture was text found and blanked.")
        return
    places = sum(len(one["blanked"]) for one in found)
    yield facts([("Places made black in all frames", f"{places:,}"), ("Files", f"{len(found):,}")])
    shown = found[:_MOST_SHOWN]
    more = f" (the first {len(shown):,})" if len(found) > len(shown) else ""
    yield fold(
        f"Places, by file{more}",
        table(
            [Column("De-identified file", code=True), Column("Rows and columns, from 0")],
            ((one["path"], "; ".join(_place(*box) for box in one["blanked"])) for one in shown),
            "What was made black",
        ),
    )


def _place(top: int, left: int, bottom: int, right: int) -> str:
    return f"rows {top} to {bottom - 1}, columns {left} to {right - 1}"


def _files(content: Mapping[str, Any]) -> Iterator[Markup]:
    files = content["files"]
    yield facts([("Files", f"{len(files):,}")])
    yield from seal(content)
    yield paragraph("The file deidentification.json has all files.")
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


def _words(action: str) -> str:
    return Action(action).words if action in set(Action) else action

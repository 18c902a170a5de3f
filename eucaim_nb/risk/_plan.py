"""A chosen generalisation as what other phases take: rules for the clinical mapping, changes of a profile."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eucaim_nb.errors import RiskError
from eucaim_nb.workspace import Workspace

from ._hierarchy import LEFT_OUT, Level
from ._lattice import Lattice
from ._reference import mandatory_tags
from ._tables import FOLDER, Tables, split, write

_FILE = "generalisation.json"
_FORMAT = 1
_DATES_RERUN = "De-identify again with the profile of this page (page 05), then look at this page again."
_CLINICAL_RERUN = "Prepare the clinical data again with these rules (page 10), then look at this page again."
_ASKED_FOR = "EUCAIM asks for it in every image. Ask the node before you leave it out, or choose another column."


@dataclass(frozen=True)
class Plan:
    """What a choice of levels means for the other phases.

    Attributes
    ----------
    clinical : tuple of dict
        Rules for the clinical mapping's `generalise`, such as `{"target": "age_at_diagnosis", "rule": "band",
        "width": 5}`.
    answers : dict
        Answers of a de-identification profile that change: `{"dates": "month"}`.
    overrides : tuple of dict
        Attributes to leave out: `tag`, `action`, `reason`.
    remarks : tuple of str
        What headers cannot hold, and what to do instead; what EUCAIM asks for and would be left out.
    rerun : tuple of str
        What to do again for it to count.
    """

    clinical: tuple[Mapping[str, Any], ...]
    answers: Mapping[str, str]
    overrides: tuple[Mapping[str, str], ...]
    remarks: tuple[str, ...]
    rerun: tuple[str, ...]


def plan(found: Tables, table: str, lattice: Lattice, levels: Sequence[int], k: int) -> Plan:
    """Return what levels of the columns of a table mean for de-identification and for the clinical mapping."""
    clinical: list[Mapping[str, Any]] = []
    answers: dict[str, str] = {}
    overrides: list[Mapping[str, str]] = []
    remarks: list[str] = []
    for hierarchy, at in zip(lattice.hierarchies, levels, strict=True):
        level = hierarchy.levels[at]
        if not level.rules:
            continue
        where, name = split(hierarchy.column) if table == "joint" else (table, hierarchy.column)
        if where == "clinical":
            clinical += ({**rule, "target": name} for rule in level.rules)
        else:
            _for_images(found, name, level, k, answers, overrides, remarks)
    rerun = [words for words, wanted in ((_DATES_RERUN, answers or overrides), (_CLINICAL_RERUN, clinical)) if wanted]
    return Plan(tuple(clinical), answers, tuple(overrides), tuple(remarks), tuple(rerun))


def _for_images(
    found: Tables,
    name: str,
    level: Level,
    k: int,
    answers: dict[str, str],
    overrides: list[Mapping[str, str]],
    remarks: list[str],
) -> None:
    facts = found.facts("imaging", name)
    title = facts.title if facts else name
    kinds = {str(rule["rule"]) for rule in level.rules}
    if name == "first_study" and kinds & {"month", "year", "suppress"}:
        answers["dates"] = "remove" if level.title == LEFT_OUT else "month"
        if level.title == LEFT_OUT:
            remarks.append(f"{title}: {_ASKED_FOR}")
        if "year" in kinds:  # of an imported hierarchy or a rule of its own
            remarks.append(f"{title}: images keep year and month; a profile cannot cut dates to the year.")
    elif facts and facts.tag and (level.title == LEFT_OUT or (name == "model" and kinds == {"group"})):
        reason = f"Chosen on the page on re-identification risk: left out, so that classes have at least {k} patients."
        overrides.append({"tag": facts.tag, "action": facts.left_out, "reason": reason})
        if facts.tag in mandatory_tags():
            remarks.append(f"{title}: {_ASKED_FOR}")
    elif name == "age" and kinds == {"top"}:
        answers["age_limit"] = f"{int(level.rules[0]['limit']) - 1}"
    else:
        remarks.append(
            f"{title}: headers cannot hold it as {level.title!r}. Leave it out of the images, or leave out the "
            "patients who stand out."
        )


def save_plan(workspace: Workspace, chosen: Plan, context: Mapping[str, Any]) -> None:
    """Keep a plan in the workspace, with what it was chosen for (table, k, levels), and note it in the audit trail."""
    content = {"format": _FORMAT, **context, **asdict(chosen)}
    write(workspace, _FILE, [json.dumps(content, indent=1, ensure_ascii=False), "\n"])
    workspace.ledger.events.record("generalisation chosen", **context)


def saved_plan(workspace: Workspace) -> Plan | None:
    """Return the plan that was saved, None if there is none.

    Raises
    ------
    RiskError
        The file is damaged.
    """
    try:
        content = json.loads((workspace.folder / FOLDER / _FILE).read_text(encoding="utf-8"))
        return Plan(
            tuple(content["clinical"]),
            dict(content["answers"]),
            tuple(content["overrides"]),
            tuple(content["remarks"]),
            tuple(content["rerun"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RiskError(f"The chosen generalisation ({FOLDER}/{_FILE}) cannot be read. Choose again.") from error

"""A plan as it is kept: what it changes in other phases, and what has to be done again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from eucaim_nb.risk import Plan
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_PROFILE = "risk.toml"


class PlanShown:
    """What a plan means. Its profile is written on a click: it joins the profiles that page 05 offers."""

    def __init__(self, workspace: Workspace, plan: Plan, notice: c.Notice) -> None:
        self._workspace, self._plan, self._notice = workspace, plan, notice
        said: list[object] = [c.heading("The plan, kept in risk/generalisation.json", 3)]
        rows = [("Clinical data", _rule(rule)) for rule in plan.clinical]
        rows += [("De-identification", f"{name}: {value}") for name, value in plan.answers.items()]
        rows += [("De-identification", f"{one['tag']}: {one['action']}") for one in plan.overrides]
        if rows:
            said.append(c.table((c.Column("Where"), c.Column("What changes")), rows, "What the plan changes"))
        else:
            said.append(c.paragraph("Nothing changes: all columns stay as they are.", quiet=True))
        if plan.remarks:
            said.append(c.bullets(plan.remarks))
        if plan.rerun:
            said += [c.paragraph("For it to count, do again:"), c.bullets(plan.rerun)]
        make = c.button("Make a de-identification profile of it", self._make, notice)
        c.visible(make, bool(plan.answers or plan.overrides))
        self.root = c.stack(c.show(*said), c.row(make))

    def _make(self) -> None:
        path = save_profile_of(self._workspace, self._plan)
        self._notice.say(f"Saved as {path}. Choose it on the page De-identify.")


def save_profile_of(workspace: Workspace, plan: Plan) -> Path:
    """Write the recommended profile with the changes of a plan, and return its file.

    Raises
    ------
    ProfileError
        PS3.15 does not allow one of them.
    """
    from eucaim_nb.deid import Action, Override, answered, load_profile, save_profile
    from eucaim_nb.dicom import tag_of

    profile = answered(load_profile("eucaim"), plan.answers)
    overrides = dict(profile.overrides)
    for one in plan.overrides:
        overrides[tag_of(one["tag"])] = Override(Action(one["action"]), one["reason"])
    reasons = {**profile.reasons, **dict.fromkeys(plan.answers, "Chosen on the page on re-identification risk.")}
    changed = replace(
        profile,
        name="risk",
        title="EUCAIM, coarser as chosen on the page on risk",
        overrides=overrides,
        reasons=reasons,
    )
    path = workspace.folder / "profiles" / _PROFILE
    path.parent.mkdir(parents=True, exist_ok=True)
    save_profile(changed, path)
    return path


def _rule(rule: Any) -> str:
    more = ", ".join(f"{name} {value}" for name, value in rule.items() if name not in ("target", "rule", "groups"))
    return f"{rule['target']}: {rule['rule']}{f' ({more})' if more else ''}"

"""The dataset at the Health-RI node: the XNAT project itself, released by letting others see that it is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eucaim_nb.errors import Refused
from eucaim_nb.ledger import SeriesUpload
from eucaim_nb.nodes import Node, Xnat
from eucaim_nb.nodes.health_ri import Labels, Project, labels_of
from eucaim_nb.reference import DatasetProperty, dataset_properties
from eucaim_nb.workflow import DatasetState

from ._properties import not_said
from ._way import Content, Listed, Lost, Shown

_STATES = {
    "private": DatasetState.PRIVATE,
    "protected": DatasetState.PROTECTED,
    "public": DatasetState.PUBLIC,
}


@dataclass(frozen=True)
class ProjectWay:
    """The way through XNAT."""

    node: Node
    service: Xnat

    @property
    def fields(self) -> tuple[DatasetProperty, ...]:
        """What can be said about the project; what is in the custom form only where the node has one."""
        return tuple(one for one in dataset_properties("health-ri") if self._form or not one.in_form)

    def unmet(self, properties: Mapping[str, Any]) -> tuple[str, ...]:
        """Say what Health-RI's harvester (img2catalog) would miss: it passes over a project without."""
        keyword = self.node.settings.text("optin_keyword")
        said = [one.strip() for one in str(properties.get("keywords", "")).split(",")]
        missing = [f"The keyword {keyword}, which tells that the project may be harvested, is not among its keywords."]
        return (*not_said(self.fields, properties), *(missing if keyword and keyword not in said else []))

    def listed(self) -> list[Listed]:
        """Return the one dataset there is."""
        shown = self.show(self.service.project)
        name = str(shown.properties.get("name", ""))
        counts = shown.counts
        return [Listed(shown.id, name, "", shown.state, "", "", counts["subjects"], counts["studies"])]

    def obvious(self) -> str:
        """Return the project: there is no other."""
        return self.service.project

    def show(self, ident: str) -> Shown:
        """Return the project; what may be changed is for XNAT to say when it is tried."""
        project = Project(self.service)
        attributes, form = project.attributes(), project.form(self._form) if self._form else {}
        sessions = project.sessions()
        properties = {
            one.name: _inside(form, one.name) if one.in_form else attributes.get(one.path, "") for one in self.fields
        }
        return Shown(
            id=self.service.project,
            state=_STATES[project.accessibility()],
            words="",
            counts={"subjects": len({one.subject for one in sessions}), "studies": len(sessions)},
            properties=properties,
            figures={},
            editable=tuple(properties),
        )

    def change(self, ident: str, name: str, value: object) -> None:
        """Change one property, in the project or in the custom form."""
        project = Project(self.service)
        wanted = next(one for one in self.fields if one.name == name)
        if wanted.in_form:
            project.fill_in(self._form, _with(project.form(self._form), name.split("."), value))
        else:
            project.change(wanted.path, ",".join(value) if isinstance(value, list) else str(value))

    def content(self, ident: str, sent: Sequence[SeriesUpload], asked: Callable[[int], None]) -> Content:
        """Compare session by session; a series is one scan."""
        project = Project(self.service)
        there = project.sessions()
        ours: dict[Labels, list[SeriesUpload]] = {}
        for one in sent:
            ours.setdefault(labels_of(one.patient_id, one.study_uid), []).append(one)
        lost, scans = [], 0
        for labels, series in ours.items():
            count = project.scans(labels) if labels in there else 0
            scans += count
            if labels not in there:
                lost += [Lost(one.patient_id, one.study_uid, one.series_uid, 1) for one in series]
            elif count < len(series):
                lost.append(Lost(series[0].patient_id, series[0].study_uid, "", len(series) - count))
            asked(1)
        subjects = {one.subject for one in there}
        return Content(
            counts={"subjects": len(subjects), "studies": len(there), "series": scans},
            lost=tuple(lost),
            others=len(subjects - {one.subject for one in ours}),
        )

    def release(self, ident: str, level: str) -> None:
        """Let others see the project."""
        Project(self.service).open_to(level)

    def invalidate(self, ident: str, reason: str) -> None:
        """Let nobody but its members see the project."""
        Project(self.service).open_to("private")

    def revalidate(self, ident: str) -> None:
        """Refuse: a private project is opened again by releasing it."""
        raise Refused("A private project is opened again by releasing it.")

    @property
    def _form(self) -> str:
        return self.node.settings.text("dataset_form")


def _inside(form: Any, name: str) -> Any:
    """Return a value of a form; a full stop in its name leads into a part of the form."""
    for key in name.split("."):
        form = form.get(key, "") if isinstance(form, dict) else ""
    return form


def _with(form: Any, keys: Sequence[str], value: object) -> dict[str, Any]:
    """Return the topmost key with everything that it holds, one value in it changed."""
    first, *rest = keys
    held = form.get(first) if isinstance(form, dict) else None
    if not rest:
        return {first: value}
    return {first: {**(held if isinstance(held, dict) else {}), **_with(held, rest, value)}}

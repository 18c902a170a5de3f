"""Projects, subjects, experiments and scans: list, show, make, change, remove."""

from typing import Any

from .._http import Request, Response, json_response
from ._address import KIND, Address, members
from ._answers import Refused, result_set, text
from ._archive import Archive
from ._fields import changed, document
from ._labels import checked
from ._people import People
from ._records import Item, Taken

_DEFAULT_TYPE = {"project": "xnat:projectData", "subject": "xnat:subjectData"}
_OF_ADDRESS = ("ID", "label")  # never taken from a query when an item is made


def uri(archive: Archive, item: Item) -> str:
    """Return the address under which listings show an item."""
    above = archive.item(item.parent) if item.parent is not None else None
    match item.kind:
        case "project" | "subject" | "experiment":
            return f"/data/{item.kind}s/{item.id}"
        case "prearchive":
            project = above.id if above else "Unassigned"
            return f"/data/prearchive/projects/{project}/{item.fields['timestamp']}/{item.label}"
    assert above is not None
    last = item.label if archive.up(item, "prearchive") else item.id
    return f"{uri(archive, above)}/{item.kind}s/{last}"


def project_of(archive: Archive, item: Item | None) -> Item | None:
    """Return the project an item belongs to."""
    return archive.up(item, "project") if item else None


def listed(archive: Archive, people: People, login: str, address: Address, request: Request) -> Response:
    """List the projects, subjects, experiments or scans that the user may see."""
    if address.item is not None:
        people.must_read(login, project_of(archive, address.item))
    rows = []
    for item in members(archive, address.item, address.listing):
        project = project_of(archive, item)
        seen = people.may_see if item.kind == "project" else people.may_read
        if project is None or not seen(login, project):
            continue
        rows.append(_row(archive, item, project))
    return result_set(rows, request)


def _row(archive: Archive, item: Item, project: Item) -> dict[str, Any]:
    shown = {name: value for name, value in item.fields.items() if isinstance(value, str) and name[0] != "@"}
    row = shown | {"ID": item.id, "label": item.label, "URI": uri(archive, item), "insert_date": item.made}
    if item.kind == "project":
        pi = item.fields.get("PI", {})
        del row["label"]
        return row | {
            "name": item.fields.get("name", item.id),
            "pi_firstname": pi.get("firstname", ""),
            "pi_lastname": pi.get("lastname", ""),
        }
    row |= {"project": project.id, "xsiType": item.xsi_type}
    if item.kind == "experiment" and (subject := archive.up(item, "subject")):
        row |= {"subject_ID": subject.id, "subject_label": subject.label}
    if item.kind == "scan":
        row |= {"type": item.fields.get("type", ""), "xnat_imagescandata_id": str(item.key)}
        del row["label"]
    return row


def shown(archive: Archive, people: People, login: str, item: Item) -> Response:
    """Show one item."""
    project = project_of(archive, item)
    if item.kind != "project":
        people.must_read(login, project)
    elif not people.may_see(login, project):
        raise Refused(404, "Unable to find the specified project")
    extra = {"ID": item.id}
    if item.kind in ("subject", "experiment"):
        extra |= {"label": item.label, "project": project.id if project else ""}
    if item.kind == "experiment" and (subject := archive.up(item, "subject")):
        extra["subject_ID"] = subject.id
    if item.kind == "scan" and (experiment := archive.up(item, "experiment")):
        extra |= {"image_session_ID": experiment.id, "project": project.id if project else ""}
    if item.kind == "project":
        extra["name"] = item.fields.get("name", item.id)
    return json_response(200, document(item, extra))


def put(archive: Archive, people: People, login: str, address: Address, request: Request) -> Response:
    """Make an item, or change the attributes of one."""
    if address.missing:
        return _make(archive, people, login, address, request)
    item = address.item
    assert item is not None
    project = project_of(archive, item)
    people.must_write(login, project, owner=item.kind == "project")
    with archive.change():
        item = archive.item(item.key) or item  # with what another request changed meanwhile
        fields = changed(item.fields, request.query)
        label = fields.pop("label", item.label)
        fields.pop("ID", None)
        if label == item.label or item.kind not in ("subject", "experiment"):
            label = item.label
        else:
            _must_be_free(archive, project, item.kind, checked(label, "label"))
        archive.update(item, fields=fields, label=label)
    return text(200, item.id)


def _make(archive: Archive, people: People, login: str, address: Address, request: Request) -> Response:
    above, kind = address.item, KIND[address.listing]
    label = checked(address.missing, f"{kind} name")
    expected = {"project": None, "subject": "project", "experiment": "subject", "scan": "experiment"}[kind]
    if (above.kind if above else None) != expected:
        raise Refused(404, f"Unable to find {kind} '{label}'; a new one is made below its {expected}")
    project = project_of(archive, above)
    if project is not None:
        people.must_write(login, project)
    xsi_type = dict(request.query).get("xsiType") or _DEFAULT_TYPE.get(kind, "")
    if not xsi_type.startswith("xnat:"):
        raise Refused(400, f"A new {kind} needs a data type, such as xsiType=xnat:ctSessionData")
    fields = changed({}, request.query)
    for name in _OF_ADDRESS:
        fields.pop(name, None)
    with archive.change():
        _must_be_free(archive, project, kind, label)
        own = label if kind in ("project", "scan") else None
        try:
            made = archive.add(kind, above, label, xsi_type, fields, id=own)
        except Taken as error:
            raise Refused(409, f"The {kind} '{label}' exists already") from error
        if kind == "project":
            archive.set_role(made, login, "owner")
    return text(201, made.id) if kind != "scan" else text(200)


def _must_be_free(archive: Archive, project: Item | None, kind: str, label: str) -> None:
    """Refuse a label that another subject or experiment of the project has."""
    if kind not in ("subject", "experiment") or project is None:
        return
    if any(label in (one.label, one.id) for one in archive.below(project, kind)):
        raise Refused(409, f"The label '{label}' is in use by another {kind} of this project")


def delete(archive: Archive, people: People, login: str, address: Address) -> Response:
    """Remove an item with everything below it."""
    item = address.item
    if item is None or address.missing:
        raise Refused(404, "Unable to find what shall be removed")
    people.must_write(login, project_of(archive, item), owner=True)
    archive.remove(item)
    return text(200)

"""The prearchive: sessions that were received, on their way to the archive or stuck there."""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .._http import Request, Response
from ._address import resolve
from ._answers import Refused, page, result_set, text
from ._archive import Archive
from ._files import download, listed_files, listed_resources, packed
from ._items import project_of, uri
from ._labels import cleaned
from ._people import People
from ._records import Item, Taken
from ._studies import Study

UNASSIGNED = "Unassigned"
_HIDDEN = frozenset({"@xsi_type", "@modality", "@overwrite"})


def receive_study(archive: Archive, project: Item | None, study: Study, labels: Mapping[str, str]) -> Item:
    """Make a session in the prearchive from a received study."""
    now = datetime.now()
    moment = now.strftime("%Y-%m-%d %H:%M:%S.%f")
    subject = cleaned(labels.get("subject") or study.subject)
    name = cleaned(labels.get("session") or study.session) or "session"
    fields = {
        "timestamp": now.strftime("%Y%m%d_%H%M%S%f")[:-3],
        "subject": subject,
        "tag": study.uid,
        "status": "READY",
        "scan_date": _dashed(study.date),
        "scan_time": study.time.partition(".")[0],
        "uploaded": moment,
        "lastmod": moment,
        "autoarchive": "Manual",
        "prevent_anon": "false",
        "prevent_auto_commit": "false",
        "@xsi_type": study.xsi_type,
        "@modality": study.modality,
    }
    with archive.change():
        while any(one.fields["timestamp"] == fields["timestamp"] for one in _sessions(archive, project)):
            time.sleep(0.001)
            fields["timestamp"] = datetime.now().strftime("%Y%m%d_%H%M%S%f")[:-3]
        session = archive.add("prearchive", project, name, "xnat:imageSessionData", fields)
        for scan_id, series in study.scans():
            about = {
                "UID": series.uid,
                "type": series.description or "unknown",
                "series_description": series.description,
                "quality": "usable",
                "modality": series.modality,
            }
            scan = archive.add("scan", session, scan_id, series.xsi_type, about, id=scan_id)
            form = {"format": "DICOM", "content": "RAW"}
            resource = archive.add("resource", scan, "DICOM", "xnat:resourceCatalog", form)
            for file in series.files.values():
                archive.put_file(resource, file)
    return session


def find(archive: Archive, people: People, login: str, address: str) -> Item:
    """Return the session at an address such as `/data/prearchive/projects/P/TIMESTAMP/NAME`.

    Raises
    ------
    Refused
        404 or 403.
    """
    parts = [part for part in address.split("/") if part and part != "data"]
    if len(parts) == 5 and parts[:2] == ["prearchive", "projects"]:
        project = archive.child(None, "project", parts[2])
        _may_enter(people, login, project)
        for one in _sessions(archive, project):
            if (one.fields["timestamp"], one.label) == (parts[3], parts[4]):
                return one
    raise Refused(404, "Unable to find the session in the prearchive")


def show(archive: Archive, people: People, login: str, segments: list[str], request: Request) -> Response:
    """Answer what is below `/data/prearchive/projects`."""
    wants_zip = dict(request.query).get("format") == "zip"
    if len(segments) < 2:
        projects = (
            [archive.child(None, "project", segments[0])] if segments else _entered(archive, people, login)
        )
        if segments and projects[0] is None and segments[0] != UNASSIGNED:
            raise Refused(404, "Unable to find the specified project")
        for project in projects:
            _may_enter(people, login, project)
        rows = [_row(archive, one) for project in projects for one in _sessions(archive, project)]
        return result_set(rows, request)
    session = find(archive, people, login, "/".join(["prearchive", "projects", *segments[:3]]))
    address = resolve(archive, segments[3:], session)
    if address.missing or address.rest:
        raise Refused(404, "Unable to find this in the prearchive")
    if address.listing == "scans":
        scans = archive.children(session, "scan")
        return result_set(_scan_row(one) for one in scans)
    if address.listing == "resources":
        return listed_resources(archive, people, login, address.items)
    if address.file:
        return download(archive, people, login, address)
    if address.listing == "files":
        return listed_files(archive, people, login, address.items, request)
    if wants_zip:
        resources = [one for item in address.items for one in archive.below(item, "resource")]
        return packed(archive, [(one, file) for one in resources for file in archive.files(one)])
    return result_set([_row(archive, session)])


def commit(
    archive: Archive, people: People, login: str, session: Item, parameters: Mapping[str, str]
) -> Item:
    """Move a session of the prearchive to the archive, and return the experiment.

    Raises
    ------
    Refused
        409: it collides with what is in the archive, and stays where it is, with status CONFLICT.
    """
    try:
        with archive.change():
            return _commit(archive, people, login, session, parameters)
    except Refused as refused:
        if refused.status == 409:
            archive.update(session, fields=session.fields | {"status": "CONFLICT"})
        raise


def _commit(
    archive: Archive, people: People, login: str, session: Item, parameters: Mapping[str, str]
) -> Item:
    if archive.item(session.key) is None:  # another request was faster
        raise Refused(404, "Unable to find the session in the prearchive")
    project = project_of(archive, session)
    if name := parameters.get("project"):
        project = archive.child(None, "project", name)
    if project is None:
        raise Refused(404, "Unable to identify the project of the session")
    people.must_write(login, project)
    subject_label = cleaned(parameters.get("subject") or session.fields["subject"])
    label = cleaned(parameters.get("session") or session.label)
    if not subject_label or not label:
        raise Refused(400, "The session has no subject or no label")
    overwrite = parameters.get("overwrite", "none")
    subject = archive.child(project, "subject", subject_label)
    here = [one for one in archive.below(project, "experiment") if label in (one.id, one.label)]
    if not here:
        about = {
            "UID": session.fields["tag"],
            "date": session.fields["scan_date"],
            "modality": session.fields["@modality"],
        }
        subject = subject or archive.add("subject", project, subject_label, "xnat:subjectData")
        experiment = archive.add("experiment", subject, label, session.fields["@xsi_type"], about)
    else:
        experiment = here[0]
        _must_match(experiment, subject, session, overwrite)
    for scan in archive.children(session, "scan"):
        _move_scan(archive, scan, experiment, replace=overwrite == "delete")
    archive.remove(session)
    return experiment


def _must_match(experiment: Item, subject: Item | None, session: Item, overwrite: str) -> None:
    if overwrite not in ("append", "delete"):
        raise Refused(409, "Session already exists, retry with overwrite enabled")
    if subject is None or experiment.parent != subject.key:
        raise Refused(409, "Invalid modification of the session's subject via archive process")
    if experiment.fields.get("UID") not in (None, "", session.fields["tag"]):
        raise Refused(409, "Session already exists with another Study Instance UID")
    if experiment.xsi_type != session.fields["@xsi_type"]:
        raise Refused(409, "Invalid modification of the session's modality via archive process")


def _move_scan(archive: Archive, scan: Item, experiment: Item, *, replace: bool) -> None:
    present = archive.child(experiment, "scan", scan.id)
    if present is None:
        archive.update(scan, parent=experiment.key)
        return
    if present.fields.get("UID") not in (None, "", scan.fields["UID"]):
        raise Refused(409, f"Session already contains a scan ({scan.id}) with another UID")
    for resource in archive.children(scan, "resource"):
        try:
            archive.update(resource, parent=present.key)
        except Taken:
            target = archive.child(present, "resource", resource.label)
            assert target is not None
            kept = set() if replace else {one.path for one in archive.files(target)}
            for file in archive.files(resource):
                if file.path not in kept:
                    archive.move_file(resource, file.path, target)


def serve(
    archive: Archive, people: People, login: str, action: str, parameters: Mapping[str, str]
) -> Response:
    """Answer `/data/services/prearchive/ACTION`: delete, move or rebuild a session."""
    session = find(archive, people, login, parameters.get("src", ""))
    match action:
        case "delete":
            archive.remove(session)
        case "rebuild":
            archive.update(session, fields=session.fields | {"status": "READY"})
        case "move":
            project = archive.child(None, "project", parameters.get("newProject", ""))
            people.must_write(login, project)
            session = archive.update(session, parent=project.key if project else None)
            return text(200, uri(archive, session))
        case _:
            return page(404, "The prearchive knows delete, move and rebuild")
    return text(200)


def _sessions(archive: Archive, project: Item | None) -> list[Item]:
    return archive.children(project, "prearchive")


def _entered(archive: Archive, people: People, login: str) -> list[Item | None]:
    everything: list[Item | None] = [None] if login == people.admin else []
    return everything + [
        one for one in archive.of_kind("project") if people.role(login, one) in ("owner", "member")
    ]


def _may_enter(people: People, login: str, project: Item | None) -> None:
    """Refuse who may not see the prearchive of a project; what has no project is for administrators."""
    if project is None and login != people.admin:
        raise Refused(404, "Unable to find the session in the prearchive")
    people.must_write(login, project)


def _row(archive: Archive, session: Item) -> dict[str, Any]:
    shown = {name: value for name, value in session.fields.items() if name not in _HIDDEN}
    project = project_of(archive, session)
    address = uri(archive, session).removeprefix("/data")
    names = {"name": session.label, "folderName": session.label, "url": address}
    return shown | names | {"project": project.id if project else UNASSIGNED}


def _scan_row(scan: Item) -> dict[str, Any]:
    # An empty data type would make clients skip the scan: leave it out.
    return {
        "ID": scan.id,
        "type": scan.fields["type"],
        "series_description": scan.fields["series_description"],
    }


def _dashed(date: str) -> str:
    return f"{date[:4]}-{date[4:6]}-{date[6:8]}" if len(date) == 8 and date.isdigit() else ""

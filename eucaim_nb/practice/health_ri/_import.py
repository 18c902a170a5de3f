"""The import service: an archive of DICOM files, or one file, becomes sessions."""

from collections.abc import Mapping

from .._http import Request, Response
from ._answers import Refused, flag, text
from ._archive import Archive
from ._files import body_of, receive
from ._items import uri
from ._people import People
from ._prearchive import commit, find, receive_study
from ._records import Item
from ._studies import Received, Study
from ._unpack import entries

_OVERWRITE = ("none", "append", "delete")
_ONE_FILE = ("application/dicom", "application/x-mirc", "application/x-mirc-dicom")
_AS_FILE = (
    "application/zip",
    "application/x-zip",
    "application/x-zip-compressed",
    "application/octet-stream",
    "application/x-tar",
    "application/gzip",
    "application/x-gzip",
    *_ONE_FILE,
)


def archive_session(archive: Archive, people: People, login: str, parameters: Mapping[str, str]) -> Response:
    """Answer `POST /data/services/archive`: move a session from the prearchive to the archive."""
    session = find(archive, people, login, parameters.get("src", ""))
    return text(200, _address(archive, commit(archive, people, login, session, parameters)))


def import_(archive: Archive, people: People, login: str, request: Request) -> Response:
    """Answer `POST /data/services/import`: one line per session, its address in the archive or prearchive.

    Raises
    ------
    Refused
        400 for a bad request or archive, 403 and 404 for a project, 409 for a session that is there already;
        what was received stays in the prearchive then.
    """
    parameters = labels_of(dict(request.query))
    media_type = request.header("Content-Type").partition(";")[0].strip().lower()
    default = "gradual-DICOM" if media_type in _ONE_FILE else "DICOM-zip"
    handler = parameters.get("import-handler") or default
    if handler not in ("DICOM-zip", "SI", "gradual-DICOM"):
        raise Refused(
            400, f"This node has no import handler {handler[:40]!r}: use DICOM-zip or gradual-DICOM"
        )
    if media_type not in _AS_FILE and not flag(parameters, "inbody"):
        raise Refused(400, "Unable to identify an uploaded file: send application/zip, or inbody=true")
    if parameters.get("overwrite", "none") not in _OVERWRITE:
        raise Refused(400, f"overwrite is one of {', '.join(_OVERWRITE)}")
    project = destined(archive, people, login, parameters)
    received = Received(archive, skip=flag(parameters, "Ignore-Unparsable") or handler == "SI")
    try:
        _take(archive, received, request, handler)
    except Refused:
        _keep(archive, people, login, received, project, parameters)
        raise
    except BaseException:  # the client went away
        archive.discard(received.blobs)
        raise
    check(received, handler)
    if request.plan.take("lost"):
        received.lose()
    elif partial := request.plan.take("partial"):
        received.lose(int(partial.value or 1))
    request.stored = len(received.blobs)
    if media_type == "application/x-mirc":
        _keep(archive, people, login, received, project, parameters)
        return text(200, "OK")
    lines = addresses(archive, people, login, received, project, parameters, handler)
    return text(200, "".join(f"{line}\r\n" for line in lines))


def addresses(
    archive: Archive,
    people: People,
    login: str,
    received: Received,
    project: Item | None,
    parameters: Mapping[str, str],
    handler: str,
) -> list[str]:
    """Make a session of every study, and return where each is now."""
    sessions = _keep(archive, people, login, received, project, parameters)
    settled = [_settle(archive, people, login, one, parameters, handler) for one in sessions]
    return [_address(archive, one) for one in settled]


def labels_of(query: Mapping[str, str]) -> dict[str, str]:
    """Return a query in which older names, and labels in `dest`, count as the present names."""
    given = dict(query)
    for old, new in (("PROJECT_ID", "project"), ("SUBJECT_ID", "subject"), ("EXPT_LABEL", "session")):
        if old in given:
            given.setdefault(new, given[old])
    parts = [part for part in given.get("dest", "").split("/") if part][1:]
    for listing, name in zip(parts[::2], parts[1::2], strict=False):
        known = {"projects": "project", "subjects": "subject", "experiments": "session"}.get(listing)
        if known:
            given.setdefault(known, name)
    return given


def destined(archive: Archive, people: People, login: str, parameters: Mapping[str, str]) -> Item | None:
    """Return the project that a request names, if the user may import into it.

    Raises
    ------
    Refused
        403 or 404.
    """
    name = parameters.get("project")
    if not name:
        return None
    project = archive.child(None, "project", name)
    people.must_write(login, project)
    return project


def _take(archive: Archive, received: Received, request: Request, handler: str) -> None:
    if handler == "gradual-DICOM":
        received.take(body_of(request))
        return
    sent = receive(archive, body_of(request), "")
    try:
        for _, chunks in entries(archive.open_path(sent.blob)):
            received.take(chunks)
    finally:
        archive.discard([sent.blob])


def check(received: Received, handler: str) -> None:
    """Refuse what has no session in it, or several where one is allowed."""
    if not received.studies:
        raise Refused(400, "Upload did not include parsable files for session generation.")
    if handler == "SI" and len(received.studies) > 1:
        received.lose()
        raise Refused(400, "Upload included files for multiple imaging sessions")


def _keep(
    archive: Archive,
    people: People,
    login: str,
    received: Received,
    project: Item | None,
    labels: Mapping[str, str],
) -> list[Item]:
    """Put every study into the prearchive of its project."""
    return [
        receive_study(archive, project or _routed(archive, people, login, study), study, labels)
        for study in received.studies.values()
    ]


def _routed(archive: Archive, people: People, login: str, study: Study) -> Item | None:
    for name in study.projects:
        project = archive.child(None, "project", name)
        if project is not None and people.role(login, project) in ("owner", "member"):
            return project
    return None


def _settle(
    archive: Archive,
    people: People,
    login: str,
    session: Item,
    parameters: Mapping[str, str],
    handler: str,
) -> Item:
    """Move a session to the archive, unless it shall wait in the prearchive or belongs to no project."""
    project = archive.item(session.parent) if session.parent else None
    destination = parameters.get("dest", "")
    waits = destination.startswith("/prearchive") or flag(parameters, "prevent_auto_commit")
    if not destination and project is not None:
        waits |= project.fields.get("@prearchive_code") == "0" or handler == "gradual-DICOM"
    if project is None or waits:
        return session
    labels = {
        name: value for name, value in parameters.items() if name in ("subject", "session", "overwrite")
    }
    if flag(parameters, "Direct-Archive"):
        try:
            return commit(archive, people, login, session, labels | {"overwrite": "none"})
        except Refused as refused:
            if refused.status == 409:  # the session exists: it waits for somebody to decide
                return archive.item(session.key) or session
            raise
    return commit(archive, people, login, session, labels)


def _address(archive: Archive, item: Item) -> str:
    """Return the address that the service answers with."""
    subject, project = archive.up(item, "subject"), archive.up(item, "project")
    if item.kind != "experiment" or subject is None or project is None:
        return uri(archive, item)
    return f"/data/archive/projects/{project.id}/subjects/{subject.id}/experiments/{item.id}"

"""Who sees a project: accessibility, users and roles, and the custom forms that describe an item."""

import json
from typing import Any

from .._http import Request, Response, json_response
from ._address import resolve
from ._answers import Refused, result_set, text
from ._archive import Archive
from ._items import project_of
from ._people import ROLES, People, accessibility
from ._records import Item

_LEVELS = ("private", "protected", "public")


def beside(
    archive: Archive, people: People, login: str, project: Item, rest: tuple[str, ...], request: Request
) -> Response:
    """Answer what is asked of a project besides its items: accessibility, prearchive_code, users."""
    match request.method, rest:
        case "GET", ("accessibility",):
            if not people.may_see(login, project):
                raise Refused(404, "Unable to find the specified project")
            return text(200, accessibility(project))
        case "PUT", ("accessibility", level):
            people.must_write(login, project, owner=True)
            if level not in _LEVELS:
                raise Refused(400, f"accessibility is one of {', '.join(_LEVELS)}")
            archive.update(project, fields=project.fields | {"@accessibility": level})
            return text(200)
        case "GET", ("prearchive_code",):
            people.must_read(login, project)
            return text(200, project.fields.get("@prearchive_code", "4"))
        case "PUT", ("prearchive_code", ("0" | "4" | "5") as code):
            people.must_write(login, project, owner=True)
            archive.update(project, fields=project.fields | {"@prearchive_code": code})
            return text(200)
        case "GET", ("users",):
            people.must_read(login, project)
            return result_set(_user(people, project, *one) for one in archive.roles(project).items())
        case "PUT" | "DELETE", ("users", group, user):
            people.must_write(login, project, owner=True)
            role = group.removeprefix(f"{project.id}_").lower().removesuffix("s")
            if role not in ROLES or user not in people.logins:
                raise Refused(404, "Unable to find this role or user")
            archive.set_role(project, user, role if request.method == "PUT" else None)
            return text(200)
    raise Refused(404, "This node has no such part of a project")


def _user(people: People, project: Item, login: str, role: str) -> dict[str, str]:
    return _person(people, login) | {"displayname": f"{role.title()}s", "GROUP_ID": f"{project.id}_{role}"}


def _person(people: People, login: str) -> dict[str, str]:
    number = people.logins.index(login) + 1 if login in people.logins else 0
    name = login.replace("-", " ").title()
    return {
        "login": login,
        "firstname": name,
        "lastname": "User",
        "email": f"{login}@example.org",
        "xdat_user_id": str(number),
    }


def users(people: People, login: str) -> Response:
    """List the users of the node, for administrators."""
    if login != people.admin:
        raise Refused(403, "Only administrators may list users")
    return result_set(_person(people, one) for one in people.logins)


def own_roles(archive: Archive, people: People, login: str) -> Response:
    """List the projects in which the user has a role."""
    projects = [(one, people.role(login, one)) for one in archive.of_kind("project")]
    return json_response(200, [{"ID": one.id, "role": role} for one, role in projects if role])


def custom_forms(
    archive: Archive, people: People, login: str, segments: list[str], request: Request
) -> Response:
    """Show or set the custom forms of a project, subject, experiment or scan: one object per form."""
    address = resolve(archive, segments)
    item = address.item
    if item is None or address.missing or address.rest[:1] != ("fields",):
        raise Refused(404, "Unable to find what the form belongs to")
    project = project_of(archive, item)
    forms: dict[str, Any] = item.fields.get("@forms", {})
    wanted = address.rest[1:]
    if request.method == "GET":
        people.must_read(login, project)
        return json_response(200, {name: forms[name] for name in forms if not wanted or name in wanted})
    people.must_write(login, project)
    if request.method == "DELETE":
        forms = {name: value for name, value in forms.items() if wanted and name not in wanted}
    elif request.method == "PUT":
        try:
            sent = json.loads(request.body.all())
        except ValueError as error:
            raise Refused(400, "A form is sent as JSON") from error
        if not isinstance(sent, dict):
            raise Refused(400, "A form is sent as an object with one object per form")
        merged = {name: _merged(forms.get(name), value) for name, value in sent.items()}
        forms = forms | merged
    else:
        raise Refused(405, "Forms are read with GET and set with PUT")
    archive.update(item, fields=item.fields | {"@forms": forms})
    return json_response(200, forms)


def _merged(old: Any, new: Any) -> Any:
    return old | new if isinstance(old, dict) and isinstance(new, dict) else new

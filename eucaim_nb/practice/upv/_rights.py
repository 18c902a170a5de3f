"""Who may see, change and delete which dataset."""

from ._database import Document
from ._people import Person

DRAFT_ONLY = (
    "name",
    "version",
    "previousId",
    "description",
    "provenance",
    "purpose",
    "type",
    "collectionMethod",
)


class Refusal(Exception):
    """An answer other than success, with its status and text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def unauthorized() -> Refusal:
    """Return what somebody hears who may not do a thing: 401, not 403."""
    return Refusal(401, "unauthorized user")


def is_owner(person: Person | None, dataset: Document) -> bool:
    """Tell whether this is the author, or the node's staff."""
    return person is not None and (person.is_staff or person.sub == dataset["authorId"])


def is_member(person: Person | None, dataset: Document) -> bool:
    """Tell whether a person belongs to the project of a dataset."""
    return person is not None and (person.is_staff or dataset["project"] in person.projects)


def may_see(person: Person | None, dataset: Document) -> bool:
    """Drafts and invalidated ones are their author's, the others their project's, public ones everybody's."""
    if dataset["draft"] or dataset["invalidated"]:
        return is_owner(person, dataset)
    return bool(dataset["public"]) or is_member(person, dataset)


def editable(person: Person | None, dataset: Document, creating: bool) -> list[str]:
    """List the properties that a person can change now, in the order in which the service lists them."""
    if person is None or not is_owner(person, dataset):
        return []
    names = []
    if dataset["draft"]:
        names += ([] if creating else ["draft"]) + list(DRAFT_ONLY)
    names += ["invalidated"] + (["invalidationReason"] if dataset["invalidated"] else [])
    names += ["contactInfo", "license"]
    if person.is_staff:
        names += ["authorId", "tags"] + ([] if dataset["draft"] else ["public", "pids"])
        names += ["publicUse"] if dataset["public"] else []
    return names


def allowed(person: Person | None, dataset: Document, creating: bool) -> list[str]:
    """List what a person can do with a dataset."""
    if person is None:
        return []
    actions = ["use"] if person.may_use and is_member(person, dataset) and not creating else []
    if may_delete(person, dataset, creating):
        actions.append("delete")
    if person.is_staff and creating:
        actions.append("restartCreation")
    if person.sees_accesses:
        actions.append("viewAccessHistory")
    if is_owner(person, dataset) or person.sees_accesses:
        actions.append("manageACL")
    return actions


def may_delete(person: Person | None, dataset: Document, creating: bool) -> bool:
    """Tell whether a person can delete a dataset: its author only while it is not complete."""
    return person is not None and (person.is_staff or (creating and person.sub == dataset["authorId"]))

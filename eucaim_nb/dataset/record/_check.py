"""What stands against a record: field by field, and what fields say together."""

import re
from collections.abc import Iterator

from . import _words
from ._branch import Branch, grown
from ._field import Field, Kind, Obligation, below
from ._problem import Problem, Severity, error, warning
from ._record import Record
from ._reference import long
from ._rules import RULES, Facts
from ._values import normal
from ._vocabulary import hyperontology, vocabulary

_PLACEHOLDER = re.compile(
    r"(?i)(?:tb[dac]|to be (?:defined|done|determined|announced)|n/?a|not applicable|none|null|unknown|placeholder|"
    r"lorem ipsum.*|x{2,}|\?+|-+|\.+|todo)\.?"
)
_PLACEHOLDER_MAY_STAND = frozenset({Kind.BOOLEAN, Kind.COUNT, Kind.CONCEPT, Kind.DATE, Kind.DECIMAL})


def check(record: Record, facts: Facts = Facts()) -> tuple[Problem, ...]:  # noqa: B008
    """Return what stands against a record, in the order of the form.

    Parameters
    ----------
    facts
        What is known besides: the identifier of the dataset at its node.
    """
    found = [*_of_branch(grown(record.values), "", "")]
    wrong = {one.key for one in found if one.severity is Severity.ERROR}
    return (*found, *(one for rule in RULES for one in rule(record, facts) if one.key not in wrong))


def judge(field: Field, value: str) -> Iterator[tuple[Severity, str]]:
    """Yield what is wrong with one value."""
    try:
        expected = normal(field, value)
    except ValueError as error:
        yield Severity.ERROR, f"{field.name}: {error}"
        return
    if field.kind not in _PLACEHOLDER_MAY_STAND and _PLACEHOLDER.fullmatch(_words.split(value)[0].strip()):
        yield Severity.ERROR, f"{field.name}: a placeholder must not be given. Leave the field empty instead."
    elif field.vocabulary:
        yield from _judge_term(field, expected)


def _of_branch(branch: Branch, node: str, at: str) -> Iterator[Problem]:
    for one in below(node):
        key = at + one.prop
        if one.kind is Kind.NODE:
            children = list(branch.each(one.prop))
            yield from _counted(one, key, len(children))
            for step, child in children:
                yield from _of_branch(child, one.key, f"{at}{step}/")
        else:
            held = branch.values.get(one.prop, ())
            yield from _counted(one, key, len(held))
            for value in held:
                yield from (Problem(severity, key, text) for severity, text in judge(one, value))
    yield from _one_of(branch, node, at)


def _counted(field: Field, key: str, count: int) -> Iterator[Problem]:
    if not count and field.minimum:
        yield error(key, field.missing)
    elif not count and field.obligation is Obligation.MANDATORY:
        yield warning(key, field.missing)
    if field.maximum is not None and count > field.maximum:
        yield error(key, f"{field.name}: only one is allowed, and there are {count}.")


def _one_of(branch: Branch, node: str, at: str) -> Iterator[Problem]:
    groups: dict[str, list[Field]] = {}
    for one in below(node):
        if one.one_of:
            groups.setdefault(one.one_of, []).append(one)
    for among in groups.values():
        if not any(branch.values.get(one.prop) or any(branch.each(one.prop)) for one in among):
            yield Problem(
                Severity.ERROR, at + among[0].prop, next(filter(None, (one.missing for one in among)))
            )


def _judge_term(field: Field, value: str) -> Iterator[tuple[Severity, str]]:
    terms = vocabulary(field.vocabulary)
    if (listed := terms.get(value)) is not None:
        if listed.note.startswith("A procedure"):
            yield Severity.WARNING, f"{field.name}: {listed.label} ({listed.code}). {listed.note}."
        return
    address = long(value)
    outside = f"{field.name}: {value[:60]!r} is not in the list “{terms.title}”."
    match terms.others:
        case "none":
            yield Severity.ERROR, f"{outside} Choose one of the list."
        case "scheme" if address is None or not address.startswith(terms.below):
            yield (
                Severity.ERROR,
                f"{outside} Choose one of the list, or give an address that begins with {terms.below}",
            )
        case "any" if address is None and field.kind is not Kind.STATEMENT:
            yield Severity.ERROR, f"{outside} Choose one of the list, or give an address."
        case "hyperontology" if address is None:
            yield (
                Severity.WARNING,
                f"{outside} Words are accepted where a term is in doubt; searches miss them.",
            )
        case "hyperontology" if value.removeprefix("eucaim:") not in hyperontology():
            yield Severity.ERROR, f"{outside} The Hyper-Ontology has no such term. Search for another one."
        case "hyperontology":
            yield (
                Severity.WARNING,
                f"{outside} It is a term of the Hyper-Ontology; make sure that it is one of these.",
            )

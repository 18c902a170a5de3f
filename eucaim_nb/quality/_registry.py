"""The registry: every check is one small function below `checks/`, and its file is all that it takes to add one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

from ._finding import Dimension, Finding, Level, Severity

Rule = Callable[[Any], Iterator[Finding]]
_Rule = TypeVar("_Rule", bound=Rule)

_registered: dict[str, "Check"] = {}
_further: list[tuple[str, Rule]] = []


@dataclass(frozen=True, slots=True)
class Check:
    """A check: what it is called, how grave its findings are by default, and where its rule comes from.

    `rules` has a function for each kind of view that the check looks at. `reads` are keywords of attributes that the
    index lacks and that must be read from whole headers for it. `node` is the family of nodes that it is about, '' for
    all.
    """

    id: str
    title: str
    level: Level
    severity: Severity
    dimension: Dimension
    remedy: str
    source: str
    node: str
    reads: tuple[str, ...]
    rules: Mapping[type, Rule]


def check(
    id: str,
    *,
    level: Level,
    severity: Severity,
    dimension: Dimension,
    remedy: str,
    source: str,
    node: str = "",
    reads: tuple[str, ...] = (),
) -> Callable[[_Rule], _Rule]:
    """Register a function as a check. Its first line of documentation is the title, its parameter's type the view.

    Parameters
    ----------
    id
        Letters and digits, unique: it stands in reports and must keep its meaning.
    severity, remedy
        Of its findings, unless a finding says otherwise.
    source
        Where the rule comes from: a section of the standard, or what was observed.
    node
        Family of nodes that it is about; empty for all.
    reads
        Attributes to read from whole headers, at the level standard; `Series.extra` counts their values.
    """

    def register(rule: _Rule) -> _Rule:
        if id in _registered:
            raise ValueError(f"There are two checks called {id}.")
        title = (rule.__doc__ or "").strip().split("\n")[0].rstrip(".")
        _registered[id] = Check(
            id, title, level, severity, dimension, remedy, source, node, reads, {_subject(rule): rule}
        )
        return rule

    return register


def also(id: str) -> Callable[[_Rule], _Rule]:
    """Register a function as a further rule of a check, which looks at another kind of view."""

    def register(rule: _Rule) -> _Rule:
        _further.append((id, rule))
        return rule

    return register


def _subject(rule: Rule) -> type:
    found: type = next(hint for name, hint in get_type_hints(rule).items() if name != "return")
    return found


@cache
def registry() -> Mapping[str, Check]:
    """Return every check by id, in the order of ids."""
    from . import checks

    for module in sorted(one.name for one in iter_modules(checks.__path__)):
        import_module(f"{checks.__name__}.{module}")
    for id, rule in _further:
        one, subject = _registered[id], _subject(rule)
        if subject in one.rules:
            raise ValueError(f"{id} has two rules for {subject.__name__}.")
        _registered[id] = replace(one, rules={**one.rules, subject: rule})
    return MappingProxyType(dict(sorted(_registered.items(), key=lambda one: _by_number(one[0]))))


def _by_number(id: str) -> tuple[str, int]:
    words = id.rstrip("0123456789")
    return words, int(id[len(words) :] or 0)


def rules_for(subject: type, level: Level, node: str) -> list[tuple[Check, Rule]]:
    """Return the rules for one kind of view that apply at a level and to a family of nodes."""
    return [
        (one, one.rules[subject])
        for one in registry().values()
        if subject in one.rules and one.level.value <= level.value and one.node in ("", node)
    ]

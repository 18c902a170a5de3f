"""The part of the GraphQL language that a question to the catalogue needs: fields, arguments, variables."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r'\s+|,|\ufeff|#[^\n\r]*|("(?:[^"\\\n]|\\.)*")|([_A-Za-z]\w*)|(-?\d+(?:\.\d+)?)|(\.\.\.|[{}()\[\]:$!=@|])',
    re.ASCII,
)
_DEEPEST = 20
_WORDS = {"true": True, "false": False, "null": None}


class WrongQuery(Exception):
    """The text says what is wrong with a query."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that is asked for, under the name `key`, with the fields below it."""

    name: str
    key: str
    arguments: dict[str, Any] = field(default_factory=dict)
    below: tuple["Field", ...] = ()


def parse(query: str, variables: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return the fields of a query, with variables replaced by their values.

    Raises
    ------
    WrongQuery
        It is no query, uses what is not understood here, or a variable that has no value.
    """
    reader = _Reader(_tokens(query), variables)
    fields = reader.operation()
    if reader.left:
        raise WrongQuery("Invalid syntax: one query at a time is understood here")
    return fields


def _tokens(query: str) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise WrongQuery(f"Invalid syntax with offending token at character {at + 1}")
        if match.lastindex:
            found.append(match[0])
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[str], variables: Mapping[str, Any]) -> None:
        self.left = tokens[::-1]
        self._variables = variables
        self._depth = 0

    def operation(self) -> tuple[Field, ...]:
        defaults: dict[str, Any] = {}
        if self._next() in ("query", "mutation", "subscription"):
            if self._take() != "query":
                raise WrongQuery("Schema is not configured for changes: this catalogue is only read")
            if self._next() not in ("{", "("):
                self._take()
            if self._next() == "(":
                defaults = self._definitions()
        self._variables = defaults | dict(self._variables)
        return self._selection()

    def _definitions(self) -> dict[str, Any]:
        defaults: dict[str, Any] = {}
        self._expect("(")
        while self._next() != ")":
            self._expect("$")
            name = self._name()
            self._expect(":")
            while self._next() in ("[", "]", "!") or re.match(r"[A-Za-z]", self._next()):
                self._take()
            if self._next() == "=":
                self._take()
                defaults[name] = self._value()
        self._expect(")")
        return defaults

    def _selection(self) -> tuple[Field, ...]:
        self._expect("{")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise WrongQuery("Invalid syntax: the query is too deep")
        fields = []
        while self._next() != "}":
            fields.append(self._field())
        self._expect("}")
        self._depth -= 1
        if not fields:
            raise WrongQuery("Invalid syntax: a selection has at least one field")
        return tuple(fields)

    def _field(self) -> Field:
        key = name = self._name()
        if self._next() == ":":
            self._take()
            name = self._name()
        arguments: dict[str, Any] = {}
        if self._next() == "(":
            arguments = self._pairs("(", ")")
        below = self._selection() if self._next() == "{" else ()
        return Field(name, key, arguments, below)

    def _pairs(self, opening: str, closing: str) -> dict[str, Any]:
        self._expect(opening)
        pairs = {}
        while self._next() != closing:
            name = self._name()
            self._expect(":")
            pairs[name] = self._value()
        self._expect(closing)
        return pairs

    def _value(self) -> Any:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise WrongQuery("Invalid syntax: the query is too deep")
        value = self._plain_value()
        self._depth -= 1
        return value

    def _plain_value(self) -> Any:
        match self._next():
            case "$":
                self._take()
                name = self._name()
                if name not in self._variables:
                    raise WrongQuery(f"Variable '{name}' has no value")
                return self._variables[name]
            case "[":
                self._take()
                items = []
                while self._next() != "]":
                    items.append(self._value())
                self._expect("]")
                return items
            case "{":
                return self._pairs("{", "}")
        token = self._take()
        if token in _WORDS:
            return _WORDS[token]
        if re.match(r"[_A-Za-z]", token):
            return token
        try:
            return json.loads(token)
        except ValueError as error:
            raise WrongQuery(f"Invalid syntax with offending token {token[:40]!r}") from error

    def _name(self) -> str:
        token = self._take()
        if not re.match(r"[_A-Za-z]", token):
            raise WrongQuery(f"Invalid syntax with offending token {token[:40]!r}")
        return token

    def _expect(self, token: str) -> None:
        if (found := self._take()) != token:
            raise WrongQuery(f"Invalid syntax with offending token {found[:40]!r}: expected {token!r}")

    def _next(self) -> str:
        return self.left[-1] if self.left else ""

    def _take(self) -> str:
        if not self.left:
            raise WrongQuery("Invalid syntax: the query ends too early")
        return self.left.pop()

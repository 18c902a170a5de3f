"""Tables in JSON: records with nested objects, or subjects with eForms, as rows of texts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from eucaim_nb.errors import TableError

_LIST = "; "
"""Between the texts of a list of plain values."""


def read(text: str) -> tuple[list[str], Iterator[list[str]]]:
    """Return the headers and the rows. Names of nested values are joined by full stops; numbers stay as written.

    Raises
    ------
    TableError
        It is not JSON, or holds no list of objects.
    """
    try:
        content = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise TableError("The file is not JSON. Mend it, or give CSV or XLSX.") from error
    found = [dict(_flat(record)) for record in _records(content)]
    headers = list(dict.fromkeys(name for record in found for name in record))
    return headers, ([record.get(name, "") for name in headers] for record in found)


def _records(content: Any) -> list[Mapping[str, Any]]:
    if isinstance(content, dict):
        lists = [value for value in content.values() if _is_list_of_objects(value)]
        if len(lists) == 1:
            content = lists[0]
        elif content and all(isinstance(value, dict) for value in content.values()):
            content = [{"id": key, **value} for key, value in content.items()]
        else:
            content = [content]
    if not _is_list_of_objects(content):
        raise TableError("The JSON file holds no list of objects. Give one object per row.")
    return [_form(record) for record in content]


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _form(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a subject with an eForm as a flat record; any other record as it is."""
    form = record.get("eForm")
    if not isinstance(form, dict) or "subjectName" not in record:
        return record
    values: dict[str, Any] = {"subjectName": record["subjectName"]}
    pages = form.get("pages")
    if not isinstance(pages, list):
        return values | form
    for page in pages:
        for name, answer in page.get("page_data", {}).items():
            values[name] = answer.get("value") if isinstance(answer, dict) else answer
    return values


def _flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, inner in value.items():
        path = f"{before}{name}"
        if isinstance(inner, dict):
            yield from _flat(inner, f"{path}.")
        elif _is_list_of_objects(inner):
            for number, one in enumerate(inner, 1):
                yield from _flat(one, f"{path}.{number}.")
        elif isinstance(inner, list):
            yield path, _LIST.join(_text(one) for one in inner)
        else:
            yield path, _text(inner)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

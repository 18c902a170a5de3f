"""What is said about a dataset: read from texts, checked before the node refuses it, and what is not said yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import DatasetProperty

_LICENCE = ("title", "url")


def value_of(field: DatasetProperty, text: str, licences: Sequence[Mapping[str, Any]] = ()) -> Any:
    """Return the value that a text stands for.

    Parameters
    ----------
    text
        Several values are separated by commas; a licence is its title, a bar and its address, or only the title of
        one that the node offers.
    licences
        Those that the node offers.

    Raises
    ------
    SettingsError
        The text does not fit the property.
    """
    text = text.strip()
    value: Any = text
    match field.kind:
        case "choices" | "words":
            value = [one for part in text.split(",") if (one := part.strip())]
        case "licence":
            value = _licence(text, licences)
        case "dataset":
            value = text or None
    check(field, value)
    return value


def text_of(field: DatasetProperty, value: Any) -> str:
    """Return the text that stands for a value."""
    if isinstance(value, Mapping):
        return " | ".join(str(value.get(name) or "") for name in _LICENCE if value.get(name))
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def check(field: DatasetProperty, value: Any) -> None:
    """Refuse what the node would refuse, or stumble over.

    Raises
    ------
    SettingsError
        It is too short or too long, or not one of the values there are.
    """
    texts = [str(one) for one in value.values()] if isinstance(value, Mapping) else [text_of(field, value)]
    if field.longest and any(len(one) > field.longest for one in texts):
        raise SettingsError(f"{field.title} has more than {field.longest:,} characters. Shorten it.")
    if len(texts[0]) < field.shortest:
        raise SettingsError(f"{field.title} needs {field.shortest} characters or more.")
    wanted = value if isinstance(value, list) else [value]
    unknown = [one for one in wanted if field.choices and one and one not in field.choices]
    if unknown:
        raise SettingsError(f"{field.title} cannot be {unknown[0]!r}. It is one of: {', '.join(field.choices)}.")


def not_said(fields: Sequence[DatasetProperty], properties: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what is needed and not filled in."""
    return tuple(
        f"{one.title}: not filled in." for one in fields if one.needed and not text_of(one, properties.get(one.name))
    )


def _licence(text: str, licences: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    title, bar, url = (part.strip() for part in text.partition("|"))
    if not bar:
        url = next((str(one["url"]) for one in licences if str(one["title"]).casefold() == title.casefold()), "")
    if title and not url.startswith(("https://", "http://")):
        raise SettingsError("A licence is given as its title, a bar and its address: CC BY 4.0 | https://…")
    for name, part, longest in (("title", title, 128), ("address", url, 256)):
        if len(part) > longest:
            raise SettingsError(f"The {name} of the licence has more than {longest} characters. Shorten it.")
    return {"title": title, "url": url}

"""Clinical data as it arrives: a JSON list of subjects with their eForms, or a table."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

from .._http import Request, read_json
from .._multipart import content_type

LONGEST_NAME = 128  # characters
LONGEST_FORM = 1 << 20  # bytes of JSON
LONGEST_BODY = 20 << 20
_FIRST_COLUMN = "PatientID"


class WrongInput(Exception):
    """The text says what is wrong with a request, without a value from it; nothing of it was kept."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Form:
    """A subject with its eForm as JSON text, or with the reason why it is refused."""

    subject: str
    content: str = ""
    refused: str = ""


def read(request: Request) -> list[Form]:
    """Read the subjects of a request, in order.

    Raises
    ------
    WrongInput
        It is neither a list nor a table; or a subject has no name, one that is too long, or that of another.
    BodyTooLarge
        It has more than 20 MiB.
    """
    media_type, _ = content_type(request.header("Content-Type"))
    if media_type not in ("application/json", "text/csv"):
        raise WrongInput("send application/json or text/csv", 415)
    try:
        text = request.body.all(LONGEST_BODY).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongInput("the body is not UTF-8") from error
    forms = _of_json(text) if media_type == "application/json" else _of_table(text)
    if not forms:
        raise WrongInput("there is no subject in the request")
    seen: set[str] = set()
    for number, form in enumerate(forms, 1):
        if form.subject in seen:
            raise WrongInput(f"subject {number} has the same subjectName as one before it")
        seen.add(form.subject)
    return forms


def _of_json(text: str) -> list[Form]:
    try:
        subjects = read_json(text)
    except ValueError as error:
        raise WrongInput("the body is not JSON") from error
    if not isinstance(subjects, list):
        raise WrongInput('send a list of objects {"subjectName", "eForm"}')
    return [_form(subject, number) for number, subject in enumerate(subjects, 1)]


def _form(subject: Any, number: int) -> Form:
    if not isinstance(subject, dict) or "subjectName" not in subject:
        raise WrongInput(f"subject {number} has no subjectName")
    name = _named(subject["subjectName"], number)
    form = subject.get("eForm")
    if not isinstance(form, dict):
        return Form(name, refused="the eForm is missing, or is not an object")
    content = json.dumps(form)
    if len(content) > LONGEST_FORM:
        return Form(name, refused=f"the eForm has more than {LONGEST_FORM} bytes")
    return Form(name, content)


def _of_table(text: str) -> list[Form]:
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise WrongInput("the table cannot be read: is a quotation mark left open?") from error
    header = rows[0] if rows else [""]
    if header[0].strip() != _FIRST_COLUMN:
        raise WrongInput(
            f"the first column of the table must be {_FIRST_COLUMN}; separate columns with commas"
        )
    if len(set(header)) != len(header):
        raise WrongInput("two columns of the table have the same name")
    forms = []
    for number, row in enumerate(rows[1:], 1):
        name = _named(row[0].strip(), number)
        if len(row) == len(header):
            forms.append(Form(name, json.dumps(dict(zip(header[1:], row[1:], strict=True)))))
        else:
            forms.append(Form(name, refused=f"the row has {len(row)} values, the header {len(header)}"))
    return forms


def _named(name: Any, number: int) -> str:
    if not isinstance(name, str) or not name.strip():
        raise WrongInput(f"the subjectName of subject {number} is empty, or is not a text")
    if len(name) > LONGEST_NAME:
        raise WrongInput(f"the subjectName of subject {number} has more than {LONGEST_NAME} characters")
    return name

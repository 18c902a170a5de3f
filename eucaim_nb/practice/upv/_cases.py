"""The page on which a person exports a dataset, in place of the cases of QP-Insights."""

import secrets
from collections import Counter
from collections.abc import Callable
from html import escape
from urllib.parse import parse_qsl

from .._http import BodyTooLarge, Request, Response
from ._database import Document
from ._datalake import DatalakeUnreachable
from ._pages import page
from ._rights import Refusal
from ._rules import METHODS, TYPES

CASES = "/upv/qp-insights/cases"
_TITLE = "Practice node: cases"
_LONGEST_FORM = 1 << 20


class Cases:
    """Shows what was uploaded, and makes a dataset of what is ticked there.

    Parameters
    ----------
    uploaded : callable
        Lists the studies, as the index of a dataset names them.
    export : callable
        Makes a dataset of wanted fields; also takes the beginning of this server's addresses.
    """

    def __init__(self, uploaded: Callable[[], list[Document]], export: Callable[[Document, str], Document]) -> None:
        self._uploaded, self._export = uploaded, export
        self._own = secrets.token_urlsafe(16)  # so that no other page can press the button

    def service(self, request: Request) -> None:
        """Nothing goes wrong here."""

    def __call__(self, request: Request) -> Response:
        """Answer one request of the person's browser."""
        try:
            if request.method == "POST":
                return self._made(request)
            return page(_TITLE, self._form())
        except DatalakeUnreachable as unreachable:
            return page(_TITLE, f"<p>{escape(str(unreachable))}</p>", 502)
        except Refusal as refused:
            return page(_TITLE, f'<p>{escape(str(refused))}</p><p><a href="{CASES}">Back</a></p>', refused.status)
        except (BodyTooLarge, ValueError, TypeError, KeyError):
            return page(_TITLE, f'<p>The form cannot be read.</p><p><a href="{CASES}">Back</a></p>', 400)

    def _form(self) -> str:
        patients = Counter(str(study["subjectName"]) for study in self._uploaded())
        if not patients:
            return "<p>Nothing was uploaded yet.</p>"
        cases = "".join(
            f'<li><label><input type="checkbox" name="patient" value="{escape(name)}" checked> {escape(name)}, '
            f"{count} {'study' if count == 1 else 'studies'}</label></li>"
            for name, count in patients.items()
        )
        return (
            "<p>This stands in for QP-Insights. Nothing leaves this computer.</p>"
            f'<form method="post"><input type="hidden" name="own" value="{self._own}">'
            '<p><label>Name <input name="name" required minlength="3" maxlength="256"></label></p>'
            '<p><label>Description <input name="description" required></label></p>'
            f"<p>{_choice('Type', 'type', TYPES)} {_choice('Collection method', 'collectionMethod', METHODS)}</p>"
            f"<p>Cases</p><ul>{cases}</ul><button>Export dataset</button></form>"
        )

    def _made(self, request: Request) -> Response:
        sent = parse_qsl(request.body.all(_LONGEST_FORM).decode(), keep_blank_values=True)
        form = dict(sent)
        if not secrets.compare_digest(form.get("own", ""), self._own):
            raise Refusal(403, "This form is not from this page.")
        wanted = {
            "name": form["name"],
            "description": form["description"],
            "type": [form["type"]],
            "collectionMethod": [form["collectionMethod"]],
            "patients": [value for name, value in sent if name == "patient"],
        }
        ident = str(self._export(wanted, request.base)["apiUrl"]).rpartition("/")[2]
        said = f"<p>The dataset is being made. Its identifier is <code>{escape(ident)}</code>.</p>"
        return page("Practice node: dataset exported", said + "<p>Go back to the step Create and publish.</p>", 201)


def _choice(label: str, name: str, options: tuple[str, ...]) -> str:
    entries = "".join(f"<option>{escape(one)}</option>" for one in options)
    return f'<label>{label} <select name="{name}">{entries}</select></label>'

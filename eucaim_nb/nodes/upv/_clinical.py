"""The service for clinical data: subjects of a project, each with an eForm.

QP-Insights publishes no interface for it. What is assumed until the node confirms it is a setting, see
`reference/nodes.toml`: the form of the data is that of CHAIMELEON's dataset service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from eucaim_nb.errors import SettingsError

from .._asking import ATTEMPTS, ask, refusal
from .._failure import Failure
from .._settings import NodeSettings
from ._tokens import Tokens

_OWN_CAUSES = {404: "no-clinical-service"}
_PLACE = "{project}"


@dataclass
class Forms:
    """A service that takes and gives the eForms of a project's subjects.

    Attributes
    ----------
    path
        Where the subjects of the project are, below `url`.
    """

    title: str
    url: str
    path: str
    session: requests.Session
    max_batch_bytes: int
    max_batch_subjects: int
    tokens: Tokens | None = None

    def check(self, *, patient: bool = False) -> None:
        """Ask for the subjects, to learn whether the service can be used; a patient check asks a busy node again."""
        self._subjects(ATTEMPTS if patient else 1)

    def forms(self) -> Mapping[str, Any]:
        """Return the eForm of each subject by its name.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        return self._subjects(ATTEMPTS)

    def post(self, forms: Sequence[bytes]) -> requests.Response:
        """Send subjects, each as `{"subjectName", "eForm"}` in JSON, and return the answer whatever it is.

        Raises
        ------
        requests.RequestException
            The connection failed; whether anything was stored is unknown.
        """
        return self.session.post(
            self.url + self.path,
            data=b"[" + b",".join(forms) + b"]",
            headers={"Content-Type": "application/json"},
        )

    def refusal(self, status: int) -> Failure:
        """Tell why the service answers with an HTTP status."""
        why = self.tokens.why(status) if self.tokens else None
        return why or refusal(self.title, status, _OWN_CAUSES)

    def renew(self) -> bool:
        """Get a new access token after a 401."""
        return self.tokens is not None and self.tokens.renew()

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def _subjects(self, attempts: int) -> Mapping[str, Any]:
        def question() -> Mapping[str, Any]:
            response = self.session.get(self.url + self.path)
            response.raise_for_status()
            return {str(one["subjectName"]): one["eForm"] for one in response.json()}

        return ask(
            question,
            title=self.title,
            form="JSON of subjects",
            refusal=self.refusal,
            renew=self.renew,
            attempts=attempts,
        )


def clinical_path(settings: NodeSettings) -> str:
    """Return where the subjects of the workspace's project are, below the address for clinical data.

    Raises
    ------
    SettingsError
        There is no project, or the setting is no path with a place for it.
    """
    project = settings.project or settings.ready.get("project", "")
    path = settings.text("clinical_path") or f"/projects/{_PLACE}/subjects"
    if not path.startswith("/") or _PLACE not in path or "?" in path or "//" in path:
        raise SettingsError(
            'clinical_path under [node] in eucaim.toml is a path such as "/projects/{project}/subjects".'
        )
    if not project:
        raise SettingsError(f"The name of the project at {settings.title} is not set. Enter it on the Start page.")
    return path.replace(_PLACE, quote(project, safe="")).rstrip("/")

"""One project of an XNAT, through a session of the `xnat` client."""

import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar
from urllib.parse import quote

import requests
from xnat.exceptions import XNATError

from .._asking import ATTEMPTS, ask, refusal
from .._credentials import Credentials
from .._failure import Failure
from .._session import CONNECT_SECONDS
from ._client import Client
from ._keep_alive import EVERY_SECONDS, kept_alive
from ._labels import Labels

_T = TypeVar("_T")
_LOGIN_PAGES = ("<!doctype", "<html")
_MISSING = 404
_OWN_CAUSES = {
    404: "no-project",
    409: "other-content",
    417: "label-refused",
    422: "not-readable",
    423: "locked",
}


@dataclass
class Xnat:
    """An XNAT project that takes images. It signs in at the first question.

    Attributes
    ----------
    overwrite
        What the import does where a session exists: `append` adds what is missing, `delete` replaces, `none` refuses.
    destination
        `archive`; `direct` for the archive without a stop in the prearchive, which XNAT does when the session has
        been still for a while; or `prearchive`, where a person archives it.
    on_conflict
        What was decided about sessions that XNAT refuses because they exist with other content: `keep` or `replace`
        them; empty while nobody decided.
    """

    title: str
    url: str
    project: str
    overwrite: str
    credentials: Credentials = field(repr=False)
    timeout: float
    max_batch_bytes: int
    max_batch_instances: int
    destination: str = "archive"
    on_conflict: str = ""
    keep_alive: float = EVERY_SECONDS
    ca_file: str = ""
    proxy: str = ""
    _session: Any = field(default=None, repr=False)
    _lock: Any = field(default_factory=RLock, repr=False)

    @property
    def username(self) -> str:
        """Whom the server takes this session for."""
        return str(self._signed_in().logged_in_user)

    def check(self, *, patient: bool = False) -> None:
        """Ask for the project, to learn whether it can be used; a patient check asks a busy node again."""
        self._get_json(f"/data/projects/{quote(self.project)}", ATTEMPTS if patient else 1)

    def roles(self) -> Mapping[str, str]:
        """Return this account's role by project."""
        rows = self._get_json("/xapi/access/projects")
        return {str(row["ID"]): str(row.get("role") or "").lower() for row in rows}

    def digests(self, labels: Labels) -> Counter[str]:
        """Return the MD5 digests of all files of a session's scans; empty when there is no such session.

        A file whose digest the server does not tell is fetched, and its digest computed here.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        address = (
            f"/data/projects/{quote(self.project)}/subjects/{quote(labels.subject)}"
            f"/experiments/{quote(labels.session)}/scans/ALL/files"
        )
        return self._listed(address)

    def waiting(self, labels: Labels) -> Counter[str]:
        """Return the MD5 digests of the files of a session that waits in the prearchive of the project.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        rows = self._ask(lambda: self._rows(f"/data/prearchive/projects/{quote(self.project)}"))
        found: Counter[str] = Counter()
        for row in rows:
            if row.get("name") == labels.session:
                found += self._listed(f"/data{row['url']}/scans/ALL/files")
        return found

    def import_zip(self, body: Any, labels: Labels, *, overwrite: str = "") -> requests.Response:
        """Send the zip of one session (XNAT import service), and return the answer whatever it is.

        While it travels, the session is kept signed in.

        Parameters
        ----------
        overwrite
            What to do where the session exists, in place of the setting.

        Raises
        ------
        requests.RequestException
            The connection failed; whether anything was stored is unknown.
        """
        query = {
            "import-handler": "DICOM-zip",
            "dest": "/prearchive" if self.destination == "prearchive" else "/archive",
            "overwrite": overwrite or self.overwrite,
            "project": self.project,
            "subject": labels.subject,
            "session": labels.session,
            **({"Direct-Archive": "true"} if self.destination == "direct" else {}),
        }
        session = self._signed_in()
        with self._kept_alive(session):
            response: requests.Response = session.post(
                "/data/services/import",
                data=body,
                query=query,
                headers={"Content-Type": "application/zip"},
                timeout=(CONNECT_SECONDS, self.timeout),
            )
        return _honest(response)

    def files(self, address: str) -> Mapping[str, str]:
        """Return the MD5 digest of each file of a listing by its name; empty where there is no such listing.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        rows = self._ask(lambda: self._rows(address))
        return {str(row["Name"]): str(row.get("digest") or self._digest(str(row["URI"]))).lower() for row in rows}

    def has(self, address: str) -> bool:
        """Tell whether there is something at an address.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        return self.fetch(address) is not None

    def fetch(self, address: str, *, query: Mapping[str, str] | None = None) -> bytes | None:
        """Return what is at an address; None if there is nothing.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """

        def question() -> bytes | None:
            response = _honest(self._signed_in().get(address, query=dict(query or {})))
            if response.status_code == _MISSING:
                return None
            response.raise_for_status()
            content: bytes = response.content
            return content

        return self._ask(question)

    def rows(self, address: str, *, columns: str) -> list[Mapping[str, Any]]:
        """Return the rows of a listing; none where there is no such listing.

        Raises
        ------
        NodeError
            The server cannot be reached or does not answer the query.
        """
        return self._ask(lambda: self._rows(address, columns=columns))

    def put(
        self,
        address: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/octet-stream",
    ) -> requests.Response:
        """Send one PUT request, kept signed in for as long as it takes, and return the answer whatever it is.

        Raises
        ------
        requests.RequestException
            The connection failed; whether anything was stored is unknown.
        """
        session = self._signed_in()
        headers = {"Content-Type": content_type} if body is not None else {}
        with self._kept_alive(session):
            response: requests.Response = session.put(
                address,
                data=body,
                query=dict(query or {}),
                headers=headers,
                timeout=(CONNECT_SECONDS, self.timeout),
            )
        return _honest(response)

    def file(self, address: str) -> Iterator[bytes]:
        """Yield a file of the server in pieces.

        Raises
        ------
        requests.RequestException
            It is not given, or not completely.
        """
        with self._signed_in().interface.get(self.url + address, stream=True, timeout=self.timeout) as response:
            _honest(response).raise_for_status()
            yield from response.iter_content(2**20)

    def refusal(self, status: int) -> Failure:
        """Tell why the service answers with an HTTP status."""
        return refusal(self.title, status, _OWN_CAUSES)

    def renew(self) -> bool:
        """Sign in anew after a 401."""
        self.close()
        self._signed_in()
        return True

    def close(self) -> None:
        """Sign out, if anybody signed in."""
        with self._lock:
            session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(requests.RequestException, XNATError):
                session.delete("/data/JSESSION", timeout=CONNECT_SECONDS)
            session.disconnect()

    # Questions

    def _listed(self, address: str) -> Counter[str]:
        found = self._ask(lambda: self._rows(address))
        return Counter(
            str(row["digest"]).lower() if row.get("digest") else self._digest(str(row["URI"])) for row in found
        )

    def _rows(self, address: str, **query: str) -> list[Mapping[str, Any]]:
        response = self._signed_in().get(address, format="json", query=query)
        if response.status_code == _MISSING:
            return []
        _honest(response).raise_for_status()
        rows: list[Mapping[str, Any]] = response.json()["ResultSet"]["Result"]
        return rows

    def _get_json(self, address: str, attempts: int = ATTEMPTS) -> Any:
        def question() -> Any:
            response = _honest(self._signed_in().get(address, format="json"))
            response.raise_for_status()
            return response.json()

        return self._ask(question, attempts)

    def _digest(self, address: str) -> str:
        def question() -> str:
            md5 = hashlib.md5(usedforsecurity=False)
            for piece in self.file(address):
                md5.update(piece)
            return md5.hexdigest()

        return self._ask(question)

    def _ask(self, question: Callable[[], _T], attempts: int = ATTEMPTS) -> _T:
        return ask(
            question,
            title=self.title,
            form="XNAT's JSON",
            refusal=self.refusal,
            renew=self.renew,
            attempts=attempts,
        )

    # Sign-in

    def _kept_alive(self, session: Any) -> contextlib.AbstractContextManager[None]:
        return kept_alive(lambda: session.get("/data/JSESSION", timeout=CONNECT_SECONDS), self.keep_alive)

    def _signed_in(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = Client(
                    self.title, self.url, self.credentials, self.timeout, self.ca_file, self.proxy
                ).connect()
            return self._session


def _honest(response: requests.Response) -> requests.Response:
    """Turn a login page that comes with status 200 into the 401 it means."""
    kind = response.headers.get("Content-Type", "")
    if response.status_code == 200 and kind.startswith("text/html"):
        begins = response.content[:32].lstrip().lower().decode("latin-1")
        if begins.startswith(_LOGIN_PAGES):
            response.status_code = 401
    return response

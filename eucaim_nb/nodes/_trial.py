"""The connection test: everything that is asked of a node before anything is sent, and why something of it fails."""

import datetime as dt
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import requests

from eucaim_nb.errors import EucaimError
from eucaim_nb.workspace import Workspace

from ._connect import connect
from ._credentials import Credentials
from ._failure import Failure
from ._protocol import Account
from ._session import make_session
from ._settings import NodeSettings, is_local
from .upv import DicomWeb, Probe, probe

_TOLERATED_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What a connection test found. `failures` say what does not work, the first of them first to mend.

    `title` and `address` are those of the service that takes images, if it could be used; `answers` are what it said.
    """

    account: Account | None = None
    title: str = ""
    address: str = ""
    answers: tuple[Probe, ...] = ()
    failures: tuple[EucaimError, ...] = ()


def try_connection(workspace: Workspace, credentials: Credentials | None = None) -> Trial:
    """Sign in, ask the service that takes images a small question, and compare the clocks. Nothing is sent.

    Raises
    ------
    NodeError
        The workspace is for a practice node, and the practice nodes are not running.
    """
    node = connect(workspace, credentials)
    failures: list[EucaimError] = []
    account, title, address = None, "", ""
    answers: tuple[Probe, ...] = ()
    try:
        account = node.account()
    except EucaimError as error:
        failures.append(error)
    try:
        service = node.images()
        with closing(service):
            if (late := _clock_failure(node.settings, service.url)) is not None:
                failures.insert(0, late)
            answers = probe(service) if isinstance(service, DicomWeb) else ()
            service.check()
            title, address = service.title, service.url
    except EucaimError as error:
        if str(error) not in map(str, failures):
            failures.append(error)
    return Trial(account, title, address, answers, tuple(failures))


def _clock_failure(settings: NodeSettings, url: str) -> Failure | None:
    """Tell whether the clock of this computer is another than that of the server at an address, if it answers."""
    session = make_session(
        timeout=settings.number("timeout_s", 60),
        ca_file=settings.ca_file,
        proxy=settings.proxy,
        local=is_local(url),
    )
    try:
        with closing(session), session.head(url, allow_redirects=False) as response:
            there = parsedate_to_datetime(response.headers["Date"])
    except (requests.RequestException, KeyError, ValueError):
        return None
    apart = abs((dt.datetime.now(dt.UTC) - there).total_seconds())
    return Failure("clock", settings.title, minutes=round(apart / 60)) if apart > _TOLERATED_SECONDS else None

"""Commands about the account at the node: `login`, `node`; and what the others sign in with."""

import argparse
import getpass
import sys
from contextlib import closing
from dataclasses import asdict, replace
from typing import Any

from eucaim_nb import nodes
from eucaim_nb.errors import SettingsError
from eucaim_nb.nodes import Account, Credentials
from eucaim_nb.reference import node_defaults
from eucaim_nb.workspace import Workspace, open_workspace

from ._console import Console

_HOW = (
    "Run it in a terminal, which asks for them, or set EUCAIM_NB_USER and EUCAIM_NB_PASSWORD_FILE (a file that "
    "holds the password)."
)


def login(options: argparse.Namespace, console: Console) -> int:
    """Sign in, and keep the sign-in in the keyring if that is wanted."""
    workspace = open_workspace(options.workspace)
    if options.forget:
        nodes.forget(workspace)
        console.result({"signed_in": False, "roles": [], "projects": [], "missing": []}, "Forgotten.")
        return 0
    credentials = None if _practice(workspace) else _asked(token=options.token) or nodes.credentials_of(workspace)
    if credentials is None and not _practice(workspace):
        raise SettingsError(f"There is nothing to sign in with. {_HOW}")
    account = nodes.connect(workspace, credentials).account()
    if options.remember and credentials is not None:
        nodes.keep(workspace, credentials)
    return _say(account, console)


def node(options: argparse.Namespace, console: Console) -> int:
    """Say what the account may do at the node, and whether its image service answers."""
    workspace = open_workspace(options.workspace)
    found = nodes.connect(workspace, credentials(workspace))
    account = found.account()
    try:
        service = found.images()
    except SettingsError as error:
        return _say(replace(account, missing=(*account.missing, str(error))), console)
    with closing(service):
        answers = nodes.probe(service) if isinstance(service, nodes.DicomWeb) else ()
        for one in answers:
            console.say(f"{one.request}: {one.status or 'no answer'} {one.words}".rstrip())
        service.check()
    said = [asdict(one) for one in answers]
    return _say(account, console, title=service.title, address=service.url, answers=said)


def credentials(workspace: Workspace) -> Credentials | None:
    """Return what a command signs in with: what the computer knows, else what a person at the terminal types."""
    if _practice(workspace):
        return None
    return nodes.credentials_of(workspace) or _asked(token=False)


def secrets(workspace: Workspace) -> dict[str, Any] | None:
    """Return what a job signs in with, as it is given to one."""
    known = credentials(workspace)
    return known.secrets() if known else None


def _asked(*, token: bool) -> Credentials | None:
    if not sys.stdin.isatty():
        return None
    try:
        if token:
            return Credentials(token=getpass.getpass("Token: ").strip())
        print("User name at the node: ", end="", file=sys.stderr, flush=True)
        username = sys.stdin.readline().strip()
        return Credentials(username, getpass.getpass("Password: ")) if username else None
    except EOFError:
        return None


def _practice(workspace: Workspace) -> bool:
    return bool(node_defaults()[workspace.settings.node]["practice"])


def _say(account: Account, console: Console, **more: Any) -> int:
    lines = [
        f"Signed in as {account.username}.",
        f"Projects: {', '.join(account.projects) or 'none'}.",
        f"Roles: {', '.join(account.roles) or 'none'}.",
        *([f"{more['title']} takes images at {more['address']}."] if more else []),
        *(f"Missing: {what}" for what in account.missing),
    ]
    console.result({"signed_in": True, **asdict(account), **more}, "\n".join(lines))
    return 1 if account.missing else 0

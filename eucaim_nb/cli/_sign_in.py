"""Commands about the account at the node: `login`, `node`; and what the others sign in with."""

import argparse
import getpass
import sys
import webbrowser
from contextlib import closing
from dataclasses import asdict
from typing import Any

from eucaim_nb import nodes
from eucaim_nb.errors import EucaimError, SettingsError
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
    credentials = _of_way(options, workspace, console)
    if credentials is None and not _practice(workspace):
        raise SettingsError(f"There is nothing to sign in with. {_HOW}")
    account = nodes.connect(workspace, credentials).account()
    if options.netrc:
        workspace = nodes.use_netrc(workspace, True)
    if options.remember and credentials is not None:
        nodes.keep(workspace, credentials)
    return _say(account, account.missing, console)


def node(options: argparse.Namespace, console: Console) -> int:
    """Say what the account may do at the node, whether its image service answers, and what else is needed here."""
    from eucaim_nb.transfer import ingestion_tool

    workspace = open_workspace(options.workspace)
    tried = nodes.try_connection(workspace, credentials(workspace))
    for one in tried.answers:
        console.say(f"{one.request}: {one.status or 'no answer'} {one.words}".rstrip())
    if tried.account is None or not all(map(_to_be_mended_here, tried.failures)):
        raise EucaimError(" ".join(map(str, tried.failures)))
    missing = (*tried.account.missing, *map(str, tried.failures))
    tool = ingestion_tool(workspace)
    reached = {"title": tried.title, "address": tried.address} if tried.address else {}
    console.say(f"{tool.title}: {tool.said}")
    return _say(
        tried.account, missing, console, **reached, answers=list(map(asdict, tried.answers)), tool=asdict(tool)
    )


def credentials(workspace: Workspace) -> Credentials | None:
    """Return what a command signs in with: what the computer knows, else what a person at the terminal types."""
    if _practice(workspace):
        return None
    return nodes.credentials_of(workspace) or _asked(workspace)


def secrets(workspace: Workspace) -> dict[str, Any] | None:
    """Return what a job signs in with, as it is given to one."""
    known = credentials(workspace)
    return known.secrets() if known else None


def _of_way(options: argparse.Namespace, workspace: Workspace, console: Console) -> Credentials | None:
    if options.browser:
        return _by_browser(workspace, console.say)
    if options.device:
        return _by_device(workspace, console.say)
    if options.netrc:
        return nodes.netrc_credentials(workspace)
    if _practice(workspace):
        return None
    if options.token:
        return Credentials(token=getpass.getpass("Token: ").strip()) if sys.stdin.isatty() else None
    return _asked(workspace) or nodes.credentials_of(workspace)


def _asked(workspace: Workspace) -> Credentials | None:
    if not sys.stdin.isatty():
        return None
    by_page = node_defaults()[workspace.settings.node]["family"] == "upv"
    try:
        _to_stderr(f"User name at the node{' (none: sign in at its web page)' if by_page else ''}: ", end="")
        username = sys.stdin.readline().strip()
        if username:
            return Credentials(username, getpass.getpass("Password: "))
    except EOFError:
        return None
    if not by_page:
        return None
    return _by_device(workspace, _to_stderr) if nodes.why_no_browser() else _by_browser(workspace, _to_stderr)


def _by_browser(workspace: Workspace, say: Any) -> Credentials | None:
    with closing(nodes.browser_sign_in(workspace)) as under_way:
        say(f"Sign in at the page that opens, or open it yourself:\n{under_way.address}")
        webbrowser.open(under_way.address)
        return under_way.wait()


def _by_device(workspace: Workspace, say: Any) -> Credentials | None:
    under_way = nodes.device_sign_in(workspace)
    say(f"Open {under_way.address} on any device, and type the code {under_way.code} there.")
    return under_way.wait()


def _to_stderr(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


def _to_be_mended_here(failure: EucaimError) -> bool:
    """Tell whether the node itself is fine: what is missing is a setting of the workspace, or the clock is wrong."""
    return isinstance(failure, SettingsError) or getattr(failure, "cause", "") == "clock"


def _practice(workspace: Workspace) -> bool:
    return bool(node_defaults()[workspace.settings.node]["practice"])


def _say(account: Account, missing: tuple[str, ...], console: Console, **more: Any) -> int:
    lines = [
        f"Signed in as {account.username}.",
        f"Projects: {', '.join(account.projects) or 'none'}.",
        f"Roles: {', '.join(account.roles) or 'none'}.",
        *([f"{more['title']} takes images at {more['address']}."] if "title" in more else []),
        *(f"Missing: {what}" for what in missing),
    ]
    console.result({"signed_in": True, **asdict(account), "missing": missing, **more}, "\n".join(lines))
    return 1 if missing else 0

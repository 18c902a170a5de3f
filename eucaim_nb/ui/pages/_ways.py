"""The ways to sign in at a node: what each asks for, and what it brings back."""

from collections.abc import Callable
from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._links import link

if TYPE_CHECKING:
    from eucaim_nb.nodes import Credentials


class Way(NamedTuple):
    """One way: its title, what is typed for it (`name` and `secret` are labels), and a hint of parts."""

    id: str
    title: str
    name: str = ""
    secret: str = ""
    hint: tuple[str, ...] = ()


PRACTICE = Way("practice", "The account of the practice node")
_PASSWORD = Way("password", "User name and password", "User name at the node", "Password")
_BROWSER = Way(
    "browser",
    "In the browser",
    hint=(
        "You sign in at the page of the node as you always do, with Life Science Login too. This program sees no "
        "password.",
    ),
)
_DEVICE = Way(
    "device",
    "With a code on another device",
    hint=("You get a code, and type it at the page of the node on any device. Not every node offers it.",),
)
_UPV = (
    _BROWSER,
    _PASSWORD._replace(
        hint=(
            "Whoever came through Life Science Login has no password at the node until one is added: main page of the "
            "node, User Account, Account security, Signing in, Add a password.",
            "upv-account",
        )
    ),
    Way(
        "token",
        "A token copied from the node",
        secret="Token",
        hint=("An access token ends after five minutes. A refresh token lasts as long as the work goes on.",),
    ),
    _DEVICE,
)
_XNAT = (
    _PASSWORD,
    Way(
        "alias",
        "An alias token of XNAT",
        "Alias",
        "Secret",
        hint=("It stands for your account for a while, so that the password stays with you. Your XNAT makes them.",),
    ),
    Way(
        "netrc",
        "My netrc file",
        hint=(
            "The line for this node in .netrc in your home folder (or the file that NETRC names) is used, now and "
            "later in this workspace, until you sign out. The file is only read.",
        ),
    ),
)


def ways(workspace: Workspace) -> tuple[Way, ...]:
    """Return the ways to sign in at the workspace's node; the first one is the usual one."""
    from eucaim_nb.nodes import why_no_browser

    defaults = node_defaults()[workspace.settings.node]
    by_page = defaults["family"] == "upv"
    if defaults["practice"]:
        return (PRACTICE, _BROWSER, _DEVICE) if by_page else (PRACTICE,)
    if not by_page:
        return _XNAT
    return (*_UPV[1:], _BROWSER) if why_no_browser() else _UPV


class WayForm:
    """The fields of the way that is chosen, and what came of it. Secrets stay in the field no longer than it takes.

    Parameters
    ----------
    sign_in
        Called in the background when a person wants to sign in.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, sign_in: Callable[[], object]) -> None:
        self._workspace, self._notice = workspace, notice
        self._ways = {way.id: way for way in ways(workspace)}
        self._given_up = Event()
        self.way = c.choice("Sign in with", [(way.title, way.id) for way in self._ways.values()])
        self.name, self.secret = c.text("User name"), c.secret("Password")
        self.keep = c.tick("Remember in the keyring of this computer", False)
        self.sign_in = c.slow_button("Sign in", sign_in, notice)
        self.give_up = c.button("Give up", self._given_up.set, notice)
        self._hint, self._under_way = c.show(), c.show()
        self.root = c.stack(
            self.way,
            self._hint,
            self.name,
            self.secret,
            self.keep,
            c.row(self.sign_in, self.give_up),
            self._under_way,
        )
        self.way.observe(c.guard(notice, rest=0)(self._chosen), "value")
        self._chosen()

    def credentials(self) -> "Credentials | None":
        """Return what the chosen way brings; None if it was given up.

        Raises
        ------
        SettingsError
            A field is empty, or the way cannot be used here.
        NodeError
            The node refuses it.
        """
        from eucaim_nb.nodes import netrc_credentials

        way = self._ways[self.way.value]
        if way.id == "netrc":
            return netrc_credentials(self._workspace)
        return self._typed(way) if way.secret else self._under_way_by(way.id)

    def _typed(self, way: Way) -> "Credentials":
        from eucaim_nb.nodes import Credentials

        typed, self.secret.value = self.secret.value.strip("\r\n"), ""
        name = self.name.value.strip()
        if not typed or (way.name and not name):
            asked = f"{way.name} and {way.secret.lower()} are" if way.name else f"{way.secret} is"
            raise SettingsError(f"{asked} empty. Fill in what is missing, then sign in.")
        return Credentials(name, typed) if way.name else Credentials(token=typed.strip())

    def _under_way_by(self, way: str) -> "Credentials | None":
        from eucaim_nb.nodes import browser_sign_in, device_sign_in

        self._given_up.clear()
        try:
            if way == "browser":
                with closing(browser_sign_in(self._workspace)) as page:
                    self._show_under_way(
                        c.paragraph(
                            c.outside_link(page.address, "Open the sign-in page of the node"),
                            "in another tab of this browser. This page goes on by itself.",
                        ),
                        c.fold("Its address, to copy", c.copyable(page.address, "the address")),
                    )
                    return page.wait(given_up=self._given_up)
            device = device_sign_in(self._workspace)
            self._show_under_way(
                c.paragraph(
                    "Open",
                    c.outside_link(device.complete or device.address, device.address),
                    "on any device, and type this code there:",
                ),
                c.copyable(device.code, "the code"),
            )
            return device.wait(self._given_up)
        finally:
            c.put(self._under_way)
            c.visible(self.give_up, False)

    def _show_under_way(self, *blocks: c.Markup) -> None:
        self._notice.say("Waiting for you to sign in at the page of the node.")
        c.put(self._under_way, c.status(*blocks))
        c.visible(self.give_up, True)

    def _chosen(self) -> None:
        from eucaim_nb.nodes import keyring_usable, why_no_browser

        way = self._ways[self.way.value]
        why = why_no_browser() if way.id == "browser" else ""
        c.visible(self.way, len(self._ways) > 1)
        for field, label in ((self.name, way.name), (self.secret, way.secret)):
            field.value = ""
            field.description = label or "Not needed"
            c.visible(field, bool(label))
        self.keep.value = False
        c.visible(self.keep, bool(way.name) and keyring_usable())
        c.visible(self.sign_in, way is not PRACTICE and not why)
        c.visible(self.give_up, False)
        said, *links = way.hint or ("",)
        c.put(self._hint, *([c.paragraph(why or said, *map(link, links))] if said else []))

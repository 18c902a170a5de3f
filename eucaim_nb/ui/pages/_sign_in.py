"""Sign in at the workspace's node, and see what the account may do there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eucaim_nb.errors import SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._ways import WayForm

if TYPE_CHECKING:
    from eucaim_nb.nodes import Account, Credentials, Need, Probe

_ANSWERS = tuple(c.Column(title) for title in ("Question", "Request", "Status", "Content type", "What it said"))
_NEEDS = tuple(c.Column(title) for title in ("Needed", "For", "State", "What to do"))
_ASSUMED = (
    "The node has not published where instances go and how project and timepoint travel. If an answer shows that the "
    "settings are wrong, ask the node, and correct stow_path, project_placement and their names under [node] in "
    "eucaim.toml."
)
_ENDED = "The sign-in has ended. Sign in again, then go on."
_HANDED_OVER = (
    "The work that you started goes on with this sign-in, also when the page is closed. In a few minutes the page asks "
    "you to sign in again, if it needs to."
)


class SignIn:
    """The panel; what was typed or came back is held by this object only, and by the keyring if a person asks for that.

    A practice node has an account for everybody: there is nothing to type, only the connection to test.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice) -> None:
        # What is said stands in the panel: it may be far below the top of the page.
        self._workspace, self._notice = workspace, (notice := c.Notice(notice.log))
        self._practice = bool(node_defaults()[workspace.settings.node]["practice"])
        self._typed: Credentials | None = None
        self._username = ""
        self._said = c.show()
        self._account, self._answers = c.show(), c.show()
        self.form = WayForm(workspace, notice, self._sign_in)
        self.test = c.slow_button("Test the connection", self._test, notice)
        self.sign_out = c.button("Sign out", self._sign_out, notice)
        self.root = c.stack(
            self._said,
            notice.root,
            self.form.root,
            c.row(self.test, self.sign_out),
            self._account,
            self._answers,
        )
        self.look()

    def secrets(self) -> Mapping[str, Any]:
        """Return what a job needs to sign in: only what was typed here; everything else it finds by itself.

        Raises
        ------
        SettingsError
            The sign-in has ended.
        """
        typed = self._not_ended()
        given = typed.secrets() if typed is not None else {}
        self.look()
        return given

    @property
    def credentials(self) -> "Credentials | None":
        """What was typed here, else what this computer knows; None for the account of a practice node.

        Raises
        ------
        SettingsError
            What was typed has ended.
        """
        return self._not_ended() or self._known_here()

    def look(self) -> None:
        """Show who is signed in, and offer to sign in if nobody is."""
        typed = self._typed
        ended = typed is not None and not typed.usable
        if ended:
            self._typed = typed = None
        try:
            known, wrong = typed or self._known_here(), ""
        except SettingsError as error:  # it names a file that cannot be used any more
            known, wrong = None, str(error)
        c.visible(self.form.root, known is None)
        c.visible(self.sign_out, known is not None)
        if typed is not None:
            said = f"Signed in as {self._username} for as long as this page is open."
            said = said if typed.lasting else f"Signed in as {self._username}. {_HANDED_OVER}"
        elif known is not None:
            said = f"Signed in{_as(known.username)} with what the keyring, the environment or the netrc file holds."
        elif ended or wrong:
            said = wrong or _ENDED
        elif self._practice:
            said = "The practice node has an account for you, so there is nothing to type."
        else:
            said = "Nobody is signed in. What you type goes to the node and is kept nowhere else."
        c.put(self._said, c.status(c.paragraph(said)))

    def _not_ended(self) -> "Credentials | None":
        if self._typed is not None and not self._typed.usable:
            self.look()
            raise SettingsError(_ENDED)
        return self._typed

    def _known_here(self) -> "Credentials | None":
        from eucaim_nb.nodes import credentials_of

        return None if self._practice else credentials_of(self._workspace)

    # What happens

    def _sign_in(self) -> None:
        from eucaim_nb.nodes import connect, keep, use_netrc

        self._notice.say("Signing in.")
        credentials = self.form.credentials()
        if credentials is None:
            self._notice.say("Given up. Nobody is signed in.")
            return
        account = connect(self._workspace, credentials).account()
        if self.form.way.value == "netrc":
            self._workspace = use_netrc(self._workspace, True)
        else:
            self._typed, self._username = credentials, account.username
        if self.form.keep.value:
            keep(self._workspace, credentials)
        self._notice.clear()
        self._show(account)
        self.look()

    def _sign_out(self) -> None:
        from eucaim_nb.nodes import forget

        self._typed = None
        self._workspace = forget(self._workspace)
        c.put(self._account)
        c.put(self._answers)
        self.look()

    def _test(self) -> None:
        from eucaim_nb.nodes import try_connection

        self._notice.say("Asking the node.")
        tried = try_connection(self._workspace, self.credentials)
        if tried.account is not None:
            self._show(tried.account)
        if tried.answers:
            self._show_answers(tried.answers)
        answers = [f"{tried.title} takes images at {tried.address}."] if tried.address else []
        told = " ".join([*answers, *map(str, tried.failures)])
        if tried.failures:
            self._notice.fail(SettingsError(told))
        else:
            self._notice.say(told)

    # What is shown

    def _show_answers(self, answers: "Sequence[Probe]") -> None:
        options = {**node_defaults()[self._workspace.settings.node], **self._workspace.settings.node_options}
        rows = [(one.question, one.request, one.status or "no answer", one.content_type, one.words) for one in answers]
        assumed = c.paragraph(c.badge("not confirmed", c.Tone.WARN), _ASSUMED)
        parts = [] if options.get("adapter_verified", True) else [assumed]
        c.put(self._answers, c.table(_ANSWERS, rows, "What the service answered"), *parts)

    def _show(self, account: "Account") -> None:
        rows = [
            ("Account", account.username),
            ("Projects", ", ".join(account.projects) or "none"),
            ("Roles", ", ".join(account.roles) or "none"),
        ]
        complete = c.paragraph(c.badge("complete", c.Tone.GOOD), "This account may do everything that is needed.")
        missing = c.paragraph(
            c.badge("missing", c.Tone.WARN),
            "Something is still needed. The ticket to ask with is on the page",
            c.notebook_link("08_prepare_node", "Prepare the node"),
        )
        untold = any(need.met is None for need in account.needs)
        parts = [missing] if account.missing else [] if untold else [complete]
        table = c.table(_NEEDS, map(tuple, map(_need, account.needs)), "What an upload and a dataset need")
        c.put(self._account, c.key_values(rows), *parts, table)


def _need(need: "Need") -> Iterator[object]:
    yield from (need.what, need.why)
    if need.met is None:
        yield c.badge("not told", c.Tone.QUIET)
        yield "The node does not say. If it refuses, ask for it in a ticket."
    else:
        yield c.badge("there", c.Tone.GOOD) if need.met else c.badge("missing", c.Tone.WARN)
        yield "" if need.met else need.ask


def _as(username: str) -> str:
    return f" as {username}" if username else ""

"""Sign in at the workspace's node, and see what the account may do there."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from eucaim_nb.errors import EucaimError, SettingsError
from eucaim_nb.reference import node_defaults
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

if TYPE_CHECKING:
    from eucaim_nb.nodes import Account, Credentials, Probe

_ANSWERS = tuple(c.Column(title) for title in ("Question", "Request", "Status", "Content type", "What it said"))
_ASSUMED = (
    "The node has not published where instances go and how project and timepoint travel. If an answer shows that the "
    "settings are wrong, ask the node, and correct stow_path, project_placement and their names under [node] in "
    "eucaim.toml."
)
_WAYS = (("User name and password", "password"), ("A token copied from the node", "token"))


class SignIn:
    """The panel; what was typed is held by this object only, and by the keyring if a person asks for that.

    A practice node has an account for everybody: there is nothing to type, only the connection to test.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice) -> None:
        self._workspace, self._notice = workspace, notice
        self._practice = bool(node_defaults()[workspace.settings.node]["practice"])
        self._typed: Credentials | None = None
        self._said = c.show()
        self._account, self._answers = c.show(), c.show()
        self.test = c.slow_button("Test the connection", self._test, notice)
        self.root = c.stack(self._said)
        if self._practice:
            c.put(self._said, c.paragraph("The practice node has an account for you, so there is nothing to type."))
            self.root.children = [self._said, c.row(self.test), self._answers, self._account]
            return
        tokens = node_defaults()[workspace.settings.node]["family"] == "upv"
        self.way = c.choice("Sign in with", _WAYS if tokens else _WAYS[:1])
        self.username = c.text("User name at the node")
        self.password = c.secret("Password")
        self.token = c.secret("Token")
        self.keep = c.tick("Remember in the keyring of this computer", False)
        self.sign_in = c.slow_button("Sign in", self._sign_in, notice)
        self.sign_out = c.button("Sign out", self._sign_out, notice)
        self.way.observe(c.guard(notice, rest=0)(self._fields), "value")
        self._form = c.stack(self.way, self.username, self.password, self.token, self.keep, c.row(self.sign_in))
        c.visible(self.way, tokens)
        self.root.children = [
            self._said,
            self._form,
            c.row(self.test, self.sign_out),
            self._answers,
            self._account,
        ]
        self._fields()
        self._show_whether_known()

    def secrets(self) -> Mapping[str, Any]:
        """Return what a job needs to sign in: only what was typed here; everything else it finds by itself."""
        return self._typed.secrets() if self._typed is not None else {}

    @property
    def credentials(self) -> "Credentials | None":
        """What was typed here, None if nothing was."""
        return self._typed

    # What happens

    def _fields(self) -> None:
        from eucaim_nb.nodes import keyring_usable

        token = self.way.value == "token"
        c.visible(self.username, not token)
        c.visible(self.password, not token)
        c.visible(self.token, token)
        c.visible(self.keep, not token and keyring_usable())

    def _sign_in(self) -> None:
        from eucaim_nb.nodes import Credentials, connect, keep

        secret = self.token if self.way.value == "token" else self.password
        typed, secret.value = secret.value.strip("\r\n"), ""
        username = self.username.value.strip()
        if not typed or (secret is self.password and not username):
            raise SettingsError("User name and password, or the token, are empty. Fill them in, then sign in.")
        credentials = Credentials(token=typed.strip()) if secret is self.token else Credentials(username, typed)
        self._notice.say("Signing in.")
        account = connect(self._workspace, credentials).account()
        self._typed = credentials
        if self.keep.value:
            keep(self._workspace, credentials)
        self._notice.clear()
        self._show(account)
        self._show_whether_known()

    def _sign_out(self) -> None:
        from eucaim_nb.nodes import forget

        self._typed = None
        forget(self._workspace)
        c.put(self._account)
        self._show_whether_known()

    def _test(self) -> None:
        from eucaim_nb.nodes import DicomWeb, connect, probe

        self._notice.say("Asking the node.")
        node = connect(self._workspace, self._typed)
        said: EucaimError | None = None
        try:
            self._show(node.account())
        except EucaimError as error:
            said = error
        service = node.images()
        with closing(service):
            if isinstance(service, DicomWeb):
                self._show_answers(probe(service))
            service.check()
        answers = f"{service.title} takes images at {service.url}."
        self._notice.say(f"{answers} {said}" if said else answers)

    # What is shown

    def _show_answers(self, answers: "Sequence[Probe]") -> None:
        options = {**node_defaults()[self._workspace.settings.node], **self._workspace.settings.node_options}
        rows = [(one.question, one.request, one.status or "no answer", one.content_type, one.words) for one in answers]
        assumed = c.paragraph(c.badge("not confirmed", c.Tone.WARN), _ASSUMED)
        parts = [] if options.get("adapter_verified", True) else [assumed]
        c.put(self._answers, c.table(_ANSWERS, rows, "What the service answered"), *parts)

    def _show_whether_known(self) -> None:
        from eucaim_nb.nodes import credentials_of

        known = self._typed or credentials_of(self._workspace)
        c.visible(self._form, known is None)
        c.visible(self.sign_out, known is not None)
        if known is None:
            said = "Nobody is signed in. The password goes to the node and is kept nowhere else."
        elif known is self._typed:
            said = f"Signed in{_name(known)} for as long as this page is open."
        else:
            said = f"Signed in{_name(known)} with what the keyring or the environment of this computer holds."
        c.put(self._said, c.status(c.paragraph(said)))

    def _show(self, account: "Account") -> None:
        rows = [
            ("Account", account.username),
            ("Projects", ", ".join(account.projects) or "none"),
            ("Roles", ", ".join(account.roles) or "none"),
        ]
        complete = c.paragraph(c.badge("complete", c.Tone.GOOD), "This account may do everything that is needed.")
        missing = [c.paragraph(c.badge("missing", c.Tone.WARN), "Still needed:"), c.bullets(account.missing)]
        c.put(self._account, c.key_values(rows), *(missing if account.missing else [complete]))


def _name(credentials: "Credentials") -> str:
    return f" as {credentials.username}" if credentials.username else ""

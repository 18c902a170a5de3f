"""The key that makes the pseudonyms: its fingerprint, a copy to keep, and a copy to bring in."""

from pathlib import Path

from eucaim_nb.errors import EucaimError, SettingsError, WorkspaceError
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

_WHAT = (
    "The key makes the same pseudonym for the same patient each time. Whoever has it can find out which pseudonym a "
    "patient has. It lies in the private folder of this workspace and is never sent."
)
_COPY = (
    "The copy is encrypted with the passphrase, at least 12 characters. Without the passphrase nobody can open it. "
    "Keep it where your site keeps such secrets."
)
_BRING = "With the key of an earlier workspace, a patient gets the same pseudonym here as there."
_REPLACE = "Put it in place of a key that is in use: patients get other pseudonyms than in what was written so far"


class PseudonymKey:
    """The key of a workspace. Looking at it makes none."""

    def __init__(self, workspace: Workspace, log: c.Notice) -> None:
        self._workspace = workspace
        self.notice = notice = c.Notice(log.log)
        self._said = c.show()
        name = f"pseudonym-key-{workspace.folder.name}.json"
        self.target = c.text("File of the copy", str(Path.home() / name))
        self.passphrase = c.secret("Passphrase of the copy")
        self.repeated = c.secret("The same passphrase again")
        self.export = c.button("Save a copy of the key", self._export, notice)
        self.file = c.FilePicker("File of an exported key", Path.home(), notice)
        self.opens = c.secret("Its passphrase")
        self.replace = c.tick(_REPLACE, False)
        self.bring = c.button("Use this key", self._import, notice)
        saving = c.stack(
            c.show(c.paragraph(_COPY, quiet=True)), self.target, self.passphrase, self.repeated, c.row(self.export)
        )
        bringing = c.stack(
            c.show(c.paragraph(_BRING, quiet=True)), self.file.root, self.opens, self.replace, c.row(self.bring)
        )
        self.root = c.stack(
            self._said,
            c.Drawer("Save a copy of the key", saving, notice).root,
            c.Drawer("Use the key of another workspace", bringing, notice).root,
            notice.root,
        )
        self._show()

    def _show(self) -> None:
        from eucaim_nb.identity import read_key

        try:
            key = read_key(self._workspace)
        except WorkspaceError as error:
            state = c.paragraph(c.badge("damaged", c.Tone.BAD), str(error))
        else:
            if key is None:
                state = c.paragraph("There is no key yet: the first de-identification makes one.")
            else:
                state = c.line("Fingerprint:", c.copyable(key.fingerprint, "the fingerprint of the key"))
        c.put(self._said, c.paragraph(_WHAT, quiet=True), c.status(state))

    def _export(self) -> None:
        from eucaim_nb.identity import export_key

        typed, again = self.passphrase.value, self.repeated.value
        self.passphrase.value = self.repeated.value = ""
        if typed != again:
            raise SettingsError("The two passphrases differ, so nothing was saved. Type both again.")
        if not self.target.value.strip():
            raise SettingsError("The field “File of the copy” is empty. Give the path of a new file.")
        path = export_key(self._workspace, self.target.value.strip(), typed)
        self._show()
        self.notice.say(f"The copy of the key is in {path}.")

    def _import(self) -> None:
        from eucaim_nb.identity import import_key

        typed, self.opens.value = self.opens.value, ""
        if self.file.file is None:
            raise SettingsError("The field “File of an exported key” is empty. Give the path of the file.")
        try:
            key = import_key(self._workspace, self.file.file, typed, replace=self.replace.value)
        except EucaimError:
            self._show()
            raise
        self.replace.value = False
        self._show()
        self.notice.say(f"The key with the fingerprint {key.fingerprint} is in use. De-identify again with it.")

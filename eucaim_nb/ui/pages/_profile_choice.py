"""Which profile to de-identify with, and what it does in a few words."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eucaim_nb import jobs
from eucaim_nb.errors import ProfileError, SettingsError
from eucaim_nb.ui import components as c
from eucaim_nb.workspace import Workspace

from ._objections import against

if TYPE_CHECKING:
    from eucaim_nb.deid import Profile

_FILE = ""
_TOLD = ("dates", "clean-descriptors", "private", "ids")
"""The questions whose answers stand below the list: what people ask first."""
_SECRET = (
    "If other images of these patients went through the EUCAIM anonymiser, type the secret that it was run with. "
    "Without one, this workspace uses a secret of its own."
)


class ProfileChoice:
    """A list of profiles: the shipped ones, those saved in the workspace, and any other file.

    Parameters
    ----------
    changed
        Called after another profile was chosen.
    """

    def __init__(self, workspace: Workspace, notice: c.Notice, changed: Callable[[], object]) -> None:
        self._workspace, self._changed = workspace, changed
        first = used_last(workspace)
        self.field = c.choice("Profile", _options(workspace, first), first)
        self.file = c.FilePicker("Profile file (TOML)", workspace.folder, notice)
        self.secret = c.secret("Secret of the EUCAIM anonymiser, if there is one")
        self._said = c.show()
        hint = c.show(c.paragraph(_SECRET, quiet=True))
        self._secrets = c.stack(self.secret, hint)
        self.root = c.stack(self.field, self.file.root, self._said, self._secrets)
        for field in (self.field, self.file.field):
            field.observe(c.guard(notice, rest=0)(self._chosen), "value")
        self._show()

    @property
    def value(self) -> str:
        """The name of a shipped profile, or the path of a file.

        Raises
        ------
        SettingsError
            Another file is wanted, and none was chosen.
        """
        if self.field.value != _FILE:
            return str(self.field.value)
        if self.file.file is None:
            raise SettingsError("No profile file is chosen. Give its path, or choose another profile.")
        return str(self.file.file)

    @property
    def profile(self) -> "Profile":
        """The profile itself.

        Raises
        ------
        EucaimError
            It cannot be used.
        """
        from eucaim_nb.deid import load_profile

        return load_profile(self.value)

    @property
    def takes_secret(self) -> bool:
        """Whether pseudonyms are made with a secret that can be typed."""
        try:
            return self.profile.ids.value == "lethe"
        except (ProfileError, SettingsError):
            return False

    @property
    def typed_secret(self) -> str | None:
        """The secret that was typed, for a profile that takes one."""
        return (self.secret.value or None) if self.takes_secret else None

    def add(self, path: Path) -> None:
        """Offer and choose a file that was just saved."""
        self.field.options = _options(self._workspace, str(path))
        self.field.value = str(path)

    def _chosen(self) -> None:
        self._show()
        self._changed()

    def _show(self) -> None:
        c.visible(self.file.root, self.field.value == _FILE)
        c.visible(self._secrets, self.takes_secret)
        try:
            c.put(self._said, c.status(*_in_words(self.profile), *against(self.profile)))
        except SettingsError as error:
            c.put(self._said, c.status(c.paragraph(str(error), quiet=True)))
        except ProfileError as error:
            c.put(self._said, c.status(c.paragraph(c.badge("not usable", c.Tone.BAD), str(error))))


def _in_words(profile: "Profile") -> list[c.Markup]:
    from eucaim_nb.deid import answers, questions

    given = answers(profile)
    facts: list[tuple[str, object]] = []
    for one in questions():
        if reason := profile.reasons.get(one.key):
            facts.append((one.title, c.breaking([one.does(given[one.key]), c.quiet(f"Reason: {reason}")])))
        elif one.key in _TOLD:
            facts.append((one.title, one.does(given[one.key])))
    facts.append(("Version", f"{profile.name} {profile.version}"))
    return [c.paragraph(" ".join(profile.description.split())), c.key_values(facts)]


def used_last(workspace: Workspace) -> str:
    """Return the profile that was saved or used last; the default while there is none."""
    from eucaim_nb.deid import profiles, site_profiles

    job, saved = jobs.latest(workspace, "deidentify"), site_profiles(workspace)
    used_at = (job.started_at or 0.0) if job else 0.0
    if saved and saved[0].stat().st_mtime > used_at:
        return str(saved[0])
    return str(job.arguments.get("profile", "") if job else "") or next(iter(profiles()))


def _options(workspace: Workspace, also: str) -> list[tuple[str, Any]]:
    from eucaim_nb.deid import profiles, site_profiles

    found = [(profile.title, name) for name, profile in profiles().items()]
    found += [(f"Saved in this workspace: {path.stem}", str(path)) for path in site_profiles(workspace)]
    if also and also not in {value for _, value in found}:
        found.append((f"File {Path(also).name}", also))
    return [*found, ("Another file", _FILE)]

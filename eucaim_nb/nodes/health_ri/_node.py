"""The Health-RI node of a workspace."""

from collections.abc import Iterator, Mapping

from eucaim_nb.errors import SettingsError

from .._credentials import Credentials
from .._protocol import Account, Need
from .._settings import NodeSettings
from ._xnat import Xnat

_WRITERS = ("owner", "member")
_OVERWRITE = ("append", "delete", "none")
_DESTINATIONS = ("archive", "direct", "prearchive")
_DECISIONS = ("", "keep", "replace")
_TICKET = "project-health-ri"


class HealthRiNode:
    """An XNAT node. Nothing is asked of it before it is needed."""

    def __init__(self, settings: NodeSettings, credentials: Credentials | None) -> None:
        self.settings = settings
        self._credentials = credentials

    def account(self) -> Account:
        """Sign in, and say which role the account has in which project."""
        images = self._xnat()
        try:
            roles, username = images.roles(), images.username
        finally:
            images.close()
        return Account(
            username=username,
            roles=tuple(f"{role} of {name}" for name, role in roles.items()),
            projects=tuple(roles),
            needs=tuple(_needs(self.settings.project, roles)),
        )

    def images(self) -> Xnat:
        """Return the XNAT project that takes images."""
        if not self.settings.project:
            raise SettingsError(
                f"The name of the project at {self.settings.title} is not set. Ask for a project by ticket, "
                "then enter its name on the Start page."
            )
        return self._xnat()

    def clinical(self) -> Xnat:
        """Return the XNAT project, which takes clinical data beside the images."""
        return self.images()

    def datasets(self) -> Xnat:
        """Return the XNAT project, which is the dataset."""
        return self.images()

    def _xnat(self) -> Xnat:
        settings = self.settings
        if self._credentials is None or not self._credentials.username:
            raise SettingsError(
                f"Nobody is signed in at {settings.title}. Sign in with user name and password first."
            )
        overwrite = settings.text("overwrite") or "append"
        if overwrite not in _OVERWRITE:
            raise SettingsError("overwrite under [node] in eucaim.toml is append, delete or none.")
        destination, decided = settings.text("destination") or "archive", settings.text("on_conflict")
        if destination not in _DESTINATIONS:
            raise SettingsError("destination under [node] in eucaim.toml is archive, direct or prearchive.")
        if decided not in _DECISIONS:
            raise SettingsError("on_conflict under [node] in eucaim.toml is keep or replace, or is not there.")
        return Xnat(
            title=settings.title,
            url=settings.address(settings.ready.get("url") or settings.text("site"), "address"),
            project=settings.project,
            overwrite=overwrite,
            destination=destination,
            on_conflict=decided,
            credentials=self._credentials,
            timeout=settings.number("timeout_s", 300),
            max_batch_bytes=int(settings.number("max_batch_mb", 1000) * 1e6),
            max_batch_instances=int(settings.number("max_batch_instances", 10_000)),
            ca_file=settings.ca_file,
            proxy=settings.proxy,
        )


def _needs(project: str, roles: Mapping[str, str]) -> Iterator[Need]:
    if not project:
        yield Need(
            "The name of the project in this workspace",
            "so that your data belong to it",
            False,
            "Ask for a project by ticket, then enter its name.",
            _TICKET,
        )
        return
    ask = "Ask its owner, or the helpdesk, to add this account."
    yield Need(f"Access to the project {project}", "to see it", project in roles, ask, _TICKET)
    if project in roles:
        role = roles[project]
        more = f"The role of this account is {role.capitalize()}: ask the project's owner for more."
        yield Need(f"The role Member or Owner in the project {project}", "to upload", role in _WRITERS, more, _TICKET)

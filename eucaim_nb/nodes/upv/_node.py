"""The UPV node of a workspace."""

from requests import Session
from requests.auth import AuthBase, HTTPBasicAuth

from eucaim_nb.errors import SettingsError

from .._credentials import Credentials
from .._protocol import Account
from .._session import make_session
from .._settings import NodeSettings, is_local
from ._adapter import adapter_of
from ._clinical import Forms, clinical_path
from ._datasets import DatasetService
from ._dicomweb import DicomWeb
from ._issuer import Issuer
from ._tokens import Tokens


class UpvNode:
    """A node of the UPV family. Nothing is asked of it before it is needed."""

    def __init__(self, settings: NodeSettings, credentials: Credentials | None) -> None:
        self.settings = settings
        self._credentials = credentials
        self._tokens: Tokens | None = None

    def account(self) -> Account:
        """Sign in, and read who that is from the access token."""
        if self._credentials is None:
            raise SettingsError(f"Nobody is signed in at {self.settings.title}. Sign in first.")
        return self._signed_in(self._credentials).account(self.settings.project)

    def issuer(self) -> Issuer:
        """Return where one signs in.

        Raises
        ------
        SettingsError
            Its address cannot be used.
        """
        settings = self.settings
        url = settings.address(str(settings.ready.get("issuer") or settings.text("issuer")), "sign-in address (issuer)")
        client_id = settings.ready.get("client_id") or settings.text("client_id")
        return Issuer(title=settings.title, url=url, client_id=client_id, session=self._session(url))

    def images(self) -> DicomWeb:
        """Return the DICOMweb service."""
        settings = self.settings
        url = settings.text("dicomweb") or settings.ready.get("dicomweb", "")
        if not url:
            raise SettingsError(
                f"The DICOMweb address of {settings.title} is not set. Ask the node for it (it is not public) "
                'and write it as dicomweb = "https://…" under [node] in eucaim.toml.'
            )
        url = settings.address(url, "DICOMweb address")
        auth, adapter = self._auth(), adapter_of(settings)
        session = self._session(url, auth)
        session.params = dict(adapter.query)
        session.headers.update(adapter.headers)
        return DicomWeb(
            title=settings.title,
            url=url,
            session=session,
            timeout=settings.number("timeout_s", 60),
            max_batch_bytes=int(settings.number("max_batch_mb", 100) * 1e6),
            max_batch_instances=int(settings.number("max_batch_instances", 200)),
            tokens=auth if isinstance(auth, Tokens) else None,
            stow_path=adapter.stow_path,
        )

    def clinical(self) -> Forms:
        """Return the service that takes eForms of subjects."""
        settings = self.settings
        url = settings.text("clinical") or settings.ready.get("clinical", "")
        if not url:
            raise SettingsError(
                f"The address for clinical data of {settings.title} is not set. Ask the node for it (it is not public) "
                'and write it as clinical = "https://…" under [node] in eucaim.toml, or send the table with the '
                "uploader of the node."
            )
        url = settings.address(url, "address for clinical data")
        auth = self._auth()
        return Forms(
            title=settings.title,
            url=url,
            path=clinical_path(settings),
            session=self._session(url, auth),
            max_batch_bytes=int(settings.number("clinical_max_batch_mb", 10) * 1e6),
            max_batch_subjects=int(settings.number("clinical_max_batch_subjects", 500)),
            tokens=auth if isinstance(auth, Tokens) else None,
        )

    def datasets(self) -> DatasetService:
        """Return the service that makes datasets of what was uploaded."""
        settings = self.settings
        url = settings.ready.get("dataset_service") or settings.text("dataset_service")
        if not url:
            raise SettingsError(
                f"The address of the dataset service of {settings.title} is not set. Ask the node for it and write it "
                'as dataset_service = "https://…" under [node] in eucaim.toml.'
            )
        if self._credentials is None:
            raise SettingsError(f"Nobody is signed in at {settings.title}. Sign in first.")
        url = settings.address(url, "address of the dataset service")
        tracer, index = settings.text("tracer"), settings.ready.get("dataset_index") or settings.text("dataset_index")
        tokens = self._signed_in(self._credentials)
        return DatasetService(
            title=settings.title,
            url=url,
            session=self._session(url, tokens),
            tokens=tokens,
            creatable=bool(settings.options.get("dataset_creation")),
            index=settings.address(index, "address of the list of studies") if index else "",
            tracer=settings.address(tracer, "address of the tracer") if tracer else "",
        )

    def _session(self, url: str, auth: AuthBase | None = None) -> Session:
        settings = self.settings
        return make_session(
            auth=auth,
            timeout=settings.number("timeout_s", 60),
            ca_file=settings.ca_file,
            proxy=settings.proxy,
            local=is_local(url),
        )

    def _auth(self) -> AuthBase | None:
        way = self.settings.text("dicomweb_sign_in") or "token"
        if way not in ("token", "password", "none"):
            raise SettingsError("dicomweb_sign_in under [node] in eucaim.toml is token, password or none.")
        if self._credentials is None or way == "none":
            return None
        if way == "password":
            return HTTPBasicAuth(self._credentials.username, self._credentials.password)
        return self._signed_in(self._credentials)

    def _signed_in(self, credentials: Credentials) -> Tokens:
        if self._tokens is None:
            self._tokens = Tokens(self.issuer(), credentials)
        return self._tokens

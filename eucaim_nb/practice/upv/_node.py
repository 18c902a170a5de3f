"""The rooms of the UPV practice node, put together."""

import json
from pathlib import Path

from .._http import BodyTooLarge, Request, Response, json_response, problem
from .._policy import Policy
from .._router import Router
from .._store import Store
from ._bearer import LoginOrToken
from ._creation import CreationJobs
from ._database import Database
from ._datalake import Datalake
from ._datasets import SERVICE, DatasetService
from ._issuer import Issuer
from ._keys import SigningKey
from ._people import people
from ._rights import Refusal
from ._tokens import CLIENT, REALM, Tokens


class UpvNode:
    """Everything of the UPV practice node but its DICOMweb room.

    Parameters
    ----------
    folder : Path
        The practice folder: the account, the key and the datasets are kept here.
    policy : Policy
        Which ways to sign in there are, and how fast time goes by.

    Attributes
    ----------
    login : LoginOrToken
        For the DICOMweb room.
    """

    def __init__(self, folder: Path, policy: Policy) -> None:
        self._folder = folder
        self._policy = policy
        self._tokens = Tokens(SigningKey.of_folder(folder), policy)
        self._datasets: DatasetService | None = None
        self.login = LoginOrToken(folder, self._tokens)

    def open(self, router: Router, store: Store | None) -> None:
        """Add the rooms; datasets need a store of this node, so there are none in front of a real server."""
        router.add(REALM, Issuer(self.login, self._tokens, self._policy))
        if store is None:
            return
        database, datalake = Database(self._folder / "upv" / "datasets.sqlite"), Datalake(store)
        jobs = CreationJobs(database, datalake, self._policy)
        usernames = people(self.login.username)
        self._datasets = DatasetService(database, datalake, self._tokens, jobs, usernames)
        router.add(SERVICE, self._datasets)

    def order(self, request: Request) -> Response:
        """Answer at the control address: POST exports a dataset, GET lists what could be in one."""
        if self._datasets is None:
            return problem(501, "the uploads are on a real server, from which this node makes no datasets")
        if request.method == "GET":
            return json_response(200, {"studies": self._datasets.uploaded()})
        try:
            wanted = json.loads(request.body.all())
            if not isinstance(wanted, dict):
                raise ValueError("send an object with the name and description of the dataset")
            person = people(self.login.username)[self.login.username]
            return json_response(201, self._datasets.export(wanted, person, request.base))
        except Refusal as refused:
            return problem(refused.status, str(refused))
        except (BodyTooLarge, ValueError) as wrong:
            return problem(400, str(wrong) or "that is too long to be an order")

    def ready(self, base: str) -> dict[str, str]:
        """Return the addresses for the ready file."""
        addresses = {"issuer": base + REALM, "client_id": CLIENT}
        return addresses | ({"dataset_service": base + SERVICE} if self._datasets is not None else {})

    def close(self) -> None:
        """Let go of the folder."""
        if self._datasets is not None:
            self._datasets.close()

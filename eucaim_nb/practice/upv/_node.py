"""The rooms of the UPV practice node, put together."""

import json
from pathlib import Path

from .._http import BodyTooLarge, Request, Response, json_response, problem
from .._login import Login
from .._policy import Policy
from .._router import Router
from ._cases import CASES, Cases
from ._clinical import CLINICAL, Clinical
from ._creation import CreationJobs
from ._database import Database
from ._datalake import Datalake, DatalakeUnreachable
from ._datasets import SERVICE, DatasetService
from ._issuer import Issuer
from ._keys import SigningKey
from ._people import PROJECT, people
from ._rights import Refusal
from ._sign_in import SignIn
from ._subjects import Subjects
from ._tokens import CLIENT, REALM, Tokens


class UpvNode:
    """Everything of the UPV practice node but its DICOMweb room.

    Parameters
    ----------
    folder : Path
        The practice folder: the account, the key and the datasets are kept here.
    policy : Policy
        Which ways to sign in there are, and how fast time goes by.
    datalake : Datalake
        What datasets are made of.

    Attributes
    ----------
    login : Login
        The practice account.
    door : SignIn
        For the DICOMweb room.
    """

    def __init__(self, folder: Path, policy: Policy, datalake: Datalake) -> None:
        self._policy = policy
        self._tokens = Tokens(SigningKey.of_folder(folder), policy)
        self.login = Login(folder)
        self.door = SignIn(self.login, self._tokens, policy)
        self._people = people(self.login.username)
        self._subjects = Subjects(folder / "upv" / "clinical.sqlite")
        database = Database(folder / "upv" / "datasets.sqlite")
        jobs = CreationJobs(database, datalake, policy)
        self._datasets = DatasetService(database, datalake, self._tokens, jobs, self._people)

    def add_rooms(self, router: Router) -> None:
        """Let a router answer for this node."""
        router.add(REALM, Issuer(self.login, self._tokens, self._policy))
        router.add(CLINICAL, Clinical(self._subjects, self.door, self._datasets.subprojects))
        router.add(SERVICE, self._datasets)
        router.add(CASES, Cases(self._datasets.uploaded, self.door))

    def order(self, request: Request) -> Response:
        """Answer at the control address: POST exports a dataset, GET lists what could be in one."""
        try:
            if request.method == "GET":
                forms = self._subjects.forms(PROJECT)
                subjects = [{"subjectName": name, "eForm": form} for name, form in forms.items()]
                return json_response(200, {"studies": self._datasets.uploaded(), "subjects": subjects})
            wanted = json.loads(request.body.all())
            if not isinstance(wanted, dict):
                raise ValueError("send an object with the name and description of the dataset")
            forms, person = self._subjects.forms(PROJECT), self._people[self.login.username]
            return json_response(201, self._datasets.export(wanted, forms, person, request.base))
        except DatalakeUnreachable as unreachable:
            return problem(502, str(unreachable))
        except Refusal as refused:
            return problem(refused.status, str(refused))
        except (AttributeError, KeyError, TypeError):
            return problem(400, "a field of the dataset has another kind of value than it should")
        except (BodyTooLarge, ValueError) as wrong:
            return problem(400, str(wrong) or "that is too long to be an order")

    def ready(self, base: str) -> dict[str, str]:
        """Return the addresses for the ready file."""
        return {
            "issuer": base + REALM,
            "client_id": CLIENT,
            "clinical": base + CLINICAL,
            "dataset_service": base + SERVICE,
            "dataset_index": f"{base}{CASES}/index.json",
        }

    def wipe(self) -> dict[str, int]:
        """Forget the datasets and the clinical data; return how many of each there were."""
        return {"datasets": self._datasets.wipe(), "subjects": self._subjects.wipe()}

    def close(self) -> None:
        """Let go of the folder."""
        self._subjects.close()
        self._datasets.close()

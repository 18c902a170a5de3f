"""The reference nodes: where they are, how to sign in and speak to them, what they take in one piece.

`connect(workspace)` gives the node of a workspace behind one Protocol: `account` says who signed in and what that
account may do, `images` gives the service that takes images (DICOMweb at UPV, XNAT at Health-RI), `clinical` the one
that takes clinical data (eForms at UPV, XNAT at Health-RI), `datasets` the one where they become a dataset (dataset
service at UPV, the project itself at Health-RI).

`catalogue(workspace)` is the public catalogue, which anybody may ask; `helpdesk` is EUCAIM's, for tickets.
"""

from ._asking import BUSY
from ._catalogue import Catalogue, catalogue
from ._connect import connect
from ._credentials import Credentials, credentials_of, forget, keep, keyring_usable
from ._helpdesk import Helpdesk, HelpdeskTicket, helpdesk, helpdesk_is_on, keep_helpdesk_token
from ._protocol import Account, Images, Node, Service
from ._session import explain
from .health_ri import Xnat
from .upv import DatasetService, DicomWeb, Forms, Probe, probe

__all__ = [
    "BUSY",
    "Account",
    "Catalogue",
    "Credentials",
    "DatasetService",
    "DicomWeb",
    "Forms",
    "Helpdesk",
    "HelpdeskTicket",
    "Images",
    "Node",
    "Probe",
    "Service",
    "Xnat",
    "catalogue",
    "connect",
    "credentials_of",
    "explain",
    "forget",
    "helpdesk",
    "helpdesk_is_on",
    "keep",
    "keep_helpdesk_token",
    "keyring_usable",
    "probe",
]

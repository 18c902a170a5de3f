"""The reference nodes: where they are, how to sign in and speak to them, what they take in one piece.

`connect(workspace)` gives the node of a workspace behind one Protocol: `account` says who signed in and what that
account may do, `images` gives the service that takes images (DICOMweb at UPV, XNAT at Health-RI), `clinical` the one
that takes clinical data (eForms at UPV, XNAT at Health-RI), `datasets` the one where they become a dataset (dataset
service at UPV, the project itself at Health-RI). `try_connection` asks all of it and explains what fails.

One signs in with `Credentials`: a user name and password, a token, what `browser_sign_in` or `device_sign_in` bring
back, or what `credentials_of` finds on this computer.

`catalogue(workspace)` is the public catalogue, which anybody may ask; `helpdesk` is EUCAIM's, for tickets.
"""

from ._asking import BUSY
from ._catalogue import Catalogue, catalogue
from ._connect import browser_sign_in, connect, device_sign_in
from ._credentials import Credentials, credentials_of, forget, keep, netrc_credentials, use_netrc
from ._failure import Failure, explain
from ._helpdesk import Helpdesk, HelpdeskTicket, helpdesk, helpdesk_is_on, keep_helpdesk_token
from ._keyring import keyring_usable
from ._protocol import Account, Images, Need, Node, Service
from ._trial import Trial, try_connection
from .health_ri import Xnat
from .upv import BrowserSignIn, DatasetService, DeviceSignIn, DicomWeb, Forms, Probe, probe, why_no_browser

__all__ = [
    "BUSY",
    "Account",
    "BrowserSignIn",
    "Catalogue",
    "Credentials",
    "DatasetService",
    "DeviceSignIn",
    "DicomWeb",
    "Failure",
    "Forms",
    "Helpdesk",
    "HelpdeskTicket",
    "Images",
    "Need",
    "Node",
    "Probe",
    "Service",
    "Trial",
    "Xnat",
    "browser_sign_in",
    "catalogue",
    "connect",
    "credentials_of",
    "device_sign_in",
    "explain",
    "forget",
    "helpdesk",
    "helpdesk_is_on",
    "keep",
    "keep_helpdesk_token",
    "keyring_usable",
    "netrc_credentials",
    "probe",
    "try_connection",
    "use_netrc",
    "why_no_browser",
]

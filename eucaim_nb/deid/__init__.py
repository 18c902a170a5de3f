"""De-identification of DICOM instances by PS3.15 Annex E.

A `Profile` says which options of the standard apply and what is done differently, with a reason; `profiles` are the
shipped ones. `Rules` are a profile compiled for a SOP class: they say the `Action` for every attribute. `as_table`
shows them to a person, `plain_rules` gives them to other programs.

`deidentify` does it to every scanned original and verifies what comes out; `findings` are what a person should know.
`verify_outputs` looks at the outputs again, `write_report` writes the evidence, `lint` checks what any other program
de-identified. `preview` and `preview_picture` show what would become of one instance, `actions_done`, `set_aside` and
`left_out` what became of all.

`questions` are what a profile decides as a whole, in plain words; `answers` are those of a profile, and `objections`
what speaks against it. A site's own profiles lie in its workspace: `site_profiles` lists them, `change_answers` and
`change_profile` save the next one, with a reason.
"""

from ._actions import Action
from ._check import verify_file
from ._finding import Finding, Kind, Severity
from ._lines import Line, as_table
from ._lint import LintSummary, lint
from ._objections import Objection, objections
from ._overview import actions_done, left_out, set_aside
from ._plain import PlainRules, plain_rules
from ._policies import Answer, Question, answered, answers, questions
from ._preview import Preview, preview
from ._preview_picture import PicturePreview, preview_picture
from ._profile import (
    DocumentPolicy,
    IdPolicy,
    Option,
    Override,
    PrivatePolicy,
    Profile,
    UnknownPolicy,
)
from ._profile_file import load_profile, profiles, save_profile
from ._report import write_report
from ._rules import Rules
from ._run import DeidSummary, deidentify, findings
from ._site import change_answers, change_profile, find_attribute, possible_actions, site_profiles
from ._verify import VerifySummary, verify_outputs

__all__ = [
    "Action",
    "Answer",
    "DeidSummary",
    "DocumentPolicy",
    "Finding",
    "IdPolicy",
    "Kind",
    "Line",
    "LintSummary",
    "Objection",
    "Option",
    "Override",
    "PicturePreview",
    "PlainRules",
    "Preview",
    "PrivatePolicy",
    "Profile",
    "Question",
    "Rules",
    "Severity",
    "UnknownPolicy",
    "VerifySummary",
    "actions_done",
    "answered",
    "answers",
    "as_table",
    "change_answers",
    "change_profile",
    "deidentify",
    "find_attribute",
    "findings",
    "left_out",
    "lint",
    "load_profile",
    "objections",
    "plain_rules",
    "possible_actions",
    "preview",
    "preview_picture",
    "profiles",
    "questions",
    "save_profile",
    "set_aside",
    "site_profiles",
    "verify_file",
    "verify_outputs",
    "write_report",
]

"""The errors that speak to the person at the page.

Their text says what happened, to which thing, and what to do. It never carries a patient value, so it may be
shown, stored
in a job row and logged as it is. Every other exception is treated as possibly containing data (see
`eucaim_nb.redact`).
"""


class EucaimError(Exception):
    """Something a user can act on, said in words that are safe to show and to log.

    Attributes
    ----------
    pauses
        Whether nothing is wrong with the work that it ends: once a person has done what the text says, it goes on.
    """

    pauses = False


class WorkspaceError(EucaimError):
    """The workspace folder is missing, damaged, or made by a newer version."""


class SettingsError(EucaimError):
    """A setting is missing or has a value that cannot be used."""


class NodeError(EucaimError):
    """The node cannot be reached, or refused what was asked of it."""


class Refused(EucaimError):
    """A protecting rule says no; typing a reason may override it."""


class RiskError(EucaimError):
    """A table, a hierarchy or a choice cannot be used to assess the risk of re-identification."""


class ProfileError(EucaimError):
    """A de-identification profile, or a list that it names, cannot be used."""


class TableError(EucaimError):
    """A clinical table, or the mapping of one, cannot be read or used."""


class MaskError(EucaimError):
    """A mask, contours or labels cannot be read, or do not fit the images."""


class JobBusy(EucaimError):
    """A job of the same kind is already at work in this workspace."""


class RecordError(EucaimError):
    """A metadata record of the dataset, or a file to read one from, cannot be used."""

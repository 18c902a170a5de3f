"""The dossier: one file that binds the evidence of all phases, sealed, without any patient.

`make` writes it, `as_pdf` prints it, `verify` tells whether it is as it was sealed and, where the workspace lies beside
it, which files of that changed since.
"""

from ._make import Made, make
from ._pdf import as_pdf
from ._verify import Verdict, verify

__all__ = ["Made", "Verdict", "as_pdf", "make", "verify"]

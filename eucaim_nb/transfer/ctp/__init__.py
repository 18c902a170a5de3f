"""The way to Health-RI through a CTP: its files for this workspace, and a CTP on this computer that sends.

`make` writes and checks all files. `send` runs a CTP until everything has left, and believes what XNAT lists. CTP
signs in nowhere: it hands its images to this process, which verifies the node's certificate and knows the password.
"""

from ._make import Made, make
from ._program import Program, find_program
from ._send import CtpSummary, send

__all__ = ["CtpSummary", "Made", "Program", "find_program", "make", "send"]

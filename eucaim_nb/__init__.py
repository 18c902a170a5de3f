"""Guided toolkit to contribute cancer imaging to EUCAIM, one room per phase of the procedure."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("eucaim-nb")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]

"""The pack for the uploader of the UPV node: images in tidy folders, a table of patients, a check report, the steps.

It is the documented way that works without this program's own upload: `pack` writes it for a person who then uploads
with the QP-Insights Uploader.
"""

from ._pack import PackSummary, pack

__all__ = ["PackSummary", "pack"]

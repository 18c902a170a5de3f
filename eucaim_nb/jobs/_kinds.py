"""Which verb does each kind of job: `module:function`, imported only by the process that does the work.

The verb is called as `verb(workspace, **arguments, progress=progress)` and returns a dataclass of plain
values. A fixed list, so
that a ledger received from someone else cannot name code to run.
"""

KINDS = {
    "clinical": "eucaim_nb.clinical:prepare",
    "clinical-upload": "eucaim_nb.transfer.clinical:send",
    "ctp": "eucaim_nb.transfer.ctp:send",
    "dataset-compare": "eucaim_nb.dataset.node:reconcile",
    "dataset-watch": "eucaim_nb.dataset.node:watch",
    "deidentify": "eucaim_nb.deid:deidentify",
    "dossier": "eucaim_nb.reports.dossier:make",
    "nifti": "eucaim_nb.transfer.nifti:send",
    "nifti-headers": "eucaim_nb.transfer.nifti:write_headers",
    "pack": "eucaim_nb.transfer.pack:pack",
    "quality": "eucaim_nb.quality:run",
    "registration": "eucaim_nb.dataset.catalogue:prepare",
    "risk": "eucaim_nb.risk:run",
    "scan": "eucaim_nb.dicom:scan",
    "segment": "eucaim_nb.annotations:segment",
    "upload": "eucaim_nb.transfer:upload",
    "verify": "eucaim_nb.transfer:verify",
}

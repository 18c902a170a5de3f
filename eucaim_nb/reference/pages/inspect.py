from eucaim_nb import workflow, workspace

current = workspace.current()
print(workflow.step("inspect", current).sentence)

# `dicom.scan(current, ["/data/export"])` indexes folders here and now;
# `jobs.start(current, "scan", {"folders": ["/data/export"]})` does it in a process that outlives this notebook.
if current:
    print(current.ledger.index.totals())

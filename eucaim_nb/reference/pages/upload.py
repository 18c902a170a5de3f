from eucaim_nb import workflow, workspace

current = workspace.current()
print(workflow.step("upload", current).sentence)

# `transfer.upload(current)` sends what the node does not list yet and checks each instance against its listing.
if current:
    print(current.ledger.uploads.counts(current.settings.node))

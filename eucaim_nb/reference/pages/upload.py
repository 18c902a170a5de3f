from eucaim_nb import transfer, workflow, workspace

current = workspace.current()
print(workflow.step("upload", current).sentence)

# `transfer.upload(current)` sends what the node does not list yet and checks each instance against its listing;
# `transfer.verify(current, readback=10)` asks the node again and compares one instance in ten byte for byte.
if current:
    print(current.ledger.uploads.counts(current.settings.node))

# The other ways. At UPV `transfer.pack.pack(current, out="/data/pack")` writes a folder for the uploader of the node.
# At Health-RI, CTP: `transfer.ctp.make(current, rules)` writes its files; `transfer.ctp.send(current)` lets a CTP send
# what was de-identified here, or with `deidentify=True` what it de-identifies by itself, and compares with XNAT's list.
# At Health-RI, NIfTI: `transfer.nifti.find(current, folder)` says what can be sent, `suggest` and `write_headers` make
# missing headers, and `transfer.nifti.send(current, source="/data/nifti")` sends each file with its header.
if current:
    print(transfer.ingestion_tool(current).said)

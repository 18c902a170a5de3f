from eucaim_nb import deid, workflow, workspace

current = workspace.current()
print(workflow.step("deidentify", current).sentence)

# What the recommended profile does to the names and dates of a header.
profile = deid.load_profile("eucaim")
for line in deid.as_table(profile):
    if line.tag in ("(0010,0010)", "(0010,0020)", "(0008,0020)"):
        print(f"{line.tag} {line.name}: {line.words} - {line.reason}")

# `deid.deidentify(current)` de-identifies every scanned instance here and now and verifies what comes out;
# `jobs.start(current, "deidentify", {"profile": "eucaim"})` does it in a process that outlives this notebook.
if current:
    print(current.ledger.deidentified.counts())
    for found in deid.findings(current, limit=10):
        print(found.severity, found.kind, found.message)

from eucaim_nb import clinical, workflow, workspace

current = workspace.current()
print(workflow.step("clinical", current).sentence)

# What a table may be mapped to. `clinical.prepare(current, "/data/patients.xlsx", template="prostate")` maps, checks
# and writes what the node takes; the mapping it proposes is `clinical/mapping.json`: change it and give it back.
for name, title in clinical.templates().items():
    print(f"{name:<16} {title}")

# `transfer.clinical.send(current)` sends what was written, and verifies it by what the node gives back.
if current:
    print(current.ledger.clinical_uploads.counts(current.settings.node))

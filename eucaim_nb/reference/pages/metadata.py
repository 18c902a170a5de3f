from eucaim_nb import workflow, workspace
from eucaim_nb.dataset import record as records

current = workspace.current()
print(workflow.step("metadata", current).sentence)

# What the node and the ledger know goes where the record says nothing; other fields by their property.
if current:
    known = records.load(current) or records.Record()
    draft = records.filled(known, records.proposals(current)).changed({"dcat:version": ["1.0.0"]})
    for problem in records.check(draft, records.facts(current)):
        print(problem.severity, problem.message)

# `records.save(current, draft)` keeps a version, `records.export(current, saved)` writes it in every form.
print(records.vocabulary("cancer_condition").search("prostate")[0].shown)

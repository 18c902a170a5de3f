from eucaim_nb import risk, workflow, workspace

current = workspace.current()
print(workflow.step("risk", current).sentence)

# `risk.run(current, k=5)` searches every file, measures every table and writes reports/risk.html here and now;
# `jobs.start(current, "risk", {"k": 5})` does it in a process that outlives this notebook.
if current and current.ledger.index.has_instances():
    found = risk.tables(current, risk.usual_source(current))
    for name, table in found.named().items():
        measured = risk.assess(table, found.columns(name, risk.Role.QUASI_IDENTIFIER), k=5)
        print(name, "k", measured.k, "like nobody else", measured.sample_uniques, "below 5", measured.records_below_k)

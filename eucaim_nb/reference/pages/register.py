from eucaim_nb import workflow, workspace
from eucaim_nb.dataset import catalogue

current = workspace.current()
print(workflow.step("register", current).sentence)

# `catalogue.prepare(current)` makes ready what goes with the ticket; `catalogue.look_up(current)` asks the catalogue.
if current:
    print("blockers:", *catalogue.blockers(current), sep="\n  ")
    if found := catalogue.latest(current):
        print(found.presence, found.way, found.at)
        for line in found.lines:
            print(f"{line.agreement:<14} {line.title}: here {line.here!r}, there {line.there!r}")

# `from eucaim_nb.reports import dossier`: `dossier.make(current)` binds all evidence, `dossier.verify(file)` checks it.

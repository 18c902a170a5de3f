from eucaim_nb import workflow, workspace

# The workspace that was used last on this computer; `workspace.create(...)` makes a new one.
current = workspace.current()

for step in workflow.steps(current):
    print(f"{step.phase.number:>2}  {step.phase.title:<34}{step.state}: {step.sentence}")

from eucaim_nb import workflow, workspace

# The workspace that was used last on this computer; `workspace.create(...)` makes a new one.
current = workspace.current()

for status in workflow.actions(current):
    print(f"{status.action.number:>2}  {status.action.title:<44} {status.state}: {status.sentence}")

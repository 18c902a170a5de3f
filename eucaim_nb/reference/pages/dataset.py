from eucaim_nb import workflow, workspace

current = workspace.current()
print(workflow.step("dataset", current).sentence)

# `dataset.node.watch(current)` follows the creation; `reconcile` compares it with what was sent; `set_properties`
# describes it; `release` and `invalidate` change who may use it. Each asks the node and believes only what it shows.
if current:
    print(workflow.node_dataset(current))

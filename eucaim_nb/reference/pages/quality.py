from eucaim_nb import quality, workflow, workspace

current = workspace.current()
print(workflow.step("quality", current).sentence)

# `quality.run(current)` checks the images here and now; with level="quick" from the index alone, with "full" it decodes
# every picture. `quality.exclude(current, study_uid, series_uid, reason="...")` leaves a series out of all later steps.
if current:
    for found in quality.findings(current):
        print(found.severity, found.check_id, found.count, found.message, found.remedy)

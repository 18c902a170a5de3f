from eucaim_nb import annotations, workflow, workspace

current = workspace.current()
print(workflow.step("annotations", current).sentence)

# `annotations.match(current, "masks")` suggests the series that each mask was drawn on; it reads headers only.
# `annotations.segment(current, masks="masks", labels="labels.json")` makes the segmentations here and now.
if current:
    for made in annotations.outcomes(current):
        print(made.state, made.format, made.verdict, made.reason)
        for segment in made.segments:
            print("  ", segment["label"], segment["voxels"], "voxels", segment["ml"], "mL", segment["centroid_mm"])

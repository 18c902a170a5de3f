"""The dataset that comes of a submission: `node` makes and releases it, `record` describes it, `catalogue` finds it."""

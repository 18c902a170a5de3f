"""The dataset: what the uploaded data become at the node and in EUCAIM's catalogue.

`node` follows the dataset at the reference node until it is released, `record` describes it with EUCAIM's metadata, and
`catalogue` compares that record with the entry in the public catalogue.
"""

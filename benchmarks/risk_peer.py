"""What pycanon says of a table, and how long it takes. Runs in an environment of its own, where pycanon is.

    python benchmarks/risk_peer.py table.csv --quasi age sex --sensitive diagnosis psa
"""

import argparse
import json
import time

import pandas as pd
from pycanon import anonymity, metrics

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("table")
parser.add_argument("--quasi", nargs="+", required=True)
parser.add_argument("--sensitive", nargs="*", default=[])
options = parser.parse_args()
table = pd.read_csv(options.table)
began = time.perf_counter()
answer = {
    "k": anonymity.k_anonymity(table, options.quasi),
    "prosecutor_max": float(metrics.max_rir(table, options.quasi)),
    "discernibility": float(metrics.discernability_metric(table, table, options.quasi)),
}
for column in options.sensitive:
    quotient, values = anonymity.recursive_c_l_diversity(table, options.quasi, [column])
    answer[column] = {
        "distinct": int(anonymity.l_diversity(table, options.quasi, [column])),
        "entropy": float(anonymity.entropy_l_diversity(table, options.quasi, [column])),
        "recursive": [float(quotient), int(values)],
        "closeness": float(anonymity.t_closeness(table, options.quasi, [column])),
    }
answer["seconds"] = time.perf_counter() - began
print(json.dumps(answer))

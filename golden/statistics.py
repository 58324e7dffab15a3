"""Exact McNemar tests by SciPy and quantiles by NumPy, for packages/core/src/evaluate/scores/statistics.test.ts.

python3 golden/statistics.py > golden/statistics.json   (SciPy 1.10, NumPy 1.24)
"""

import json

import numpy
from scipy.stats import binomtest

random = numpy.random.default_rng(5)
mcnemar = []
for n in [0, 1, 2, 7, 30, 99, 200]:
    for share in [0.1, 0.4, 0.5]:
        b = int(round(share * n))
        p = binomtest(b, n).pvalue if n > 0 else 1.0
        mcnemar.append({"b": b, "c": n - b, "p": p})
quantiles = []
for n in [1, 2, 5, 100]:
    values = sorted(random.normal(size=n).round(6).tolist())
    for share in [0, 0.025, 0.5, 0.975, 1]:
        quantiles.append({"values": values, "share": share, "quantile": float(numpy.quantile(values, share))})
print(json.dumps({"mcnemar": mcnemar, "quantiles": quantiles}))

"""Golden probabilities: scikit-learn's multinomial logistic regression with balanced classes on standardized decisions.

Run by hand with Debian's python3-sklearn (1.2): /usr/bin/python3 golden/unit-emotions.py > golden/unit-emotions.json
"""

import json

import numpy
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

random = numpy.random.default_rng(14)
cases = []
for size, features in ((40, 4), (90, 12)):
    labels = random.choice(3, size, p=[0.5, 0.3, 0.2])
    rows = random.normal(size=(size, features)) + 0.8 * numpy.eye(3, features)[labels]
    rows[:, -1] = 0.25
    scaler = StandardScaler().fit(rows)
    # The threshold is the weight of a constant feature, the square root of 10, and regularized like the others.
    points = lambda x: numpy.hstack([scaler.transform(x), numpy.full((len(x), 1), 10**0.5)])
    model = LogisticRegression(
        C=1, class_weight="balanced", fit_intercept=False, multi_class="multinomial", tol=1e-10, max_iter=10000
    ).fit(points(rows), labels)
    test = random.normal(size=(5, features))
    test[:, -1] = 0.25
    cases.append(
        {
            "classes": 3,
            "rows": rows.round(12).tolist(),
            "labels": labels.tolist(),
            "test": test.round(12).tolist(),
            "probabilities": model.predict_proba(points(test)).tolist(),
        }
    )
print(json.dumps({"made": f"scikit-learn {sklearn.__version__}", "cases": cases}))

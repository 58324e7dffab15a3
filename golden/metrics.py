"""Golden scores: scikit-learn's macro F1, macro recall, accuracy and confusion matrix.

Run by hand with Debian's python3-sklearn (1.2): /usr/bin/python3 golden/metrics.py > golden/metrics.json
"""

import json

import numpy
import sklearn
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
)

random = numpy.random.default_rng(2019)
cases = []
for number in range(200):
    size = int(random.integers(2, 6))
    classes = [f"class {c}" for c in range(size)]
    samples = int(random.integers(1, 40))
    # Uneven weights, some of them zero: classes absent among targets, predictions, or both.
    weights = [random.dirichlet(numpy.full(size, 0.7)) for _ in range(2)]
    for side in weights:
        if random.random() < 0.4:
            side[random.integers(size)] = 0
    weights = [side / side.sum() for side in weights]
    target = random.choice(size, samples, p=weights[0])
    guess = random.choice(size, samples, p=weights[1])
    # Agreement from none to perfect.
    prediction = numpy.where(random.random(samples) < random.random() * 1.2, target, guess)
    labels = range(size)
    common = {"labels": list(labels), "zero_division": 0}
    cases.append(
        {
            "classes": classes,
            "target": target.tolist(),
            "prediction": prediction.tolist(),
            "uf1": f1_score(target, prediction, average="macro", **common),
            "uar": recall_score(target, prediction, average="macro", **common),
            # Every class weighs the same: UF1 standardized to equal class sizes.
            "standardizedUf1": f1_score(
                target, prediction, average="macro", sample_weight=1 / numpy.bincount(target)[target], **common
            ),
            "accuracy": accuracy_score(target, prediction),
            "f1": f1_score(target, prediction, average=None, **common).tolist(),
            "recall": recall_score(target, prediction, average=None, **common).tolist(),
            "precision": precision_score(target, prediction, average=None, **common).tolist(),
            "confusion": confusion_matrix(target, prediction, labels=list(labels)).tolist(),
        }
    )
print(json.dumps({"made": f"scikit-learn {sklearn.__version__}", "cases": cases}))

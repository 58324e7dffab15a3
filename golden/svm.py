"""Golden support vector machines: decisions of scikit-learn's LinearSVC and SVC on small random problems.

Run by hand with Debian's python3-sklearn (1.2): /usr/bin/python3 golden/svm.py > golden/svm.json
"""

import json

import numpy
import sklearn
from sklearn.svm import SVC, LinearSVC

random = numpy.random.default_rng(2008)


def problem(classes, size, features):
    """Overlapping clouds of uneven sizes, and points to judge."""
    centers = random.normal(size=(classes, features))
    shares = random.dirichlet(numpy.full(classes, 3.0))
    labels = numpy.concatenate([range(classes), random.choice(classes, size - classes, p=shares)])
    train = centers[labels] + random.normal(size=(size, features))
    test = random.normal(size=(8, features)) * 1.5
    return numpy.round(train, 3), labels, numpy.round(test, 3)


linear, radial = [], []
for cost, classes, balanced in [(0.01, 3, True), (0.1, 3, False), (1, 4, True), (10, 3, True)]:
    train, labels, test = problem(classes, 40, 5)
    machine = LinearSVC(
        C=cost,
        class_weight="balanced" if balanced else None,
        tol=1e-9,
        max_iter=100_000,
        random_state=1,
    )
    machine.fit(train, labels)
    linear.append(
        {
            "cost": cost,
            "balanced": balanced,
            "classes": classes,
            "train": train.tolist(),
            "labels": labels.tolist(),
            "test": test.tolist(),
            "scores": machine.decision_function(test).tolist(),
        }
    )
for cost, gamma, classes, balanced in [
    (0.1, 0.2, 3, True),
    (1, 0.05, 3, False),
    (3, 0.5, 4, True),
    (100, 0.1, 3, True),
]:
    train, labels, test = problem(classes, 40, 5)
    machine = SVC(
        C=cost,
        gamma=gamma,
        class_weight="balanced" if balanced else None,
        tol=1e-10,
        decision_function_shape="ovo",
    )
    machine.fit(train, labels)
    pairs = machine.decision_function(test)
    machine.decision_function_shape = "ovr"
    radial.append(
        {
            "cost": cost,
            "gamma": gamma,
            "balanced": balanced,
            "classes": classes,
            "train": train.tolist(),
            "labels": labels.tolist(),
            "test": test.tolist(),
            "pairs": pairs.tolist(),
            "scores": machine.decision_function(test).tolist(),
            "verdicts": machine.predict(test).tolist(),
        }
    )
print(json.dumps({"made": f"scikit-learn {sklearn.__version__}", "linear": linear, "radial": radial}))

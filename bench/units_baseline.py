"""Recognition of action units against a logistic regression for each unit: paired differences of F1, subjects bootstrapped.

`python3 bench/units_baseline.py DATA RUN`: DATA holds samples.csv and action-units.csv of MEGC 2019, RUN is the folder that
`telltale evaluate units` wrote. The baseline: 14x14 cells of rectified u and v and of strain, each plane without its median,
divided by its root mean square and cut at 3; mirror images added to the training part; C = 0.01, balanced classes; one subject
left out at a time. Needs NumPy, OpenCV and scikit-learn. The result goes to bench/results/units-baseline.json.
"""
import csv
import json
import os
import re
import sys

import cv2
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

UNITS = (1, 2, 4, 6, 7, 9, 10, 12, 14, 15, 17)
DRAWS = 2000


def read(path):
    with open(path, encoding="utf8") as file:
        return list(csv.DictReader(file))


def features(image):
    """Cells of u+, u-, v+, v- and strain."""
    planes = image - np.median(image, axis=(0, 1))
    planes = np.clip(planes / np.sqrt((planes**2).mean(axis=(0, 1))), -3, 3)
    u, v, strain = np.moveaxis(planes, 2, 0)
    parts = np.stack([u.clip(0), (-u).clip(0), v.clip(0), (-v).clip(0), strain])
    return parts.reshape(5, 14, 2, 14, 2).mean(axis=(2, 4)).ravel()


def mirrored(image):
    turned = image[:, ::-1].copy()
    turned[..., 0] = 255 - turned[..., 0]
    return turned


def baseline(images, labels, subjects):
    """Whether each unit is named in each clip, by a fit without its subject."""
    plain = np.array([features(image) for image in images])
    mirror = np.array([features(mirrored(image)) for image in images])
    named = np.zeros(labels.shape, bool)
    for subject in np.unique(subjects):
        rest = subjects != subject
        both = np.concatenate([plain[rest], mirror[rest]])
        scaler = StandardScaler().fit(both)
        for at in range(len(UNITS)):
            model = LogisticRegression(C=0.01, class_weight="balanced", max_iter=500)
            model.fit(scaler.transform(both), np.tile(labels[rest, at], 2))
            named[~rest, at] = model.predict(scaler.transform(plain[~rest]))
    return named


def f1(named, labels):
    hits = (named & labels).sum(axis=0)
    return 2 * hits / np.maximum(named.sum(axis=0) + labels.sum(axis=0), 1)


def main(data, run):
    flow = {(row["subject"], row["clip"]): row["flow"] for row in read(f"{data}/samples.csv")}
    rows = [row for row in read(f"{data}/action-units.csv") if (row["subject"], row["clip"]) in flow]
    paths = [os.path.join(data, flow[(row["subject"], row["clip"])]) for row in rows]
    images = [cv2.imread(path)[:, :, ::-1].astype(float) for path in paths]
    subjects = np.array([row["subject"] for row in rows])
    coded = [set(map(int, re.findall(r"\d+", row["action_units"]))) for row in rows]
    labels = np.array([[unit in clip for unit in UNITS] for clip in coded])

    index = {f'{row["dataset"]}/{row["subject"]}/{row["clip"]}': i for i, row in enumerate(rows)}
    runs = {}
    for row in read(f"{run}/predictions.csv"):
        if int(row["unit"]) not in UNITS:
            continue
        left, right = float(row["decision_left"]), float(row["decision_right"])
        named = runs.setdefault(row["seed"], np.zeros(labels.shape, bool))
        # As faceDecision of @telltale/core/units.
        decision = max(left, right) / 2 + (left + right) / 4
        named[index[row["clip"]], UNITS.index(int(row["unit"]))] = decision >= 0

    regression = baseline(images, labels, subjects)
    random = np.random.default_rng(1)
    groups = [np.flatnonzero(subjects == subject) for subject in np.unique(subjects)]

    def scores(some):
        ours = np.mean([f1(named[some], labels[some]) for named in runs.values()], axis=0)
        return np.stack([ours, f1(regression[some], labels[some])])

    whole = scores(np.arange(len(rows)))
    drawn = []
    for _ in range(DRAWS):
        picked = random.integers(len(groups), size=len(groups))
        drawn.append(scores(np.concatenate([groups[i] for i in picked])))
    drawn = np.array(drawn)
    difference = drawn[:, 0] - drawn[:, 1]

    def line(ours, theirs, differences):
        interval = np.percentile(differences, [2.5, 97.5])
        return {
            "f1": round(float(ours), 3),
            "baseline": round(float(theirs), 3),
            "difference": round(float(ours - theirs), 3),
            "interval": [round(float(value), 3) for value in interval],
        }

    result = {
        "clips": len(rows),
        "subjects": len(groups),
        "seeds": len(runs),
        "mean": line(*whole.mean(axis=1), difference.mean(axis=1)),
        "units": {f"AU{u}": line(*whole[:, i], difference[:, i]) for i, u in enumerate(UNITS)},
    }
    print(json.dumps(result, indent=1))
    here = os.path.dirname(os.path.abspath(__file__))
    with open(f"{here}/results/units-baseline.json", "w", encoding="utf8") as file:
        file.write(json.dumps(result, indent=1) + "\n")


main(*sys.argv[1:3])

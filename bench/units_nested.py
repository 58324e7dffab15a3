"""Settings of the recognition of units, chosen without the tested subject: the procedures of docs/experiments.md but 6.

`node bench/unit-nested-data.mjs DATA`, then `python3 bench/units_nested.py DATA fit SEED` for seeds 1 to 3 (some three minutes of
one core each; subjects that are done are not computed again) and `python3 bench/units_nested.py DATA score`. Every setting is fitted without each of
the 24 subjects of CASME II as packages/core/src/units/fit.ts does, whose decisions it gives to 1e-4, and answers for the tested
subject, for every subject within the training part as a fit without it would, and for synthetic images that took no part. The
procedures choose from these answers. Needs NumPy and SciPy. Results go to bench/results/units-nested.json.
"""
import json
import os
import sys
from itertools import product

import numpy as np
from scipy.linalg import cho_factor, cho_solve, eigh
from scipy.stats import rankdata

KINDS = ("single", "mixed")
SETTINGS = list(product(KINDS, (2, 6, 18), (1 / 72, 1 / 36, 1 / 18), (True, False)))
SHIPPED = SETTINGS.index(("single", 6, 1 / 36, True))
MEANS = [list(range(36)), list(range(18)), list(range(18, 36))]
UNITS = 12
DRAWS = 1000


def load(data, name):
    with open(f"{data}/{name}.json", encoding="utf8") as file:
        rows = json.load(file)
    images = np.fromfile(f"{data}/{name}.f32", np.float32).reshape(-1, 3, 28, 28).astype(float)
    sides = [np.array([[np.nan if v is None else v for v in row[side]] for row in rows]) for side in ("left", "right")]
    return np.array([row.get("subject") for row in rows]), images, *sides


def cells(images):
    return images.reshape(len(images), 3, 14, 2, 14, 2).mean(axis=(3, 5)).reshape(len(images), -1)


def faces(images):
    """Features of each face and of its mirror image."""
    mirrored = images[..., ::-1].copy()
    mirrored[:, 0] *= -1
    return cells(images), cells(mirrored)


def standard(plain, mirror):
    both = np.concatenate([plain, mirror])
    variance = (both**2).mean(axis=0) - both.mean(axis=0) ** 2
    return both.mean(axis=0), np.where(variance > 1e-12, 1 / np.sqrt(np.maximum(variance, 1e-12)), 0)


def standardized(features, means_scales):
    means, scales = means_scales
    scaled = (features - means) * scales / np.sqrt(features.shape[1])
    return np.hstack([scaled, np.full((len(features), 1), np.sqrt(10))])


def alternating(a, b):
    return np.stack([a, b], axis=1).reshape(2 * len(a), -1)


def balanced(label, shares):
    """Both classes count half of all rows; 0 where the unit is not known."""
    raw = np.where(np.isnan(label), 0, np.where(label == 1, shares, 1.0))
    weights = np.zeros(len(label))
    for value in (0, 1):
        own = label == value
        if raw[own].sum() > 0:
            weights[own] = 0.5 * len(label) * raw[own] / raw[own].sum()
    return weights


def face_decision(sides):
    """Half the stronger side, half the mean of both; shape [..., 2, units]."""
    return sides.max(axis=-2) / 2 + sides.mean(axis=-2) / 2


def priors(data, seed):
    """Of each kind and unit: eigenvalues and vectors of the moments of synthetic images, and their rotated target."""
    found = {}
    for kind in KINDS:
        _, images, left, right = load(data, f"{kind}{seed}")
        plain, mirror = faces(images)
        both = standard(plain, mirror)
        rows = alternating(standardized(plain, both), standardized(mirror, both))
        labels = alternating(left, right)
        for unit in range(UNITS):
            weights = balanced(labels[:, unit], 1.0) / len(rows)
            values, vectors = eigh((rows * weights[:, None]).T @ rows)
            target = rows.T @ (weights * np.where(labels[:, unit] == 1, 1, -1))
            found[kind, unit] = values.clip(0), vectors, vectors.T @ target
    return found


def fit_subject(subject, clips, others, prior):
    """Answers of all settings, learned without a subject."""
    subjects, plain, mirror, left, right = clips
    rest, tested = subjects != subject, subjects == subject
    own = standard(plain[rest], mirror[rest])
    rows = alternating(standardized(plain[rest], own), standardized(mirror[rest], own))
    labels = alternating(left[rest], right[rest])
    count = len(rows)
    owners = np.repeat(subjects[rest], 2)
    groups = [np.flatnonzero(owners == name) for name in np.unique(owners)]
    shown = (labels == 1).sum(axis=1)
    asked = [standardized(part[tested], own) for part in (plain, mirror)]
    answers = np.zeros((len(SETTINGS), tested.sum(), 2, UNITS))
    unseen = np.zeros((len(SETTINGS), rest.sum(), 2, UNITS))
    synthetic = np.zeros((len(SETTINGS), len(others[0]), 2, UNITS))
    for unit in range(UNITS):
        label = labels[:, unit]
        target = np.where(label == 1, 1.0, -1.0)
        for kind in KINDS:
            values, vectors, aim = prior[kind, unit]
            turned = rows @ vectors
            turned_asked = [part @ vectors for part in asked]
            turned_others = [part @ vectors for part in others[:2]]
            for at, (own_kind, clips_counted, ridge, is_shared) in enumerate(SETTINGS):
                if own_kind != kind:
                    continue
                shares = np.where(label == 1, 1 / np.maximum(shown, 1) if is_shared else 1.0, 0.0)
                evidence = shares.sum() / 2
                real = evidence / (evidence + clips_counted)
                spread = 1 / ((1 - real) * count * values + ridge * count)
                start = spread * (1 - real) * count * aim
                matrix = (turned * spread) @ turned.T
                matrix[np.diag_indices(count)] += 1 / np.maximum(real * balanced(label, shares), 1e-6)
                inverse = cho_solve(cho_factor(matrix, lower=True), np.eye(count))
                alpha = inverse @ (target - turned @ start)
                weight = start + spread * (turned.T @ alpha)
                answer = np.empty(count)
                for group in groups:
                    answer[group] = target[group] - np.linalg.solve(inverse[np.ix_(group, group)], alpha[group])
                unseen[at, :, :, unit] = answer.reshape(-1, 2)
                answers[at, :, :, unit] = np.stack([part @ weight for part in turned_asked], axis=1)
                synthetic[at, :, :, unit] = np.stack([part @ weight for part in turned_others], axis=1)
    sets = [[at] for at in range(len(SETTINGS))] + MEANS
    first = [first_share(face_decision(synthetic[some].mean(axis=0)), others[2]) for some in sets]
    return {"answers": answers, "unseen": unseen.astype(np.float32), "first": np.array(first)}


def first_share(decisions, which):
    hits = decisions.argmax(axis=1) == which
    return np.mean([hits[which == unit].mean() for unit in np.unique(which)])


def fit(data, seed):
    subjects, images, left, right = load(data, "real")
    clips = (subjects, *faces(images), left, right)
    _, images, other_left, other_right = load(data, f"other{seed}")
    shown = np.maximum(other_left, other_right)
    alone = shown.sum(axis=1) == 1
    plain, mirror = faces(images)
    both = standard(plain, mirror)
    others = [standardized(part[alone], both) for part in (plain, mirror)] + [shown[alone].argmax(axis=1)]
    prior = None
    for number, subject in enumerate(np.unique(subjects)):
        path = f"{data}/fold-{seed}-{number}.npz"
        if os.path.exists(path):
            continue
        prior = prior or priors(data, seed)
        np.savez(f"{path}.part.npz", **fit_subject(subject, clips, others, prior))
        os.replace(f"{path}.part.npz", path)
        print(seed, subject, flush=True)


def f1(decisions, present):
    named = decisions >= 0
    return 2 * (named & present).sum(axis=0) / np.maximum(named.sum(axis=0) + present.sum(axis=0), 1)


def auc(decisions, present):
    ranks = rankdata(decisions, axis=0)
    count = present.sum(axis=0)
    return ((ranks * present).sum(axis=0) - count * (count + 1) / 2) / (count * (len(present) - count))


def measures(decisions, present):
    own = present.sum(axis=0) >= 5
    return f1(decisions[:, own], present[:, own]).mean(), auc(decisions[:, own], present[:, own]).mean()


def order(rows):
    """Mean rank of each candidate, the best first in each measure (a row)."""
    return np.mean([rankdata(-np.asarray(row)) for row in rows], axis=0)


def chosen(fold, present):
    """Settings whose answers each procedure averages."""
    by_setting = np.array([measures(face_decision(one), present) for one in fold["unseen"]]).T
    by_mean = np.array([measures(face_decision(fold["unseen"][some].mean(axis=0)), present) for some in MEANS]).T
    first, first_mean = fold["first"][:36], fold["first"][36:]
    three, two = order([*by_setting, first]), order(by_setting)
    return {
        "1 mean of the best quarter": np.argsort(three, kind="stable")[:9],
        "2 best": [np.argmin(three)],
        "3 mean of all": MEANS[0],
        "4 best by F1": [np.argmax(by_setting[0])],
        "5 mean of the best quarter by F1 and AUC": np.argsort(two, kind="stable")[:9],
        "7 best of three means": MEANS[np.argmin(order([*by_mean, first_mean]))],
        "8 best of three means by synthetic images": MEANS[np.argmax(first_mean)],
        "as shipped": [SHIPPED],
    }


def score(data):
    subjects, _, left, right = load(data, "real")
    names = np.unique(subjects)
    present = (np.nan_to_num(left) + np.nan_to_num(right)) > 0
    units = present.sum(axis=0) >= 10
    decisions, picked = {}, {}
    for seed in (1, 2, 3):
        for number, subject in enumerate(names):
            with np.load(f"{data}/fold-{seed}-{number}.npz") as file:
                fold = dict(file)
            for name, settings in chosen(fold, present[subjects != subject]).items():
                own = decisions.setdefault(name, {}).setdefault(seed, np.zeros(present.shape))
                own[subjects == subject] = face_decision(fold["answers"][list(settings)].mean(axis=0))
                counts = picked.setdefault(name, np.zeros(len(SETTINGS)))
                counts[list(settings)] += 1 / (3 * len(names))
    random = np.random.default_rng(0)
    groups = [np.flatnonzero(subjects == name) for name in names]
    draws = [np.concatenate([groups[i] for i in random.integers(len(groups), size=len(groups))]) for _ in range(DRAWS)]
    result = {}
    for name, seeds in decisions.items():
        row = {}
        for key, measure in (("f1", f1), ("auc", auc)):
            def over(some, measure=measure, seeds=seeds):
                own = units & present[some].any(axis=0)
                return [float(measure(one[some][:, own], present[some][:, own]).mean()) for one in seeds.values()]
            values = over(np.arange(len(subjects)))
            interval = np.percentile([np.mean(over(some)) for some in draws], [2.5, 97.5])
            row[key] = {"mean": round(float(np.mean(values)), 4), "interval": [round(float(v), 3) for v in interval], "seeds": [round(v, 4) for v in values]}
        row["in"] = {
            f"{kind}, {clips} clips, 1/{round(1 / ridge)}, {'1/m' if is_shared else '1'}": round(float(share), 2)
            for (kind, clips, ridge, is_shared), share in zip(SETTINGS, picked[name]) if share > 0
        }
        result[name] = row
        print(name, row["f1"], row["auc"])
    here = os.path.dirname(os.path.abspath(__file__))
    with open(f"{here}/results/units-nested.json", "w", encoding="utf8") as file:
        file.write(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[2] == "fit":
        fit(sys.argv[1], int(sys.argv[3]))
    else:
        score(sys.argv[1])

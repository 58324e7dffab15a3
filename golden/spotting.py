"""Golden numbers for the measures of spotting.

Made by NumPy, SciPy and scikit-learn, each measure by another way than in TypeScript (hits by the
Hungarian method, average precision by masks over sorted arrays, peaks by scipy.signal):
python3 golden/spotting.py > golden/spotting.json
"""
import json

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.signal import find_peaks
from sklearn.metrics import precision_recall_fscore_support

rng = np.random.default_rng(20)
KINDS = ["micro", "macro"]
EMOTIONS = ["negative", "positive", "surprise"]


def iou(a, b):
    first = set(range(a["onset"], a["offset"] + 1))
    second = set(range(b["onset"], b["offset"] + 1))
    return len(first & second) / len(first | second)


def draw_video(index):
    truth, at = [], 0
    for _ in range(rng.integers(0, 7)):
        kind = KINDS[rng.integers(2)]
        length = int(rng.integers(5, 16) if kind == "micro" else rng.integers(20, 60))
        at += int(rng.integers(5, 80))
        truth.append({"kind": kind, "onset": at, "offset": at + length - 1, "emotion": EMOTIONS[rng.integers(3)]})
        at += length
    spotted = []
    for one in truth:
        if rng.random() < 0.7:
            jitter = lambda: int(rng.integers(-4, 5))
            onset = max(0, one["onset"] + jitter())
            kind = one["kind"] if rng.random() < 0.85 else KINDS[rng.integers(2)]
            spotted.append({"kind": kind, "onset": onset, "offset": max(onset, one["offset"] + jitter()),
                            "emotion": one["emotion"] if rng.random() < 0.6 else EMOTIONS[rng.integers(3)]})
    for _ in range(rng.integers(0, 5)):
        onset = int(rng.integers(0, 400))
        spotted.append({"kind": KINDS[rng.integers(2)], "onset": onset, "offset": onset + int(rng.integers(3, 40)),
                        "emotion": EMOTIONS[rng.integers(3)]})
    rng.shuffle(spotted)
    return {"id": f"d/s{index % 6}/v{index}", "dataset": "d", "subject": f"d/s{index % 6}", "truth": truth, "spotted": spotted}


videos = [draw_video(i) for i in range(24)]
# Every score once, so that no order depends on ties.
scores = rng.permutation(sum(len(v["spotted"]) for v in videos))
scores = iter((scores / 1000).tolist())
for video in videos:
    for one in video["spotted"]:
        one["score"] = next(scores)


def of_kind(intervals, kind):
    return [one for one in intervals if one["kind"] == kind]


def counts(kind):
    hits = truths = found = 0
    for video in videos:
        t, s = of_kind(video["truth"], kind), of_kind(video["spotted"], kind)
        truths, found = truths + len(t), found + len(s)
        if t and s:
            table = np.array([[iou(a, b) >= 0.5 for b in s] for a in t])
            rows, columns = linear_sum_assignment(-table.astype(float))
            hits += int(table[rows, columns].sum())
    return {"hits": hits, "falseAlarms": found - hits, "misses": truths - hits}


def average_precision(kind, least):
    """As pycocotools: greedy by score over the database, then precision at 101 recalls."""
    rows = sorted(((one["score"], v, one) for v, video in enumerate(videos) for one in of_kind(video["spotted"], kind)),
                  key=lambda row: -row[0])
    taken = {v: set() for v in range(len(videos))}
    truths = [of_kind(video["truth"], kind) for video in videos]
    hit = np.zeros(len(rows), bool)
    for i, (_, v, one) in enumerate(rows):
        overlaps = [(iou(t, one), j) for j, t in enumerate(truths[v]) if j not in taken[v]]
        overlaps = [pair for pair in overlaps if pair[0] >= least]
        if overlaps:
            taken[v].add(max(overlaps)[1])
            hit[i] = True
    tp, fp = np.cumsum(hit), np.cumsum(~hit)
    recall, precision = tp / sum(map(len, truths)), tp / (tp + fp)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(recall, np.linspace(0, 1, 101) - 1e-12, side="left")
    return float(np.mean([precision[p] if p < len(precision) else 0.0 for p in places]))


def judged():
    targets, predictions = [], []
    for video in videos:
        t, s = of_kind(video["truth"], "micro"), of_kind(video["spotted"], "micro")
        if not t or not s:
            continue
        table = np.array([[iou(a, b) for b in s] for a in t])
        rows, columns = linear_sum_assignment(-(table >= 0.5).astype(float) - 1e-6 * table)
        for r, c in zip(rows, columns):
            if table[r, c] >= 0.5:
                targets.append(t[r]["emotion"])
                predictions.append(s[c]["emotion"])
    return targets, predictions


targets, predictions = judged()
precision, recall, _, _ = precision_recall_fscore_support(targets, predictions, average="macro", zero_division=0)
micro = counts("micro")
f1_spot = 2 * micro["hits"] / (2 * micro["hits"] + micro["falseAlarms"] + micro["misses"])
f1_recognition = 2 * precision * recall / (precision + recall)

peaks = []
for length, half in [(60, 3), (200, 7), (333, 12)]:
    # Rounded, so that plateaus and equal heights occur.
    curve = np.round(np.abs(np.convolve(rng.normal(size=length), np.ones(5) / 5, "same")), 1)
    least = float(curve.mean() + 0.2 * (curve.max() - curve.mean()))
    found, _ = find_peaks(curve, height=least, distance=half)
    peaks.append({"curve": curve.tolist(), "least": least, "distance": half, "peaks": found.tolist()})

print(json.dumps({
    "videos": videos,
    "counts": {kind: counts(kind) for kind in KINDS},
    "average": {kind: [average_precision(kind, round(x, 2)) for x in np.arange(0.5, 1.0, 0.05)] for kind in KINDS},
    "recognition": {"hits": len(targets), "precision": precision, "recall": recall, "f1": f1_recognition,
                    "strs": f1_spot * f1_recognition},
    "peaks": peaks,
}))

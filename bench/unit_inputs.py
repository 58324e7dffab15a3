"""What more in the input does for the recognition of action units: amplitude, finer flow, several pairs of frames.

`npm run build && python3 bench/unit_inputs.py`: learned from displacement fields of `synth/muscles.ts`, tested on those of
`synth/actions.ts` on three faces, another model of motion, and on faces in which nothing moves. Fields are neither
rendered nor measured: what measuring adds is imitated (smooth noise of .12 px at an eye distance of 100, motion of the head
of .3 px), alike in all variants. Strengths are .3 to 2 px. Linear least squares on each, balanced classes, one side
of the face at a time, three seeds. Needs NumPy. Results go to bench/results/unit-inputs.json.
"""
import json
import os
import subprocess

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
UNITS = [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17]
SIZE = 56
TRAIN, TEST = 1500, 750
NOISE, HEAD = 0.12, 0.3
# Parts of a clip's way to the apex at which further pairs end.
WAY = (0.5, 0.75, 1.0)
RIDGE = 0.1

FIELDS = json.loads(subprocess.run(["node", f"{HERE}/unit-fields.mjs"], capture_output=True, check=True).stdout)
ROWS, COLUMNS = np.mgrid[0:SIZE, 0:SIZE] + 0.5
# Face coordinates of the cells, as `synth/flow-fields.ts` has them.
X = (COLUMNS / SIZE - (0.225 + 0.735) / 2) / (0.735 - 0.225)
Y = (ROWS / SIZE - 0.21) * 1.15 / (0.69 - 0.21)


def muscles(random, labels):
    """A field of units on both sides, the largest vector 1; places, sizes, directions and strengths vary."""
    field = np.zeros((2, SIZE, SIZE))
    for unit, left, right in labels:
        own = np.exp(0.3 * random.normal())
        for pull in FIELDS["muscles"][str(unit)]:
            # The subject's left is the right of the image.
            sides = [(1, left), (-1, right)] if pull["x"] else [(1, (left + right) / 2)]
            for sign, weight in sides:
                x, y = sign * pull["x"] + 0.06 * random.normal(), pull["y"] + 0.06 * random.normal()
                wide, high = (pull[key] * np.exp(0.18 * random.normal()) for key in ("wide", "high"))
                angle = 0.22 * random.normal()
                u, v = sign * pull["outward"], pull["down"]
                inside = (1 - ((X - x) / wide) ** 2 - ((Y - y) / high) ** 2).clip(0) ** 2 * weight * own
                field[0] += inside * (np.cos(angle) * u - np.sin(angle) * v)
                field[1] += inside * (np.sin(angle) * u + np.cos(angle) * v)
    return field / max(np.hypot(*field).max(), 1e-9)


def smoothing(sigma):
    """Rows that average neighbors."""
    weights = np.exp(-0.5 * ((np.arange(SIZE)[:, None] - np.arange(SIZE)) / sigma) ** 2)
    return weights / weights.sum(1, keepdims=True)


SMOOTH = smoothing(2.5)


def measured(random, field):
    """What flow would show of it, pixels at an eye distance of 100."""
    grain = SMOOTH @ random.normal(size=(2, SIZE, SIZE)) @ SMOOTH.T
    a, b, c, d, e, f = HEAD * random.normal(size=6) * np.array([1, 1, 0.4, 0.4, 0.4, 0.4])
    head = np.stack([a + c * X + d * Y, b + e * X + f * Y])
    return field + NOISE * grain / grain.std() + head


def strain(flow):
    (uy, ux), (vy, vx) = (np.gradient(plane) for plane in flow)
    return np.sqrt(ux**2 + vy**2 + (uy + vx) ** 2 / 2)


def cells(planes, count):
    step = planes.shape[-1] // count
    return planes.reshape(-1, count, step, count, step).mean((2, 4))


def planes_of(flow, size):
    """u, v and strain in a flow image of this size, minus their medians."""
    all_three = cells(np.concatenate([flow, strain(flow)[None]]), size)
    return all_three - np.median(all_three, axis=(1, 2), keepdims=True)


def robust(planes):
    return np.clip(planes / np.sqrt((planes**2).mean(axis=(1, 2), keepdims=True)), -3, 3)


def views(flows):
    """The variants of the input of one clip, from the flows of its pairs, the last to the apex."""
    fine, usual = planes_of(flows[-1], 56), planes_of(flows[-1], 28)
    plain = cells(robust(usual), 14)
    # Pixels, the strain in its own unit; a root keeps strong clips from outweighing all others.
    kept = np.sign(usual) * np.sqrt(np.abs(usual * np.array([1, 1, 8])[:, None, None]))
    return {
        "28 pixels, robust unit": plain,
        "and amplitude": np.concatenate([plain, cells(kept, 14)]),
        "56 pixels, 28 cells": cells(robust(fine), 28),
        "56 pixels, 14 cells": cells(robust(fine), 14),
        "three pairs": np.mean([cells(robust(planes_of(flow, 28)), 14) for flow in flows], axis=0),
        "three pairs, added up": cells(robust(planes_of(sum(flows), 28)), 14),
    }


def mirrored(features):
    turned = features[..., ::-1].copy()
    turned[:, 0::3] *= -1
    return turned


def clip(random, field):
    amplitude = float(np.exp(random.uniform(np.log(0.3), np.log(2))))
    return views([measured(random, way * amplitude * field) for way in WAY]), amplitude


def draw_train(random):
    views_of, left, right, sizes = [], [], [], []
    for _ in range(TRAIN):
        chosen = random.choice(UNITS, size=random.choice([1, 1, 2, 2, 3]), replace=False)
        sided = [random.choice(["L", "R", "", "", "", "", "", ""]) for _ in chosen]
        labels = [(u, 0.12 if s == "R" else 1, 0.12 if s == "L" else 1) for u, s in zip(chosen, sided)]
        seen, amplitude = clip(random, muscles(random, labels))
        views_of.append(seen)
        sizes.append(amplitude)
        left.append([any(u == k and s != "R" for u, s in zip(chosen, sided)) for k in UNITS])
        right.append([any(u == k and s != "L" for u, s in zip(chosen, sided)) for k in UNITS])
    return views_of, np.array(left), np.array(right), np.array(sizes)


def draw_test(random):
    views_of, shown, sizes = [], [], []
    for i in range(TEST):
        planted = FIELDS["pulls"][i % len(FIELDS["pulls"])]
        is_still = i % 5 == 4
        field = np.array([planted["u"], planted["v"]]).reshape(2, SIZE, SIZE)
        seen, amplitude = clip(random, 0 * field if is_still else field)
        views_of.append(seen)
        sizes.append(0 if is_still else amplitude)
        units = [] if is_still else [int(unit) for unit in planted["units"].split("+")]
        shown.append([k in units for k in UNITS])
    return views_of, np.array(shown), np.array(sizes)


def auc(present, decision):
    ranks = np.argsort(np.argsort(decision)) + 1
    count = present.sum()
    return (ranks[present].sum() - count * (count + 1) / 2) / (count * (~present).sum())


def run(seed):
    random = np.random.default_rng(seed)
    train, left, right, sizes = draw_train(random)
    test, shown, tested = draw_test(random)
    moves = tested > 0
    rows = {}
    for name in train[0]:
        both = [np.array([view[name] for view in some]) for some in (train, test)]
        flat = [np.concatenate([x.reshape(len(x), -1), mirrored(x).reshape(len(x), -1)]) for x in both]
        mean, scale = flat[0].mean(0), flat[0].std(0) + 1e-9
        rows_in, rows_out = ((x - mean) / scale / np.sqrt(x.shape[1]) for x in flat)
        rows_in, rows_out = (
            np.c_[x, np.full(len(x), np.sqrt(10))].astype(np.float32) for x in (rows_in, rows_out)
        )
        labels = np.concatenate([left, right])
        gram = rows_in.T @ rows_in
        answers = []
        for unit in range(len(UNITS)):
            present = labels[:, unit]
            more, less = 0.5 * len(present) / present.sum(), 0.5 * len(present) / (~present).sum()
            own = rows_in[present]
            matrix = less * gram + (more - less) * own.T @ own
            matrix[np.diag_indices_from(matrix)] += RIDGE * len(present)
            aim = more * own.sum(0) - less * rows_in[~present].sum(0)
            answers.append(rows_out @ np.linalg.solve(matrix, aim))
        decided = np.array(answers).T
        one, two = decided[:TEST], decided[TEST:]
        face = np.maximum(one, two) / 2 + (one + two) / 4
        planted = [k for k in range(len(UNITS)) if shown[:, k].any()]
        # Strength: least squares on the same input, of the logarithm of pixels.
        matrix = gram[:-1, :-1] + RIDGE * len(rows_in) * 0.1 * np.eye(len(gram) - 1)
        log = np.log(np.concatenate([sizes, sizes]))
        strength = rows_out[:TEST, :-1] @ np.linalg.solve(matrix, rows_in[:, :-1].T @ (log - log.mean()))
        rows[name] = {
            "first": float(np.mean([shown[i, face[i].argmax()] for i in np.flatnonzero(moves)])),
            "weak": float(np.mean([shown[i, face[i].argmax()] for i in np.flatnonzero(moves & (tested < 0.6))])),
            "auc": float(np.mean([auc(shown[moves, k], face[moves, k]) for k in planted])),
            "still": float(auc(moves, face.max(1))),
            "strength": float(np.corrcoef(strength[moves], np.log(tested[moves]))[0, 1]),
        }
    return rows


def main():
    seeds = []
    for seed in (1, 2, 3):
        seeds.append(run(seed))
        print(seed, json.dumps(seeds[-1]), flush=True)
    table = {
        name: {
            key: {"mean": round(float(np.mean(values)), 3), "seeds": [round(value, 3) for value in values]}
            for key in seeds[0][name]
            for values in [[seed[name][key] for seed in seeds]]
        }
        for name in seeds[0]
    }
    for name, row in table.items():
        print(name.ljust(26), *(f"{key} {value['mean']:.3f}" for key, value in row.items()))
    with open(f"{HERE}/results/unit-inputs.json", "w", encoding="utf8") as file:
        file.write(json.dumps(table, indent=1) + "\n")


main()

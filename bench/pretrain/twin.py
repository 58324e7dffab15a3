"""Joint pretraining of DenseMix in PyTorch: the same network, data, recipe and epochs as `telltale pretrain`.

    python3 bench/pretrain/twin.py FER2013 MADE [epochs]

MADE is what bench/pretrain/sources.mjs made. Prints what share of the held-out faces of each dataset is
classified correctly, and the CPU time. Random numbers differ from telltale's, so scores do by a little.
"""

import hashlib
import math
import os
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

torch.manual_seed(1)
torch.set_num_threads(1)
rng = np.random.default_rng(1)
faces, made = sys.argv[1:3]
EPOCHS = int(sys.argv[3]) if len(sys.argv) > 3 else 12
BATCH, RATE, DECAY, WARM_UP, SMOOTHING, BALANCE, SHIFT = 64, 2e-3, 0.05, 0.05, 0.1, 0.5, 3


def read(folder, part):
    rows = []
    for label in sorted(os.listdir(os.path.join(folder, part))):
        for name in sorted(os.listdir(os.path.join(folder, part, label))):
            gray = np.asarray(Image.open(os.path.join(folder, part, label, name)).convert("L"), np.uint8)
            rows.append((label, gray))
    return rows


def plane(gray):
    gray = gray.astype(np.float32)
    return (gray - gray.mean()) / max(gray.std(), 1)


def planes(gray, neutral):
    later, before = plane(gray), plane(neutral)
    return np.stack([later, before, later - before])


sources, heads, first = [], [], 0
parts = [(read(folder, "train"), read(folder, "validation")) for folder in (faces, f"{made}/drawn", f"{made}/lit")]
asked = {hashlib.sha256(gray.tobytes()).digest() for _, validation in parts for _, gray in validation}
train, test = [], []
for train_rows, validation_rows in parts:
    labels = sorted({label for label, _ in train_rows})
    kept = [row for row in train_rows if hashlib.sha256(row[1].tobytes()).digest() not in asked]
    resting = [gray for label, gray in kept if label == "neutral"] or [gray for _, gray in kept]
    neutral = np.round(np.mean(resting, 0)).astype(np.uint8)
    for rows, into in ((kept, train), (validation_rows, test)):
        into += [(planes(gray, neutral), len(heads), first + labels.index(label)) for label, gray in rows]
    heads.append((first, len(labels)))
    first += len(labels)
CLASSES = first


class Unit(nn.Module):
    def __init__(self, inside, outside, kernel):
        super().__init__()
        self.norm = nn.BatchNorm2d(inside)
        self.conv = nn.Conv2d(inside, outside, kernel, padding=kernel // 2, bias=False)

    def forward(self, x):
        return self.conv(torch.relu(self.norm(x)))


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(c, c // 8), nn.Linear(c // 8, c)
        self.spatial = nn.Conv2d(2, 1, 7, padding=3)

    def forward(self, x):
        weigh = lambda seen: self.fc2(torch.relu(self.fc1(seen)))
        channels = torch.sigmoid(weigh(x.mean((2, 3))) + weigh(x.amax((2, 3))))
        chosen = x * channels[:, :, None, None]
        seen = torch.cat([chosen.mean(1, keepdim=True), chosen.amax(1, keepdim=True)], 1)
        return x + chosen * torch.sigmoid(self.spatial(seen))


class DenseMix(nn.Module):
    """The configuration face48."""

    def __init__(self):
        super().__init__()
        growth, c = 12, 24
        self.stem = nn.Conv2d(3, c, 3, 2, 1, bias=False)
        self.blocks = nn.ModuleList()
        for block in range(3):
            layers = nn.ModuleList()
            for _ in range(2):
                layers.append(nn.Sequential(Unit(c, 4 * growth, 1), Unit(4 * growth, growth, 3)))
                c += growth
            last = block == 2
            transition = None if last else Unit(c, c // 2, 1)
            self.blocks.append(nn.ModuleDict({"layers": layers, "attention": Attention(c), **({} if last else {"transition": transition})}))
            c = c if last else c // 2
        self.norm, self.head = nn.BatchNorm2d(c), nn.Linear(c, CLASSES)
        for module in self.modules():  # as telltale begins: uniform in ±1/√(numbers that an output sees)
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                limit = 1 / math.sqrt(module.weight[0].numel())
                nn.init.uniform_(module.weight, -limit, limit)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x):
        x = self.stem(x)
        for i, block in enumerate(self.blocks):
            for layer in block["layers"]:
                x = torch.cat([x, layer(x)], 1)
            x = block["attention"](x)
            if "transition" in block:
                x = block["transition"](x)
                if i == 0:
                    x = functional.avg_pool2d(x, 2)
        x = torch.relu(self.norm(x)).mean((2, 3))
        return self.head(functional.dropout(x, 0.3, self.training))


def draw():
    """One epoch: a class of n samples gets a share ∝ √n, in whole batches."""
    labels = np.array([label for _, _, label in train])
    weights = np.bincount(labels, minlength=CLASSES) ** (1 - BALANCE)
    total = math.ceil(len(labels) / BATCH) * BATCH
    shares = np.floor(weights / weights.sum() * total).astype(int)
    shares[: total - shares.sum()] += 1
    order = []
    for c, share in enumerate(shares):
        members = np.flatnonzero(labels == c)
        turns = np.concatenate([rng.permutation(members) for _ in range(share // len(members) + 1)])
        order.append(turns[:share])
    return rng.permutation(np.concatenate(order))


def change(input):
    if rng.random() < 0.5:
        input = input[:, :, ::-1]
    across, down = rng.integers(-SHIFT, SHIFT + 1, 2)
    padded = np.pad(input, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)), mode="edge")
    return padded[:, SHIFT - down : SHIFT - down + 48, SHIFT - across : SHIFT - across + 48]


def own(source):
    out = torch.full((CLASSES,), -1e9)
    out[heads[source][0] : sum(heads[source])] = 0
    return out


model = DenseMix()
matrices = [p for p in model.parameters() if p.dim() > 1]
vectors = [p for p in model.parameters() if p.dim() == 1]
optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0}], lr=RATE)
steps = EPOCHS * math.ceil(len(train) / BATCH)
warm = round(WARM_UP * steps)
rate = lambda t: (t + 1) / warm if t < warm else 0.5 * (1 + math.cos(math.pi * (t - warm) / (steps - warm)))
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
began = time.process_time()
for epoch in range(EPOCHS):
    model.train()
    order, total = draw(), 0.0
    for at in range(0, len(order), BATCH):
        rows = [train[i] for i in order[at : at + BATCH]]
        images = torch.from_numpy(np.stack([change(row[0]) for row in rows]).copy())
        targets = torch.zeros(len(rows), CLASSES)
        for r, (_, source, label) in enumerate(rows):
            start, count = heads[source]
            targets[r, start : start + count] = SMOOTHING / count
            targets[r, label] += 1 - SMOOTHING
        logits = model(images) + torch.stack([own(source) for _, source, _ in rows])
        loss = -(functional.log_softmax(logits, 1) * targets).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        schedule.step()
        total += loss.item() * BATCH / len(order)
    print(f"epoch {epoch + 1} of {EPOCHS}: loss {total:.4f}", file=sys.stderr, flush=True)
model.eval()
for source, name in enumerate(("FER", "drawn", "lit")):
    rows = [row for row in test if row[1] == source]
    right = 0
    with torch.no_grad():
        for at in range(0, len(rows), 64):
            images = torch.from_numpy(np.stack([row[0] for row in rows[at : at + 64]]))
            logits = model(images) + model(images.flip(3)) + own(source)
            right += (logits.argmax(1) == torch.tensor([row[2] for row in rows[at : at + 64]])).sum().item()
    print(f"{name} {100 * right / len(rows):.1f} % of {len(rows)}")
print(f"{time.process_time() - began:.0f} s of one core, PyTorch {torch.__version__}")

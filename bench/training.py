"""PyTorch's side of training.mjs and loso.mjs: reads one JSON command a line, answers with one.

`load` reads parameters and a batch, `check` takes one step without randomness and reports its results,
`time` takes steps and reports how long each took.
"""
import json
import math
import sys
import time

import numpy
import torch
import torch.nn.functional as F

from training_networks import NETWORKS

loaded = {}


class Training:
    """A training step as it is usually written."""

    def __init__(self, network, config, parameters, fixed, clip):
        self.forward, self.objective = NETWORKS[network]
        self.config = config
        self.parameters = parameters
        self.fixed = fixed
        for tensor in parameters.values():
            tensor.requires_grad_()
        decayed = [t for t in parameters.values() if t.dim() > 1]
        others = [t for t in parameters.values() if t.dim() <= 1]
        groups = [{'params': decayed}, {'params': others, 'weight_decay': 0}]
        self.optimizer = torch.optim.AdamW(groups, lr=1e-3, weight_decay=0.05)
        self.clip = clip

    def step(self, x, y, twin):
        outputs = self.forward({**self.parameters, **self.fixed}, self.config, x, twin)
        loss = self.objective(self.config, outputs, y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters.values(), self.clip)
        self.optimizer.step()
        return loss.item(), norm.item()


def load(command):
    data = numpy.fromfile(command['file'], dtype=numpy.float32)
    tensors = {}
    for name, shape, at in command['tensors']:
        size = int(numpy.prod(shape))
        tensors[name] = torch.from_numpy(data[at : at + size].reshape(shape).copy())
    x, y = tensors.pop('@images'), tensors.pop('@targets')
    fixed = {name: tensors.pop(name) for name in command['fixed']}
    training = Training(command['network'], command['config'], tensors, fixed, command['clip'])
    loaded['training'] = (training, x, y)
    return {}


def check(command):
    training, x, y = loaded['training']
    loss, norm = training.step(x, y, command['twin'])
    again, _ = training.step(x, y, command['twin'])
    return {'loss': loss, 'norm': norm, 'second': again}


def timed(command):
    training, x, y = loaded['training']
    times = []
    cpu = time.process_time()
    for _ in range(command['steps']):
        start = time.perf_counter()
        training.step(x, y, command['twin'])
        times.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / command['steps']
    return {'times': times, 'cpu': cpu}


def draw_epoch(labels, batch):
    """Each class equally often, in random order, in full batches."""
    draws = -(-len(labels) // batch) * batch
    classes = int(labels.max()) + 1
    drawn = []
    for k in range(classes):
        members = (labels == k).nonzero().flatten()
        wanted = draws // classes + (k < draws % classes)
        turns = [members[torch.randperm(len(members))] for _ in range(-(-wanted // len(members)))]
        drawn.append(torch.cat(turns)[:wanted])
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn))]


def augment(x, how):
    """Mirrored faces, shifts by whole pixels, and another amplitude, for each sample on its own."""
    n, _, h, w = x.shape
    mirrored = torch.rand(n, 1, 1, 1) < how['mirror']
    flipped = x.flip(3) * torch.tensor([-1.0, 1, 1]).reshape(1, 3, 1, 1)
    x = torch.where(mirrored, flipped, x)
    s = how['shift']
    padded = F.pad(x, (s, s, s, s), mode='replicate')
    offsets = torch.randint(0, 2 * s + 1, (n, 2)).tolist()
    x = torch.stack([padded[i, :, dy : dy + h, dx : dx + w] for i, (dy, dx) in enumerate(offsets)])
    return x * (1 + how['amplitude'] * (2 * torch.rand(n, 1, 1, 1) - 1))


def fold(command):
    """One fold of a leave-one-subject-out run: trains on `train`, predicts `test`."""
    training, images, targets = loaded['training']
    recipe, twin = command['recipe'], command['twin']
    start, cpu = time.perf_counter(), time.process_time()
    parameters = {name: t.detach().clone() for name, t in training.parameters.items()}
    fresh = Training(command['network'], training.config, parameters, {}, recipe['clipNorm'])
    labels = targets.argmax(1)
    train, test = torch.tensor(command['train']), torch.tensor(command['test'])
    classes = targets.shape[1]
    steps = recipe['epochs'] * -(-len(train) // recipe['batch'])
    rise = round(recipe['warmUp'] * steps)

    def rate(step):
        if step < rise:
            return (step + 1) / rise
        return (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise))) / 2

    for group in fresh.optimizer.param_groups:
        group['lr'] = recipe['learningRate']
    schedule = torch.optim.lr_scheduler.LambdaLR(fresh.optimizer, rate)
    for _ in range(recipe['epochs']):
        order = draw_epoch(labels[train], recipe['batch'])
        for batch in train[order].split(recipe['batch']):
            smooth = recipe['labelSmoothing']
            y = targets[batch] * (1 - smooth) + smooth / classes
            fresh.step(augment(images[batch], recipe['augment']), y, twin)
            schedule.step()
    still = {**training.config, **command['still']}
    with torch.no_grad():
        logits = fresh.forward(parameters, still, images[test], twin)['logits']
        mirrored = images[test].flip(3) * torch.tensor([-1.0, 1, 1]).reshape(1, 3, 1, 1)
        logits = logits + fresh.forward(parameters, still, mirrored, twin)['logits']
    right = int((logits.argmax(1) == labels[test]).sum())
    return {
        'wall': time.perf_counter() - start,
        'cpu': time.process_time() - cpu,
        'steps': steps,
        'right': right,
    }


def threads(command):
    torch.set_num_threads(command['threads'])
    return {'version': torch.__version__}


COMMANDS = {'load': load, 'check': check, 'time': timed, 'fold': fold, 'threads': threads}

for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(COMMANDS[command['do']](command)), flush=True)

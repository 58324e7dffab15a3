"""PyTorch's side of training.mjs and loso.mjs: reads one JSON command a line, answers with one.

`load` reads parameters and a batch, `check` takes one step without chance and tells what it saw,
`time` takes steps and tells how long each took.
"""
import json
import sys
import time

import numpy
import torch

from training_networks import NETWORKS

loaded = {}


class Training:
    """A training step as it is usually written."""

    def __init__(self, network, config, parameters, fixed, clip, averaged=0):
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
    processor = time.process_time()
    for _ in range(command['steps']):
        start = time.perf_counter()
        training.step(x, y, command['twin'])
        times.append((time.perf_counter() - start) * 1000)
    processor = (time.process_time() - processor) * 1000 / command['steps']
    return {'times': times, 'processor': processor}


def threads(command):
    torch.set_num_threads(command['threads'])
    return {'version': torch.__version__}


COMMANDS = {'load': load, 'check': check, 'time': timed, 'threads': threads}

for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(COMMANDS[command['do']](command)), flush=True)

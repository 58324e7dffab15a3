"""Golden logits of STSTNet and OFF-ApexNet, written plainly in PyTorch, with random weights and statistics.

Liong et al. 2019 (arXiv:1902.03634) and Gan et al. 2019 (arXiv:1805.08699). The
second is made small: its fully connected layers have 2.6 million weights.

    /usr/bin/python3 golden/ststnet.py > golden/ststnet.json        (made with PyTorch 1.13.0)
"""

import json

import torch
from torch.nn import functional

torch.manual_seed(2019)


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [round(x, 5) for x in tensor.flatten().tolist()]}


def leaf(*shape, scale=1.0, shift=0.0):
    """Random numbers as the file will hold them."""
    return torch.tensor(numbers(torch.randn(*shape) * scale + shift)["data"]).reshape(shape)


def ststnet(x, p):
    streams = []
    for i in range(3):
        y = torch.relu(functional.conv2d(x, p[f"streams.{i}.conv.weight"], p[f"streams.{i}.conv.bias"], padding=2))
        norm = [p[f"streams.{i}.norm.{part}"] for part in ("mean", "variance", "weight", "bias")]
        y = functional.batch_norm(y, *norm, training=False)
        streams.append(functional.max_pool2d(y, 3, 3, padding=1))
    y = functional.avg_pool2d(torch.cat(streams, 1), 2)
    return functional.linear(y.flatten(1), p["head.weight"], p["head.bias"])


def off_apex_net(x, p):
    streams = []
    for i in range(2):
        y = x[:, i : i + 1]
        for k in range(2):
            y = functional.conv2d(y, p[f"streams.{i}.{k}.weight"], p[f"streams.{i}.{k}.bias"], padding=2)
            y = functional.max_pool2d(torch.relu(y), 2)
        streams.append(y)
    y = torch.cat(streams, 1).flatten(1)
    for k in range(2):
        y = torch.relu(functional.linear(y, p[f"dense.{k}.weight"], p[f"dense.{k}.bias"]))
    return functional.linear(y, p["head.weight"], p["head.bias"])


def case(network, params, size):
    images = leaf(2, 3, size, size, scale=0.3)
    return {
        "params": {name: numbers(value) for name, value in params.items()},
        "images": numbers(images),
        "logits": network(images, params).double().tolist(),
    }


first = {}
for i, filters in enumerate((3, 5, 8)):
    first[f"streams.{i}.conv.weight"] = leaf(filters, 3, 3, 3, scale=0.3)
    first[f"streams.{i}.conv.bias"] = leaf(filters, scale=0.1)
    first[f"streams.{i}.norm.weight"] = leaf(filters, scale=0.2, shift=1)
    first[f"streams.{i}.norm.bias"] = leaf(filters, scale=0.2)
    first[f"streams.{i}.norm.mean"] = leaf(filters, scale=0.1, shift=0.3)
    first[f"streams.{i}.norm.variance"] = leaf(filters, scale=0.01, shift=0.2)
first["head.weight"] = leaf(3, 16 * 25, scale=0.05)
first["head.bias"] = leaf(3, scale=0.1)

second = {}
for i in range(2):
    for k, (inside, outside) in enumerate(((1, 2), (2, 4))):
        second[f"streams.{i}.{k}.weight"] = leaf(outside, inside, 5, 5, scale=0.2)
        second[f"streams.{i}.{k}.bias"] = leaf(outside, scale=0.1)
for k, (inside, outside) in enumerate(((32, 8), (8, 8))):
    second[f"dense.{k}.weight"] = leaf(outside, inside, scale=0.3)
    second[f"dense.{k}.bias"] = leaf(outside, scale=0.1)
second["head.weight"] = leaf(3, 8, scale=0.3)
second["head.bias"] = leaf(3, scale=0.1)

with torch.no_grad():
    cases = {
        "ststnet": case(ststnet, first, 28),
        "offapexnet": case(off_apex_net, second, 8),
    }
print(json.dumps({"made": f"PyTorch {torch.__version__}", **cases}))

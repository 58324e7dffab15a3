"""Golden numbers of DenseMix, written plainly in PyTorch, with random weights and statistics.

Mixed attention (Woo et al. 2018, with a residual around both parts) and a dense layer (Huang et al.
2017) with their gradients, then the whole tiny network: logits by running statistics, and loss and
gradient of a training step, which normalizes by its batch.

    /usr/bin/python3 golden/densemix.py > golden/densemix.json        (made with PyTorch 1.13.0)
"""

import json

import torch
from torch.nn import functional

torch.set_default_dtype(torch.float64)
torch.manual_seed(2024)


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [round(x, 8) for x in tensor.flatten().tolist()]}


def leaf(*shape, scale=1.0, shift=0.0):
    """Random numbers as the file will hold them."""
    rounded = torch.tensor([round(x, 4) for x in (torch.randn(*shape) * scale + shift).flatten().tolist()])
    return rounded.reshape(shape)


def norm(p, name, c):
    p[f"{name}.weight"] = leaf(c, scale=0.2, shift=1)
    p[f"{name}.bias"] = leaf(c, scale=0.3)
    p[f"{name}.mean"] = leaf(c, scale=0.2)
    p[f"{name}.variance"] = leaf(c, scale=0.1).abs() + 0.5


def unit_params(p, name, inside, outside, kernel):
    norm(p, f"{name}.norm", inside)
    p[f"{name}.conv.weight"] = leaf(outside, inside, kernel, kernel, scale=0.5 / kernel)


def attention_params(p, name, c, reduction, reach):
    hidden = max(1, c // reduction)
    p[f"{name}fc1.weight"] = leaf(hidden, c, scale=0.5)
    p[f"{name}fc1.bias"] = leaf(hidden, scale=0.3)
    p[f"{name}fc2.weight"] = leaf(c, hidden, scale=0.5)
    p[f"{name}fc2.bias"] = leaf(c, scale=0.3)
    p[f"{name}spatial.weight"] = leaf(1, 2, reach, reach, scale=0.3)
    p[f"{name}spatial.bias"] = leaf(1, scale=0.1)


def normalize(p, name, x, training):
    mean, variance = p[f"{name}.mean"].clone(), p[f"{name}.variance"].clone()
    return functional.batch_norm(x, mean, variance, p[f"{name}.weight"], p[f"{name}.bias"], training=training)


def unit(p, name, x, training):
    weight = p[f"{name}.conv.weight"]
    x = torch.relu(normalize(p, f"{name}.norm", x, training))
    return functional.conv2d(x, weight, padding=weight.shape[-1] // 2)


def attention(p, name, x):
    def weigh(seen):
        hidden = torch.relu(functional.linear(seen, p[f"{name}fc1.weight"], p[f"{name}fc1.bias"]))
        return functional.linear(hidden, p[f"{name}fc2.weight"], p[f"{name}fc2.bias"])

    channels = torch.sigmoid(weigh(x.mean((2, 3))) + weigh(x.amax((2, 3))))
    chosen = x * channels[:, :, None, None]
    seen = torch.cat([chosen.mean(1, keepdim=True), chosen.amax(1, keepdim=True)], 1)
    weight = p[f"{name}spatial.weight"]
    places = torch.sigmoid(functional.conv2d(seen, weight, p[f"{name}spatial.bias"], padding=weight.shape[-1] // 2))
    return x + chosen * places


def dense_layer(p, name, x, training):
    return torch.cat([x, unit(p, f"{name}growth", unit(p, f"{name}bottleneck", x, training), training)], 1)


def network(p, x, training):
    """The configuration `tiny`: stem 4, growth 3, blocks of 2 and 1 layers, reduction 2, reach 3, 8x8."""
    x = functional.conv2d(x, p["stem.weight"], stride=2, padding=1)
    for block, depth in enumerate((2, 1)):
        for i in range(depth):
            x = dense_layer(p, f"blocks.{block}.layers.{i}.", x, training)
        x = attention(p, f"blocks.{block}.attention.", x)
        if block == 0:
            x = functional.avg_pool2d(unit(p, f"blocks.{block}.transition", x, training), 2)
    x = torch.relu(normalize(p, "norm", x, training))
    pooled = torch.einsum("nchw,hwc->nc", x, p["pool"].reshape(*x.shape[2:], -1))
    return functional.linear(pooled, p["head.weight"], p["head.bias"])


def trainable(p):
    return {name: value for name, value in p.items() if not name.endswith((".mean", ".variance"))}


def gradients(p, loss):
    learned = trainable(p)
    found = torch.autograd.grad(loss, list(learned.values()))
    return {name: numbers(value) for name, value in zip(learned, found)}


def ask(p):
    for value in trainable(p).values():
        value.requires_grad_(True)
    return p


def part(p, forward, shape):
    """A part of the network: what it gives, and the gradient of its product with a random tensor."""
    given = {name: numbers(value) for name, value in p.items()}
    p = {**p, "x": leaf(*shape)}
    given["x"] = numbers(p["x"])
    output = forward(ask(p), p["x"])
    along = leaf(*output.shape)
    loss = (output * along).sum()
    return {"params": given, "along": numbers(along), "output": numbers(output), "gradient": gradients(p, loss)}


attentive = {}
attention_params(attentive, "", 6, 2, 3)

layer = {}
unit_params(layer, "bottleneck", 4, 12, 1)
unit_params(layer, "growth", 12, 3, 3)

tiny = {"stem.weight": leaf(4, 3, 3, 3, scale=0.4)}
channels = 4
for block, depth in enumerate((2, 1)):
    for i in range(depth):
        unit_params(tiny, f"blocks.{block}.layers.{i}.bottleneck", channels, 12, 1)
        unit_params(tiny, f"blocks.{block}.layers.{i}.growth", 12, 3, 3)
        channels += 3
    attention_params(tiny, f"blocks.{block}.attention.", channels, 2, 3)
    if block == 0:
        unit_params(tiny, "blocks.0.transition", channels, channels // 2, 1)
        channels //= 2
norm(tiny, "norm", channels)
tiny["pool"] = leaf(4, channels, scale=0.1, shift=0.25)
tiny["head.weight"] = leaf(3, channels, scale=0.5)
tiny["head.bias"] = leaf(3, scale=0.2)

images = leaf(4, 3, 8, 8, scale=0.5)
targets = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0.1, 0.7, 0.2]])
given = {name: numbers(value) for name, value in tiny.items()}
ask(tiny)
logits = network(tiny, images, training=False)
loss = functional.cross_entropy(network(tiny, images, training=True), targets)

print(
    json.dumps(
        {
            "made": f"PyTorch {torch.__version__}",
            "attention": part(attentive, lambda p, x: attention(p, "", x), (2, 6, 5, 5)),
            "layer": part(layer, lambda p, x: dense_layer(p, "", x, training=True), (3, 4, 5, 5)),
            "tiny": {
                "params": given,
                "images": numbers(images),
                "targets": numbers(targets),
                "logits": numbers(logits),
                "loss": loss.item(),
                "gradient": gradients(tiny, loss),
            },
        }
    )
)

"""Golden numbers for the engine's gradients, AdamW and running statistics.

Made by PyTorch 1.13 in float64: python3 golden/engine.py > golden/engine.json
"""
import json
import math

import torch
import torch.nn.functional as F

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


def numbers(t):
    return {"shape": list(t.shape), "data": [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()]}


def draw(*shape, scale=1.0):
    # Rounded to float32 so that both programs start from the same numbers.
    return (torch.randn(*shape) * scale).float().double()


def record(params, run):
    for p in params.values():
        p.requires_grad_(True)
    loss = run(params)
    loss.backward()
    return {
        "params": {k: numbers(p) for k, p in params.items()},
        "loss": loss.item(),
        "gradients": {k: numbers(p.grad) for k, p in params.items()},
    }


def convolutional():
    images, targets = draw(6, 3, 8, 8), F.one_hot(torch.arange(6) % 3, 3).double()
    mean, variance = torch.zeros(4), torch.ones(4)
    params = {
        "conv": draw(4, 3, 3, 3, scale=0.4),
        "weight": 1 + draw(4, scale=0.2).float().double(),
        "bias": draw(4, scale=0.2),
        "mix": draw(5, 4, 3, 3, scale=0.3),
        "head.weight": draw(3, 20, scale=0.4),
        "head.bias": draw(3, scale=0.4),
    }
    params["weight"] = params["weight"].float().double()

    def forward(p, mean, variance):
        x = F.conv2d(images, p["conv"], stride=2, padding=1)
        x = F.relu(F.batch_norm(x, mean, variance, p["weight"], p["bias"], training=True, momentum=0.1))
        x = F.max_pool2d(F.silu(F.conv2d(x, p["mix"], padding=1)), 2)
        return F.linear(x.flatten(1), p["head.weight"], p["head.bias"])

    def loss(p):
        return F.cross_entropy(forward(p, mean, variance), targets)

    result = record(params, loss)
    result |= {"images": numbers(images), "targets": numbers(targets)}
    result["mean"], result["variance"] = numbers(mean), numbers(variance)

    # Five steps of AdamW from the same start, with a rate per step, two groups, and clipped gradients.
    p = {k: v.detach().clone().requires_grad_(True) for k, v in params.items()}
    m, v = torch.zeros(4), torch.ones(4)
    decayed = [t for k, t in p.items() if t.dim() > 1]
    spared = [t for k, t in p.items() if t.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": spared, "weight_decay": 0.0}], lr=1e-2)
    rates, losses, norms = [0.01, 0.03, 0.02, 0.01, 0.005], [], []
    for rate in rates:
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        value = F.cross_entropy(forward(p, m, v), targets)
        value.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(list(p.values()), 0.8).item())
        optimizer.step()
        losses.append(value.item())
    result["adamw"] = {
        "rates": rates, "weightDecay": 0.1, "clipNorm": 0.8, "losses": losses, "norms": norms,
        "params": {k: numbers(t) for k, t in p.items()}, "mean": numbers(m), "variance": numbers(v),
    }
    return result


def attention():
    n, l, d, heads = 2, 5, 8, 2
    tokens, probe = draw(n, l, d), draw(n, l, d)
    params = {
        "norm.weight": (1 + draw(d, scale=0.2)).float().double(), "norm.bias": draw(d, scale=0.2),
        "qkv.weight": draw(3 * d, d, scale=0.4), "qkv.bias": draw(3 * d, scale=0.2),
        "out.weight": draw(d, d, scale=0.4), "out.bias": draw(d, scale=0.2),
        "up.weight": draw(2 * d, d, scale=0.4), "down.weight": draw(d, 2 * d, scale=0.4),
    }

    def loss(p):
        h = F.layer_norm(tokens, [d], p["norm.weight"], p["norm.bias"])
        q, k, v = F.linear(h, p["qkv.weight"], p["qkv.bias"]).reshape(n, l, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
        a = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d // heads), -1)
        x = tokens + F.linear((a @ v).transpose(1, 2).reshape(n, l, d), p["out.weight"], p["out.bias"])
        x = x + F.linear(F.gelu(F.linear(x, p["up.weight"])), p["down.weight"])
        return (x * probe).sum()

    return record(params, loss) | {"tokens": numbers(tokens), "probe": numbers(probe)}


def scan():
    n, l, d, s = 2, 9, 4, 3
    probe = draw(n, l, d)
    params = {
        "u": draw(n, l, d), "delta": draw(n, l, d), "a": draw(d, s, scale=0.5),
        "b": draw(n, l, s), "c": draw(n, l, s), "skip": draw(d),
    }

    def loss(p):
        delta, a = F.softplus(p["delta"]), -torch.exp(p["a"])
        h, total = torch.zeros(n, d, s), 0
        for t in range(l):
            step = delta[:, t, :, None]
            h = torch.exp(step * a) * h + step * p["b"][:, t, None, :] * p["u"][:, t, :, None]
            y = (h * p["c"][:, t, None, :]).sum(-1) + p["skip"] * p["u"][:, t]
            total = total + (y * probe[:, t]).sum()
        return total

    return record(params, loss) | {"probe": numbers(probe)}


print(json.dumps({"convolutional": convolutional(), "attention": attention(), "scan": scan()}))

"""MFDAN's particular parts in PyTorch float64, written plainly from the papers.

Focal loss (Lin et al. 2017, eq. 5) over a softmax with class weights in the targets, and its gradient;
attention whose queries and keys are the flow's and whose values are the image's, with a prior on keys
and dropped keys (Li et al. 2023, DropKey, algorithm 1), and its gradients; and what dropping keys at
random does to attention weights on the mean. Then the whole tiny network: logits, loss and gradients
of a training step, which normalizes by its batch. Nothing here is shared with the TypeScript.

    /usr/bin/python3 golden/mfdan.py > golden/mfdan.json        (made with PyTorch 1.13.0)
"""

import json
import math

import torch

torch.manual_seed(20240912)
torch.set_default_dtype(torch.float64)


def leaf(*shape, scale=1.0, shift=0.0):
    return (torch.randn(*shape) * scale + shift).requires_grad_()


def numbers(t):
    return {"shape": list(t.shape), "data": [float(f"{v:.10g}") for v in t.detach().flatten().tolist()]}


def focal(gamma):
    """One-hot, smoothed and weighted targets; each row may sum to anything."""
    logits = leaf(6, 4, scale=2.0)
    targets = torch.nn.functional.one_hot(torch.tensor([0, 1, 2, 3, 1, 0]), 4).double()
    targets[4] = 0.9 * targets[4] + 0.1 / 4
    targets = targets * torch.tensor([0.5, 2.0, 1.0, 3.0])
    p = torch.softmax(logits, 1)
    loss = -(targets * (1 - p) ** gamma * torch.log(p)).sum(1).mean()
    loss.backward()
    return {
        "gamma": gamma,
        "logits": numbers(logits),
        "targets": numbers(targets),
        "loss": loss.item(),
        "gradient": numbers(logits.grad),
    }


def normalize(x, p, name):
    weight, bias = p[f"{name}.weight"], p[f"{name}.bias"]
    return torch.nn.functional.layer_norm(x, x.shape[-1:], weight, bias, 1e-5)


def heads_of(x, heads):
    m, l, d = x.shape
    return x.reshape(m, l, heads, d // heads).transpose(1, 2)


def driven(m, l, d, heads, rate):
    p = {}
    for name in ("flowNorm", "imageNorm"):
        p[f"{name}.weight"], p[f"{name}.bias"] = leaf(d, scale=0.3, shift=1.0), leaf(d, scale=0.3)
    for name, out in (("qk", 2 * d), ("value", d), ("out", d)):
        p[f"{name}.weight"], p[f"{name}.bias"] = leaf(out, d, scale=1 / math.sqrt(d)), leaf(out, scale=0.3)
    p["prior"], p["gate"] = leaf(1, shift=1.0), leaf(d)
    image, flow = leaf(m, l, d), leaf(m, l, d)
    shares = torch.rand(m, 1, 1, l) * 3
    prior = torch.log(0.1 + shares)
    dropped = torch.bernoulli(torch.full((m, 1, l, l), rate)) * -1e12
    dropped[0, 0, 0] = torch.tensor([0.0] + [-1e12] * (l - 1))  # one key left
    q, k = (normalize(flow, p, "flowNorm") @ p["qk.weight"].T + p["qk.bias"]).split(d, 2)
    v = normalize(image, p, "imageNorm") @ p["value.weight"].T + p["value.bias"]
    q, k, v = (heads_of(t, heads) for t in (q, k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(d // heads) + p["prior"] * prior + dropped
    seen = (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(m, l, d)
    output = (seen @ p["out.weight"].T + p["out.bias"]) * p["gate"]
    cotangent = torch.randn(m, l, d)
    (output * cotangent).sum().backward()
    return {
        "heads": heads,
        "params": {name: numbers(t) for name, t in p.items()},
        "image": numbers(image),
        "flow": numbers(flow),
        "prior": numbers(prior),
        "dropped": numbers(dropped),
        "cotangent": numbers(cotangent),
        "output": numbers(output),
        "gradients": {
            **{name: numbers(t.grad) for name, t in p.items()},
            "image": numbers(image.grad),
            "flow": numbers(flow.grad),
        },
    }


def statistics(l, rate, draws):
    """Mean of the weights of one query, and of their products: keys are dropped independently."""
    scores = torch.randn(l)
    masks = torch.bernoulli(torch.full((draws, l), rate)) * -1e12
    weights = torch.softmax(scores + masks, -1)
    return {
        "rate": rate,
        "scores": numbers(scores),
        "draws": draws,
        "mean": numbers(weights.mean(0)),
        "products": numbers(weights.T @ weights / draws),
        "deviation": weights.std(0).max().item(),
    }


# --- The whole network


def network_params(c):
    """Names and shapes as the weights files have them; random numbers, as the file will hold them."""
    p = {}

    def put(name, *shape, scale=1.0, shift=0.0):
        value = torch.randn(*shape) * scale + shift
        p[name] = torch.tensor([float(f"{v:.5g}") for v in value.flatten().tolist()]).reshape(shape).requires_grad_()

    def norm(name, d):
        put(f"{name}.weight", d, scale=0.2, shift=1.0)
        put(f"{name}.bias", d, scale=0.2)

    def layer(name, out, inside):
        put(f"{name}.weight", out, inside, scale=1 / math.sqrt(inside))
        put(f"{name}.bias", out, scale=0.2)

    before = None
    for i, (d, depth) in enumerate(zip(c["dims"], c["depths"])):
        for branch, channels in (("flow", 3), ("image", 1)):
            for j in range(c["stem"] if i == 0 else 1):
                inside = d if j > 0 else (before or channels)
                put(f"levels.{i}.{branch}.{j}.conv.weight", d, inside, 3, 3, scale=1 / math.sqrt(9 * inside))
                norm(f"levels.{i}.{branch}.{j}.norm", d)
        for b in range(depth):
            at = f"levels.{i}.blocks.{b}"
            norm(f"{at}.selfAttention.norm", d)
            layer(f"{at}.selfAttention.qkv", 3 * d, d)
            layer(f"{at}.selfAttention.out", d, d)
            norm(f"{at}.drivenAttention.flowNorm", d)
            norm(f"{at}.drivenAttention.imageNorm", d)
            layer(f"{at}.drivenAttention.qk", 2 * d, d)
            layer(f"{at}.drivenAttention.value", d, d)
            layer(f"{at}.drivenAttention.out", d, d)
            put(f"{at}.drivenAttention.prior", 1, shift=1.0, scale=0.1)
            put(f"{at}.drivenAttention.gate", d)
            norm(f"{at}.mlpNorm", d)
            layer(f"{at}.fc1", c["mlp"] * d, d)
            layer(f"{at}.fc2", d, c["mlp"] * d)
        before = d
    first, last = c["size"] // 2 ** c["stem"], c["size"] // 2 ** (c["stem"] + len(c["dims"]) - 1)
    put("position", first, first, c["dims"][0], scale=0.2)
    norm("norm", before)
    for branch in ("image", "flow"):
        put(f"pool.{branch}", last * last, before, scale=0.1, shift=1 / last**2)
    layer("head", c["classes"], 2 * before)
    layer("auxiliary", c["classes"], before)
    return p


def windows(x, w):
    """[n, h, h, d] -> [m, l, d]"""
    n, h, _, d = x.shape
    return x.reshape(n, h // w, w, h // w, w, d).transpose(2, 3).reshape(-1, w * w, d)


def unwindow(x, n, h, w):
    d = x.shape[-1]
    return x.reshape(n, h // w, h // w, w, w, d).transpose(2, 3).reshape(n, h, h, d)


def linear(x, p, name):
    return torch.nn.functional.linear(x, p[f"{name}.weight"], p[f"{name}.bias"])


def attend(q, k, v, heads, bias=None):
    e = q.shape[-1] // heads
    q, k, v = (heads_of(t, heads) for t in (q, k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(e)
    if bias is not None:
        scores = scores + bias
    m, _, l, _ = q.shape
    return (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(m, l, heads * e)


def network(p, c, x):
    """x [n, 4, size, size]: u, v, strain, apex. Logits, those of the flow alone, and where the attention looks.

    The last: [n, h, h] times l, the mean over queries, heads and blocks; the movement it is given; what it adds.
    """
    n, w = x.shape[0], c["window"]
    first, looks, added = c["size"] // 2 ** c["stem"], [], []
    moved = torch.sqrt((x[:, :2] ** 2).sum(1, keepdim=True) + 1e-12)
    flow, image = x[:, :3], x[:, 3:]
    for i, d in enumerate(c["dims"]):
        steps = range(c["stem"] if i == 0 else 1)
        for j in steps:
            at = f"levels.{i}.flow.{j}"
            flow = torch.nn.functional.conv2d(flow, p[f"{at}.conv.weight"], stride=2, padding=1)
            flow = torch.nn.functional.batch_norm(
                flow, None, None, p[f"{at}.norm.weight"], p[f"{at}.norm.bias"], training=True
            )
            flow = torch.nn.functional.gelu(flow)
            at = f"levels.{i}.image.{j}"
            image = torch.relu(image) if j > 0 else image
            image = torch.nn.functional.conv2d(image, p[f"{at}.conv.weight"], stride=2, padding=1)
            image = normalize(image.permute(0, 2, 3, 1), p, f"{at}.norm").permute(0, 3, 1, 2)
        tokens = image.permute(0, 2, 3, 1)
        if i == 0:
            tokens = tokens + p["position"]
        h = tokens.shape[1]
        cells = torch.nn.functional.avg_pool2d(moved, c["size"] // h)
        shares = cells / (cells.mean((1, 2, 3), keepdim=True) + 1e-6)
        prior = windows(torch.log(0.1 + shares).permute(0, 2, 3, 1), w)[:, None, None, :, 0]
        drive = windows(flow.permute(0, 2, 3, 1), w)
        t = windows(tokens, w)
        heads = max(1, d // c["headDim"])
        for b in range(c["depths"][i]):
            at = f"levels.{i}.blocks.{b}"
            q, k, v = linear(normalize(t, p, f"{at}.selfAttention.norm"), p, f"{at}.selfAttention.qkv").split(d, 2)
            t = t + linear(attend(q, k, v, heads), p, f"{at}.selfAttention.out")
            q, k = linear(normalize(drive, p, f"{at}.drivenAttention.flowNorm"), p, f"{at}.drivenAttention.qk").split(d, 2)
            v = linear(normalize(t, p, f"{at}.drivenAttention.imageNorm"), p, f"{at}.drivenAttention.value")
            bias = p[f"{at}.drivenAttention.prior"] * prior
            seen = attend(q, k, v, heads, bias)
            driven = linear(seen, p, f"{at}.drivenAttention.out") * p[f"{at}.drivenAttention.gate"]
            keys = [heads_of(one, heads) for one in (q, k)]
            weights = torch.softmax(keys[0] @ keys[1].mT / math.sqrt(d // heads) + bias, -1)
            map = unwindow(weights.mean((1, 2))[..., None] * w * w, n, h, w)[..., 0]
            looks.append(map.repeat_interleave(first // h, 1).repeat_interleave(first // h, 2))
            added.append(((driven**2).reshape(n, -1).mean(1) / (t**2).reshape(n, -1).mean(1)).sqrt())
            t = t + driven
            wide = torch.nn.functional.gelu(linear(normalize(t, p, f"{at}.mlpNorm"), p, f"{at}.fc1"))
            t = t + linear(wide, p, f"{at}.fc2")
        image = unwindow(t, n, h, w).permute(0, 3, 1, 2)
    d = c["dims"][-1]
    seen = (normalize(image.permute(0, 2, 3, 1), p, "norm").reshape(n, -1, d) * p["pool.image"]).sum(1)
    felt = (flow.permute(0, 2, 3, 1).reshape(n, -1, d) * p["pool.flow"]).sum(1)
    cells = torch.nn.functional.avg_pool2d(moved, c["size"] // first)
    look = {
        "attention": torch.stack(looks).mean(0),
        "movement": (cells / cells.mean((1, 2, 3), keepdim=True))[:, 0],
        "share": torch.stack(added).mean(0),
    }
    return linear(torch.cat([seen, felt], 1), p, "head"), linear(felt, p, "auxiliary"), look


def network_loss(logits, flow, targets):
    p = torch.softmax(logits, 1)
    focused = -(targets * (1 - p) ** 2 * torch.log_softmax(logits, 1)).sum(1).mean()
    return focused + 0.3 * -(targets * torch.log_softmax(flow, 1)).sum(1).mean()


TINY = {"size": 8, "stem": 1, "window": 2, "dims": [4, 8], "depths": [1, 1], "headDim": 4, "mlp": 2, "classes": 3}


def whole(n):
    p = network_params(TINY)
    x = torch.tensor([float(f"{v:.5g}") for v in torch.randn(n * 4 * 64).tolist()]).reshape(n, 4, 8, 8)
    targets = torch.nn.functional.one_hot(torch.arange(n) % 3, 3).double() * torch.tensor([0.7, 1.2, 1.5])
    logits, flow, look = network(p, TINY, x)
    loss = network_loss(logits, flow, targets)
    loss.backward()
    return {
        "params": {name: numbers(t) for name, t in p.items()},
        "images": numbers(x),
        "targets": numbers(targets),
        "logits": numbers(logits),
        "flow": numbers(flow),
        "look": {name: numbers(t) for name, t in look.items()},
        "loss": loss.item(),
        # Of each parameter a few numbers, spread over it, are proof enough.
        "gradients": {
            name: {"every": max(1, t.numel() // 7), "data": numbers(t.grad.flatten()[:: max(1, t.numel() // 7)])["data"]}
            for name, t in p.items()
        },
    }


print(
    json.dumps(
        {
            "focal": [focal(gamma) for gamma in (0, 1, 2)],
            "driven": driven(3, 4, 6, 2, 0.3),
            "dropKey": [statistics(5, rate, 1_000_000) for rate in (0.1, 0.3)],
            "whole": whole(5),
        }
    )
)

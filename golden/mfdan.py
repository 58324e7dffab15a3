"""MFDAN's particular parts in PyTorch float64, written plainly from the papers.

Focal loss (Lin et al. 2017, eq. 5) over a softmax with class weights in the targets, and its gradient;
attention whose queries and keys are the flow's and whose values are the image's, with a prior on keys
and dropped keys (Li et al. 2023, DropKey, algorithm 1), and its gradients; and what dropping keys at
random does to attention weights on the mean. Nothing here is shared with the TypeScript.

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


print(
    json.dumps(
        {
            "focal": [focal(gamma) for gamma in (0, 1, 2)],
            "driven": driven(3, 4, 6, 2, 0.3),
            "dropKey": [statistics(5, rate, 1_000_000) for rate in (0.1, 0.3)],
        }
    )
)

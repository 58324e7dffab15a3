"""MERba's blocks in PyTorch float64, written plainly from the equations.

Gu and Dao 2023 (arXiv:2312.00752), eq. 2 and algorithm 2: the selective scan.
Hatamizadeh and Kautz 2024 (arXiv:2407.08083): the mixer with its symmetric branch.
Mao et al. 2025 (arXiv:2506.14468): scans in several orders inside a window,
self-attention between windows. Nothing here is shared with the TypeScript.

    /usr/bin/python3 golden/merba.py > golden/merba.json        (made with PyTorch 1.13.0)
"""

import json
import math

import torch

torch.manual_seed(20250617)
torch.set_default_dtype(torch.float64)


def leaf(*shape, scale=1.0, shift=0.0):
    return (torch.randn(*shape) * scale + shift).requires_grad_()


def numbers(t):
    return {"shape": list(t.shape), "data": [float(f"{v:.12g}") for v in t.detach().flatten().tolist()]}


def selective_scan(u, delta, a, b, c, d):
    """u, delta [m, l, e]; a [e, s]; b, c [m, l, s]; d [e]. One step at a time."""
    m, l, e = u.shape
    h = torch.zeros(m, e, a.shape[1])
    out = []
    for t in range(l):
        decay = torch.exp(delta[:, t, :, None] * a)
        h = decay * h + delta[:, t, :, None] * b[:, t, None, :] * u[:, t, :, None]
        out.append((h * c[:, t, None, :]).sum(-1) + d * u[:, t])
    return torch.stack(out, 1)


def order(name, w):
    """Token numbers of a w x w window in the order in which the scan meets them."""
    cells = [(y, x) for y in range(w) for x in range(w)]
    if name[0] == "V":
        cells = [(y, x) for x in range(w) for y in range(w)]
    if name[1] == "b":
        cells = cells[::-1]
    return [y * w + x for y, x in cells]


def mixer(p, x, w, scans):
    """x [m, l, d] -> [m, l, d]."""
    m, l, d = x.shape
    e, s, r = d // 2, p["logDecay"].shape[1], p["dtProj.weight"].shape[1]
    q = (x @ p["inProj.weight"].T).transpose(1, 2)
    q = torch.nn.functional.conv1d(q, p["conv"], padding=1, groups=d)
    q = (q * torch.sigmoid(q)).transpose(1, 2)
    u, z = q[..., :e], q[..., e:]
    selected = u @ p["xProj.weight"].T
    dt, b, c = selected[..., :r], selected[..., r : r + s], selected[..., r + s :]
    delta = torch.log1p(torch.exp(dt @ p["dtProj.weight"].T + p["dtProj.bias"]))
    a = -torch.exp(p["logDecay"])
    k = e // len(scans)
    parts = []
    for i, name in enumerate(scans):
        to = order(name, w)
        back = [to.index(t) for t in range(l)]
        g = slice(i * k, (i + 1) * k)
        y = selective_scan(u[:, to, g], delta[:, to, g], a[g], b[:, to], c[:, to], p["skip"][g])
        parts.append(y[:, back])
    return torch.cat(parts + [z], -1) @ p["outProj.weight"].T


def layer_norm(x, scale, bias):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + 1e-5) * scale + bias


def window_attention(p, x, heads):
    """Self-attention between window means; x [n, windows, l, d] -> what is added to x, [n, windows, 1, d]."""
    n, g, _, d = x.shape
    t = layer_norm(x.mean(2) + p["position"], p["norm.weight"], p["norm.bias"])
    qkv = t @ p["qkv.weight"].T + p["qkv.bias"]
    out = []
    for h in range(heads):
        k = d // heads
        q, key, v = (qkv[..., j * d + h * k : j * d + (h + 1) * k] for j in range(3))
        out.append(torch.softmax(q @ key.transpose(1, 2) / math.sqrt(k), -1) @ v)
    y = torch.cat(out, -1) @ p["out.weight"].T + p["out.bias"]
    return (y * p["gate"])[:, :, None]


def case(function, params, x, **options):
    y = function(params, x, **options)
    cotangent = torch.randn_like(y)
    (y * cotangent).sum().backward()
    return {
        **options,
        "params": {k: numbers(v) for k, v in params.items()},
        "input": numbers(x),
        "cotangent": numbers(cotangent),
        "output": numbers(y),
        "gradients": {k: numbers(v.grad) for k, v in {**params, "input": x}.items()},
    }


def mixer_params(d, s, r):
    return {
        "inProj.weight": leaf(d, d, scale=d**-0.5),
        "conv": leaf(d, 1, 3, scale=0.6),
        "xProj.weight": leaf(r + 2 * s, d // 2, scale=0.7),
        "dtProj.weight": leaf(d // 2, r, scale=0.7),
        "dtProj.bias": leaf(d // 2, shift=-1.0),
        "logDecay": leaf(d // 2, s, scale=0.5, shift=0.3),
        "skip": leaf(d // 2),
        "outProj.weight": leaf(d, d, scale=d**-0.5),
    }


mixers = [
    case(mixer, mixer_params(8, 3, 1), leaf(2, 9, 8), w=3, scans=scans)
    for scans in (["Hf"], ["Hf", "Hb"], ["Hf", "Vf"], ["Hf", "Vb"], ["Hf", "Hb", "Vf", "Vb"])
]
attention = case(
    window_attention,
    {
        "position": leaf(4, 8, scale=0.3),
        "norm.weight": leaf(8, shift=1.0, scale=0.3),
        "norm.bias": leaf(8, scale=0.3),
        "qkv.weight": leaf(24, 8, scale=0.6),
        "qkv.bias": leaf(24, scale=0.3),
        "out.weight": leaf(8, 8, scale=0.4),
        "out.bias": leaf(8, scale=0.3),
        "gate": leaf(8),
    },
    leaf(2, 4, 5, 8),
    heads=2,
)
print(json.dumps({"made": f"golden/merba.py, PyTorch {torch.__version__}, float64", "mixers": mixers, "attention": attention}))

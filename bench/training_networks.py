"""The networks of training-networks.mjs, written plainly in PyTorch, on the same parameters."""
import math

import torch
import torch.nn.functional as F


def layer_norm(p, name, x):
    return F.layer_norm(x, (x.shape[-1],), p[name + '.weight'], p[name + '.bias'])


def linear(p, name, x):
    return F.linear(x, p[name + '.weight'], p.get(name + '.bias'))


def batch_norm(p, name, x):
    return F.batch_norm(
        x, p[name + '.mean'], p[name + '.variance'], p[name + '.weight'], p[name + '.bias'], training=True
    )


def count(p, prefix):
    return len({name[len(prefix) :].split('.')[0] for name in p if name.startswith(prefix)})


def cross_entropy(c, outputs, targets):
    return F.cross_entropy(outputs['logits'], targets)


# --- MERba ------------------------------------------------------------------


def scan_loop(u, delta, a, b, c):
    """As selective_scan_ref of the mamba_ssm package: a step at a time; u and delta [m, l, e], b and c [m, l, s]."""
    decay = torch.exp(torch.einsum('mle,es->mles', delta, a))
    drive = torch.einsum('mle,mls,mle->mles', delta, b, u)
    h = torch.zeros_like(decay[:, 0])
    ys = []
    for i in range(u.shape[1]):
        h = decay[:, i] * h + drive[:, i]
        ys.append(torch.einsum('mes,ms->me', h, c[:, i]))
    return torch.stack(ys, dim=1)


def recur(decay, drive):
    """h[t] = decay[t] h[t-1] + drive[t] along axis 0, with few calls per step."""
    decay, drive = decay.unbind(0), drive.unbind(0)
    hs = [drive[0]]
    for i in range(1, len(drive)):
        hs.append(torch.addcmul(drive[i], decay[i], hs[-1]))
    return torch.stack(hs)


def scan_unbind(u, delta, a, b, c):
    """The same with steps outermost, cut once, and contracted once."""
    u, delta, b, c = (t.transpose(0, 1) for t in (u, delta, b, c))
    decay = torch.exp(delta.unsqueeze(2) * a.t())  # [l, m, s, e]
    drive = (delta * u).unsqueeze(2) * b.unsqueeze(3)
    return torch.matmul(c.unsqueeze(2), recur(decay, drive)).squeeze(2).transpose(0, 1)


def scan_joint(u, delta, a, b, c, orders):
    """All directions in one recurrence."""
    k = u.shape[2] // len(orders)
    decays, drives, cs = [], [], []
    for i, order in enumerate(orders):
        part = slice(i * k, (i + 1) * k)
        ui, di = (t[:, order, part].transpose(0, 1) for t in (u, delta))
        bi, ci = (t[:, order].transpose(0, 1) for t in (b, c))
        decays.append(torch.exp(di.unsqueeze(2) * a[part].t()))
        drives.append((di * ui).unsqueeze(2) * bi.unsqueeze(3))
        cs.append(ci)
    hs = recur(torch.cat(decays, 3), torch.cat(drives, 3)).split(k, 3)
    ys = []
    for order, h, ci in zip(orders, hs, cs):
        y = torch.matmul(ci.unsqueeze(2), h).squeeze(2).transpose(0, 1)
        ys.append(y[:, torch.argsort(order)])
    return torch.cat(ys, 2)


def scan_order(scan, w):
    order = torch.arange(w * w)
    if scan[0] == 'V':
        order = order.reshape(w, w).t().reshape(-1)
    return order.flip(0) if scan[1] == 'b' else order


def mixer(p, name, x, c, twin):
    d = x.shape[2]
    e = d // 2
    projected = linear(p, name + '.inProj', x).transpose(1, 2)
    mixed = F.silu(F.conv1d(projected, p[name + '.conv'], padding=1, groups=d)).transpose(1, 2)
    u, z = mixed.chunk(2, 2)
    s = c['state']
    r = p[name + '.dtProj.weight'].shape[1]
    dt, b, cc = linear(p, name + '.xProj', u).split([r, s, s], 2)
    delta = F.softplus(linear(p, name + '.dtProj', dt))
    a = -torch.exp(p[name + '.logDecay'])
    orders = [scan_order(scan, c['window']) for scan in c['scans']]
    if twin == 'joint':
        y = scan_joint(u, delta, a, b, cc, orders)
    else:
        scan = {'loop': scan_loop, 'unbind': scan_unbind}[twin]
        k = e // len(orders)
        ys = []
        for i, order in enumerate(orders):
            part = slice(i * k, (i + 1) * k)
            yi = scan(u[:, order, part], delta[:, order, part], a[part], b[:, order], cc[:, order])
            ys.append(yi[:, torch.argsort(order)])
        y = torch.cat(ys, 2)
    y = y + u * p[name + '.skip']
    return linear(p, name + '.outProj', torch.cat([y, z], 2))


def window_attention(p, name, x, c):
    n, g, _, d = x.shape
    heads = max(1, d // c['headDim'])
    tokens = layer_norm(p, name + '.norm', x.mean(2) + p[name + '.position'])
    q, k, v = linear(p, name + '.qkv', tokens).reshape(n, g, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
    weights = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d // heads), -1)
    seen = (weights @ v).transpose(1, 2).reshape(n, g, d)
    return (linear(p, name + '.out', seen) * p[name + '.gate']).reshape(n, g, 1, d)


def drop_path(x, rate):
    if rate == 0:
        return x
    kept = torch.rand(x.shape[0], *[1] * (x.dim() - 1)) >= rate
    return x * (kept / (1 - rate))


def merba(p, c, x, twin):
    for i in range(c['stem']):
        if i > 0:
            x = F.relu(x).permute(0, 3, 1, 2)
        x = F.conv2d(x, p[f'stem.{i}.conv.weight'], p[f'stem.{i}.conv.bias'], stride=2, padding=1)
        x = layer_norm(p, f'stem.{i}.norm', x.permute(0, 2, 3, 1))
    x = x + p['position']
    w = c['window']
    for i, depth in enumerate(c['depths']):
        stage = f'stages.{i}'
        if i > 0:
            stride = 2 if c['fields'] == 'several' else 1
            x = F.conv2d(x.permute(0, 3, 1, 2), p[stage + '.downsample.conv.weight'], stride=stride, padding=1)
            x = layer_norm(p, stage + '.downsample.norm', x.permute(0, 2, 3, 1))
        n, h, _, d = x.shape
        a = h // w
        t = x.reshape(n, a, w, a, w, d).transpose(2, 3).reshape(n, a * a, w * w, d)
        for j in range(depth):
            block = f'{stage}.blocks.{j}'
            flat = layer_norm(p, block + '.mixerNorm', t).reshape(n * a * a, w * w, d)
            local = mixer(p, block + '.mixer', flat, c, twin).reshape(t.shape)
            t = t + drop_path(local, c['dropPath'])
            if block + '.attention.gate' in p:
                t = t + drop_path(window_attention(p, block + '.attention', t, c), c['dropPath'])
            wide = F.gelu(linear(p, block + '.fc1', layer_norm(p, block + '.mlpNorm', t)))
            t = t + drop_path(linear(p, block + '.fc2', wide), c['dropPath'])
        x = t.reshape(n, a, a, w, w, d).transpose(2, 3).reshape(n, h, h, d)
    n, h, _, d = x.shape
    places = layer_norm(p, 'norm', x).reshape(n, h * h, d)
    pooled = (places * p['pool']).sum(1) if 'pool' in p else places.mean(1)
    pooled = F.dropout(pooled, c['dropout'])
    return granularity(p, c, pooled)


def granularity(p, c, features):
    scores = linear(p, 'head.fine', features)
    if 'head.coarse.weight' not in p:
        return {'logits': F.log_softmax(scores, 1)}
    coarse = F.log_softmax(linear(p, 'head.coarse', features), 1)
    fine = torch.empty_like(scores)
    joint = torch.empty_like(scores)
    for i, group in enumerate(c['groups']):
        fine[:, group] = F.log_softmax(scores[:, group], 1)
        joint[:, group] = fine[:, group] + coarse[:, i : i + 1]
    return {'logits': joint, 'coarse': coarse, 'fine': fine}


def granularity_loss(c, outputs, targets):
    joint = F.cross_entropy(outputs['logits'], targets)
    if 'coarse' not in outputs:
        return joint
    groups = torch.stack([targets[:, group].sum(1) for group in c['groups']], 1)
    coarse = -(groups * outputs['coarse']).sum(1).mean()
    fine = -(targets * outputs['fine']).sum(1).mean()
    return joint + c['granularity']['coarse'] * coarse + c['granularity']['fine'] * fine


# --- STSTNet ----------------------------------------------------------------


def ststnet(p, c, x, twin):
    x = x * c['gain']
    streams = []
    for i in range(len(c['filters'])):
        name = f'streams.{i}'
        seen = F.relu(F.conv2d(x, p[name + '.conv.weight'], p[name + '.conv.bias'], padding=2))
        pooled = F.max_pool2d(batch_norm(p, name + '.norm', seen), 3, 3, 1)
        streams.append(F.dropout(pooled, c['dropout']))
    features = F.avg_pool2d(torch.cat(streams, 1), 2).flatten(1)
    return {'logits': linear(p, 'head', features)}


# --- OFF-ApexNet ------------------------------------------------------------


def offapexnet(p, c, x, twin):
    streams = []
    for i in range(2):
        h = x[:, i : i + 1]
        for j in range(len(c['filters'])):
            name = f'streams.{i}.{j}'
            h = F.max_pool2d(F.relu(F.conv2d(h, p[name + '.weight'], p[name + '.bias'], padding=2)), 2)
        streams.append(h)
    h = torch.cat(streams, 1).flatten(1)
    for i in range(len(c['widths'])):
        h = F.relu(linear(p, f'dense.{i}', F.dropout(h, c['dropout'])))
    return {'logits': linear(p, 'head', h)}


# --- MFDAN ------------------------------------------------------------------


def windows_of(x, w):
    n, h, _, d = x.shape
    a = h // w
    return x.reshape(n, a, w, a, w, d).transpose(2, 3).reshape(n * a * a, w * w, d)


def map_of(x, h):
    m, l, d = x.shape
    w = math.isqrt(l)
    a = h // w
    return x.reshape(m // a**2, a, a, w, w, d).transpose(2, 3).reshape(m // a**2, h, h, d)


def heads_of(x, each):
    m, l, d = x.shape
    heads = max(1, d // each)
    return x.reshape(m, l, heads, d // heads).transpose(1, 2)


def attend(q, k, v, prior, rate):
    m, heads, l, e = q.shape
    scores = q @ k.transpose(-1, -2) / math.sqrt(e)
    if prior is not None:
        scores = scores + prior
    if rate > 0:
        scores = scores.masked_fill(torch.rand(m, 1, l, l) < rate, -1e12)
    return (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(m, l, heads * e)


def mfdan_block(p, name, c, x, flow, prior, rate, n):
    def residual(y, branch):
        return y + drop_path(branch.reshape(n, -1, *y.shape[1:]), c['dropPath']).reshape(y.shape)

    each = c['headDim']
    qkv = linear(p, name + '.selfAttention.qkv', layer_norm(p, name + '.selfAttention.norm', x)).chunk(3, 2)
    seen = attend(*[heads_of(t, each) for t in qkv], None, rate)
    y = residual(x, linear(p, name + '.selfAttention.out', seen))
    q, k = linear(p, name + '.drivenAttention.qk', layer_norm(p, name + '.drivenAttention.flowNorm', flow)).chunk(2, 2)
    v = linear(p, name + '.drivenAttention.value', layer_norm(p, name + '.drivenAttention.imageNorm', y))
    q, k, v = (heads_of(t, each) for t in (q, k, v))
    driven = linear(p, name + '.drivenAttention.out', attend(q, k, v, prior * p[name + '.drivenAttention.prior'], rate))
    y = residual(y, driven * p[name + '.drivenAttention.gate'])
    wide = F.gelu(linear(p, name + '.fc1', layer_norm(p, name + '.mlpNorm', y)))
    return residual(y, linear(p, name + '.fc2', wide))


def mfdan(p, c, x, twin):
    n, size = x.shape[0], x.shape[2]
    flow, image = x[:, :3], x[:, 3:]
    moved = torch.sqrt((flow[:, :2] ** 2).sum(1, keepdim=True) + 1e-12)
    for i, depth in enumerate(c['depths']):
        level = f'levels.{i}'
        for j in range(count(p, level + '.flow.')):
            name = f'{level}.flow.{j}'
            flow = F.conv2d(flow, p[name + '.conv.weight'], stride=2, padding=1)
            flow = F.gelu(batch_norm(p, name + '.norm', flow))
            # PyTorch 1.13 gets the gradient of gelu wrong where it arrives in another order.
            flow.register_hook(torch.Tensor.contiguous)
        for j in range(count(p, level + '.image.')):
            name = f'{level}.image.{j}'
            if j > 0:
                image = F.relu(tokens).permute(0, 3, 1, 2)
            image = F.conv2d(image, p[name + '.conv.weight'], stride=2, padding=1)
            tokens = layer_norm(p, name + '.norm', image.permute(0, 2, 3, 1))
        if i == 0:
            tokens = tokens + p['position']
        side = tokens.shape[1]
        cells = F.avg_pool2d(moved, size // side)
        shares = cells / (cells.mean((1, 2, 3), keepdim=True) + 1e-6)
        prior = windows_of(torch.log(shares + 0.1).permute(0, 2, 3, 1), c['window'])
        prior = prior.reshape(-1, 1, 1, prior.shape[1])
        drive = windows_of(flow.permute(0, 2, 3, 1), c['window'])
        t = windows_of(tokens, c['window'])
        for j in range(depth):
            t = mfdan_block(p, f'{level}.blocks.{j}', c, t, drive, prior, c['dropKey'][i], n)
        image = map_of(t, side).permute(0, 3, 1, 2)
    seen = layer_norm(p, 'norm', image.permute(0, 2, 3, 1)).flatten(1, 2)
    seen = (seen * p['pool.image']).sum(1)
    felt = (flow.flatten(2).transpose(1, 2) * p['pool.flow']).sum(1)
    both = F.dropout(torch.cat([seen, felt], 1), c['dropout'])
    return {
        'logits': linear(p, 'head', both),
        'flow': linear(p, 'auxiliary', F.dropout(felt, c['dropout'])),
    }


def mfdan_loss(c, outputs, targets):
    log = F.log_softmax(outputs['logits'], 1)
    focal = -(targets * (1 - log.exp()) ** c['gamma'] * log).sum(1).mean()
    return focal + c['auxiliary'] * F.cross_entropy(outputs['flow'], targets)


# --- DenseMix ---------------------------------------------------------------


def unit(p, name, x):
    weight = p[name + '.conv.weight']
    return F.conv2d(F.relu(batch_norm(p, name + '.norm', x)), weight, padding=weight.shape[-1] // 2)


def mixed_attention(p, name, x):
    def weigh(seen):
        return linear(p, name + '.fc2', F.relu(linear(p, name + '.fc1', seen)))

    channels = torch.sigmoid(weigh(x.mean((2, 3))) + weigh(x.amax((2, 3))))
    chosen = x * channels[:, :, None, None]
    seen = torch.cat([chosen.mean(1, keepdim=True), chosen.amax(1, keepdim=True)], 1)
    weight = p[name + '.spatial.weight']
    places = F.conv2d(seen, weight, p[name + '.spatial.bias'], padding=weight.shape[-1] // 2)
    return x + chosen * torch.sigmoid(places)


def densemix(p, c, x, twin):
    x = F.conv2d(x, p['stem.weight'], stride=2, padding=1)
    for i, depth in enumerate(c['blocks']):
        block = f'blocks.{i}'
        for j in range(depth):
            layer = f'{block}.layers.{j}'
            x = torch.cat([x, unit(p, layer + '.growth', unit(p, layer + '.bottleneck', x))], 1)
        x = mixed_attention(p, block + '.attention', x)
        if block + '.transition.conv.weight' in p:
            x = unit(p, block + '.transition', x)
            if c['halve'][i]:
                x = F.avg_pool2d(x, 2)
    x = F.relu(batch_norm(p, 'norm', x))
    if 'pool' in p:
        pooled = (x * p['pool'].t().reshape(1, *x.shape[1:])).sum((2, 3))
    else:
        pooled = x.mean((2, 3))
    return {'logits': linear(p, 'head', F.dropout(pooled, c['dropout']))}


# --- ViT and DenseNet -------------------------------------------------------


def vit(p, c, x, twin):
    n, dim, heads = x.shape[0], c['dim'], c['heads']
    tokens = F.conv2d(x, p['patch.weight'], p['patch.bias'], stride=7).flatten(2).transpose(1, 2)
    h = torch.cat([p['token'].expand(n, 1, dim), tokens], 1) + p['position']
    for i in range(c['depth']):
        name = f'blocks.{i}'
        qkv = linear(p, name + '.qkv', layer_norm(p, name + '.attentionNorm', h))
        q, k, v = qkv.reshape(n, 17, 3, heads, dim // heads).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(dim // heads), -1)
        h = h + linear(p, name + '.out', (weights @ v).transpose(1, 2).reshape(n, 17, dim))
        wide = F.gelu(linear(p, name + '.fc1', layer_norm(p, name + '.mlpNorm', h)))
        h = h + linear(p, name + '.fc2', wide)
    return {'logits': linear(p, 'head', layer_norm(p, 'norm', h)[:, 0])}


def densenet(p, c, x, twin):
    h = F.conv2d(x, p['stem'], padding=1)
    for i in range(count(p, 'stages.')):
        for j in range(c['layers']):
            name = f'stages.{i}.layers.{j}'
            seen = F.relu(batch_norm(p, name + '.norm', h))
            h = torch.cat([h, F.conv2d(seen, p[name + '.conv'], padding=1)], 1)
        name = f'stages.{i}.downsample'
        if name + '.conv' in p:
            seen = F.relu(batch_norm(p, name + '.norm', h))
            h = F.avg_pool2d(F.conv2d(seen, p[name + '.conv']), 2)
    return {'logits': linear(p, 'head', F.relu(batch_norm(p, 'norm', h)).mean((2, 3)))}


NETWORKS = {
    'merba': (merba, granularity_loss),
    'ststnet': (ststnet, cross_entropy),
    'offapexnet': (offapexnet, cross_entropy),
    'mfdan': (mfdan, mfdan_loss),
    'densemix': (densemix, cross_entropy),
    'vit': (vit, cross_entropy),
    'densenet': (densenet, cross_entropy),
}

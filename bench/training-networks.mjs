/**
 * @file What bench/training.mjs measures: one row per network, each with its twin in training_networks.py.
 *
 * A row is a network as the registry has them. The two that telltale does not ship are written here:
 * a vision transformer (Dosovitskiy et al. 2021, arXiv:2010.11929) and a small densely connected
 * network (Huang et al. 2017, arXiv:1608.06993).
 */
import { findConfig, findNetwork, planesOf } from '@telltale/core/nets';
import {
  add,
  averagePool,
  concat,
  conv,
  expand,
  gelu,
  layerNorm,
  linear,
  matmul,
  mean,
  mul,
  relu,
  reshape,
  softmax,
  split,
  transpose,
} from '@telltale/engine';

const count = (shape) => shape.reduce((a, b) => a * b, 1);
const normal = (shape, random) => {
  const standardDeviation = 1 / Math.sqrt(count(shape.slice(1)));
  const data = Float32Array.from(
    { length: count(shape) },
    () => random.normal() * standardDeviation,
  );
  return { shape, data };
};
const filled = (shape, value) => ({ shape, data: new Float32Array(count(shape)).fill(value) });
const norm = (d) => ({ weight: filled([d], 1), bias: filled([d], 0) });
const dense = (from, to, random) => ({
  weight: normal([to, from], random),
  bias: filled([to], 0),
});
const apply = (p, x) => linear(x, p.weight, p.bias);

/** 28×28 images in 16 patches of 7×7. */
const vit = {
  name: 'vit',
  init: ({ dim, depth, classes }, random) => ({
    patch: { weight: normal([dim, 3, 7, 7], random), bias: filled([dim], 0) },
    token: filled([1, 1, dim], 0),
    position: normal([1, 17, dim], random),
    blocks: Array.from({ length: depth }, () => ({
      attentionNorm: norm(dim),
      qkv: dense(dim, 3 * dim, random),
      out: dense(dim, dim, random),
      mlpNorm: norm(dim),
      fc1: dense(dim, 4 * dim, random),
      fc2: dense(4 * dim, dim, random),
    })),
    norm: norm(dim),
    head: dense(dim, classes, random),
  }),
  forward(_, { dim, heads }, p, x) {
    const n = x.shape[0];
    const each = dim / heads;
    const patches = conv(x, p.patch.weight, { stride: 7, bias: p.patch.bias });
    const tokens = transpose(reshape(patches, [n, dim, 16]), [0, 2, 1]);
    let h = add(concat([expand(p.token, [n, 1, dim]), tokens], 1), p.position); // [n, 17, dim]
    for (const block of p.blocks) {
      const qkv = apply(block.qkv, layerNorm(h, block.attentionNorm));
      const [q, k, v] = split(qkv, 2, 3).map((t) =>
        transpose(reshape(t, [n, 17, heads, each]), [0, 2, 1, 3]),
      );
      const weights = softmax(mul(matmul(q, transpose(k, [0, 1, 3, 2])), 1 / Math.sqrt(each)));
      const activated = reshape(transpose(matmul(weights, v), [0, 2, 1, 3]), [n, 17, dim]);
      h = add(h, apply(block.out, activated));
      h = add(h, apply(block.fc2, gelu(apply(block.fc1, layerNorm(h, block.mlpNorm)))));
    }
    const first = reshape(split(layerNorm(h, p.norm), 1, [1, 16])[0], [n, dim]);
    return { logits: apply(p.head, first) };
  },
};

const running = (d) => ({
  ...norm(d),
  mean: { ...filled([d], 0), trainable: false },
  variance: { ...filled([d], 1), trainable: false },
});

/** Four dense stages of a few layers, halved between. */
const densenet = {
  name: 'densenet',
  init({ growth, layers, stem, classes }, random) {
    let channels = stem;
    const stages = Array.from({ length: 4 }, (_, stage) => {
      const grown = Array.from({ length: layers }, () => {
        const layer = { norm: running(channels), conv: normal([growth, channels, 3, 3], random) };
        channels += growth;
        return layer;
      });
      if (stage === 3) return { layers: grown };
      const downsample = {
        norm: running(channels),
        conv: normal([channels / 2, channels, 1, 1], random),
      };
      channels /= 2;
      return { layers: grown, downsample };
    });
    return {
      stem: normal([stem, 3, 3, 3], random),
      stages,
      norm: running(channels),
      head: dense(channels, classes, random),
    };
  },
  forward(context, _, p, x) {
    let h = conv(x, p.stem, { padding: 1 });
    for (const { layers, downsample } of p.stages) {
      for (const layer of layers) {
        const activated = relu(context.batchNorm(h, layer.norm));
        h = concat([h, conv(activated, layer.conv, { padding: 1 })], 1);
      }
      if (downsample) {
        const activated = relu(context.batchNorm(h, downsample.norm));
        h = averagePool(conv(activated, downsample.conv), { kernel: 2 });
      }
    }
    return { logits: apply(p.head, mean(relu(context.batchNorm(h, p.norm)), [2, 3])) };
  },
};

const still = { dropout: 0, dropPath: 0 };
const registered = (name, config) => {
  const network = findNetwork(name);
  const found = findConfig(network, config);
  return { network, config: found, planes: planesOf(network, found).length };
};

/**
 * The rows. `still` makes the network of a row deterministic, so that both sides can be compared
 * before they are timed; `twins` are the ways in which the other side is written.
 */
export const rows = [
  {
    name: 'merba flow28',
    batch: 64,
    twins: ['loop', 'unbind', 'joint'],
    still,
    ...registered('merba', 'flow28'),
  },
  {
    name: 'merba flow112',
    batch: 16,
    twins: ['loop', 'unbind', 'joint'],
    still,
    ...registered('merba', 'flow112'),
  },
  { name: 'ststnet flow28', batch: 256, still, ...registered('ststnet', 'flow28') },
  { name: 'offapexnet flow28', batch: 32, still, ...registered('offapexnet', 'flow28') },
  {
    name: 'mfdan flow28',
    batch: 32,
    still: { ...still, dropKey: [0, 0] },
    ...registered('mfdan', 'flow28'),
  },
  { name: 'densemix flow28', batch: 32, still, ...registered('densemix', 'flow28') },
  {
    name: 'vit',
    batch: 64,
    network: vit,
    config: { classes: 5, size: 28, dim: 256, depth: 6, heads: 8 },
  },
  {
    name: 'densenet',
    batch: 32,
    network: densenet,
    config: { classes: 5, size: 64, stem: 32, growth: 16, layers: 3 },
  },
];

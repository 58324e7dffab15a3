/**
 * @file A network with every kind of layer, small enough to train in a test.
 */
import { createRandom } from '../../core/src/base/random.ts';
import {
  add,
  averagePool,
  conv,
  crossEntropy,
  exp,
  flip,
  gather,
  gelu,
  layerNorm,
  linear,
  matmul,
  maxPool,
  mean,
  mul,
  neg,
  relu,
  reshape,
  selectiveScan,
  softmax,
  softplus,
  split,
  transpose,
  type Context,
  type Parameter,
  type Symbolic,
  type Tensor,
} from './index.ts';

/** Samples of a batch. */
export const BATCH = 12;

/** Shapes of the inputs of training. */
export const shapes = {
  images: [BATCH, 3, 8, 8],
  targets: [BATCH, 3],
  weights: [BATCH],
} as const;

type NetworkParams = ReturnType<typeof initNetwork>;

/** Parameters that a seed determines. */
export function initNetwork(seed: number) {
  const random = createRandom(seed);
  const normal = (shape: readonly number[], scale: number): Parameter => ({
    shape,
    data: Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      () => random.normal() * scale,
    ),
  });
  const full = (size: number, value: number, options: Partial<Parameter> = {}): Parameter => ({
    shape: [size],
    data: new Float32Array(size).fill(value),
    ...options,
  });
  const fixed = { trainable: false };
  return {
    conv: normal([8, 3, 3, 3], 0.2),
    norm: {
      weight: full(8, 1),
      bias: full(8, 0),
      mean: full(8, 0, fixed),
      variance: full(8, 1, fixed),
    },
    blocks: [0, 1].map(() => ({
      norm: { weight: full(8, 1), bias: full(8, 0) },
      conv: normal([8, 1, 3], 0.5),
      select: normal([16, 8], 0.3),
      logA: { ...normal([8, 4], 0.3), decay: false },
      skip: full(8, 1),
      out: normal([8, 8], 0.3),
    })),
    head: { weight: normal([3, 8], 0.3), bias: full(3, 0) },
  };
}

/** `[n, 3, 8, 8] → [n, 3]`, logits. */
export function forward(context: Context, params: Symbolic<NetworkParams>, images: Tensor): Tensor {
  const n = images.shape[0]!;
  let x = relu(context.batchNorm(conv(images, params.conv, { padding: 1 }), params.norm)); // [n, 8, 8, 8]
  x = add(maxPool(x, { kernel: 2 }), averagePool(x, { kernel: 2 })); // [n, 8, 4, 4]
  let t = transpose(reshape(x, [n, 8, 16]), [0, 2, 1]); // [n, 16, 8]
  params.blocks.forEach((block, i) => {
    const h = gather(layerNorm(t, block.norm), 1, order(i));
    const u = gelu(
      transpose(
        conv(transpose(h, [0, 2, 1]), block.conv, { padding: 'same', groups: 8 }),
        [0, 2, 1],
      ),
    );
    const [b, c, q] = split(linear(u, block.select), 2, [4, 4, 8]) as [Tensor, Tensor, Tensor];
    const y = selectiveScan(
      u,
      { delta: softplus(q), a: neg(exp(block.logA)), b, c, skip: block.skip },
      { reverse: i === 1 },
    );
    const attention = softmax(mul(matmul(q, transpose(u, [0, 2, 1])), 0.3)); // [n, 16, 16]
    const mixed = linear(add(flip(y, [1]), matmul(attention, u)), block.out);
    t = add(t, context.dropPath(mixed, 0.2));
  });
  return linear(context.dropout(mean(t, [1]), 0.25), params.head.weight, params.head.bias);
}

/** Loss and logits of a batch. */
export function objective(
  context: Context,
  params: Symbolic<NetworkParams>,
  inputs: { readonly images: Tensor; readonly targets: Tensor; readonly weights: Tensor },
): { readonly loss: Tensor; readonly logits: Tensor } {
  const logits = forward(context, params, inputs.images);
  return { loss: crossEntropy(logits, inputs.targets, { weights: inputs.weights }), logits };
}

/** A batch that a seed determines: classes differ in the mean of a color. */
export function batch(seed: number): Record<keyof typeof shapes, Float32Array> {
  const random = createRandom(seed);
  const images = new Float32Array(BATCH * 192);
  const targets = new Float32Array(BATCH * 3);
  for (let i = 0; i < BATCH; i++) {
    const kind = i % 3;
    targets[i * 3 + kind] = 1;
    for (let k = 0; k < 192; k++) {
      images[i * 192 + k] = random.normal() + (Math.floor(k / 64) === kind ? 0.8 : 0);
    }
  }
  return { images, targets, weights: new Float32Array(BATCH).fill(1) };
}

function order(block: number): number[] {
  return Array.from({ length: 16 }, (_, i) => (block === 0 ? (i % 4) * 4 + Math.floor(i / 4) : i));
}

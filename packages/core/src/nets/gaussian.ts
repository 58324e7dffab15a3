/**
 * @file The support vector machine with a Gaussian kernel as a network whose layers are solved, not trained in steps.
 *
 * It answers as `svm-rbf` of an evaluation does (`classical/`): cells with their sides apart, standardized; similarity to
 * each support vector, and to its mirror image; a decision for each pair of classes; votes.
 *
 *     flow ─┬─ cells ─ similarities ──┐
 *           └─ mirrored ─ cells ─ … ──┴─ decisions of pairs ─ votes
 *
 * Glossary: `n` batch, `f` features of a face, `m` support vectors, `p` pairs of classes, `k` classes.
 */
import {
  abs,
  add,
  averagePool,
  concat,
  constant,
  div,
  exp,
  flip,
  linear,
  matmul,
  maximum,
  mul,
  neg,
  relu,
  reshape,
  sigmoid,
  split,
  sqrt,
  square,
  sub,
  sum,
} from '@telltale/engine';
import type { Context, Parameter, Symbolic, Tensor } from '@telltale/engine';

import type { Random } from '../base/random.ts';
import * as is from '../base/shape.ts';
import { flowPlanes, mirrorSigns } from './input.ts';
import { applyLinear, filled, initLinear, type Linear } from './layers.ts';
import type { Network, NetworkConfig, Outputs } from './network.ts';
import { common, where } from './settings.ts';

/** Sizes. */
export interface GaussianConfig extends NetworkConfig {
  /** Cells on a side, which divide the image. */
  readonly cells: number;
  /** Number of support vectors, mirror images not counted. */
  readonly vectors: number;
}

/** All parameters. */
export interface GaussianParams {
  /** Of each feature, before {@link GaussianParams.shift} is added: `[f]`. */
  readonly scale: Parameter;
  /** `[f]` */
  readonly shift: Parameter;
  /** Standardized: `[m, f]`. */
  readonly vectors: Parameter;
  /** How fast similarity falls with the squared distance: `[1]`. */
  readonly gamma: Parameter;
  /** Of the pairs (0, 1), (0, 2), …, (1, 2), …: `[p, 2m]`, mirror images last; biases are the negative thresholds. */
  readonly pairs: Linear;
}

/** What a cell measures: flow to each of four sides, its magnitude, and strain. */
const QUANTITIES = 6;
/** So steep that a sigmoid is a step for every decision that is not 0. */
const STEEP = 1e6;

const flow28: GaussianConfig = { classes: 3, size: 28, cells: 7, vectors: 309 };

const tiny: GaussianConfig = { classes: 3, size: 8, cells: 4, vectors: 5 };

/** Schema of {@link GaussianConfig}. */
const settings: is.Shape = is.all(
  is.members({ ...common, cells: is.integer(1, 64), vectors: is.integer(1, 100_000) }),
  where(
    ({ size, cells }: GaussianConfig) => size % cells === 0,
    'its cells do not divide the side of its image',
  ),
  where(({ classes }: GaussianConfig) => classes <= 100, 'it has at most 100 classes'),
);

/** Indices of the classes of each pair. */
function pairsOf(classes: number): (readonly [first: number, second: number])[] {
  return Array.from({ length: classes }, (_, first) =>
    Array.from({ length: classes - first - 1 }, (__, i) => [first, first + 1 + i] as const),
  ).flat();
}

function init({ classes, cells, vectors }: GaussianConfig, random: Random): GaussianParams {
  const features = QUANTITIES * cells ** 2;
  return {
    scale: filled([features], 1, random),
    shift: filled([features], 0, random),
    vectors: initLinear({ from: features, to: vectors, bias: false }, random).weight,
    gamma: filled([1], 1 / features, random),
    pairs: initLinear({ from: 2 * vectors, to: pairsOf(classes).length }, random),
  };
}

/** `[n, f]`, as `cellFeatures` of `classical/features.ts`, standardized. */
function featuresOf(x: Tensor, kernel: number, params: Symbolic<GaussianParams>): Tensor {
  const [u, v, strain] = split(x, 1, 3) as [Tensor, Tensor, Tensor];
  const sides = [relu(u), relu(neg(u)), relu(v), relu(neg(v))];
  const quantities = [...sides, sqrt(add(square(u), square(v))), strain];
  const means = averagePool(concat(quantities, 1), { kernel });
  const [n, ...rest] = means.shape as [number, ...number[]];
  const flat = reshape(means, [n, rest.reduce((a, b) => a * b, 1)]);
  return add(mul(flat, params.scale), params.shift);
}

/** `[n, m]`: exp(−γ |x − z|²). */
function similarities(x: Tensor, { vectors, gamma }: Symbolic<GaussianParams>): Tensor {
  const lengths = add(
    sum(square(x), [1], { keep: true }),
    reshape(sum(square(vectors), [1]), [1, vectors.shape[0]!]),
  );
  const distances = maximum(sub(lengths, mul(linear(x, vectors, null), 2)), 0);
  return exp(neg(mul(distances, gamma)));
}

function forward(
  _: Context,
  { classes, size, cells }: GaussianConfig,
  params: Symbolic<GaussianParams>,
  x: Tensor,
): Outputs {
  const signs = constant(mirrorSigns(flowPlanes), [flowPlanes.length, 1, 1]); // u changes its sign
  const looks = [x, mul(flip(x, [3]), signs)];
  const near = looks.map((look) => similarities(featuresOf(look, size / cells, params), params));
  const decisions = applyLinear(params.pairs, concat(near, 1)); // [n, p]
  const pairs = pairsOf(classes);
  const table = (value: (pair: readonly [number, number], c: number) => number): Tensor =>
    constant(
      Float32Array.from(
        pairs.flatMap((pair) => Array.from({ length: classes }, (__, c) => value(pair, c))),
      ),
      [pairs.length, classes],
    );
  const isFirst = table(([first], c) => Number(first === c));
  const isSecond = table(([, second], c) => Number(second === c));
  const won = sigmoid(mul(decisions, STEEP));
  const votes = add(matmul(won, isFirst), matmul(sub(1, won), isSecond));
  const sums = matmul(decisions, sub(isFirst, isSecond));
  // As `tally` of classical/radial.ts: a part below one half decides between equal numbers of votes.
  return { logits: add(votes, div(sums, mul(add(abs(sums), 1), 3))) };
}

/** The Gaussian support vector machine, as the registry holds it. */
export const gaussianNetwork: Network<GaussianConfig, GaussianParams> = {
  name: 'svm-rbf',
  paper:
    'Fan et al. 2005, Working Set Selection Using Second Order Information for Training Support Vector Machines, JMLR 6',
  configs: { flow28, tiny },
  settings,
  parts: {},
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  init,
  forward,
};

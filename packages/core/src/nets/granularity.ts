/**
 * @file Dual-granularity classification: whether an emotion is negative, and which one it is.
 *
 * The Dual-Granularity Classification Module of Mao et al. 2025, "MERba",
 * arXiv:2506.14468, motivated by the similarity of negative micro-expressions.
 * The text gives no equations; ours are those of a two-level softmax,
 * p(class) = p(group) · p(class | group).
 *
 * Where a dataset has a second, finer annotation, its classes are the fine ones and the usual classes the coarse ones.
 *
 * Glossary: `n` batch, `d` channels, `k` classes, `f` fine classes.
 */
import {
  add,
  concat,
  constant,
  crossEntropy,
  gather,
  log,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  softmax,
  sum,
  transpose,
  type Symbolic,
  type Tensor,
} from '@telltale/engine';

import type { Random } from '../base/random.ts';
import { applyLinear, filled, normal, type Linear } from './layers.ts';
import type { FineClass, FineTargets, NetworkConfig, Outputs } from './network.ts';
import { isWithout } from './parts.ts';

/** The part of a network's configuration that the head needs. */
export interface GranularityConfig extends NetworkConfig {
  /** Classes of each coarse group. With one group or none, the head is plain. Of no effect with `fine`. */
  readonly groups: readonly (readonly number[])[];
  /**
   * Fine classes below the classes, from a second annotation: the classes are the coarse decision, and each has at
   * least one fine class. Left out: the classes themselves are the fine ones, in `groups`.
   */
  readonly fine?: readonly FineClass[];
  /** Weights of the coarse and the fine loss, which are added to the joint one. */
  readonly granularity: { readonly coarse: number; readonly fine: number };
}

/** A head of one or two granularities. */
export interface Head {
  /** `[groups, d]`, or `[k, d]` with fine classes; absent in a plain head. */
  readonly coarse?: Linear;
  /** `[k, d]`, or `[f, d]` with `f` fine classes. */
  readonly fine: Linear;
}

const negatives = new Set([
  'negative',
  'anger',
  'contempt',
  'disgust',
  'fear',
  'repression',
  'sadness',
]);

/** Coarse groups: negative emotions, and the others. One group where either is empty. */
export function groupsOf(classes: readonly string[]): readonly (readonly number[])[] {
  const isNegative = (i: number): boolean => negatives.has(classes[i]!.toLowerCase());
  const all = classes.map((_, i) => i);
  const groups = [all.filter(isNegative), all.filter((i) => !isNegative(i))];
  return groups.filter((group) => group.length > 0);
}

/** New parameters for `d` features: small weights, so that initial probabilities are nearly uniform. */
export function initHead(config: GranularityConfig, d: number, random: Random): Head {
  const layer = (to: number): Linear => ({
    weight: normal([to, d], 0.02, random),
    bias: filled([to], 0, random),
  });
  if (config.fine) return { coarse: layer(config.classes), fine: layer(config.fine.length) };
  return {
    ...(config.groups.length > 1 && { coarse: layer(config.groups.length) }),
    fine: layer(config.classes),
  };
}

/**
 * `[n, d] → [n, k]`, joint log-probabilities, with the coarse and fine ones they are composed of.
 *
 * With fine classes, the logits are the coarse decision, `[n, k]`, and `fine` the log-probability of each fine class
 * within its class, `[n, f]`.
 */
export function classify(
  config: GranularityConfig,
  params: Symbolic<Head>,
  features: Tensor,
): Outputs {
  const scores = applyLinear(params.fine, features); //                       [n, k]
  if (config.fine) return classifyFine(config, params, { features, scores });
  if (!params.coarse) return { logits: logSoftmax(scores) };
  const groups = applyLinear(params.coarse, features); //                     [n, groups]
  if (isWithout(config, 'granularity'))
    return { logits: add(logSoftmax(scores), mul(matmul(groups, membership(config)), 0)) };
  const coarse = logSoftmax(groups);
  const within = config.groups.map((group) => logSoftmax(gather(scores, 1, group)));
  const order = config.groups.flat();
  const places = Array.from({ length: config.classes }, (_, k) => order.indexOf(k));
  const fine = gather(concat(within, 1), 1, places); //                       [n, k]
  return { logits: add(matmul(coarse, membership(config)), fine), coarse, fine };
}

function classifyFine(
  config: GranularityConfig,
  params: Symbolic<Head>,
  { features, scores }: { readonly features: Tensor; readonly scores: Tensor },
): Outputs {
  const given = applyLinear(params.coarse!, features); //                     [n, k]
  const fine = withinClasses(config, scores); //                              [n, f]
  if (!isWithout(config, 'granularity')) return { logits: logSoftmax(given), fine, scores };
  const shares = matmul(softmax(scores), transpose(ofClasses(config), [1, 0])); // [n, k]
  return { logits: add(log(add(shares, 1e-12)), mul(given, 0)), fine, scores };
}

/** Log-probability of each fine class within its class, `[n, f] → [n, f]`. */
export function withinClasses(
  { classes, fine = [] }: Pick<GranularityConfig, 'classes' | 'fine'>,
  scores: Tensor,
): Tensor {
  const members = Array.from({ length: classes }, (_, k) =>
    fine.flatMap(({ of }, i) => (of === k ? [i] : [])),
  );
  const order = members.flat();
  const within = members.map((group) => logSoftmax(gather(scores, 1, group)));
  return gather(
    concat(within, 1),
    1,
    Array.from(fine, (_, i) => order.indexOf(i)),
  );
}

/**
 * Cross-entropy of the coarse decision, and of the fine one within the annotated class, among the fine classes that
 * the sample's dataset distinguishes; a scalar. Samples without a fine class count for the coarse decision only.
 *
 * @param targets - probabilities of the classes, `[n, k]`
 */
export function fineLoss(
  config: GranularityConfig,
  outputs: Outputs,
  targets: Tensor,
  fine: FineTargets,
): Tensor {
  const { coarse, fine: weight } = config.granularity;
  const within = withinClasses(config, add(outputs['scores']!, fine.among));
  const ofFine = neg(mean(sum(mul(fine.targets, within), [1])));
  const ofCoarse = crossEntropy(outputs.logits, targets);
  return add(mul(ofCoarse, 1 + coarse), mul(ofFine, 1 + weight));
}

/**
 * Cross-entropy of the joint decision plus the weighted cross-entropies of the coarse and the fine one; a scalar.
 *
 * By the chain rule the joint term is the sum of both, so equal weights only
 * change its scale, and unequal ones shift the balance.
 *
 * @param targets - probabilities, `[n, k]`
 */
export function granularityLoss(
  config: GranularityConfig,
  outputs: Outputs,
  targets: Tensor,
): Tensor {
  const joint = crossEntropy(outputs.logits, targets);
  const { coarse, fine } = outputs;
  if (!coarse || !fine) return joint;
  const groups = matmul(targets, transpose(membership(config), [1, 0])); //   [n, groups]
  const ofCoarse = neg(mean(sum(mul(groups, coarse), [1])));
  const ofFine = neg(mean(sum(mul(targets, fine), [1])));
  const weights = config.granularity;
  return add(joint, add(mul(ofCoarse, weights.coarse), mul(ofFine, weights.fine)));
}

/** 1 where a class belongs to a group, `[groups, k]`. */
function membership({ groups, classes }: GranularityConfig): Tensor {
  const table = new Float32Array(groups.length * classes);
  groups.forEach((group, i) => group.forEach((k) => (table[i * classes + k] = 1)));
  return constant(table, [groups.length, classes]);
}

/** 1 where a fine class belongs to a class, `[k, f]`. */
function ofClasses({ classes, fine = [] }: GranularityConfig): Tensor {
  const table = new Float32Array(classes * fine.length);
  fine.forEach(({ of }, i) => (table[of * fine.length + i] = 1));
  return constant(table, [classes, fine.length]);
}

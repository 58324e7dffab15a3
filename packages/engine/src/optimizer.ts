/**
 * @file AdamW inside the training graph, and schedules for its learning rate.
 *
 * Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization",
 * algorithm 2. The moments are kept unnormalized, `m = Σ β₁ᵏ g` and
 * `v = Σ β₂ᵏ g²`, so that a step takes fewer passes over the weights; the
 * normalization is in two scalars that are computed outside of the graph.
 */
import { add, div, minimum, mul, sqrt, square, sub } from './operations/elementwise.ts';
import { sum } from './operations/broadcast.ts';
import type { Tensor } from './tensor.ts';

/** Default decay of the first moment. */
export const BETA1 = 0.9;

/** Default decay of the second moment. */
export const BETA2 = 0.999;

/** Constants of the optimizer, fixed in the graph. */
export interface OptimizerOptions {
  /** Decay of the first moment. @defaultValue 0.9 */
  readonly beta1?: number;
  /** Decay of the second moment. @defaultValue 0.999 */
  readonly beta2?: number;
  /** Added to the denominator. @defaultValue 1e-8 */
  readonly epsilon?: number;
  /** Largest norm of all gradients together; longer ones are scaled down. Off by default. */
  readonly clipNorm?: number;
  /** Decay of an exponential moving average of the weights, such as 0.999. Off by default. */
  readonly averageDecay?: number;
}

/** Scalars that change with every step. */
export interface StepScalars<T> {
  /** Factor of the root of the second moment. */
  readonly spread: T;
  /** Added to the denominator. */
  readonly floor: T;
  /** Factor that weight decay multiplies a weight by. */
  readonly keep: T;
}

/** A weight with its unnormalized moments. */
export interface Moments {
  readonly weight: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
}

/** One AdamW update of one parameter. */
export function adamW(
  { weight, first, second }: Moments,
  gradient: Tensor,
  options: {
    readonly scalars: StepScalars<Tensor>;
    readonly beta1: number;
    readonly beta2: number;
    readonly decay: boolean;
  },
): Moments {
  const { scalars, beta1, beta2, decay } = options;
  const m = add(mul(first, beta1), gradient);
  const v = add(mul(second, beta2), mul(gradient, gradient));
  const change = div(m, add(mul(sqrt(v), scalars.spread), scalars.floor));
  const kept = decay ? mul(weight, scalars.keep) : weight;
  return { weight: sub(kept, change), first: m, second: v };
}

/** The scalars of step `step`, counted from 1. */
export function stepScalars(
  step: number,
  rates: { readonly learningRate: number; readonly weightDecay: number },
  { beta1 = BETA1, beta2 = BETA2, epsilon = 1e-8 }: OptimizerOptions,
): StepScalars<number> {
  // A rate of 0 becomes one that changes no float32 weight, so that 0 · ∞ cannot occur.
  const rate = Math.max(rates.learningRate, 1e-25);
  const scale = (1 - beta1 ** step) / (rate * (1 - beta1));
  return {
    spread: Math.sqrt((1 - beta2) / (1 - beta2 ** step)) * scale,
    floor: epsilon * scale,
    keep: 1 - rates.learningRate * rates.weightDecay,
  };
}

/** Euclidean norm of all gradients together, and the gradients scaled to at most `limit`. */
export function clipGradients(
  gradients: readonly Tensor[],
  limit: number,
): { readonly norm: Tensor; readonly clipped: readonly Tensor[] } {
  const norm = sqrt(gradients.map((g) => sum(square(g))).reduce(add));
  const factor = minimum(div(limit, add(norm, 1e-6)), 1);
  return { norm, clipped: gradients.map((g) => mul(g, factor)) };
}

/**
 * A learning rate with linear warm-up over `warmup` steps and cosine decay.
 *
 * @returns the rate of a step, counted from 0
 * @see Loshchilov and Hutter 2017, "SGDR", equation 5
 */
export function cosineSchedule(options: {
  /** Peak rate. */
  readonly peak: number;
  /** Warm-up steps. @defaultValue 0 */
  readonly warmup?: number;
  /** Total number of steps. */
  readonly steps: number;
  /** Final rate. @defaultValue 0 */
  readonly final?: number;
}): (step: number) => number {
  const { peak, warmup = 0, steps, final = 0 } = options;
  return (step) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
    return final + ((peak - final) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}

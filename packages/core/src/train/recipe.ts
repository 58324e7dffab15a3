/**
 * @file How a network is trained: everything but the data and the seed.
 *
 * All of it is fixed before a training begins. Nothing is chosen by looking at
 * a test fold, the number of epochs least of all.
 */
import { TelltaleError } from '../base/errors.ts';
import type { AugmentOptions } from './augment.ts';

/** A training recipe. Plain JSON. */
export interface Recipe {
  /** Passes over the training samples, at least 1. */
  readonly epochs: number;
  /** Samples per step. */
  readonly batch: number;
  /** Highest learning rate of AdamW. */
  readonly learningRate: number;
  /** Decoupled, multiplied by the learning rate. */
  readonly weightDecay: number;
  /** Share of all steps during which the learning rate rises; then it falls along half a cosine to 0. */
  readonly warmUp: number;
  /** Share of a target that is spread over all classes. */
  readonly labelSmoothing: number;
  /** Decay per step of the moving average of the weights, which is what a training gives; 0 averages nothing. */
  readonly averageDecay: number;
  /** Largest norm of the gradients together. */
  readonly clipNorm: number;
  /** From 0, each sample once an epoch, to 1, each class equally often. */
  readonly balance: number;
  /**
   * β of the weights of the classes in the loss, computed from the training part: 0 weighs samples
   * evenly, near 1 classes. Left out: 0.
   *
   * @see Cui, Jia, Lin, Song and Belongie 2019, "Class-Balanced Loss Based on Effective Number of Samples", CVPR
   */
  readonly effectiveNumber?: number;
  /** Random changes of the training samples. */
  readonly augment: AugmentOptions;
}

/**
 * Epochs, rates and augmentation unless a network or the caller sets others.
 *
 * @see Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", ICLR
 * @see Polyak and Juditsky 1992, "Acceleration of Stochastic Approximation by Averaging"
 */
export const defaultRecipe: Recipe = {
  epochs: 60,
  batch: 32,
  learningRate: 1e-3,
  weightDecay: 0.05,
  warmUp: 0.05,
  labelSmoothing: 0.1,
  averageDecay: 0.98,
  clipNorm: 1,
  balance: 1,
  augment: { mirror: 0.5, shift: 1, amplitude: 0.2, mixup: 0 },
};

/** Limits of each number of a recipe, both included. */
const LIMITS: Readonly<Record<Exclude<keyof Recipe, 'augment'>, readonly [number, number]>> = {
  epochs: [1, 1e6],
  batch: [2, 65536],
  learningRate: [1e-12, 10],
  weightDecay: [0, 10],
  warmUp: [0, 1],
  labelSmoothing: [0, 0.99],
  averageDecay: [0, 0.999999],
  clipNorm: [1e-9, 1e9],
  balance: [0, 1],
  effectiveNumber: [0, 0.999999],
};

/**
 * Refuses a recipe that cannot be followed.
 *
 * @throws TelltaleError `OPTION_INVALID`
 */
export function checkRecipe(recipe: Recipe): void {
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const value = recipe[name as keyof typeof LIMITS] ?? 0;
    const whole = name === 'epochs' || name === 'batch';
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new TelltaleError(
        'OPTION_INVALID',
        `${name} is ${value}`,
        `Choose a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`,
      );
    }
  }
}

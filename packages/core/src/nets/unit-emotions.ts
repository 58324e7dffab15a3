/**
 * @file Emotions inferred from facial action units, as a network whose layers are solved, not trained in steps.
 *
 * The first layer is the recognizer of units (`units/`): one linear classifier for each unit, for one side of a face at a
 * time, on 14×14 cells of u, v and strain. Both sides become one decision per unit, and multinomial logistic regression
 * infers the emotion from those. Ekman, Friesen and Hager 2002, "Facial Action Coding System", separate what moves from
 * what it means in the same way.
 *
 *     flow ─┬─ cells ─ units of the left side ──┐
 *           └─ mirrored ─ cells ─ of the right ─┴─ one decision per unit ─ classes
 *
 * Glossary: `n` batch, `u` units, `f` features of a face (3 · 14 · 14), `k` classes.
 */
import { add, averagePool, constant, div, flip, maximum, mul, reshape } from '@telltale/engine';
import type { Context, Symbolic, Tensor } from '@telltale/engine';

import type { Random } from '../base/random.ts';
import * as is from '../base/shape.ts';
import { flowPlanes, mirrorSigns } from './input.ts';
import { applyLinear, initLinear, type Linear } from './layers.ts';
import type { Network, NetworkConfig, Outputs } from './network.ts';
import { common, width, where } from './settings.ts';

/** Sizes. */
export interface UnitEmotionsConfig extends NetworkConfig {
  /** Number of units. */
  readonly units: number;
  /** Cells on a side, which divide the image. */
  readonly cells: number;
}

/** All parameters; what standardizes features and decisions is inside the weights. */
export interface UnitEmotionsParams {
  /** Units of one side: `[u, f]`. */
  readonly sides: Linear;
  /** `[k, u]` */
  readonly emotions: Linear;
}

/** The twelve units of the CD6ME protocol on the cells of `units/features.ts`. */
const flow28: UnitEmotionsConfig = { classes: 3, size: 28, units: 12, cells: 14 };

const tiny: UnitEmotionsConfig = { classes: 3, size: 8, units: 2, cells: 4 };

/** Schema of {@link UnitEmotionsConfig}. */
const settings: is.Shape = is.all(
  is.members({ ...common, units: width, cells: is.integer(1, 64) }),
  where(
    ({ size, cells }: UnitEmotionsConfig) => size % cells === 0,
    'its cells do not divide the side of its image',
  ),
);

function init(config: UnitEmotionsConfig, random: Random): UnitEmotionsParams {
  const features = flowPlanes.length * config.cells ** 2;
  return {
    sides: initLinear({ from: features, to: config.units }, random),
    emotions: initLinear({ from: config.units, to: config.classes }, random),
  };
}

function forward(
  _: Context,
  { size, cells }: UnitEmotionsConfig,
  { sides, emotions }: Symbolic<UnitEmotionsParams>,
  x: Tensor,
): Outputs {
  const signs = constant(mirrorSigns(flowPlanes), [flowPlanes.length, 1, 1]); // u changes its sign
  const [left, right] = [x, mul(flip(x, [3]), signs)].map((look) => {
    const means = averagePool(look, { kernel: size / cells });
    const [n, ...rest] = means.shape as [number, ...number[]];
    return applyLinear(sides, reshape(means, [n, rest.reduce((a, b) => a * b, 1)])); // [n, u]
  }) as [Tensor, Tensor];
  // As `faceDecision` of units/fit.ts: half the stronger side, half the mean of both.
  const face = add(div(maximum(left, right), 2), div(add(left, right), 4));
  return { logits: applyLinear(emotions, face), units: face };
}

/** Emotions inferred from units, as the registry holds them. */
export const unitEmotionsNetwork: Network<UnitEmotionsConfig, UnitEmotionsParams> = {
  name: 'units',
  paper:
    'Ekman, Friesen and Hager 2002, Facial Action Coding System: emotions inferred from action units by logistic regression',
  configs: { flow28, tiny },
  settings,
  parts: {},
  forClasses: (config, classes) => ({ ...config, classes: classes.length }),
  init,
  forward,
};

/**
 * @file Focal loss: down-weights samples that are already classified correctly.
 *
 * Lin, Goyal, Girshick, He and Dollár 2017, "Focal Loss for Dense Object
 * Detection", ICCV, arXiv:1708.02002, equation 5, over a softmax. The weight α of
 * a class comes with the targets: where a recipe weighs classes, each target is
 * multiplied by the weight of its class beforehand.
 */
import {
  exp,
  logSoftmax,
  mean,
  mul,
  neg,
  square,
  sub,
  sum,
  scalar,
  type Tensor,
} from '@telltale/engine';

/**
 * The mean over samples of −Σₖ tₖ (1 − pₖ)^γ log pₖ; a scalar. γ = 0 is the cross-entropy.
 *
 * @param logits - `[n, classes]`
 * @param targets - `[n, classes]`, each α times a share of the class
 * @param gamma - focusing exponent
 */
export function focalLoss(logits: Tensor, targets: Tensor, gamma: 0 | 1 | 2): Tensor {
  const logs = logSoftmax(logits); //                                     [n, classes]
  const missing = sub(scalar(1), exp(logs));
  const focus = { 0: undefined, 1: missing, 2: square(missing) }[gamma];
  const each = focus ? mul(focus, logs) : logs;
  return neg(mean(sum(mul(targets, each), [1])));
}

/**
 * @file Losses.
 */
import { range, sameShape, shapeError, type Tensor } from '../tensor.ts';
import { sum } from './broadcast.ts';
import { div, mul, neg } from './elementwise.ts';
import { logSoftmax } from './normalization.ts';
import { mean } from './reduce.ts';

/**
 * Cross-entropy of logits against target probabilities, both `[n, classes]`;
 * the mean over samples, or their weighted mean.
 */
export function crossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: {
    /** Weight of each sample, `[n]`; their sum must not be 0. */
    readonly weights?: Tensor | null;
  } = {},
): Tensor {
  const { weights } = options;
  if (!sameShape(logits.shape, targets.shape) || logits.shape.length !== 2) {
    throw shapeError('crossEntropy', [logits.shape, targets.shape], 'needs [n, classes] twice');
  }
  if (weights && !sameShape(weights.shape, logits.shape.slice(0, 1))) {
    throw shapeError('crossEntropy', [logits.shape, weights.shape], 'needs weights [n]');
  }
  const each = neg(sum(mul(logSoftmax(logits), targets), [1]));
  return weights ? div(sum(mul(each, weights)), sum(weights)) : mean(each, range(1));
}

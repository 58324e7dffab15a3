/** @file The progress line of a training. */
import type { TrainEvent } from '@telltale/core/train';

/**
 * The progress after an epoch: loss, accuracy, learning rate and remaining time.
 *
 * @param seconds - since the start of this run
 * @param before - epochs of earlier, interrupted runs
 */
export function epochLine(event: TrainEvent, seconds: number, before: number): string {
  if (event.type === 'done') return `loss ${event.loss.toFixed(4)}`;
  const { epoch, epochs, loss, accuracy, learningRate } = event;
  const left = Math.ceil(((epochs - epoch) * seconds) / (epoch - before));
  const right = accuracy === undefined ? '' : `, ${(100 * accuracy).toFixed(1)} % right`;
  return `epoch ${epoch} of ${epochs}: loss ${loss.toFixed(4)}${right}, learning rate ${learningRate.toExponential(1)}, ${left} s left`;
}

/** @file What a training says after each epoch. */
import type { TrainEvent } from '@telltale/core/train';

/**
 * One line: how far, how good, how long yet.
 *
 * @param seconds - since this run began
 * @param before - epochs that an earlier run had done
 */
export function epochLine(event: TrainEvent, seconds: number, before: number): string {
  if (event.type === 'done') return `loss ${event.loss.toFixed(4)}`;
  const { epoch, epochs, loss, accuracy, learningRate } = event;
  const left = Math.ceil(((epochs - epoch) * seconds) / (epoch - before));
  const right = accuracy === undefined ? '' : `, ${(100 * accuracy).toFixed(1)} % right`;
  return `epoch ${epoch} of ${epochs}: loss ${loss.toFixed(4)}${right}, learning rate ${learningRate.toExponential(1)}, ${left} s left`;
}

/**
 * @file Reverse-mode differentiation of symbolic tensors.
 */
import { EngineError } from './errors.ts';
import { add } from './operations/elementwise.ts';
import { zeros } from './operations/broadcast.ts';
import { scalar, shapeText, type Operation, type Tensor } from './tensor.ts';

/**
 * Derivatives of a scalar with respect to tensors: for each, a tensor of its
 * shape (zeros where the scalar does not depend on it).
 *
 * @throws EngineError `SHAPE_MISMATCH` where `loss` is not a scalar, `GRADIENT_MISSING` where an operation between them has none
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): readonly Tensor[] {
  if (loss.shape.length !== 0) {
    throw new EngineError(
      'SHAPE_MISMATCH',
      `gradients of a tensor of shape ${shapeText(loss.shape)}; only a scalar can be differentiated`,
      'Reduce the loss with mean() or sum().',
    );
  }
  const order = sortOperations([loss]);
  const depends = new Set<Tensor>(wrt);
  for (const operation of order) {
    if (operation.inputs.some((input) => depends.has(input))) {
      for (const output of operation.outputs) depends.add(output);
    }
  }
  const cotangents = new Map<Tensor, Tensor>([[loss, scalar(1)]]);
  for (const operation of order.toReversed()) {
    const incoming = operation.outputs.map((output) => cotangents.get(output) ?? null);
    if (incoming.every((g) => g === null)) continue;
    if (!operation.inputs.some((input) => depends.has(input))) continue;
    if (!operation.gradient) {
      throw new EngineError(
        'GRADIENT_MISSING',
        `${operation.name} has no gradient, but the loss depends on a parameter through it`,
        'Use it on constants only, or write it with differentiable operations.',
      );
    }
    operation.gradient(incoming).forEach((g, i) => {
      const input = operation.inputs[i]!;
      if (!g || !depends.has(input)) return;
      const sofar = cotangents.get(input);
      cotangents.set(input, sofar ? add(sofar, g) : g);
    });
  }
  return wrt.map((tensor) => cotangents.get(tensor) ?? zeros(tensor.shape));
}

/** All operations that `tensors` need, each after those it reads from. */
export function sortOperations(tensors: readonly Tensor[]): readonly Operation[] {
  const order: Operation[] = [];
  const done = new Set<Operation>();
  const stack = tensors.flatMap((tensor) => tensor.operation ?? []).toReversed();
  while (stack.length > 0) {
    const operation = stack.at(-1)!;
    if (done.has(operation)) {
      stack.pop();
      continue;
    }
    const waiting = operation.inputs.flatMap(({ operation: source }) =>
      source && !done.has(source) ? source : [],
    );
    if (waiting.length > 0) {
      stack.push(...waiting);
    } else {
      done.add(operation);
      order.push(operation);
      stack.pop();
    }
  }
  return order;
}

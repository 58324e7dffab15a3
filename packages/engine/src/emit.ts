/**
 * @file Symbolic tensors to an ONNX graph.
 *
 * Only operations that the outputs depend on are written, equal operations on
 * equal inputs once.
 */
import { EngineError } from './errors.ts';
import { sortOperations } from './gradients.ts';
import { Graph, type Target } from './onnx/graph.ts';
import type { Tensor } from './tensor.ts';

/** How a graph is written. */
export interface EmitOptions {
  readonly target: Target;
  /** Tensors that are leaves of the network but computed from other leaves in this graph. */
  readonly definitions?: readonly (readonly [tensor: Tensor, value: Tensor])[];
}

/**
 * Writes the graph that computes `outputs`.
 *
 * @param leaves - inputs of the graph; a leaf with data becomes a constant of the file
 * @throws EngineError `INPUT_MISMATCH` where an output needs a leaf that is not among `leaves`
 */
export function emitGraph(
  outputs: readonly (readonly [name: string, tensor: Tensor])[],
  leaves: readonly { readonly tensor: Tensor; readonly data?: Float32Array }[],
  { target, definitions = [] }: EmitOptions,
): Graph {
  const graph = new Graph(target);
  const names = new Map<Tensor, string>();
  const constants = new Map<Tensor, Float32Array>();
  for (const { tensor, data } of leaves) {
    if (data) constants.set(tensor, data);
    else names.set(tensor, graph.input(tensor.name, tensor.shape));
  }
  const nameOf = (tensor: Tensor): string => {
    const known = names.get(tensor);
    if (known !== undefined) return known;
    const data = constants.get(tensor);
    if (!data) {
      throw new EngineError(
        'INPUT_MISMATCH',
        `the graph needs '${tensor.name}', which is neither an input nor a parameter`,
        'Use only the tensors that the function receives.',
      );
    }
    const name = graph.initializer(data, tensor.shape, tensor.name);
    names.set(tensor, name);
    return name;
  };

  const written = new Map<string, readonly string[]>();
  const write = (tensors: readonly Tensor[]): void => {
    for (const operation of sortOperations(tensors)) {
      const inputs = operation.inputs.map(nameOf);
      const key =
        operation.signature === null ? null : `${operation.signature}(${inputs.join('|')})`;
      const results =
        (key === null ? undefined : written.get(key)) ?? operation.emit(graph, inputs);
      if (key !== null) written.set(key, results);
      operation.outputs.forEach((output, i) => names.set(output, results[i]!));
    }
  };
  write(definitions.map(([, value]) => value));
  for (const [tensor, value] of definitions) names.set(tensor, nameOf(value));
  write(outputs.map(([, tensor]) => tensor));
  for (const [name, tensor] of outputs) graph.output(nameOf(tensor), name, tensor.shape);
  return graph;
}

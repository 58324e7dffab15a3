/**
 * @file Exports a network with its weights as a standard ONNX file, and runs such files.
 *
 * The file has opset 17 and standard operators only, so any ONNX runtime can
 * run it: onnxruntime-node, onnxruntime-web in a page, or one outside of
 * JavaScript.
 */
import type { InferenceSession } from 'onnxruntime-common';

import { inferenceContext, type Context } from './context.ts';
import { emitGraph } from './emit.ts';
import { EngineError } from './errors.ts';
import { writeModel } from './onnx/model.ts';
import type { Ort } from './onnx/runtime.ts';
import { own } from './own.ts';
import { symbolicParameters, type Symbolic } from './parameters.ts';
import { openSession, type SessionSettings } from './session.ts';
import { leaf, shapeText, sizeOf, type Shape, type Tensor } from './tensor.ts';

/** What to export. */
export interface PredictionDefinition<P extends object, I extends Readonly<Record<string, Shape>>> {
  /** Parameters with their trained data. */
  readonly params: P;
  /** Shapes of the inputs by name, batch included. */
  readonly inputs: I;
  /** The network; what it returns are the outputs by name. */
  readonly forward: (
    context: Context,
    params: Symbolic<P>,
    inputs: { readonly [K in keyof I]: Tensor },
  ) => Readonly<Record<string, Tensor>>;
  /** Text to store in the file, such as its classes and its license. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an ONNX file that runs the network in inference.
 *
 * @throws EngineError `SHAPE_MISMATCH`, `INPUT_MISMATCH`, `PARAMETER_INVALID`
 */
export function compilePrediction<
  P extends object,
  const I extends Readonly<Record<string, Shape>>,
>(definition: PredictionDefinition<P, I>): Uint8Array {
  const { tree, leaves } = symbolicParameters(definition.params, 'weight.');
  const inputs = symbolicInputs(definition.inputs);
  const outputs = Object.entries(definition.forward(inferenceContext(), tree, inputs));
  for (const [name] of outputs) {
    if (Object.hasOwn(inputs, name)) {
      throw new EngineError(
        'INPUT_MISMATCH',
        `'${name}' is the name of an input and of an output`,
        'Give the output another name.',
      );
    }
  }
  const graph = emitGraph(
    outputs,
    [
      ...Object.values(inputs).map((tensor) => ({ tensor })),
      ...[...leaves].map(([tensor, { data }]) => ({ tensor, data })),
    ],
    { target: 'portable' },
  );
  return writeModel(graph, definition.metadata);
}

/** Leaves for named inputs. */
export function symbolicInputs<I extends Readonly<Record<string, Shape>>>(
  shapes: I,
  prefix = '',
): { readonly [K in keyof I]: Tensor } {
  const entries = Object.entries(shapes).map(([name, shape]) => [name, leaf(prefix + name, shape)]);
  return Object.fromEntries(entries) as { readonly [K in keyof I]: Tensor };
}

/** An exported network, ready to run. */
export interface Predictor {
  /** Shapes of the inputs by name, batch included. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Names of the outputs, in the order of the graph. */
  readonly outputNames: readonly string[];
  /**
   * Runs the network once; data are row-major.
   *
   * @throws EngineError `INPUT_MISMATCH`
   */
  run(inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>>;
  /** Frees the session. */
  release(): Promise<void>;
}

/**
 * Opens an exported file, or any other model with float32 inputs and outputs. An axis of dynamic
 * size, such as the batch, is 1.
 *
 * @throws EngineError `SESSION_FAILED`
 */
export async function createPredictor(
  ort: Ort,
  model: Uint8Array,
  settings: SessionSettings = {},
): Promise<Predictor> {
  const session = await openSession(ort, model, settings);
  const inputs = Object.fromEntries(
    session.inputMetadata.map((value) => [
      value.name,
      value.isTensor ? value.shape.map((size) => (Number(size) > 0 ? Number(size) : 1)) : [],
    ]),
  );
  return {
    inputs,
    outputNames: session.outputNames,
    async run(given) {
      const results = await session.run(feeds(ort, inputs, given));
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]),
      );
    },
    release: () => session.release(),
  };
}

/**
 * Named arrays to ONNX Runtime's tensors.
 *
 * @throws EngineError `INPUT_MISMATCH` where a name is missing or unknown, or a length is wrong
 */
export function feeds(
  ort: Ort,
  shapes: Readonly<Record<string, Shape>>,
  given: Readonly<Record<string, Float32Array>>,
): Record<string, InferenceSession.OnnxValueMapType[string]> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(shapes, name)) throw inputError(name, 'the graph has no such input', shapes);
  }
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = own(given, name);
      if (!data) throw inputError(name, 'it is missing', shapes);
      if (data.length !== sizeOf(shape)) {
        const why = `got ${data.length} numbers for shape ${shapeText(shape)}`;
        throw inputError(name, why, shapes);
      }
      return [name, new ort.Tensor('float32', data, shape)];
    }),
  );
}

function inputError(
  name: string,
  why: string,
  shapes: Readonly<Record<string, Shape>>,
): EngineError {
  const wanted = Object.entries(shapes).map(([key, shape]) => `${key} ${shapeText(shape)}`);
  return new EngineError(
    'INPUT_MISMATCH',
    `input '${name}': ${why}`,
    `Give exactly these inputs: ${wanted.join(', ')}.`,
  );
}

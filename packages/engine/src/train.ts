/**
 * @file A training step as one ONNX graph: forward, loss, backward, AdamW.
 */
import { trainingContext, type Context, type Mask } from './context.ts';
import { emitGraph } from './emit.ts';
import { EngineError } from './errors.ts';
import { gradients } from './gradients.ts';
import { writeModel } from './onnx/model.ts';
import { add, mul } from './operations/elementwise.ts';
import {
  adamW,
  BETA1,
  BETA2,
  clipGradients,
  type OptimizerOptions,
  type StepScalars,
} from './optimizer.ts';
import {
  joinMembers,
  packLeaf,
  packParameters,
  unpack,
  type Pack,
  type Trainable,
} from './packing.ts';
import { symbolicParameters, type NamedParameter, type Symbolic } from './parameters.ts';
import { symbolicInputs } from './predict.ts';
import { leaf, type Shape, type Tensor } from './tensor.ts';

/** What to train. */
export interface TrainingDefinition<P extends object, I extends Readonly<Record<string, Shape>>> {
  /** Parameters with the data to start from. */
  readonly params: P;
  /** Shapes of the inputs by name, batch included. */
  readonly inputs: I;
  /** The network and its loss, a scalar; other entries are reported with every step. */
  readonly loss: (
    context: Context,
    params: Symbolic<P>,
    inputs: { readonly [K in keyof I]: Tensor },
  ) => { readonly loss: Tensor } & Readonly<Record<string, Tensor>>;
  /** Settings of the optimizer. @defaultValue those of {@link OptimizerOptions} */
  readonly optimizer?: OptimizerOptions;
}

/** A compiled training step. */
export interface TrainingProgram {
  /** The graph; it uses operators of ONNX Runtime beside the standard ones. */
  readonly model: Uint8Array;
  /** Shapes of the caller's inputs by name. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Parameters with the data to start from. */
  readonly parameters: readonly NamedParameter[];
  /** Everything that a step hands to the next. */
  readonly state: readonly StateTensor[];
  /** The inputs of the graph that the state is kept in. */
  readonly buffers: readonly StateBuffer[];
  /** Random inputs, filled before each step. */
  readonly masks: readonly Mask[];
  /** Names of what each step reports, `loss` first. */
  readonly reports: readonly string[];
  /** Settings of the optimizer in the graph. */
  readonly optimizer: OptimizerOptions;
}

/** A parameter's value, its first and second moment, or the moving average of its value. */
export type StateKind = 'weight' | 'first' | 'second' | 'average';

/** A tensor that a step reads and writes. */
export interface StateTensor {
  /** Unique: the kind, a period, and the name of the parameter. */
  readonly name: string;
  /** What it holds of the parameter. */
  readonly kind: StateKind;
  /** Name of the parameter. */
  readonly parameter: string;
  /** Shape of the parameter, or `[]`. */
  readonly shape: Shape;
  /** Whether a step changes it; frozen parameters stay. */
  readonly changes: boolean;
  /** Data to start from; zeros where there is none. */
  readonly data?: Float32Array;
  /** Name of the buffer that holds it. */
  readonly buffer: string;
  /** Where it begins in the buffer, in numbers. */
  readonly offset: number;
}

/** An input of the training graph whose next value is an output; it holds one state tensor or many. */
export interface StateBuffer {
  readonly name: string;
  readonly shape: Shape;
  readonly changes: boolean;
}

/** Names of the scalar inputs of a training graph. */
export const scalarInputs: StepScalars<string> = {
  spread: 'step.spread',
  floor: 'step.floor',
  keep: 'step.keep',
};

/** Prefix of the caller's inputs in a training graph. */
export const inputPrefix = 'input.';

/** Prefixes of what a training graph writes. */
export const outputPrefix: { readonly state: string; readonly report: string } = {
  state: 'next.',
  report: 'report.',
};

/** Prefixes of the kinds of state. */
export const statePrefix: Readonly<Record<StateKind, string>> = {
  weight: 'weight.',
  first: 'first.',
  second: 'second.',
  average: 'average.',
};

/** Name under which the norm of the gradients is reported when they are clipped. */
export const NORM = 'gradientNorm';

/**
 * Compiles a training step for inputs of fixed shapes.
 *
 * @throws EngineError `SHAPE_MISMATCH`, `GRADIENT_MISSING`, `INPUT_MISMATCH`, `PARAMETER_INVALID`, `OPTION_INVALID`
 */
export function compileTraining<P extends object, const I extends Readonly<Record<string, Shape>>>(
  definition: TrainingDefinition<P, I>,
): TrainingProgram {
  const optimizer = definition.optimizer ?? {};
  checkOptimizer(optimizer);
  const context = trainingContext();
  const { tree, leaves } = symbolicParameters(definition.params, statePrefix.weight);
  const inputs = symbolicInputs(definition.inputs, inputPrefix);
  const { loss, ...others } = definition.loss(context, tree, inputs);
  const reports = new Map<string, Tensor>([['loss', loss], ...Object.entries(others)]);

  const trainable = [...leaves].filter(([, info]) => info.trainable !== false);
  const packs = packParameters(trainable);
  const gradientOf = new Map<Tensor, Tensor>();
  gradients(
    loss,
    trainable.map(([tensor]) => tensor),
  ).forEach((gradient, i) => gradientOf.set(trainable[i]![0], gradient));
  const raw = packs.map((pack) =>
    joinMembers(
      pack,
      pack.members.map(([tensor]) => gradientOf.get(tensor)!),
    ),
  );
  const limit = optimizer.clipNorm;
  const { norm, clipped } =
    limit === undefined || raw.length === 0
      ? { norm: null, clipped: raw }
      : clipGradients(raw, limit);
  if (norm) reports.set(NORM, norm);

  const scalars = {
    spread: leaf(scalarInputs.spread, []),
    floor: leaf(scalarInputs.floor, []),
    keep: leaf(scalarInputs.keep, []),
  };
  const state = new StateCollector();
  const definitions: (readonly [Tensor, Tensor])[] = [];
  packs.forEach((pack, i) => {
    const [weight, first, second] = (['weight', 'first', 'second'] as const).map((kind) =>
      packLeaf(pack, statePrefix[kind]),
    ) as [Tensor, Tensor, Tensor];
    definitions.push(...unpack(pack, weight));
    const next = adamW({ weight, first, second }, clipped[i]!, {
      scalars,
      beta1: optimizer.beta1 ?? BETA1,
      beta2: optimizer.beta2 ?? BETA2,
      decay: pack.decay,
    });
    state.addPack(pack, 'weight', { tensor: weight, next: next.weight });
    state.addPack(pack, 'first', { tensor: first, next: next.first });
    state.addPack(pack, 'second', { tensor: second, next: next.second });
    if (optimizer.averageDecay !== undefined) {
      const average = packLeaf(pack, statePrefix.average);
      const kept = optimizer.averageDecay;
      const moved = add(mul(average, kept), mul(next.weight, 1 - kept));
      state.addPack(pack, 'average', { tensor: average, next: moved });
    }
  });
  for (const [tensor, info] of leaves) {
    if (info.trainable === false) state.addFixed(tensor, context.updates.get(tensor) ?? null, info);
  }
  checkUpdates(context.updates, leaves);

  const graph = emitGraph(
    [
      ...[...reports].map(([name, tensor]) => [outputPrefix.report + name, tensor] as const),
      ...state.results,
    ],
    [
      ...Object.values(inputs),
      ...context.masks.map(({ tensor }) => tensor),
      ...Object.values(scalars),
      ...state.leaves,
    ].map((tensor) => ({ tensor })),
    { target: 'native', definitions },
  );
  return {
    model: writeModel(graph),
    inputs: definition.inputs,
    parameters: [...leaves.values()],
    state: state.inOrderOf(trainable),
    buffers: state.buffers,
    masks: context.masks,
    reports: [...reports.keys()],
    optimizer,
  };
}

/** Whether a kind of state starts as the parameter's data; the moments start at zero. */
export function startsWithData(kind: StateKind): boolean {
  return kind === 'weight' || kind === 'average';
}

/** Gathers the state that each step hands to the next. */
class StateCollector {
  readonly tensors: StateTensor[] = [];
  readonly buffers: StateBuffer[] = [];
  readonly leaves: Tensor[] = [];
  readonly results: (readonly [string, Tensor])[] = [];

  /** A kind of state of a pack; weights and their averages start with the parameters' data. */
  addPack(
    { members }: Pack,
    kind: StateKind,
    { tensor, next }: { readonly tensor: Tensor; readonly next: Tensor },
  ): void {
    this.buffer(tensor, next);
    let offset = 0;
    for (const [, { name, shape, data }] of members) {
      const starts = startsWithData(kind);
      this.tensors.push({
        name: statePrefix[kind] + name,
        kind,
        parameter: name,
        shape,
        changes: true,
        ...(starts && { data }),
        buffer: tensor.name,
        offset,
      });
      offset += data.length;
    }
  }

  /** A parameter that the optimizer leaves alone. */
  addFixed(tensor: Tensor, next: Tensor | null, { name: parameter, data }: NamedParameter): void {
    this.buffer(tensor, next);
    const { name, shape } = tensor;
    this.tensors.push({
      name,
      kind: 'weight',
      parameter,
      shape,
      changes: next !== null,
      data,
      buffer: name,
      offset: 0,
    });
  }

  /** All of the state, parameter by parameter, whatever pack each is in; the others follow. */
  inOrderOf(trainable: readonly Trainable[]): readonly StateTensor[] {
    const place = new Map(trainable.map(([, { name }], i) => [name, i]));
    const placeOf = ({ parameter }: StateTensor): number => place.get(parameter) ?? place.size;
    return this.tensors.toSorted((a, b) => placeOf(a) - placeOf(b));
  }

  private buffer(tensor: Tensor, next: Tensor | null): void {
    const { name, shape } = tensor;
    this.buffers.push({ name, shape, changes: next !== null });
    this.leaves.push(tensor);
    if (next) this.results.push([outputPrefix.state + name, next]);
  }
}

function checkUpdates(
  updates: ReadonlyMap<Tensor, Tensor>,
  leaves: ReadonlyMap<Tensor, NamedParameter>,
): void {
  for (const tensor of updates.keys()) {
    const info = leaves.get(tensor);
    if (info?.trainable !== false) {
      throw new EngineError(
        'PARAMETER_INVALID',
        `running statistics are kept in ${info ? `'${info.name}', which the optimizer trains` : 'a tensor that is not a parameter'}`,
        'Give batchNorm parameters for mean and variance that have trainable: false.',
      );
    }
  }
}

function checkOptimizer(options: OptimizerOptions): void {
  const {
    beta1 = BETA1,
    beta2 = BETA2,
    epsilon = 1e-8,
    clipNorm = 1,
    averageDecay = 0.5,
  } = options;
  const unit = (value: number): boolean => value >= 0 && value < 1;
  if (!unit(beta1) || !unit(beta2) || !(epsilon > 0) || !(clipNorm > 0) || !unit(averageDecay)) {
    throw new EngineError(
      'OPTION_INVALID',
      `optimizer options ${JSON.stringify(options)}`,
      'Use 0 ≤ beta1, beta2, averageDecay < 1, and epsilon, clipNorm > 0.',
    );
  }
}

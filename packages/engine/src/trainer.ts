/**
 * @file Runs a compiled training step and keeps its state between steps.
 *
 * Outputs of a step are the inputs of the next. A session blocks its thread
 * while it runs, so run long trainings in a worker.
 */
import type { InferenceSession, TypedTensor } from 'onnxruntime-common';

import type { RandomSource } from './context.ts';
import { EngineError } from './errors.ts';
import type { Ort } from './onnx/runtime.ts';
import { stepScalars } from './optimizer.ts';
import { own } from './own.ts';
import { flattenParameters } from './parameters.ts';
import { feeds } from './predict.ts';
import { openSession, type SessionSettings } from './session.ts';
import { sameShape, shapeText, sizeOf, type Shape } from './tensor.ts';
import {
  inputPrefix,
  NORM,
  outputPrefix,
  scalarInputs,
  startsWithData,
  type StateKind,
  type StateTensor,
  type TrainingProgram,
} from './train.ts';

/** Options of a trainer. */
export interface TrainerSettings extends SessionSettings {
  /** Source of the random masks; step `t` draws from its fork `t`. Needed where the network has masks. */
  readonly random?: RandomSource;
}

/** Inputs of one step. */
export interface StepInput {
  /** Row-major data by name. */
  readonly inputs: Readonly<Record<string, Float32Array>>;
  /** Factor of the optimizer's update in this step, at least 0. */
  readonly learningRate: number;
  /** Decoupled, multiplied by the learning rate. @defaultValue 0 */
  readonly weightDecay?: number;
}

/** Results of one step. */
export interface StepResult {
  /** Loss of the weights before the step. */
  readonly loss: number;
  /** Everything the loss function returned beside the loss, and `gradientNorm` where gradients are clipped. */
  readonly reports: Readonly<Record<string, Float32Array>>;
}

/** An array with its shape. */
export interface NamedArray {
  /** Outermost axis first; `[]` is a scalar. */
  readonly shape: Shape;
  /** Row-major values. */
  readonly data: Float32Array;
}

/** Everything needed to resume a training bit for bit. */
export interface TrainerState {
  /** Steps taken. */
  readonly step: number;
  /** Parameters, moments and moving averages, by name. */
  readonly tensors: Readonly<Record<string, NamedArray>>;
}

/** A training in progress. */
export interface Trainer {
  /** Steps taken. */
  readonly step: number;
  /**
   * Runs one step; steps cannot overlap.
   *
   * @throws EngineError `INPUT_MISMATCH`; `SESSION_BUSY` while another step runs; `LOSS_NOT_FINITE`, also
   * where the norm of clipped gradients is not finite, with the weights unchanged
   */
  train(input: StepInput): Promise<StepResult>;
  /** A copy of the parameters by name; `averaged` gives the moving average of the trained ones. */
  parameters(options?: { readonly averaged?: boolean }): Record<string, NamedArray>;
  /** A copy of everything that a step hands to the next. */
  state(): TrainerState;
  /**
   * Continues from a saved state.
   *
   * @throws EngineError `CHECKPOINT_MISMATCH` where it is of another network or optimizer
   */
  restore(state: TrainerState): void;
  /** Frees the session. */
  release(): Promise<void>;
}

/**
 * The state of a training that starts from these parameters: moments of zero, moving averages equal
 * to the parameters. The data are not copied.
 *
 * @param params - the tree that the program was compiled with, with other data
 * @throws EngineError `PARAMETER_MISMATCH` where a parameter is missing or has another shape
 */
export function initialState(program: TrainingProgram, params: object): TrainerState {
  const given = new Map(flattenParameters(params).map((parameter) => [parameter.name, parameter]));
  const tensors = program.state.map(({ name, kind, parameter, shape }) => {
    const found = given.get(parameter);
    if (!found || !sameShape(found.shape, shape)) {
      throw new EngineError(
        'PARAMETER_MISMATCH',
        `parameter ${parameter}: the program has shape ${shapeText(shape)}, the tree has ${found ? shapeText(found.shape) : 'no parameter of this name'}`,
        'Pass the parameters of the network that the program was compiled from.',
      );
    }
    return [
      name,
      { shape, data: startsWithData(kind) ? found.data : new Float32Array(found.data.length) },
    ] as const;
  });
  return { step: 0, tensors: Object.fromEntries(tensors) };
}

/**
 * Opens a session for a training program.
 *
 * @throws EngineError `SESSION_FAILED`, `OPTION_INVALID`
 */
export async function createTrainer(
  ort: Ort,
  program: TrainingProgram,
  settings: TrainerSettings = {},
): Promise<Trainer> {
  if (program.masks.length > 0 && !settings.random) {
    throw new EngineError(
      'OPTION_INVALID',
      `the network draws ${program.masks.length} random masks, but no source of random numbers was passed`,
      'Pass { random } with a seeded source.',
    );
  }
  const session = await openSession(ort, program.model, settings);
  return new SessionTrainer(ort, program, { session, random: settings.random });
}

type Float32Tensor = TypedTensor<'float32'>;

class SessionTrainer implements Trainer {
  private taken = 0;
  private running = false;
  private released = false;
  private readonly ort: Ort;
  private readonly program: TrainingProgram;
  private readonly session: InferenceSession;
  private readonly random: RandomSource | undefined;
  /** By name of the buffer. */
  private readonly buffers = new Map<string, Float32Tensor>();

  constructor(
    ort: Ort,
    program: TrainingProgram,
    run: { readonly session: InferenceSession; readonly random: RandomSource | undefined },
  ) {
    this.ort = ort;
    this.program = program;
    this.session = run.session;
    this.random = run.random;
    this.fill(({ data }) => data);
  }

  get step(): number {
    return this.taken;
  }

  async train(input: StepInput): Promise<StepResult> {
    if (this.running) {
      throw new EngineError(
        'SESSION_BUSY',
        `step ${this.taken + 1} is still running`,
        'Await each step before the next.',
      );
    }
    this.running = true;
    try {
      return await this.take(input);
    } finally {
      this.running = false;
    }
  }

  private async take({ inputs, learningRate, weightDecay = 0 }: StepInput): Promise<StepResult> {
    if (this.released) {
      throw new EngineError(
        'SESSION_RELEASED',
        'the trainer was released',
        'Create another trainer and restore its state.',
      );
    }
    checkRate('learningRate', learningRate);
    checkRate('weightDecay', weightDecay);
    const step = this.taken + 1;
    const feed = new Map<string, InferenceSession.OnnxValueMapType[string]>(this.buffers);
    const given = feeds(this.ort, this.program.inputs, inputs);
    for (const [name, tensor] of Object.entries(given)) feed.set(inputPrefix + name, tensor);
    const scalars = stepScalars(step, { learningRate, weightDecay }, this.program.optimizer);
    for (const key of ['spread', 'floor', 'keep'] as const) {
      feed.set(scalarInputs[key], this.tensor([], Float32Array.of(scalars[key])));
    }
    this.program.masks.forEach(({ tensor, fill }, i) => {
      const data = new Float32Array(sizeOf(tensor.shape));
      fill(data, this.random!.fork(step).fork(i));
      feed.set(tensor.name, this.tensor(tensor.shape, data));
    });

    const results = new Map(Object.entries(await this.session.run(Object.fromEntries(feed))));
    const report = (name: string): Float32Array =>
      results.get(outputPrefix.report + name)!.data as Float32Array;
    const loss = report('loss')[0]!;
    const clipped = this.program.reports.includes(NORM);
    for (const [what, value] of [
      ['loss', loss],
      ['norm of the gradients', clipped ? report(NORM)[0]! : 0],
    ] as const) {
      if (Number.isFinite(value)) continue;
      throw new EngineError(
        'LOSS_NOT_FINITE',
        `the ${what} of step ${step} is ${value}`,
        'Lower the learning rate, clip the gradients, or look for inputs that are not finite.',
      );
    }
    for (const { name, changes } of this.program.buffers) {
      if (changes) this.buffers.set(name, results.get(outputPrefix.state + name) as Float32Tensor);
    }
    this.taken = step;
    const others = this.program.reports.filter((name) => name !== 'loss');
    return { loss, reports: Object.fromEntries(others.map((name) => [name, report(name)])) };
  }

  parameters(options: { readonly averaged?: boolean } = {}): Record<string, NamedArray> {
    const ofKind = (kind: StateKind): ReadonlyMap<string, StateTensor> =>
      new Map(
        this.program.state
          .filter((tensor) => tensor.kind === kind)
          .map((tensor) => [tensor.parameter, tensor]),
      );
    const [weights, averages] = [ofKind('weight'), ofKind('average')];
    return Object.fromEntries(
      this.program.parameters.map(({ name, shape }) => {
        const average = options.averaged ? averages.get(name) : undefined;
        return [name, { shape, data: this.read(average ?? weights.get(name)!) }];
      }),
    );
  }

  state(): TrainerState {
    const tensors = this.program.state.map(
      (tensor) => [tensor.name, { shape: tensor.shape, data: this.read(tensor) }] as const,
    );
    return { step: this.taken, tensors: Object.fromEntries(tensors) };
  }

  restore({ step, tensors }: TrainerState): void {
    const mismatch = (what: string): EngineError =>
      new EngineError(
        'CHECKPOINT_MISMATCH',
        `the checkpoint does not match the training: ${what}`,
        'Resume with the network, configuration and optimizer that wrote it.',
      );
    if (!Number.isInteger(step) || step < 0) throw mismatch(`its step is ${step}`);
    const known = new Set(this.program.state.map(({ name }) => name));
    const extra = Object.keys(tensors).find((name) => !known.has(name));
    if (extra !== undefined) throw mismatch(`it has '${extra}', which the training does not have`);
    for (const { name, shape } of this.program.state) {
      const given = own(tensors, name);
      if (!given) throw mismatch(`it lacks '${name}'`);
      if (given.shape.join() !== shape.join() || given.data.length !== sizeOf(shape)) {
        throw mismatch(
          `'${name}' is ${shapeText(given.shape)}, the training has ${shapeText(shape)}`,
        );
      }
    }
    this.fill(({ name }) => own(tensors, name)!.data);
    this.taken = step;
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await this.session.release();
  }

  /** New buffers with a copy of the state's data; zeros where there is none. */
  private fill(dataOf: (tensor: StateTensor) => Float32Array | undefined): void {
    const fresh = new Map(
      this.program.buffers.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]),
    );
    for (const tensor of this.program.state) {
      const data = dataOf(tensor);
      if (data) fresh.get(tensor.buffer)!.set(data, tensor.offset);
    }
    for (const { name, shape } of this.program.buffers) {
      this.buffers.set(name, this.tensor(shape, fresh.get(name)!));
    }
  }

  /** A copy. */
  private read({ buffer, offset, shape }: StateTensor): Float32Array {
    const { data } = this.buffers.get(buffer)!;
    return data.slice(offset, offset + sizeOf(shape));
  }

  private tensor(shape: Shape, data: Float32Array): Float32Tensor {
    return new this.ort.Tensor('float32', data, shape);
  }
}

function checkRate(name: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new EngineError(
    'OPTION_INVALID',
    `${name} is ${value}`,
    'Use a finite number of at least 0.',
  );
}

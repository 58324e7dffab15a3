/**
 * @file Public API of the engine.
 *
 * A network is two plain functions: one creates a tree of parameters, the other
 * builds symbolic tensors from it. The engine differentiates the second, writes
 * the whole training step as one ONNX graph, and ONNX Runtime executes it.
 *
 * ```ts
 * import * as ort from 'onnxruntime-node';
 * import {
 *   compilePrediction, compileTraining, cosineSchedule, createPredictor, createTrainer,
 *   crossEntropy, conv, linear, mean, relu, withParameterData, writeSafetensors, softmax,
 *   type Context, type Parameter, type Symbolic, type Tensor,
 * } from '@telltale/engine';
 *
 * interface Params {
 *   readonly conv: Parameter; // [8, 3, 3, 3]
 *   readonly norm: Record<'weight' | 'bias' | 'mean' | 'variance', Parameter>; // [8] each
 *   readonly head: { readonly weight: Parameter; readonly bias: Parameter }; // [classes, 8], [classes]
 * }
 * // mean and variance have trainable: false; weight decay applies to vectors only with decay: true.
 *
 * function forward(context: Context, p: Symbolic<Params>, images: Tensor): Tensor {
 *   const x = relu(context.batchNorm(conv(images, p.conv, { stride: 2, padding: 1 }), p.norm)); // [n, 8, h, w]
 *   return linear(context.dropout(mean(x, [2, 3]), 0.1), p.head.weight, p.head.bias); // [n, classes]
 * }
 *
 * const program = compileTraining({
 *   params,
 *   inputs: { images: [32, 3, 28, 28], targets: [32, 3], weights: [32] },
 *   loss: (context, p, { images, targets, weights }) => {
 *     const logits = forward(context, p, images);
 *     return { loss: crossEntropy(logits, targets, { weights }), logits };
 *   },
 *   optimizer: { clipNorm: 1 },
 * });
 * const trainer = await createTrainer(ort, program, { random, intraOpNumThreads: 1 });
 * const rate = cosineSchedule({ peak: 5e-4, warmup: 20, steps: 400 });
 * const { loss, reports } = await trainer.train({
 *   inputs: { images, targets, weights }, // Float32Array each
 *   learningRate: rate(trainer.step),
 *   weightDecay: 0.05,
 * });
 *
 * const trained = withParameterData(params, trainer.parameters());
 * const file = writeSafetensors({ tensors: trainer.parameters(), metadata: { network: 'example' } });
 * const onnx = compilePrediction({
 *   params: trained,
 *   inputs: { images: [1, 3, 28, 28] },
 *   forward: (context, p, { images }) => ({ probabilities: softmax(forward(context, p, images)) }),
 *   metadata: { classes: 'negative,positive,surprise' }, // readModelMetadata(onnx) returns it
 * });
 * const { probabilities } = await (await createPredictor(ort, onnx)).run({ images });
 * ```
 */
export {
  drawUniform,
  inferenceContext,
  type Context,
  type Mask,
  type MaskFill,
  type RandomSource,
} from './context.ts';
export { EngineError, type EngineErrorCode } from './errors.ts';
export { gradients } from './gradients.ts';
export { readModelMetadata } from './onnx/model.ts';
export type { Ort } from './onnx/runtime.ts';
export { expand, reshape, sum, zeros } from './operations/broadcast.ts';
export { conv, type ConvolutionOptions } from './operations/convolution.ts';
export {
  abs,
  add,
  div,
  exp,
  gelu,
  log,
  maximum,
  minimum,
  mul,
  neg,
  reciprocal,
  relu,
  sigmoid,
  silu,
  softplus,
  sqrt,
  square,
  sub,
  tanh,
  type Operand,
} from './operations/elementwise.ts';
export {
  concat,
  flip,
  pad,
  slice,
  split,
  stack,
  transpose,
  type SliceRange,
  type PadWidth,
} from './operations/layout.ts';
export { crossEntropy } from './operations/loss.ts';
export { linear } from './operations/linear.ts';
export { matmul } from './operations/matmul.ts';
export {
  layerNorm,
  logSoftmax,
  softmax,
  type Affine,
  type Statistics,
} from './operations/normalization.ts';
export { averagePool, maxPool, type PoolingOptions } from './operations/pooling.ts';
export { rearrange } from './operations/rearrange.ts';
export {
  decayingRecurrence,
  linearRecurrence,
  selectiveScan,
  type Direction,
  type ScanOperands,
} from './operations/recurrence.ts';
export { gather, max, mean } from './operations/reduce.ts';
export { cosineSchedule, type OptimizerOptions } from './optimizer.ts';
export {
  flattenParameters,
  parameterShapes,
  withParameterData,
  type NamedParameter,
  type Parameter,
  type Symbolic,
} from './parameters.ts';
export {
  compilePrediction,
  createPredictor,
  type PredictionDefinition,
  type Predictor,
} from './predict.ts';
export {
  readSafetensors,
  readSafetensorsHeader,
  writeSafetensors,
  type Safetensors,
  type SafetensorsHeader,
  type SafetensorsType,
} from './safetensors.ts';
export type { SessionSettings } from './session.ts';
export { constant, scalar, type Operation, type Shape, type Tensor } from './tensor.ts';
export {
  compileTraining,
  type StateKind,
  type StateTensor,
  type TrainingDefinition,
  type TrainingProgram,
} from './train.ts';
export {
  createTrainer,
  initialState,
  type NamedArray,
  type StepInput,
  type StepResult,
  type Trainer,
  type TrainerSettings,
  type TrainerState,
} from './trainer.ts';

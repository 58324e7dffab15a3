/** @file What the attention mesh's file states: shapes, constants, and which operators follow each other. */
import { TelltaleError } from '../base/errors.ts';
import type { TfliteModel, TfliteOperator } from './tflite.ts';

/** A TensorFlow Lite model, asked by tensor. */
export class MeshModel {
  readonly operators: readonly TfliteOperator[];
  /** The tensor of the image. */
  readonly input: number;
  /** The tensors of the answer. */
  readonly outputs: readonly number[];
  private readonly tensors: TfliteModel['tensors'];
  private readonly makers = new Map<number, TfliteOperator>();

  constructor({ tensors, operators, inputs, outputs }: TfliteModel) {
    this.tensors = tensors;
    this.operators = operators;
    this.input = inputs[0]!;
    this.outputs = outputs;
    for (const operator of operators) this.makers.set(operator.outputs[0]!, operator);
  }

  name(tensor: number): string {
    return this.tensors[tensor]!.name;
  }

  /** Batch, height, width, channels where there are four. */
  shape(tensor: number): readonly number[] {
    return this.tensors[tensor]!.shape;
  }

  size(tensor: number): number {
    return this.shape(tensor).reduce((product, length) => product * length, 1);
  }

  channels(tensor: number): number {
    return this.shape(tensor).at(-1)!;
  }

  /** The operator that makes a tensor. */
  maker(tensor: number): TfliteOperator | undefined {
    return this.makers.get(tensor);
  }

  /** The operators that read a tensor. */
  readers(tensor: number): TfliteOperator[] {
    return this.operators.filter(({ inputs }) => inputs.includes(tensor));
  }

  isConstant(tensor: number): boolean {
    return this.constantOf(tensor) !== undefined;
  }

  /**
   * The numbers of a constant.
   *
   * @throws TelltaleError `MODEL_UNSUPPORTED` where the tensor is computed, or holds integers
   */
  constant(tensor: number): Float32Array {
    const data = this.constantOf(tensor);
    if (!(data instanceof Float32Array)) throw unsupported(`tensor ${tensor}`, 'is not constant');
    return data;
  }

  /** The tensor that a `PAD` adds channels of 0 to; another tensor as it is. */
  unpadded(tensor: number): number {
    const maker = this.maker(tensor);
    if (maker?.name !== 'PAD') return tensor;
    const [input, amounts] = maker.inputs as [number, number];
    const [before, after] = [this.shape(input), this.shape(tensor)];
    const startsWithIt = this.tensors[amounts]!.data![6] === 0; // channels before those of the input
    const isAsLarge = before[1] === after[1] && before[2] === after[2];
    if (!startsWithIt || !isAsLarge) throw unsupported('PAD', 'adds more than channels');
    return input;
  }

  /**
   * The stride of a convolution whose kernel has the shape that is due, with padding and without activation.
   *
   * @throws TelltaleError `MODEL_UNSUPPORTED` where it is another one
   */
  strideOf({ name, inputs, options }: TfliteOperator, due: readonly number[]): number {
    const [across, down] = [options!.integer(1), options!.integer(2)];
    const activation = options!.byte(name === 'DEPTHWISE_CONV_2D' ? 4 : 3);
    const shape = this.shape(inputs[1]!);
    const isPlain = activation === 0 && across === down && (across === 1 || across === 2);
    const hasPadding = options!.byte(0) === 0 || due[1] === 1;
    const fits = due.length === shape.length && due.every((size, i) => size === shape[i]);
    if (!isPlain || !hasPadding || !fits) throw unsupported(name, 'has unknown options');
    return across;
  }

  /** Half-precision constants pass an operator that widens them. */
  private constantOf(tensor: number): Float32Array | Int32Array | undefined {
    const maker = this.maker(tensor);
    return this.tensors[maker?.name === 'DEQUANTIZE' ? maker.inputs[0]! : tensor]!.data;
  }
}

/** The error where a model is not made of the layers of the attention mesh. */
export function unsupported(operator: string, what: string): TelltaleError {
  return new TelltaleError(
    'MODEL_UNSUPPORTED',
    `the face mesh: ${operator} ${what}`,
    'Use the model of @mediapipe/face_mesh 0.4.1657299874.',
  );
}

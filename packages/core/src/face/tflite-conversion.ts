/** @file The state of a conversion from TensorFlow Lite to ONNX: what each tensor of the model has become. */
import { Graph, writeModel } from '@telltale/engine/onnx';

import type { TfliteModel } from './tflite.ts';

/** Name of a value that flows through the graph under construction. */
export type OnnxValue = string;

interface Converted {
  readonly value: OnnxValue;
  /** Stored as batch, channels, height, width. */
  readonly planar: boolean;
}

/** Maps a model's tensors, by index, to values of the ONNX graph under construction. */
export class Conversion {
  readonly graph: Graph = new Graph('portable');
  private readonly model: TfliteModel;
  private readonly converted = new Map<number, Converted>();
  private readonly constants = new Map<number, Float32Array | Int32Array>();

  constructor(model: TfliteModel) {
    this.model = model;
    const input = model.inputs[0]!;
    const [batch, height, width, channels] = this.shape(input);
    this.definePlanar(input, this.graph.input('input', [batch!, channels!, height!, width!]));
  }

  /** Shape of a tensor as the model states it: batch, height, width, channels where there are four. */
  shape(tensor: number): readonly number[] {
    return this.model.tensors[tensor]!.shape;
  }

  /** Whether a tensor is known before the network runs. */
  isConstant(tensor: number): boolean {
    return this.constants.has(tensor) || this.model.tensors[tensor]!.data !== undefined;
  }

  /** The numbers of a constant tensor. */
  constant(tensor: number): Float32Array | Int32Array {
    const data = this.constants.get(tensor) ?? this.model.tensors[tensor]!.data;
    if (data === undefined) throw new Error(`tensor ${tensor} is not constant`);
    return data;
  }

  /** A tensor in whichever order it is stored. */
  value(tensor: number): OnnxValue {
    return this.converted.get(tensor)?.value ?? this.plain(tensor);
  }

  /** A constant of 32-bit floats. */
  floats(shape: readonly number[], data: ArrayLike<number>): OnnxValue {
    const floats = data instanceof Float32Array ? data : Float32Array.from(data);
    return this.graph.initializer(floats, shape);
  }

  /** An image as batch, channels, height, width. */
  planar(tensor: number): OnnxValue {
    if (this.isConstant(tensor)) {
      const data = this.constant(tensor);
      if (data.length !== this.shape(tensor).at(-1)) throw new Error('a constant image');
      return this.floats([1, data.length, 1, 1], data);
    }
    const { value, planar } = this.converted.get(tensor)!;
    return planar ? value : this.graph.one('Transpose', [value], { perm: [0, 3, 1, 2] });
  }

  /** A tensor in the model's own order. */
  plain(tensor: number): OnnxValue {
    if (this.isConstant(tensor)) {
      return this.floats(this.shape(tensor), this.constant(tensor));
    }
    const { value, planar } = this.converted.get(tensor)!;
    return planar ? this.graph.one('Transpose', [value], { perm: [0, 2, 3, 1] }) : value;
  }

  /** Records that a tensor is constant. */
  defineConstant(tensor: number, data: Float32Array | Int32Array): void {
    this.constants.set(tensor, data);
  }

  /** Records that a tensor has become `value`, stored as batch, channels, height, width. */
  definePlanar(tensor: number, value: OnnxValue): void {
    this.converted.set(tensor, { value, planar: true });
  }

  /** Records that a tensor has become `value`, stored in the model's own order. */
  definePlain(tensor: number, value: OnnxValue): void {
    this.converted.set(tensor, { value, planar: false });
  }

  /** Records that a tensor has become `value`, stored in the order of `other`. */
  defineLike(tensor: number, other: number, value: OnnxValue): void {
    this.converted.set(tensor, { value, planar: this.converted.get(other)?.planar ?? false });
  }

  /** The ONNX model, with the outputs of the original. */
  finish(): Uint8Array {
    for (const output of this.model.outputs) {
      const { name, shape } = this.model.tensors[output]!;
      this.graph.output(this.plain(output), name, shape);
    }
    return writeModel(this.graph);
  }
}

/**
 * @file Builds an ONNX model (IR version 8, opset 17) in memory, node by node.
 *
 * Field numbers are those of `onnx.proto` (ONNX 1.12, "Open Neural Network
 * Exchange Intermediate Representation Specification").
 */
import { ProtobufMessage } from '../base/protobuf.ts';

/** The value of a node's attribute: a whole number, a list of them, or a word. */
export type OnnxAttribute = number | string | readonly number[];

/** Name of a value that flows through the graph. */
export type OnnxValue = string;

const FLOAT = 1;
const INT64 = 7;

/** An ONNX graph under construction; every method returns the name of the value it made. */
export class OnnxGraph {
  private readonly nodes: ProtobufMessage[] = [];
  private readonly constants: ProtobufMessage[] = [];
  private readonly inputs: ProtobufMessage[] = [];
  private readonly outputs: ProtobufMessage[] = [];
  private count = 0;

  /** Declares an input of 32-bit floats. */
  input(name: string, shape: readonly number[]): OnnxValue {
    this.inputs.push(valueInfo(name, shape));
    return name;
  }

  /** Declares that `value` leaves the graph under `name`. */
  output(value: OnnxValue, name: string, shape: readonly number[]): void {
    this.nodes.push(nodeMessage('Identity', [value], name, {}));
    this.outputs.push(valueInfo(name, shape));
  }

  /** Adds a constant of 32-bit floats. */
  floats(shape: readonly number[], data: ArrayLike<number>): OnnxValue {
    const array = data instanceof Float32Array ? data : Float32Array.from(data);
    return this.constant(shape, FLOAT, array);
  }

  /** Adds a constant vector of 64-bit integers, or a scalar from a bare number. */
  integers(data: readonly number[] | number): OnnxValue {
    const list = typeof data === 'number' ? [data] : data;
    const array = BigInt64Array.from(list, BigInt);
    return this.constant(typeof data === 'number' ? [] : [list.length], INT64, array);
  }

  /** Adds an operator with one output. */
  node(
    operator: string,
    inputs: readonly OnnxValue[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): OnnxValue {
    const name = this.fresh();
    this.nodes.push(nodeMessage(operator, inputs, name, attributes));
    return name;
  }

  /** The bytes of an `.onnx` file. */
  finish(): Uint8Array {
    const graph = new ProtobufMessage();
    for (const node of this.nodes) graph.message(1, node);
    graph.text(2, 'face');
    for (const constant of this.constants) graph.message(5, constant);
    for (const input of this.inputs) graph.message(11, input);
    for (const output of this.outputs) graph.message(12, output);
    const opset = new ProtobufMessage().text(1, '').integer(2, 17);
    return new ProtobufMessage()
      .integer(1, 8)
      .text(2, 'telltale')
      .message(7, graph)
      .message(8, opset)
      .finish();
  }

  private constant(
    shape: readonly number[],
    type: number,
    data: Float32Array | BigInt64Array,
  ): OnnxValue {
    const name = this.fresh();
    const message = new ProtobufMessage();
    for (const size of shape) message.integer(1, size);
    message.integer(2, type).text(8, name);
    message.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.constants.push(message);
    return name;
  }

  private fresh(): OnnxValue {
    return `v${this.count++}`;
  }
}

function nodeMessage(
  operator: string,
  inputs: readonly OnnxValue[],
  output: OnnxValue,
  attributes: Readonly<Record<string, OnnxAttribute>>,
): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const input of inputs) message.text(1, input);
  message.text(2, output).text(3, `${operator}/${output}`).text(4, operator);
  for (const [name, value] of Object.entries(attributes)) {
    message.message(5, attributeMessage(name, value));
  }
  return message;
}

function attributeMessage(name: string, value: OnnxAttribute): ProtobufMessage {
  const message = new ProtobufMessage().text(1, name);
  if (typeof value === 'string') return message.text(4, value).integer(20, 3);
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2);
  for (const item of value) message.integer(8, item);
  return message.integer(20, 7);
}

function valueInfo(name: string, shape: readonly number[]): ProtobufMessage {
  const dimensions = new ProtobufMessage();
  for (const size of shape) dimensions.message(1, new ProtobufMessage().integer(1, size));
  const tensor = new ProtobufMessage().integer(1, FLOAT).message(2, dimensions);
  return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
}

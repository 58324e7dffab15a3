/**
 * @file ONNX files: a graph to bytes, and the metadata of a file.
 *
 * Field numbers are those of `onnx.proto` (ONNX 1.12: opset 17, IR version 8).
 */
import { EngineError } from '../errors.ts';
import { decodeText } from '../text.ts';
import { protobufFields, ProtobufWriter } from './protobuf.ts';
import type { Attribute, Graph, GraphValue } from './graph.ts';

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
const attributeType = { float: 1, integer: 2, string: 3, graph: 5, integers: 7 };

/** The bytes of an ONNX file that holds `graph`. */
export function writeModel(
  graph: Graph,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const model = new ProtobufWriter();
  model.integer(1, IR_VERSION);
  model.string(2, 'telltale');
  model.message(7, (writer) => writeGraph(writer, graph, 'network'));
  const domains = new Set(['', ...graph.nodes.map((node) => node.domain)]);
  for (const domain of domains) {
    model.message(8, (writer) => {
      writer.string(1, domain);
      writer.integer(2, domain === '' ? OPSET : 1);
    });
  }
  for (const [key, value] of Object.entries(metadata)) {
    model.message(14, (writer) => {
      writer.string(1, key);
      writer.string(2, value);
    });
  }
  return model.finish();
}

/**
 * The metadata of an ONNX file, written by any program.
 *
 * @throws EngineError `FILE_CORRUPT` where the bytes are not an ONNX file
 */
export function readModelMetadata(model: Uint8Array): Record<string, string> {
  const metadata = new Map<string, string>();
  for (const { field, bytes } of protobufFields(model)) {
    if (field !== 14) continue;
    let key = '';
    let value = '';
    for (const entry of protobufFields(bytes)) {
      if (entry.field === 1) key = decode(entry.bytes);
      if (entry.field === 2) value = decode(entry.bytes);
    }
    metadata.set(key, value);
  }
  return Object.fromEntries(metadata);
}

function decode(bytes: Uint8Array): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    throw new EngineError(
      'FILE_CORRUPT',
      'the metadata of the model file is not valid UTF-8',
      'Copy or export the file again.',
      { cause },
    );
  }
}

function writeGraph(writer: ProtobufWriter, graph: Graph, name: string): void {
  graph.nodes.forEach((node, position) => {
    writer.message(1, (inner) => {
      for (const input of node.inputs) inner.string(1, graph.finalName(input));
      for (const output of node.outputs) inner.string(2, graph.finalName(output));
      inner.string(3, `${name}/${node.operator}_${position}`);
      inner.string(4, node.operator);
      for (const [key, value] of Object.entries(node.attributes)) {
        inner.message(5, (attribute) => writeAttribute(attribute, key, value));
      }
      if (node.domain !== '') inner.string(7, node.domain);
    });
  });
  writer.string(2, name);
  for (const constant of graph.initializers) {
    const { data, shape } = constant;
    writer.message(5, (tensor) => {
      for (const size of shape) tensor.integer(1, size);
      tensor.integer(2, data instanceof Float32Array ? FLOAT : INT64);
      tensor.string(8, constant.name);
      tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
  }
  for (const value of graph.inputs) writer.message(11, (inner) => writeValue(inner, value));
  for (const value of graph.outputs) writer.message(12, (inner) => writeValue(inner, value));
}

function writeValue(writer: ProtobufWriter, value: GraphValue): void {
  writer.string(1, value.name);
  writer.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.integer(1, FLOAT);
      tensor.message(2, (shape) => {
        for (const size of value.shape) shape.message(1, (axis) => axis.integer(1, size));
      });
    }),
  );
}

function writeAttribute(writer: ProtobufWriter, key: string, value: Attribute): void {
  writer.string(1, key);
  if (typeof value === 'number') {
    writer.integer(3, value);
    writer.integer(20, attributeType.integer);
  } else if (typeof value === 'string') {
    writer.string(4, value);
    writer.integer(20, attributeType.string);
  } else if ('float' in value) {
    writer.float(2, value.float);
    writer.integer(20, attributeType.float);
  } else if ('graph' in value) {
    writer.message(6, (inner) => writeGraph(inner, value.graph, key));
    writer.integer(20, attributeType.graph);
  } else {
    for (const item of value) writer.integer(8, item);
    writer.integer(20, attributeType.integers);
  }
}

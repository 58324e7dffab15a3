/**
 * @file Reads a TensorFlow Lite model: its tensors, constants and operators.
 *
 * Field numbers are those of TensorFlow's `schema.fbs`, version 3.
 */
import { TelltaleError } from '../base/errors.ts';
import { FlatTable } from './flatbuffer.ts';

/** A value of the model: a constant where `data` is present. */
export interface TfliteTensor {
  readonly name: string;
  /** Batch, height, width, channels where there are four. */
  readonly shape: readonly number[];
  /** Constants as numbers; half precision is widened. */
  readonly data?: Float32Array | Int32Array;
}

/** One step of the model; inputs and outputs are indices of tensors, −1 for an absent input. */
export interface TfliteOperator {
  /** Builtin operators by the schema's name, custom ones by their own. */
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Options of a builtin operator. */
  readonly options?: FlatTable;
  /** Options of a custom operator, a FlexBuffer. */
  readonly customOptions: Uint8Array;
}

/** A model, its operators in the order of execution. */
export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The builtin operators that MediaPipe's face networks are made of. */
const BUILTIN: Readonly<Record<number, string>> = {
  0: 'ADD',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  22: 'RESHAPE',
  23: 'RESIZE_BILINEAR',
  34: 'PAD',
  45: 'STRIDED_SLICE',
  54: 'PRELU',
};
const CUSTOM = 32;

/**
 * Reads a `.tflite` file of one subgraph.
 *
 * @throws TelltaleError `WEIGHTS_CORRUPT` where the bytes are not such a file;
 *   `MODEL_UNSUPPORTED` where it holds constants of another type than float or int32.
 */
export function readTflite(bytes: Uint8Array): TfliteModel {
  const identifier = String.fromCharCode(...bytes.subarray(4, 8));
  if (identifier !== 'TFL3') {
    throw corrupt(`bytes 4 to 8 read "${identifier}" where TFL3 is expected`);
  }
  try {
    return readModel(FlatTable.root(bytes));
  } catch (error) {
    if (error instanceof RangeError) throw corrupt(error.message, error);
    throw error;
  }
}

function readModel(model: FlatTable): TfliteModel {
  const names = model.tables(1).map((code) => {
    // Old files keep the number in a byte, new ones in an integer; the unused one is 0.
    const number = Math.max(code.byte(0), code.integer(3));
    return number === CUSTOM ? code.text(1) : (BUILTIN[number] ?? `operator ${number}`);
  });
  const buffers = model.tables(4).map((buffer) => buffer.bytes(0));
  const [graph] = model.tables(2);
  if (graph === undefined) throw corrupt('it holds no subgraph');

  return {
    tensors: graph.tables(0).map((tensor) => {
      const name = tensor.text(3);
      const bytes = buffers[tensor.integer(2)]!;
      const shape = tensor.integers(0);
      if (bytes.length === 0) return { name, shape };
      return { name, shape, data: readConstant(bytes, tensor.byte(1), name) };
    }),
    inputs: graph.integers(1),
    outputs: graph.integers(2),
    operators: graph.tables(3).map((operator) => {
      const options = operator.table(4);
      return {
        name: names[operator.integer(0)]!,
        inputs: operator.integers(1),
        outputs: operator.integers(2),
        ...(options && { options }),
        customOptions: operator.bytes(5),
      };
    }),
  };
}

function readConstant(bytes: Uint8Array, type: number, name: string): Float32Array | Int32Array {
  const buffer = bytes.slice().buffer; // a copy, because constants need not be aligned
  if (type === 0) return new Float32Array(buffer);
  if (type === 1) return halvesToFloats(new Uint16Array(buffer));
  if (type === 2) return new Int32Array(buffer);
  throw new TelltaleError(
    'MODEL_UNSUPPORTED',
    `constant ${name} has TensorFlow Lite type ${type}`,
    'Use the float models of @mediapipe/face_mesh 0.4 and @mediapipe/face_detection 0.4.',
  );
}

/** IEEE 754 binary16 to numbers; a plain loop, for there are millions. */
function halvesToFloats(halves: Uint16Array): Float32Array {
  const scales = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (exponent - 25));
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    let size = (1024 + fraction) * scales[exponent]!;
    if (exponent === 0) size = fraction * 2 ** -24;
    else if (exponent === 31) size = fraction ? NaN : Infinity;
    floats[i] = half & 0x8000 ? -size : size;
  }
  return floats;
}

function corrupt(what: string, cause?: unknown): TelltaleError {
  return new TelltaleError(
    'WEIGHTS_CORRUPT',
    `the face model is not a readable TensorFlow Lite file: ${what}`,
    'Install @mediapipe/face_mesh and @mediapipe/face_detection again.',
    { cause },
  );
}

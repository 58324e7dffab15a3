/**
 * @file Turns MediaPipe's face networks from TensorFlow Lite into ONNX (opset 17), in memory.
 *
 * TensorFlow Lite keeps images as batch, height, width, channels and ONNX as
 * batch, channels, height, width: images stay in ONNX's order from operator
 * to operator ("planar" below), and are turned only where a reshape needs the
 * other one. Operators mean what TensorFlow Lite's reference kernels do.
 */
import { TelltaleError } from '../base/errors.ts';
import { own } from '../base/own.ts';
import { Conversion, type OnnxValue } from './tflite-conversion.ts';
import { convertAttention } from './tflite-attention.ts';
import { readTflite } from './tflite.ts';
import type { TfliteOperator } from './tflite.ts';

/** The paddings of `schema.fbs`. */
const SAME = 0;
/** The fused activations of `schema.fbs`. */
const ACTIVATIONS: Readonly<Record<number, 'none' | 'relu' | 'relu6'>> = {
  0: 'none',
  1: 'relu',
  3: 'relu6',
};

/**
 * Converts a `.tflite` file of one image input.
 *
 * The ONNX model takes `input`, float32 `[1, 3, height, width]`; its outputs keep
 * the names and shapes they have in the file.
 *
 * @throws TelltaleError `WEIGHTS_CORRUPT` where the bytes are not a model;
 *   `MODEL_UNSUPPORTED` where it has an operator that MediaPipe's face networks do not have.
 */
export function tfliteToOnnx(bytes: Uint8Array): Uint8Array {
  const model = readTflite(bytes);
  const conversion = new Conversion(model);
  for (const operator of model.operators) {
    const convert = own(OPERATORS, operator.name) ?? own(convertAttention, operator.name);
    if (convert === undefined) throw unsupported(operator.name, 'is not known');
    convert(conversion, operator);
  }
  return conversion.finish();
}

type Convert = (conversion: Conversion, operator: TfliteOperator) => void;

const OPERATORS: Readonly<Record<string, Convert>> = {
  DEQUANTIZE(c, { inputs, outputs }) {
    c.defineConstant(outputs[0]!, c.constant(inputs[0]!));
  },

  CONV_2D(c, operator) {
    const [source, kernel, bias] = operator.inputs as [number, number, number];
    const [out, height, width, channels] = c.shape(kernel) as [number, number, number, number];
    const from = c.constant(kernel);
    const weights = new Float32Array(from.length);
    for (let o = 0; o < out; o++) {
      for (let at = 0; at < height * width; at++) {
        for (let i = 0; i < channels; i++) {
          weights[(o * channels + i) * height * width + at] =
            from[(o * height * width + at) * channels + i]!;
        }
      }
    }
    const options = convolutionOptions(operator, { activation: 3, dilation: 4 });
    convolve(c, operator, {
      ...options,
      source,
      kernel: c.floats([out, channels, height, width], weights),
      size: [height, width],
      groups: 1,
      ...(bias >= 0 && { bias }),
    });
  },

  DEPTHWISE_CONV_2D(c, operator) {
    const [source, kernel, bias] = operator.inputs as [number, number, number];
    const [, height, width, channels] = c.shape(kernel) as [number, number, number, number];
    const from = c.constant(kernel);
    const weights = new Float32Array(from.length);
    for (let at = 0; at < height * width; at++) {
      for (let i = 0; i < channels; i++) {
        weights[i * height * width + at] = from[at * channels + i]!;
      }
    }
    const options = convolutionOptions(operator, { activation: 4, dilation: 5 });
    convolve(c, operator, {
      ...options,
      source,
      kernel: c.floats([channels, 1, height, width], weights),
      size: [height, width],
      groups: c.shape(source)[3]!,
      ...(bias >= 0 && { bias }),
    });
  },

  MAX_POOL_2D(c, operator) {
    const { inputs, outputs, options } = operator;
    const size = [options!.integer(4), options!.integer(3)] as const;
    const strides = [options!.integer(2), options!.integer(1)] as const;
    const window = { size, strides, dilations: [1, 1] as const };
    const value = c.graph.one('MaxPool', [c.planar(inputs[0]!)], {
      kernel_shape: size,
      strides,
      pads: pads(c.shape(inputs[0]!), options!.byte(0), window),
    });
    c.definePlanar(outputs[0]!, activate(c, value, options!.byte(5)));
  },

  PRELU(c, { inputs, outputs }) {
    const slopes = c.constant(inputs[1]!);
    const channels = c.shape(inputs[0]!)[3]!;
    if (slopes.length !== channels) throw unsupported('PRELU', 'has a slope for every pixel');
    c.definePlanar(outputs[0]!, leaky(c, c.planar(inputs[0]!), slopes));
  },

  RELU(c, { inputs, outputs }) {
    c.defineLike(outputs[0]!, inputs[0]!, c.graph.one('Relu', [c.value(inputs[0]!)]));
  },

  ADD(c, { inputs, outputs, options }) {
    const [a, b] = inputs as [number, number];
    const image = c.shape(a).length === 4;
    const value = c.graph.one('Add', image ? [c.planar(a), c.planar(b)] : [c.plain(a), c.plain(b)]);
    const activated = activate(c, value, options?.byte(0) ?? 0);
    if (image) c.definePlanar(outputs[0]!, activated);
    else c.definePlain(outputs[0]!, activated);
  },

  MUL(c, { inputs, outputs, options }) {
    const value = c.graph.one('Mul', [c.plain(inputs[0]!), c.plain(inputs[1]!)]);
    c.definePlain(outputs[0]!, activate(c, value, options?.byte(0) ?? 0));
  },

  PAD(c, { inputs, outputs }) {
    const amounts = c.constant(inputs[1]!); // [dimension, before and after]
    const [before, after] = [0, 1].map((side) =>
      [0, 3, 1, 2].map((dimension) => amounts[2 * dimension + side]!),
    );
    const value = c.graph.one('Pad', [
      c.planar(inputs[0]!),
      c.graph.integers([...before!, ...after!]),
    ]);
    c.definePlanar(outputs[0]!, value);
  },

  RESIZE_BILINEAR(c, { inputs, outputs, options }) {
    const [batch, height, width, channels] = c.shape(outputs[0]!);
    const mode =
      options!.byte(2) !== 0
        ? 'align_corners'
        : options!.byte(3) !== 0
          ? 'half_pixel'
          : 'asymmetric';
    const value = c.graph.one(
      'Resize',
      [c.planar(inputs[0]!), '', '', c.graph.integers([batch!, channels!, height!, width!])],
      { mode: 'linear', coordinate_transformation_mode: mode },
    );
    c.definePlanar(outputs[0]!, value);
  },

  RESHAPE(c, { inputs, outputs }) {
    const shape = c.graph.integers(c.shape(outputs[0]!));
    c.definePlain(outputs[0]!, c.graph.one('Reshape', [c.plain(inputs[0]!), shape]));
  },

  STRIDED_SLICE(c, { inputs, outputs }) {
    const [from, to] = [c.shape(inputs[0]!), c.shape(outputs[0]!)];
    const whole = from.length === to.length && from.every((size, i) => size === to[i]);
    if (!whole) throw unsupported('STRIDED_SLICE', 'takes a part');
    c.definePlain(outputs[0]!, c.plain(inputs[0]!));
  },
};

interface Window {
  /** Height and width, pixels. */
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

interface Convolution extends Omit<Window, 'size'> {
  readonly source: number;
  readonly kernel: string;
  readonly bias?: number;
  readonly size: readonly [number, number];
  readonly groups: number;
  readonly padding: number;
  readonly activation: number;
}

function convolutionOptions(
  { options }: TfliteOperator,
  fields: { readonly activation: number; readonly dilation: number },
): Pick<Convolution, 'padding' | 'strides' | 'dilations' | 'activation'> {
  return {
    padding: options!.byte(0),
    strides: [options!.integer(2), options!.integer(1)],
    activation: options!.byte(fields.activation),
    dilations: [options!.integer(fields.dilation + 1, 1), options!.integer(fields.dilation, 1)],
  };
}

function convolve(c: Conversion, { outputs }: TfliteOperator, convolution: Convolution): void {
  const { source, kernel, bias, size, strides, dilations, groups } = convolution;
  const operands = [c.planar(source), kernel];
  if (bias !== undefined) {
    const values = c.constant(bias);
    operands.push(c.floats([values.length], values));
  }
  const value = c.graph.one('Conv', operands, {
    kernel_shape: size,
    strides,
    dilations,
    pads: pads(c.shape(source), convolution.padding, convolution),
    group: groups,
  });
  c.definePlanar(outputs[0]!, activate(c, value, convolution.activation));
}

/** Padding as ONNX writes it, top, left, bottom, right: TensorFlow's `SAME` puts the odd pixel last. */
function pads(shape: readonly number[], padding: number, window: Window): number[] {
  if (padding !== SAME) return [0, 0, 0, 0];
  const totals = [0, 1].map((axis) => {
    const input = shape[1 + axis]!;
    const stride = window.strides[axis]!;
    const reach = (window.size[axis]! - 1) * window.dilations[axis]! + 1;
    return Math.max((Math.ceil(input / stride) - 1) * stride + reach - input, 0);
  });
  const before = totals.map((total) => total >> 1);
  return [...before, ...totals.map((total, axis) => total - before[axis]!)];
}

function activate(c: Conversion, value: string, activation: number): string {
  const kind = ACTIVATIONS[activation];
  if (kind === undefined) throw unsupported(`activation ${activation}`, 'is not known');
  if (kind === 'none') return value;
  if (kind === 'relu') return c.graph.one('Relu', [value]);
  return c.graph.one('Clip', [value, c.floats([], [0]), c.floats([], [6])]);
}

/**
 * PReLU as slope · x + (1 − slope) · max(0, x): ONNX Runtime's own kernel takes as long as all convolutions of the mesh
 * together. A product by channel is a convolution of one pixel, because ONNX Runtime's convolutions work on blocks of
 * channels on a CPU: then nothing is reordered.
 */
function leaky(c: Conversion, value: OnnxValue, slopes: ArrayLike<number>): OnnxValue {
  const channels = slopes.length;
  const scaled = (by: Float32Array, from: OnnxValue): OnnxValue =>
    c.graph.one('Conv', [from, c.floats([channels, 1, 1, 1], by)], {
      kernel_shape: [1, 1],
      group: channels,
    });
  const slope = Float32Array.from(slopes);
  const rest = slope.map((value) => 1 - value);
  return c.graph.one('Add', [scaled(rest, c.graph.one('Relu', [value])), scaled(slope, value)]);
}

function unsupported(operator: string, what: string): TelltaleError {
  return new TelltaleError(
    'MODEL_UNSUPPORTED',
    `the face model's operator ${operator} ${what}`,
    'Use the models of @mediapipe/face_mesh 0.4 and @mediapipe/face_detection 0.4.',
  );
}

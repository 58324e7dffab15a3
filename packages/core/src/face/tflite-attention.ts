/**
 * @file The three custom operators of the attention mesh: a part of the feature
 * map is cut out around each eye and around the lips, refined, and put back.
 *
 * Grishchenko et al. 2020, "Attention Mesh: High-fidelity Face Mesh Prediction
 * in Real-time", arXiv:2006.10962, §2.2 (spatial transformers, after Jaderberg
 * et al. 2015, arXiv:1506.02025). Which corner a pixel's coordinate means was
 * settled by comparing with MediaPipe's own results.
 */
import { own } from '../base/own.ts';
import { readFlexMap } from './flatbuffer.ts';
import type { Conversion, OnnxValue } from './tflite-conversion.ts';
import type { TfliteOperator } from './tflite.ts';

type Convert = (conversion: Conversion, operator: TfliteOperator) => void;

/** The attention mesh's own operators, by name. */
export const convertAttention: Readonly<Record<string, Convert>> = {
  /**
   * Landmarks `[1, points, 3]` to the matrix `[1, 4, 4]` that takes pixels of the
   * part to pixels of the map: the box around some points, upright along the line
   * between two others, and enlarged.
   */
  Landmarks2TransformMatrix(c, { inputs, outputs, customOptions }) {
    const options = readFlexMap(customOptions);
    const number = (key: string): number => own(options, key) as number;
    const subset = options['subset_idxs'] as readonly number[];
    const { graph } = c;

    const plane = columns(c, c.plain(inputs[0]!), { axis: 2, from: 0, to: 2 });
    const point = (index: number): OnnxValue =>
      graph.one('Gather', [plane, graph.initializer(BigInt64Array.of(BigInt(index)), [])], {
        axis: 1,
      }); // [1, 2]
    const across = graph.one('Sub', [
      point(number('right_rotation_idx')),
      point(number('left_rotation_idx')),
    ]);
    const squares = graph.one('Mul', [across, across]);
    const length = graph.one('Sqrt', [graph.one('ReduceSum', [squares, graph.integers([1])])]);
    const unit = graph.one('Div', [across, length]);
    const cosine = columns(c, unit, { axis: 1, from: 0, to: 1 });
    const sine = columns(c, unit, { axis: 1, from: 1, to: 2 });
    const upright = join(c, 0, [
      join(c, 1, [cosine, sine]),
      join(c, 1, [graph.one('Neg', [sine]), cosine]),
    ]);
    const turned = graph.one('Transpose', [upright], { perm: [1, 0] });

    const gathered = graph.one('Gather', [plane, graph.integers(subset)], { axis: 1 });
    const points = graph.one('Reshape', [gathered, graph.integers([subset.length, 2])]);
    const straight = graph.one('MatMul', [points, turned]);
    const largest = graph.one('ReduceMax', [straight], { axes: [0], keepdims: 1 });
    const smallest = graph.one('ReduceMin', [straight], { axes: [0], keepdims: 1 });
    const extent = graph.one('Sub', [largest, smallest]);
    const sum = graph.one('Add', [largest, smallest]);
    const middle = graph.one('Mul', [sum, c.floats([], [0.5])]);
    const center = graph.one('MatMul', [middle, upright]);

    const [width, height] = [number('output_width'), number('output_height')];
    const enlarge = c.floats([1, 2], [number('scale_x') / width, number('scale_y') / height]);
    const linear = graph.one('Mul', [turned, graph.one('Mul', [extent, enlarge])]);
    const toCorner = graph.one('MatMul', [
      c.floats([1, 2], [-width / 2, -height / 2]),
      graph.one('Transpose', [linear], { perm: [1, 0] }),
    ]);
    const shift = graph.one('Add', [center, toCorner]);
    const top = join(c, 1, [
      linear,
      c.floats([2, 1], [0, 0]),
      graph.one('Transpose', [shift], { perm: [1, 0] }),
    ]);
    const matrix = join(c, 0, [top, c.floats([2, 4], [0, 0, 1, 0, 0, 0, 0, 1])]);
    const whole = graph.one('Reshape', [matrix, graph.integers([1, 4, 4])]);
    c.definePlain(outputs[0]!, whole);
  },

  /** A feature map sampled bilinearly on the grid that a matrix `[1, 4, 4]` lays over it. */
  TransformTensorBilinear(c, { inputs, outputs, customOptions }) {
    const options = readFlexMap(customOptions);
    const [source, matrix] = inputs as [number, number];
    const [, height, width] = c.shape(source) as [number, number, number];
    const [rows, across] = [options['output_height'] as number, options['output_width'] as number];
    const { graph } = c;

    const centers = new Float32Array(rows * across * 4);
    for (let i = 0; i < rows * across; i++) {
      centers.set([(i % across) + 0.5, Math.floor(i / across) + 0.5, 0, 1], 4 * i);
    }
    const affine = topRows(c, matrix);
    const points = graph.one('MatMul', [
      c.floats([rows * across, 4], centers),
      graph.one('Transpose', [affine], { perm: [1, 0] }),
    ]);
    const pixels = graph.one('Sub', [points, c.floats([], [0.5])]);
    const scale = c.floats([1, 2], [2 / (width - 1), 2 / (height - 1)]);
    const scaled = graph.one('Mul', [pixels, scale]);
    const normalized = graph.one('Sub', [scaled, c.floats([], [1])]);
    const grid = graph.one('Reshape', [normalized, graph.integers([1, rows, across, 2])]);
    const sampled = graph.one('GridSample', [c.planar(source), grid], {
      mode: 'bilinear',
      padding_mode: 'zeros',
      align_corners: 1,
    });
    c.definePlanar(outputs[0]!, sampled);
  },

  /** Points `[1, points, 2]` of a part taken back to the whole by a matrix `[1, 4, 4]`. */
  TransformLandmarks(c, { inputs, outputs }) {
    const [source, matrix] = inputs as [number, number];
    const count = c.shape(source)[1]!;
    const { graph } = c;
    const affine = topRows(c, matrix);
    const linear = columns(c, affine, { axis: 1, from: 0, to: 2 });
    const shift = columns(c, affine, { axis: 1, from: 3, to: 4 });
    const points = graph.one('Reshape', [c.plain(source), graph.integers([count, 2])]);
    const turned = graph.one('MatMul', [
      points,
      graph.one('Transpose', [linear], { perm: [1, 0] }),
    ]);
    const moved = graph.one('Add', [turned, graph.one('Transpose', [shift], { perm: [1, 0] })]);
    const shape = graph.integers([1, count, 2]);
    c.definePlain(outputs[0]!, graph.one('Reshape', [moved, shape]));
  },
};

interface Range {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

function columns(c: Conversion, value: OnnxValue, { axis, from, to }: Range): OnnxValue {
  const bounds = [[from], [to], [axis]].map((bound) => c.graph.integers(bound));
  return c.graph.one('Slice', [value, ...bounds]);
}

/** The first two rows of a matrix `[1, 4, 4]`, as `[2, 4]`. */
function topRows(c: Conversion, matrix: number): OnnxValue {
  const rows = columns(c, c.plain(matrix), { axis: 1, from: 0, to: 2 });
  return c.graph.one('Reshape', [rows, c.graph.integers([2, 4])]);
}

function join(c: Conversion, axis: number, values: readonly OnnxValue[]): OnnxValue {
  return c.graph.one('Concat', values, { axis });
}

/**
 * @file The parts of a face that the attention mesh looks at a second time: where they lie in the feature map, and how
 * their points are taken back to the face.
 *
 * Grishchenko et al. 2020, "Attention Mesh", arXiv:2006.10962, §2.2; the same computations as `tflite-attention.ts` writes
 * for ONNX Runtime. Matrices are `[4, 4]`, row by row.
 */
import { own } from '../base/own.ts';
import type { FlexMap } from './flatbuffer.ts';

/**
 * The matrix that takes pixels of a part to pixels of the map: the box around some points, upright along the line between
 * two others, and enlarged.
 *
 * @param points - x, y and depth of each
 */
export function partMatrix(points: Float32Array, options: FlexMap): Float32Array {
  const number = (key: string): number => own(options, key) as number;
  const [left, right] = [3 * number('left_rotation_idx'), 3 * number('right_rotation_idx')];
  const [dx, dy] = [points[right]! - points[left]!, points[right + 1]! - points[left + 1]!];
  const length = Math.hypot(dx, dy);
  const [cosine, sine] = [dx / length, dy / length];

  const x = { least: Infinity, most: -Infinity };
  const y = { least: Infinity, most: -Infinity };
  for (const index of options['subset_idxs'] as readonly number[]) {
    const along = points[3 * index]! * cosine + points[3 * index + 1]! * sine;
    const across = points[3 * index + 1]! * cosine - points[3 * index]! * sine;
    x.least = Math.min(x.least, along);
    x.most = Math.max(x.most, along);
    y.least = Math.min(y.least, across);
    y.most = Math.max(y.most, across);
  }
  const [width, height] = [number('output_width'), number('output_height')];
  const scaleX = ((x.most - x.least) * number('scale_x')) / width;
  const scaleY = ((y.most - y.least) * number('scale_y')) / height;
  const [xx, xy] = [cosine * scaleX, -sine * scaleY];
  const [yx, yy] = [sine * scaleX, cosine * scaleY];
  const [along, across] = [(x.most + x.least) / 2, (y.most + y.least) / 2];
  const toX = along * cosine - across * sine - (xx * width + xy * height) / 2;
  const toY = along * sine + across * cosine - (yx * width + yy * height) / 2;
  return Float32Array.of(xx, xy, 0, toX, yx, yy, 0, toY, 0, 0, 1, 0, 0, 0, 0, 1);
}

/** Points of a part, x and y of each, taken to the whole by a matrix. */
export function pointsOfPart(points: Float32Array, matrix: Float32Array): Float32Array {
  const [xx, xy, , toX, yx, yy, , toY] = matrix as unknown as readonly number[];
  const result = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    result[i] = x * xx! + y * xy! + toX!;
    result[i + 1] = x * yx! + y * yy! + toY!;
  }
  return result;
}

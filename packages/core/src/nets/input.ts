/**
 * @file From a flow image to a network's input: the one place where pixels are prepared.
 *
 * Training, prediction and analysis all come through here, so that a network
 * never sees in use what it has not seen in training. The images are those of
 * MEGC 2019 (Liong et al. 2019, "Shallow Triple Stream Three-dimensional CNN
 * (STSTNet) for Micro-expression Recognition", arXiv:1902.03634): R = u,
 * G = v, B = optical strain, each stretched to 0–255 per image.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Picture } from '../base/image.ts';

/** Name of the preparation below. Weights carry it: trained on one preparation, they do not fit another. */
export const inputVersion = 'flow-median/1';

/** Side of a flow image, pixels. */
export const flowSize = 28;

/**
 * A flow image as a network takes it: `[3, height, width]`, channels u, v and strain.
 *
 * The medians of u and of v are subtracted, because most of a face does not
 * move in a micro-expression: what all of it shares is the head's motion, and
 * the stretch to 0–255 has put zero anywhere. Strain starts at zero by itself.
 * A unit is the whole range of a byte.
 *
 * @throws TelltaleError SHAPE_MISMATCH if the picture is not `size`×`size`.
 */
export function flowInput(picture: Picture, size: number = flowSize): Float32Array {
  const { data, width, height, channels } = picture;
  if (width !== size || height !== size || data.length < width * height * channels)
    throw new TelltaleError(
      'SHAPE_MISMATCH',
      `a flow image of ${String(size)}×${String(size)} pixels was expected, this one is ${String(width)}×${String(height)} with ${String(data.length)} bytes`,
      'Use the flow images that telltale or the MEGC 2019 recipe makes.',
    );
  const pixels = width * height;
  const input = new Float32Array(3 * pixels);
  for (let c = 0; c < 3; c++) {
    const plane = input.subarray(c * pixels, (c + 1) * pixels);
    for (let i = 0; i < pixels; i++) plane[i] = data[i * channels + c]! / 255;
    if (c < 2) {
      const middle = median(plane);
      for (let i = 0; i < pixels; i++) plane[i]! -= middle;
    }
  }
  return input;
}

/** The input of the mirrored face, `[3, size, size]`: columns reversed, and what moved left now moves right (u → −u). */
export function mirrorInput(input: Float32Array, size: number = flowSize): Float32Array {
  const mirrored = new Float32Array(input.length);
  for (let i = 0; i < input.length; i++) {
    const x = i % size;
    const sign = i < size * size ? -1 : 1;
    mirrored[i] = sign * input[i - x + (size - 1 - x)]!;
  }
  return mirrored;
}

/** Middle value; the mean of the two middle ones of an even count, so that mirroring commutes with it. */
function median(values: Float32Array): number {
  const sorted = Float32Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

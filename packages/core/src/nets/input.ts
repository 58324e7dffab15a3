/**
 * @file From images to a network's input: the one place where pixels are prepared.
 *
 * Training, prediction and analysis all use it, so that inputs are prepared in
 * inference as in training. The images are those of
 * MEGC 2019 (Liong et al. 2019, "Shallow Triple Stream Three-dimensional CNN
 * (STSTNet) for Micro-expression Recognition", arXiv:1902.03634): R = u,
 * G = v, B = optical strain, each stretched to 0–255 per image. Networks with
 * face planes get them in the box and size of the flow image.
 */
import { TelltaleError } from '../base/errors.ts';
import { oneOf, type Shape } from '../base/shape.ts';
import { grayOf, type RgbImage } from '../base/image.ts';

/** What one plane of an input shows. `difference` is magnified − onset where `magnified` is a plane too, else apex − onset. */
export type InputPlane = 'u' | 'v' | 'strain' | 'apex' | 'onset' | 'magnified' | 'difference';

/** Schema of {@link InputPlane}. */
export const inputPlane: Shape = oneOf(
  'u',
  'v',
  'strain',
  'apex',
  'onset',
  'magnified',
  'difference',
);

/** The default planes of a network. */
export const flowPlanes: readonly InputPlane[] = ['u', 'v', 'strain'];

/** Face crops, gray or RGB, in the box and size of the flow image. */
export interface FaceImages {
  /** The face at the frame of strongest movement. */
  readonly apex?: RgbImage;
  /** The face at the first frame of the expression. */
  readonly onset?: RgbImage;
  /** The apex with its movement magnified. */
  readonly magnified?: RgbImage;
}

/** The images that an input is made of. */
export interface InputImages extends FaceImages {
  /** R = u, G = v, B = optical strain. */
  readonly flow: RgbImage;
}

/** Name of the preparation below. Weights carry it: trained on one preparation, they do not fit another. */
export const inputVersion = 'flow-robust/1';

/** Side of a flow image, pixels. */
export const flowSize = 28;

/** Largest distance of a value from the median, in root mean squares of its plane. */
const LIMIT = 3;

/**
 * A flow image as a network takes it: `[3, height, width]`, channels u, v and strain.
 *
 * The median of each plane is subtracted, because most of a face does not move
 * in a micro-expression: what all of it shares is the head's motion, and the
 * stretch to 0–255 has put zero anywhere. Then a plane is divided by its root
 * mean square and cut off at ±3: the stretch made its unit the two outermost
 * pixels, which are often artifacts, and a unit should be what the face does.
 * A plane without movement stays 0.
 *
 * @throws TelltaleError SHAPE_MISMATCH if the image is not `size`×`size`.
 */
export function flowInput(image: RgbImage, size: number = flowSize): Float32Array {
  const { data, width, height, channels } = image;
  assertSize(image, size, 'flow image');
  const pixels = width * height;
  const input = new Float32Array(3 * pixels);
  for (let c = 0; c < 3; c++) {
    const plane = input.subarray(c * pixels, (c + 1) * pixels);
    for (let i = 0; i < pixels; i++) plane[i] = data[i * channels + c]! / 255;
    standardize(plane);
  }
  return input;
}

/** Robustly, in place. */
function standardize(plane: Float32Array): void {
  const middle = median(plane);
  let squares = 0;
  for (let i = 0; i < plane.length; i++) {
    plane[i]! -= middle;
    squares += plane[i]! ** 2;
  }
  const rms = Math.sqrt(squares / plane.length);
  if (rms === 0) return;
  for (let i = 0; i < plane.length; i++)
    plane[i] = Math.min(Math.max(plane[i]! / rms, -LIMIT), LIMIT);
}

/**
 * Images as a network takes them: `[planes, size, size]`.
 *
 * u, v and strain are those of {@link flowInput}. A face plane is gray with
 * mean 0 and standard deviation 1 over the crop, which removes lighting and
 * contrast of the camera; `difference` is that of two such planes. Where there is no apex
 * crop, the plane `apex` is the magnitude of the flow, √(u² + v²).
 *
 * @throws TelltaleError SHAPE_MISMATCH if an image is not `size`×`size`; MODEL_INPUT_MISMATCH where
 *   an image without a substitute is missing
 */
export function prepareInput(
  images: InputImages,
  planes: readonly InputPlane[] = flowPlanes,
  size: number = flowSize,
): Float32Array {
  const area = size * size;
  const flow = flowInput(images.flow, size);
  const face = (name: keyof FaceImages): Float32Array => {
    const image = images[name];
    if (image === undefined) throw noFace(name);
    return facePlane(image, size);
  };
  const made = (plane: InputPlane): Float32Array => {
    switch (plane) {
      case 'u':
      case 'v':
      case 'strain':
        return flow.subarray(flowPlanes.indexOf(plane) * area).subarray(0, area);
      case 'apex':
        return images.apex ? face('apex') : flowMagnitude(flow, area);
      case 'difference': {
        const onset = face('onset');
        const later = face(planes.includes('magnified') ? 'magnified' : 'apex');
        return later.map((value, i) => value - onset[i]!);
      }
      default:
        return face(plane);
    }
  };
  const input = new Float32Array(planes.length * area);
  planes.forEach((plane, i) => input.set(made(plane), i * area));
  return input;
}

/**
 * The input of the mirrored face, `[planes, size, size]`: columns reversed, and what moved left now
 * moves right (u → −u).
 */
export function mirrorInput(
  input: Float32Array,
  size: number = flowSize,
  planes: readonly InputPlane[] = flowPlanes,
): Float32Array {
  const mirrored = new Float32Array(input.length);
  const signs = mirrorSigns(planes);
  for (let i = 0; i < input.length; i++) {
    const x = i % size;
    mirrored[i] = signs[Math.floor(i / (size * size))]! * input[i - x + (size - 1 - x)]!;
  }
  return mirrored;
}

/** What a plane is multiplied by where the face is mirrored: −1 for u, else 1. */
export function mirrorSigns(planes: readonly InputPlane[]): Float32Array {
  return Float32Array.from(planes, (plane) => (plane === 'u' ? -1 : 1));
}

/** `[size, size]`, mean 0 and standard deviation 1; all 0 where the crop is uniform. */
function facePlane(image: RgbImage, size: number): Float32Array {
  assertSize(image, size, 'face crop');
  return facePlaneOf(grayOf(image).data);
}

/** Gray values of a face, 0–255, standardized like face planes to mean 0 and standard deviation 1; all 0 where they are uniform. */
export function facePlaneOf(gray: Float32Array): Float32Array {
  const mean = gray.reduce((a, b) => a + b, 0) / gray.length;
  const variance = gray.reduce((sum, value) => sum + (value - mean) ** 2, 0) / gray.length;
  const std = Math.max(Math.sqrt(variance), 1); // below one step of a byte nothing is visible
  return gray.map((value) => (value - mean) / std);
}

function flowMagnitude(flow: Float32Array, area: number): Float32Array {
  return Float32Array.from({ length: area }, (_, i) => Math.hypot(flow[i]!, flow[area + i]!));
}

function assertSize({ data, width, height, channels }: RgbImage, size: number, what: string): void {
  if (width === size && height === size && data.length >= width * height * channels) return;
  throw new TelltaleError(
    'SHAPE_MISMATCH',
    `a ${what} of ${String(size)}×${String(size)} pixels was expected, this one is ${String(width)}×${String(height)} with ${String(data.length)} bytes`,
    what === 'flow image'
      ? 'Use the flow images that telltale or the MEGC 2019 recipe makes.'
      : 'Cut faces out in the box and size of the flow images.',
  );
}

function noFace(name: string): TelltaleError {
  return new TelltaleError(
    'MODEL_INPUT_MISMATCH',
    `the network takes a face crop (${name}), and there is none`,
    `Give samples.csv a column "${name}" with face crops in the box of the flow images, or choose a configuration that takes only flow.`,
  );
}

/** Middle value; the mean of the two middle ones of an even count, so that mirroring commutes with it. */
function median(values: Float32Array): number {
  const sorted = Float32Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

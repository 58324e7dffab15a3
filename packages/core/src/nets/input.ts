/**
 * @file From pictures to a network's input: the one place where pixels are prepared.
 *
 * Training, prediction and analysis all come through here, so that a network
 * never sees in use what it has not seen in training. The images are those of
 * MEGC 2019 (Liong et al. 2019, "Shallow Triple Stream Three-dimensional CNN
 * (STSTNet) for Micro-expression Recognition", arXiv:1902.03634): R = u,
 * G = v, B = optical strain, each stretched to 0–255 per image. Networks that
 * look at the face too get it in the box and size of the flow image.
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

/** The planes of a network that says nothing of planes. */
export const flowPlanes: readonly InputPlane[] = ['u', 'v', 'strain'];

/** Pictures of a face, gray or RGB, in the box and size of the flow image. */
export interface FaceImages {
  readonly apex?: RgbImage;
  readonly onset?: RgbImage;
  /** The apex with its movement magnified. */
  readonly magnified?: RgbImage;
}

/** What inputs are made of. */
export interface InputImages extends FaceImages {
  /** R = u, G = v, B = optical strain. */
  readonly flow: RgbImage;
}

/** Name of the preparation below. Weights carry it: trained on one preparation, they do not fit another. */
export const inputVersion = 'flow-robust/1';

/** Side of a flow image, pixels. */
export const flowSize = 28;

/** Furthest that a value may be from the median, in units of its plane's deviation. */
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
 * @throws TelltaleError SHAPE_MISMATCH if the picture is not `size`×`size`.
 */
export function flowInput(picture: RgbImage, size: number = flowSize): Float32Array {
  const { data, width, height, channels } = picture;
  assertSize(picture, size, 'flow image');
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
  const deviation = Math.sqrt(squares / plane.length);
  if (deviation === 0) return;
  for (let i = 0; i < plane.length; i++)
    plane[i] = Math.min(Math.max(plane[i]! / deviation, -LIMIT), LIMIT);
}

/**
 * Pictures as a network takes them: `[planes, size, size]`.
 *
 * u, v and strain are those of {@link flowInput}. A face plane is gray with
 * mean 0 and deviation 1 over the picture, so that light and contrast of the
 * camera go; `difference` is that of two such planes. Where there is no apex
 * picture, the plane `apex` is the magnitude of the flow, √(u² + v²).
 *
 * @throws TelltaleError SHAPE_MISMATCH if a picture is not `size`×`size`; MODEL_INPUT_MISMATCH where
 *   a picture is missing that nothing stands in for
 */
export function prepareInput(
  pictures: InputImages,
  planes: readonly InputPlane[] = flowPlanes,
  size: number = flowSize,
): Float32Array {
  const area = size * size;
  const flow = flowInput(pictures.flow, size);
  const face = (name: keyof FaceImages): Float32Array => {
    const picture = pictures[name];
    if (picture === undefined) throw noFace(name);
    return facePlane(picture, size);
  };
  const made = (plane: InputPlane): Float32Array => {
    switch (plane) {
      case 'u':
      case 'v':
      case 'strain':
        return flow.subarray(flowPlanes.indexOf(plane) * area).subarray(0, area);
      case 'apex':
        return pictures.apex ? face('apex') : flowMagnitude(flow, area);
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

/** `[size, size]`, mean 0 and deviation 1; all 0 where the picture is one gray. */
function facePlane(picture: RgbImage, size: number): Float32Array {
  assertSize(picture, size, 'face picture');
  return facePlaneOf(grayOf(picture).data);
}

/** Gray values of a face, 0–255, with mean 0 and deviation 1: as face planes are; all 0 where they are one gray. */
export function facePlaneOf(gray: Float32Array): Float32Array {
  const mean = gray.reduce((a, b) => a + b, 0) / gray.length;
  const variance = gray.reduce((sum, value) => sum + (value - mean) ** 2, 0) / gray.length;
  const deviation = Math.max(Math.sqrt(variance), 1); // less than a step of a byte is nothing seen
  return gray.map((value) => (value - mean) / deviation);
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
    `the network takes a picture of the face (${name}), and there is none`,
    `Give samples.csv a column "${name}" with pictures in the box of the flow images, or choose a configuration that takes flow alone.`,
  );
}

/** Middle value; the mean of the two middle ones of an even count, so that mirroring commutes with it. */
function median(values: Float32Array): number {
  const sorted = Float32Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

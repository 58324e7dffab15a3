/** @file Images that fill the frame with a face, wide frames with a small one, and images without any, for tests. */
import sharp from 'sharp';

import type { RgbImage } from '../base/image.ts';
import { createRandom, type Random } from '../base/random.ts';
import { detectFaces, regionOfDetection } from './detect.ts';
import type { Landmarks } from './landmarks.ts';
import { findLandmarks, regionOfLandmarks } from './mesh.ts';
import type { FaceModels } from './models.ts';
import { interocularDistance } from './regions.ts';

/** An image and the face in it. */
export interface ImageOfFace {
  readonly image: RgbImage;
  /** Pixels of the image. */
  readonly landmarks: Landmarks;
}

/** A rectangle of an image, pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The rectangle of an image, resized where a size is given, in shades of gray where wanted. */
export async function cropImage(
  { data, width, height, channels }: RgbImage,
  rectangle: Rectangle,
  {
    size,
    isGray = false,
  }: { readonly size?: { width: number; height: number }; readonly isGray?: boolean } = {},
): Promise<RgbImage> {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  let part = sharp(bytes, { raw: { width, height, channels } }).removeAlpha().extract(rectangle);
  if (size) part = part.resize({ ...size, fit: 'fill' });
  if (isGray) part = part.grayscale();
  const { data: out, info } = await part
    .toColorspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const rgb = Uint8Array.from({ length: 3 * info.width * info.height }, (_, i) =>
    info.channels === 3 ? out[i]! : out[Math.floor(i / 3) * info.channels]!,
  );
  return { data: rgb, width: info.width, height: info.height, channels: 3 };
}

/** Every clearly visible face of an image. */
export async function facesOf(models: FaceModels, image: RgbImage): Promise<ImageOfFace[]> {
  const found: ImageOfFace[] = [];
  for (const detection of await detectFaces(models, image)) {
    let region = regionOfDetection(detection);
    for (let pass = 0; pass < 2; pass++) {
      region = regionOfLandmarks(await findLandmarks(models, image, region));
    }
    const landmarks = await findLandmarks(models, image, region);
    if (landmarks.presence < 0.9 || interocularDistance(landmarks) < 28) continue;
    found.push({ image, landmarks });
  }
  return found;
}

/**
 * A crop as those of CASME II, SMIC and SAMM: the upper edge from the brows to the middle of the forehead, the lower
 * edge at the chin or just past it, the sides at the cheeks; width over height 0.7 to 1.1, 112 to 300 pixels wide, every
 * second one in shades of gray.
 *
 * @returns undefined where the crop would reach beyond the image
 */
export async function tightCrop(
  { image, landmarks }: ImageOfFace,
  random: Random,
): Promise<ImageOfFace | undefined> {
  const { points } = landmarks;
  const x = (index: number): number => points[2 * index]!;
  const y = (index: number): number => points[2 * index + 1]!;
  const interocular = interocularDistance(landmarks);
  const brows = Math.min(...[105, 334, 66, 296, 63, 293].map(y));
  const forehead = (brows + y(10)) / 2;
  const top = brows - 0.05 * interocular + (forehead - brows) * random.uniform();
  const height = y(152) + 0.2 * interocular * random.uniform() - top;
  const ratio = 0.7 + 0.4 * random.uniform();
  const middle = (x(234) + x(454)) / 2 + 0.1 * interocular * (random.uniform() - 0.5);
  const rectangle = {
    left: Math.round(middle - (height * ratio) / 2),
    top: Math.round(top),
    width: Math.round(height * ratio),
    height: Math.round(height),
  };
  const { left, width } = rectangle;
  const isInside =
    left >= 0 &&
    rectangle.top >= 0 &&
    left + width <= image.width &&
    rectangle.top + rectangle.height <= image.height;
  const side = Math.round(112 + 188 * random.uniform());
  const isGray = random.uniform() < 0.5;
  if (!isInside) return undefined;
  const size = { width: side, height: Math.round(side / ratio) };
  const crop = await cropImage(image, rectangle, { size, isGray });
  const scales = [size.width / width, size.height / rectangle.height] as const;
  const starts = [left, rectangle.top] as const;
  const moved = points.map((value, i) => (value - starts[i % 2]!) * scales[i % 2]!);
  return { image: crop, landmarks: { ...landmarks, points: moved } };
}

/** A frame of 1280 × 720 pixels with a face of the given width, and what surrounds it, at a random place. */
export async function wideFrame(
  { image, landmarks: { points, presence } }: ImageOfFace,
  faceWidth: number,
  random: Random,
): Promise<ImageOfFace> {
  const across = Math.hypot(points[908]! - points[468]!, points[909]! - points[469]!); // 454, 234
  const scale = faceWidth / across;
  const nose = [points[2]!, points[3]!] as const;
  const [first, last] = [-1, 1].map((side) =>
    nose.map((at, i) => {
      const length = i === 0 ? image.width : image.height;
      return Math.round(Math.min(length, Math.max(0, at + 1.1 * side * across)));
    }),
  ) as [[number, number], [number, number]];
  const part = { left: first[0], top: first[1], width: last[0] - first[0], height: last[1] - first[1] }; // prettier-ignore
  const size = { width: Math.round(scale * part.width), height: Math.round(scale * part.height) };
  const small = await cropImage(image, part, { size });
  const [width, height] = [1280, 720];
  const wall = [0, 1, 2].map(() => 90 + 80 * random.uniform());
  const data = new Uint8ClampedArray(3 * width * height);
  for (let i = 0; i < data.length; i++) {
    const row = Math.floor(i / (3 * width));
    data[i] = wall[i % 3]! * (0.7 + (0.4 * row) / height) + 6 * random.normal();
  }
  const left = Math.round((width - size.width) * random.uniform());
  const top = Math.round((height - size.height) * random.uniform());
  for (let row = 0; row < size.height; row++) {
    const from = 3 * row * size.width;
    data.set(small.data.subarray(from, from + 3 * size.width), 3 * ((row + top) * width + left));
  }
  const starts = [left - scale * part.left, top - scale * part.top] as const;
  const moved = points.map((value, i) => value * scale + starts[i % 2]!);
  return { image: { data, width, height, channels: 3 }, landmarks: { points: moved, presence } };
}

/** Kinds of {@link texture}. */
export const TEXTURES = ['noise', 'stripes', 'gradient', 'blobs', 'checkers', 'cloud', 'colored cloud', 'rings'] as const; // prettier-ignore

/** An image without a face: one of {@link TEXTURES} after the other, 112 to 412 pixels wide, times `scale`. */
export function texture(seed: number, scale = 1): RgbImage {
  const random = createRandom(1000 + seed);
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const width = Math.round(scale * between(112, 412));
  const height = Math.round(width * between(0.8, 1.5));
  const color = (): number[] => [0, 1, 2].map(() => 255 * random.uniform());
  const [a, b] = [color(), color()];
  const mix = (t: number, from = a, to = b): number[] =>
    from.map((value, i) => value + t * (to[i]! - value));
  const wave = (phase: number): number[] => mix(0.5 + 0.5 * Math.sin(2 * Math.PI * phase));
  const kind = TEXTURES[seed % TEXTURES.length]!;
  const paint = (): ((x: number, y: number) => readonly number[]) => {
    switch (kind) {
      case 'noise': {
        const [spread, mean, cell] = [between(10, 100), between(40, 210), random.integer(4) + 1];
        const values = Float32Array.from({ length: width * height }, () => random.normal());
        return (x, y) => {
          const at = Math.floor(y / cell) * width + Math.floor(x / cell);
          return Array<number>(3).fill(mean + spread * values[at]!);
        };
      }
      case 'stripes': {
        const [angle, period] = [between(0, Math.PI), between(4, 44)];
        return (x, y) => wave((x * Math.cos(angle) + y * Math.sin(angle)) / period);
      }
      case 'gradient': {
        const angle = between(0, 2 * Math.PI);
        return (x, y) =>
          mix((x / width - 0.5) * Math.cos(angle) + (y / height - 0.5) * Math.sin(angle) + 0.5);
      }
      case 'blobs': {
        const blobs = Array.from({ length: 3 + random.integer(12) }, () => ({
          ...{ x: between(0, width), y: between(0, height) },
          ...{ radius: width * between(0.03, 0.23), color: color() },
        }));
        return (x, y) =>
          blobs.reduce(
            (under, blob) =>
              mix(
                Math.exp(-((x - blob.x) ** 2 + (y - blob.y) ** 2) / blob.radius ** 2),
                under,
                blob.color,
              ),
            a,
          );
      }
      case 'checkers': {
        const side = between(6, 56);
        return (x, y) => ((Math.floor(x / side) + Math.floor(y / side)) % 2 === 0 ? a : b);
      }
      case 'cloud':
      case 'colored cloud': {
        const [decay, contrast] = [between(0.6, 1.2), between(30, 90)];
        const octaves = [128, 64, 32, 16, 8, 4, 2].map((cell) => {
          const value = smoothNoise(random, { width, height, cell });
          return (x: number, y: number) => (cell / 128) ** decay * value(x, y);
        });
        return (x, y) => {
          const value = contrast * octaves.reduce((sum, octave) => sum + octave(x, y), 0);
          return kind === 'cloud' ? Array<number>(3).fill(128 + value) : mix(0.5 + value / 150);
        };
      }
      case 'rings': {
        const [period, x0, y0] = [between(8, 38), between(0, width), between(0, height)];
        return (x, y) => wave(Math.hypot(x - x0, y - y0) / period);
      }
    }
  };
  const at = paint();
  const data = new Uint8ClampedArray(3 * width * height);
  for (let i = 0; i < width * height; i++) data.set(at(i % width, Math.floor(i / width)), 3 * i);
  return { data, width, height, channels: 3 };
}

/** Random numbers at the corners of cells, smooth in between. */
function smoothNoise(
  random: Random,
  {
    width,
    height,
    cell,
  }: { readonly width: number; readonly height: number; readonly cell: number },
): (x: number, y: number) => number {
  const columns = Math.ceil(width / cell) + 2;
  const rows = Math.ceil(height / cell) + 2;
  const nodes = Float32Array.from({ length: columns * rows }, () => random.normal());
  const ease = (t: number): number => t * t * (3 - 2 * t);
  return (x, y) => {
    const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)];
    const [tx, ty] = [ease(x / cell - column), ease(y / cell - row)];
    const from = row * columns + column;
    const upper = nodes[from]! + tx * (nodes[from + 1]! - nodes[from]!);
    const lower = nodes[from + columns]! + tx * (nodes[from + columns + 1]! - nodes[from + columns]!); // prettier-ignore
    return upper + ty * (lower - upper);
  };
}

/** Mean distance between two sets of landmarks of one face, interocular distances. */
export function landmarkError(found: Landmarks, truth: Landmarks): number {
  let sum = 0;
  for (let i = 0; i < truth.points.length; i += 2) {
    sum += Math.hypot(
      found.points[i]! - truth.points[i]!,
      found.points[i + 1]! - truth.points[i + 1]!,
    );
  }
  return sum / (truth.points.length / 2) / interocularDistance(truth);
}

/**
 * @file How well a face can be measured: light, noise, sharpness, turn of the head, and where the face does not look like
 * itself any more.
 *
 * All of it comes from what the follower has at hand: the aligned face, the flow to it from a reference, and the
 * landmarks. What the flow does not explain is noise where it is the same all over the face, and something in front of the
 * face, or a face that has turned, where it is not.
 */
import type { Plane } from '../base/image.ts';
import { interocularDistance } from '../face/regions.ts';
import type { Landmarks } from '../face/landmarks.ts';
import type { FlowField } from '../motion/flow.ts';
import { REGIONS, regionPoints } from './regions.ts';
import { median } from './statistics.ts';

/** Turn of the head, degrees; 0 looks into the camera. */
export interface Turn {
  readonly yaw: number;
  readonly pitch: number;
}

/** How well one measurement can be trusted. */
export interface SampleQuality {
  /** Mean brightness of the face, 0 to 255. */
  readonly brightness: number;
  /** Part of the face that is as good as black or white, 0 to 1. */
  readonly clipped: number;
  /** What differs from the reference all over the face, standard deviation in percent of the brightness. */
  readonly noise: number;
  /** What there is to measure: standard deviation of the texture of the face, percent of the brightness. */
  readonly texture: number;
  /** From 1/3, nothing but blurred edges, to about 1. */
  readonly sharpness: number;
  /** For each region, what the flow does not explain of it, in parts of the texture; 1 and above has nothing in common. */
  readonly misfit: Float64Array;
  /** Part of the face that looks different from the reference by at least half of the texture, 0 to 1. */
  readonly changed: number;
  /** Turn of the head; absent where the depth of landmarks is not known. */
  readonly turn?: Turn | undefined;
}

/** What of a reference stays the same until it is renewed. */
export interface ReferenceQuality {
  /** Mean of the face without its light. */
  readonly level: number;
  readonly texture: number;
  readonly sharpness: number;
}

/** Every so many pixels are looked at, along either axis. */
const STRIDE = 3;
/** Radius of a region, interocular distances. */
const REGION_RADIUS = 0.16;
/** Half of the square from brows to chin around the middle of the face, interocular distances. */
const HALF_FACE = 0.9;
/** What is not explained changes a place that differs by this part of the texture. */
const CHANGED = 0.5;
/** At most this and at least that is as good as black and white, grey levels. */
const [AS_GOOD_AS_BLACK, AS_GOOD_AS_WHITE] = [6, 250];

/** Quality of a whole clip: medians of its samples. */
export type ClipQuality = Readonly<
  Record<'brightness' | 'clipped' | 'noise' | 'texture' | 'sharpness' | 'yaw' | 'pitch', number>
>;

/** What is usual in a clip; undefined where nothing was measured. */
export function clipQuality(
  stretches: readonly {
    readonly samples: readonly { readonly quality?: SampleQuality | undefined }[];
  }[],
): ClipQuality | undefined {
  const all = stretches.flatMap(({ samples }) => samples.flatMap(({ quality }) => quality ?? []));
  if (all.length === 0) return undefined;
  const usual = (read: (quality: SampleQuality) => number): number => median(all.map(read));
  return {
    brightness: usual((one) => one.brightness),
    clipped: usual((one) => one.clipped),
    // A reference compared with itself shows none.
    noise: median(all.map((one) => one.noise).filter((noise) => noise > 0)),
    texture: usual((one) => one.texture),
    sharpness: usual((one) => one.sharpness),
    yaw: usual((one) => one.turn?.yaw ?? 0),
    pitch: usual((one) => one.turn?.pitch ?? 0),
  };
}

interface Square {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function squareOf(
  x: number,
  y: number,
  half: number,
  { width, height }: Plane | FlowField,
): Square {
  return {
    left: Math.max(0, Math.round(x - half)),
    right: Math.min(width - 1, Math.round(x + half)),
    top: Math.max(0, Math.round(y - half)),
    bottom: Math.min(height - 1, Math.round(y + half)),
  };
}

/** The square from the brows to the chin: the tip of the nose is its middle. */
function faceSquare({ points }: Landmarks, plane: Plane | FlowField, unit: number): Square {
  return squareOf(points[2]!, points[3]!, HALF_FACE * unit, plane);
}

/** Texture and sharpness of a reference, without its light. */
export function referenceQuality(flat: Plane, landmarks: Landmarks): ReferenceQuality {
  const square = faceSquare(landmarks, flat, interocularDistance(landmarks));
  const { data, width } = flat;
  let [count, sum, energy, near, far] = [0, 0, 0, 0, 0];
  for (let y = square.top; y <= square.bottom; y += STRIDE) {
    for (let x = Math.max(3, square.left); x <= Math.min(width - 4, square.right); x += STRIDE) {
      const at = y * width + x;
      sum += data[at]!;
      energy += data[at]! ** 2;
      near += (data[at + 1]! - data[at - 1]!) ** 2;
      far += (data[at + 3]! - data[at - 3]!) ** 2;
      count++;
    }
  }
  const level = Math.max(1, sum / Math.max(1, count));
  return {
    level,
    texture: (100 / level) * Math.sqrt(Math.max(0, energy / Math.max(1, count) - level * level)),
    sharpness: near > 0 ? Math.min(1, Math.sqrt(near / far)) : 0,
  };
}

/** A measurement and its landmarks. */
export interface MeasuredFace {
  /** The face, 0 to 255. */
  readonly image: Plane;
  /** The same without its light. */
  readonly flat: Plane;
  readonly landmarks: Landmarks;
  readonly turn?: Turn | undefined;
}

/** Light, noise and misfit of a face against the reference that it was compared with. */
export function sampleQuality(
  { image, flat, landmarks, turn }: MeasuredFace,
  reference: {
    readonly flat: Plane;
    readonly quality: ReferenceQuality;
    readonly landmarks: Landmarks;
  },
  flow?: FlowField,
): SampleQuality {
  const unit = interocularDistance(reference.landmarks);
  const { points } = reference.landmarks;
  const { width } = image;
  const face = faceSquare(landmarks, image, unit);
  let [count, sum, clipped] = [0, 0, 0];
  const unexplained: number[] = [];
  const rest = (x: number, y: number): number =>
    flow === undefined ? 0 : warped(flat, flow, x, y) - reference.flat.data[y * width + x]!;
  for (let y = face.top; y <= face.bottom; y += STRIDE) {
    for (let x = face.left; x <= face.right; x += STRIDE) {
      const value = image.data[y * width + x]!;
      sum += value;
      if (value <= AS_GOOD_AS_BLACK || value >= AS_GOOD_AS_WHITE) clipped++;
      unexplained.push(Math.abs(rest(x, y)));
      count++;
    }
  }
  const { level, texture, sharpness } = reference.quality;
  const scale = 100 / level;
  const misfit = Float64Array.from(REGIONS, (region) => {
    if (flow === undefined) return 0;
    const indices = regionPoints(region);
    const mean = (axis: 0 | 1): number =>
      indices.reduce((total, index) => total + points[2 * index + axis]!, 0) / indices.length;
    const square = squareOf(mean(0), mean(1), REGION_RADIUS * unit, image);
    let [squares, pixels] = [0, 0];
    for (let y = square.top; y <= square.bottom; y += 2) {
      for (let x = square.left; x <= square.right; x += 2) {
        squares += rest(x, y) ** 2;
        pixels++;
      }
    }
    return (scale * Math.sqrt(squares / Math.max(1, pixels))) / Math.max(1, texture);
  });
  return {
    brightness: sum / Math.max(1, count),
    clipped: clipped / Math.max(1, count),
    // Both images have the noise; its median hardly depends on what covers a part of the face.
    noise: (scale * 1.4826 * median(unexplained)) / Math.SQRT2,
    changed: unexplained.filter((value) => scale * value > CHANGED * texture).length / Math.max(1, count), // prettier-ignore
    ...{ texture, sharpness, misfit, turn },
  };
}

/** The second image where, by the flow, a pixel of the first has gone. */
function warped({ data, width, height }: Plane, { u, v }: FlowField, x: number, y: number): number {
  const at = y * width + x;
  const px = Math.max(0, Math.min(width - 1.001, x + u[at]!));
  const py = Math.max(0, Math.min(height - 1.001, y + v[at]!));
  const [left, top] = [Math.floor(px), Math.floor(py)];
  const [fx, fy] = [px - left, py - top];
  const i = top * width + left;
  const upper = data[i]! + fx * (data[i + 1]! - data[i]!);
  const lower = data[i + width]! + fx * (data[i + width + 1]! - data[i + width]!);
  return upper + fy * (lower - upper);
}

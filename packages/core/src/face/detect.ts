/**
 * @file Finds faces in an image.
 *
 * Bazarevsky et al. 2019, "BlazeFace", arXiv:1907.05047: one box and six points
 * per anchor, overlapping boxes blended by their scores instead of suppressed
 * (§3, "Post-processing"). The full-range model has one anchor at each of 48 × 48
 * places.
 */
import type { RgbImage } from '../base/image.ts';
import { squaresOf, type Framing } from './framing.ts';
import type { FaceRegion } from './landmarks.ts';
import { FACE_INPUT_SIZE, faceInput } from './models.ts';
import type { FaceModels } from './models.ts';

/** A face as the detector sees it, pixels of the image. */
export interface FaceDetection {
  /** Probability that this is a face. */
  readonly score: number;
  /** Center of the box. */
  readonly x: number;
  /** Center of the box. */
  readonly y: number;
  /** Pixels of the image. */
  readonly width: number;
  /** Pixels of the image. */
  readonly height: number;
  /** Both eyes as the viewer sees them, left then right, nose tip, mouth, both ears: x and y in turn. */
  readonly points: readonly number[];
}

/** Options of {@link detectFaces}. */
export interface DetectOptions {
  /** What the detector is shown. @defaultValue 'whole' */
  readonly framing?: Framing;
  /** Least probability of a face. @defaultValue 0.6; padded 0.4 and tiled 0.15, where more is asked than the detector */
  readonly threshold?: number;
}

/** Least probability of a face by framing. */
const THRESHOLDS: Readonly<Record<Framing, number>> = { whole: 0.6, padded: 0.4, tiled: 0.15 };
/** Side of the square around a small face, in sides of its box. */
const CLOSER = 5;
/** Small faces that are looked at more closely: those with the highest scores. */
const MOST_CANDIDATES = 12;
const ANCHORS = 48;
/** Numbers per anchor: the box, then x and y of six points, all in pixels of the input. */
const STRIDE = 16;
const BOX = 4;
/** Boxes that share more than this part of their union are one face. */
const SAME_FACE = 0.3;
/** A face's region is larger than its box by this factor, so that brows and chin are inside. */
const ENLARGE = 1.5;

/** All faces of an image, largest first. */
export async function detectFaces(
  models: FaceModels,
  image: RgbImage,
  { framing = 'whole', threshold = THRESHOLDS[framing] }: DetectOptions = {},
): Promise<FaceDetection[]> {
  const faces: FaceDetection[] = [];
  for (const square of squaresOf(image, framing)) {
    faces.push(...(await detectIn(models, image, { square, threshold })));
  }
  const distinct = framing === 'tiled' ? await lookCloser(models, image, blend(faces)) : faces;
  return distinct.sort((a, b) => b.width * b.height - a.width * a.height);
}

/**
 * Small faces once more, each in a square of its own: in a tile their points are off by up to 0.85 of the interocular
 * distance, and textures score as high as faces.
 */
async function lookCloser(
  models: FaceModels,
  image: RgbImage,
  candidates: readonly FaceDetection[],
): Promise<FaceDetection[]> {
  const best = [...candidates].sort((a, b) => b.score - a.score).slice(0, MOST_CANDIDATES);
  const faces: FaceDetection[] = [];
  for (const { x, y, width, height } of best) {
    const square = { x, y, size: CLOSER * Math.max(width, height), angle: 0 };
    faces.push(...(await detectIn(models, image, { square, threshold: THRESHOLDS.whole })));
  }
  return blend(faces);
}

/** The faces in a square of an image, black where it reaches beyond the image; pixels of the image. */
async function detectIn(
  models: FaceModels,
  image: RgbImage,
  { square, threshold }: { readonly square: FaceRegion; readonly threshold: number },
): Promise<FaceDetection[]> {
  const input = faceInput(image, square, { outside: 'black', range: [-1, 1] });
  const outputs = await models.detect(input);
  const boxes = outputs['reshaped_regressor_face_4']!;
  const logits = outputs['reshaped_classifier_face_4']!;

  const candidates = readAnchors(boxes, logits, threshold);
  const scale = square.size / FACE_INPUT_SIZE;
  const left = square.x - square.size / 2;
  const top = square.y - square.size / 2;
  return blend(candidates).map((face) => ({
    score: face.score,
    x: left + face.x * scale,
    y: top + face.y * scale,
    width: face.width * scale,
    height: face.height * scale,
    points: face.points.map((value, i) => (i % 2 === 0 ? left : top) + value * scale),
  }));
}

/** The square around a detected face, turned so that its eyes are level. */
export function regionOfDetection({ x, y, width, height, points }: FaceDetection): FaceRegion {
  const [leftX, leftY, rightX, rightY] = points as [number, number, number, number];
  return {
    x,
    y,
    size: Math.max(width, height) * ENLARGE,
    angle: Math.atan2(rightY - leftY, rightX - leftX),
  };
}

function readAnchors(
  boxes: Float32Array,
  logits: Float32Array,
  threshold: number,
): FaceDetection[] {
  const least = Math.log(threshold / (1 - threshold));
  const found: FaceDetection[] = [];
  const spacing = FACE_INPUT_SIZE / ANCHORS;
  for (let anchor = 0; anchor < ANCHORS * ANCHORS; anchor++) {
    const logit = logits[anchor]!;
    if (logit < least) continue;
    const x = ((anchor % ANCHORS) + 0.5) * spacing;
    const y = (Math.floor(anchor / ANCHORS) + 0.5) * spacing;
    const numbers = boxes.subarray(anchor * STRIDE, (anchor + 1) * STRIDE);
    found.push({
      score: 1 / (1 + Math.exp(-logit)),
      x: x + numbers[0]!,
      y: y + numbers[1]!,
      width: numbers[2]!,
      height: numbers[3]!,
      points: Array.from(numbers.subarray(BOX), (value, i) => value + (i % 2 === 0 ? x : y)),
    });
  }
  return found;
}

/** Groups overlapping boxes around the best one and averages each group, weighted by the scores. */
function blend(candidates: readonly FaceDetection[]): FaceDetection[] {
  let rest = [...candidates].sort((a, b) => b.score - a.score);
  const faces: FaceDetection[] = [];
  while (rest.length > 0) {
    const best = rest[0]!;
    const group = rest.filter((other) => overlap(best, other) > SAME_FACE);
    // A degenerate box does not even overlap itself; it must still leave the list.
    rest = rest.filter((other) => other !== best && !group.includes(other));
    if (group.length > 0) faces.push(average(best.score, group));
  }
  return faces;
}

function average(score: number, group: readonly FaceDetection[]): FaceDetection {
  const total = group.reduce((sum, face) => sum + face.score, 0);
  const mean = (read: (face: FaceDetection) => number): number =>
    group.reduce((sum, face) => sum + face.score * read(face), 0) / total;
  return {
    score,
    x: mean((face) => face.x),
    y: mean((face) => face.y),
    width: mean((face) => face.width),
    height: mean((face) => face.height),
    points: group[0]!.points.map((_, i) => mean((face) => face.points[i]!)),
  };
}

/** Area of the intersection over area of the union. */
function overlap(a: FaceDetection, b: FaceDetection): number {
  const across =
    Math.min(a.x + a.width / 2, b.x + b.width / 2) - Math.max(a.x - a.width / 2, b.x - b.width / 2);
  const down =
    Math.min(a.y + a.height / 2, b.y + b.height / 2) -
    Math.max(a.y - a.height / 2, b.y - b.height / 2);
  const both = Math.max(0, across) * Math.max(0, down);
  return both / (a.width * a.height + b.width * b.height - both);
}

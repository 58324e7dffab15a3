/** @file The largest face of a single image, whatever part of the image it fills. */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import { detectFaces, regionOfDetection, type FaceDetection } from './detect.ts';
import { framings, type Framing } from './framing.ts';
import type { FaceRegion, Landmarks } from './landmarks.ts';
import { findLandmarks, LEAST_PRESENCE, regionOfLandmarks } from './mesh.ts';
import type { FaceModels } from './models.ts';
import { EYE_CORNERS, interocularDistance, landmark, type Point } from './regions.ts';
import type { FaceChoice } from './subjects.ts';

/** A face found in a single image. */
export interface FoundFace {
  /** Where the face is, pixels of the image. */
  readonly region: FaceRegion;
  /** Pixels of the image. */
  readonly landmarks: Landmarks;
  /** Number of faces in the image; this is the largest. */
  readonly faces: number;
  /** What the detector was shown when it found the face. */
  readonly framing: Framing;
}

/** A face of another image is the same where it lies within this part of its region's side. */
const SAME_PLACE = 0.5;
/** Times that the region is taken from the landmarks and the landmarks again from the region. */
const REFINEMENTS = 2;

/**
 * What a face must satisfy that was not found in the whole image. Measured in docs/faces.md; distances in interocular
 * distances.
 */
const CONFIRMED = {
  /** Least presence of the landmarks, each time they are found. */
  presence: 0.99,
  /** Largest distance of the detector's eyes, nose tip and mouth from the landmarks. */
  disagreement: 0.4,
  /** Largest mean distance that the last refinement moves the landmarks by. */
  shift: 0.06,
} as const;

/** Options of {@link findFace}. */
export interface FindFaceOptions {
  /** Of several faces in the image, one; numbers count from 1, the largest first. @defaultValue 'largest' */
  readonly subject?: FaceChoice | undefined;
}

/**
 * The largest face of a single image with its landmarks, or another one that is chosen.
 *
 * The detector is shown the whole image; where that shows no face, the image in a black border, then its parts
 * enlarged. The region is taken from the landmarks and the landmarks again from the region, twice, so that the result
 * hardly depends on the detector's box.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no face is found, `OPTION_INVALID` where no face has that number.
 */
export async function findFace(
  models: FaceModels,
  image: RgbImage,
  { subject = 'largest' }: FindFaceOptions = {},
): Promise<FoundFace> {
  const { found, count } = await facesOf(models, image, { largestOnly: subject === 'largest' });
  return { ...chosenOf(found, subject), faces: count };
}

/**
 * The face of an image that lies where a face of an image of the same size lay; undefined where there are several, of
 * which none does.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where no face is found.
 */
export async function findSameFace(
  models: FaceModels,
  image: RgbImage,
  before: FaceRegion,
): Promise<FoundFace | undefined> {
  const { found, count } = await facesOf(models, image, { largestOnly: false });
  const apart = ({ region }: FramedFace): number =>
    Math.hypot(region.x - before.x, region.y - before.y);
  const nearest = found.reduce((one, other) => (apart(other) < apart(one) ? other : one));
  const isSame = found.length === 1 || apart(nearest) < SAME_PLACE * before.size;
  return isSame ? { ...nearest, faces: count } : undefined;
}

type FramedFace = Omit<FoundFace, 'faces'>;

/** The faces of an image, largest first, by the first framing that shows one. */
async function facesOf(
  models: FaceModels,
  image: RgbImage,
  { largestOnly }: { readonly largestOnly: boolean },
): Promise<{ readonly found: readonly [FramedFace, ...FramedFace[]]; readonly count: number }> {
  for (const framing of framings) {
    const detections = await detectFaces(models, image, { framing });
    const found: FramedFace[] = [];
    for (const detection of detections) {
      const face = await refineFace(models, image, { detection, framing });
      if (face !== undefined) found.push({ ...face, framing });
      // In the whole image the detector's count is good enough.
      if (face !== undefined && framing === 'whole' && largestOnly) break;
    }
    const [first, ...others] = found;
    if (first === undefined) continue;
    const count = framing === 'whole' && largestOnly ? detections.length : found.length;
    return { found: [first, ...others], count };
  }
  throw new TelltaleError(
    'FACE_NOT_FOUND',
    `no face in the image of ${image.width} × ${image.height} pixels`,
    'Take an image in which one face is seen from the front, at least 40 pixels wide.',
  );
}

/**
 * One of the faces of an image.
 *
 * @throws TelltaleError `OPTION_INVALID` where no face has that number
 */
function chosenOf(found: readonly [FramedFace, ...FramedFace[]], subject: FaceChoice): FramedFace {
  if (subject === 'largest') return found[0];
  if (subject === 'left') return found.reduce((a, b) => (b.region.x < a.region.x ? b : a));
  if (subject === 'right') return found.reduce((a, b) => (b.region.x > a.region.x ? b : a));
  const face = found[subject - 1];
  if (face !== undefined) return face;
  throw new TelltaleError(
    'OPTION_INVALID',
    `there is no face ${subject} in the image: ${found.length === 1 ? 'one face is' : `${found.length} faces are`} seen in it`,
    `Give a number from 1, the largest, to ${found.length}; largest, left or right.`,
  );
}

/** A detection and how it came about. */
export interface FramedDetection {
  readonly detection: FaceDetection;
  readonly framing: Framing;
}

/**
 * The landmarks of a detected face, refined; undefined where there is no face.
 *
 * More is demanded of a face that was not found in the whole image: a border and enlarged parts give the detector
 * more than one chance of a false detection.
 */
export async function refineFace(
  models: FaceModels,
  image: RgbImage,
  { detection, framing }: FramedDetection,
): Promise<{ readonly region: FaceRegion; readonly landmarks: Landmarks } | undefined> {
  const least = framing === 'whole' ? LEAST_PRESENCE : CONFIRMED.presence;
  let region = regionOfDetection(detection);
  let landmarks = await findLandmarks(models, image, region);
  let before = landmarks;
  for (let pass = 0; pass < REFINEMENTS && landmarks.presence >= least; pass++) {
    before = landmarks;
    region = regionOfLandmarks(landmarks);
    landmarks = await findLandmarks(models, image, region);
  }
  if (landmarks.presence < least) return undefined;
  const isFace =
    framing === 'whole' ||
    (disagreement(detection, landmarks) <= CONFIRMED.disagreement &&
      shift(before, landmarks) <= CONFIRMED.shift);
  return isFace ? { region, landmarks } : undefined;
}

/**
 * The region of a detected face in a frame of a clip, by its landmarks; undefined where there is no face. In the whole
 * frame they are found once: the regions of a clip are smoothed over time.
 */
export async function regionOfFace(
  models: FaceModels,
  frame: RgbImage,
  framed: FramedDetection,
): Promise<FaceRegion | undefined> {
  if (framed.framing === 'whole') {
    return regionByLandmarks(models, frame, regionOfDetection(framed.detection));
  }
  const face = await refineFace(models, frame, framed);
  return face && regionOfLandmarks(face.landmarks);
}

/** The region of the face that a rough region holds; undefined where it holds none. */
export async function regionByLandmarks(
  models: FaceModels,
  frame: RgbImage,
  rough: FaceRegion,
): Promise<FaceRegion | undefined> {
  const landmarks = await findLandmarks(models, frame, rough);
  return landmarks.presence >= LEAST_PRESENCE ? regionOfLandmarks(landmarks) : undefined;
}

/** Largest distance between a point of the detector and the same place by the landmarks, interocular distances. */
function disagreement({ points }: FaceDetection, landmarks: Landmarks): number {
  const middle = (a: number, b: number): Point => {
    const [p, q] = [landmark(landmarks, a), landmark(landmarks, b)];
    return { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
  };
  const places = [
    middle(EYE_CORNERS.rightOuter, EYE_CORNERS.rightInner), // the subject's right is the viewer's left
    middle(EYE_CORNERS.leftOuter, EYE_CORNERS.leftInner),
    landmark(landmarks, 1), // tip of the nose
    middle(13, 14), // inner edges of both lips
  ];
  const distances = places.map(({ x, y }, i) =>
    Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y),
  );
  return Math.max(...distances) / interocularDistance(landmarks);
}

/** Mean distance between two sets of landmarks, interocular distances of the second. */
function shift(a: Landmarks, b: Landmarks): number {
  let sum = 0;
  for (let i = 0; i < a.points.length; i += 2) {
    sum += Math.hypot(a.points[i]! - b.points[i]!, a.points[i + 1]! - b.points[i + 1]!);
  }
  return sum / (a.points.length / 2) / interocularDistance(b);
}

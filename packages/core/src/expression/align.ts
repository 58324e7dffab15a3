/**
 * @file Cuts the apex as the onset was cut, moved with the head: the one policy of training and analysis.
 *
 * Yan et al. 2014, "CASME II", PLoS ONE 9(1), cut every frame of a clip by the transform of its first frame, which
 * leaves the head's motion in the flow. A transform from the apex's own landmarks would take it out and put their
 * jitter in, which is larger than a micro-expression. So the head's motion is measured by flow at the rigid parts of the face
 * (`spot/displacement.ts`), and the square of the onset is moved by it. docs/experiments.md compares the three.
 */
import { grayOf, type RgbImage } from '../base/image.ts';
import { fromCrop, landmarksInCrop } from '../face/align.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import { interocularDistance } from '../face/regions.ts';
import { FAST } from '../motion/tvl1-options.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import { displacementAt, headMotion, type Similarity } from '../spot/displacement.ts';
import { illuminationRadius, normalizeIllumination } from '../spot/illumination.ts';
import { FACE_CROP_SIZE, cropImage, cropRegion, type FaceCrop, type LocatedFace } from './crop.ts';

/** Where a corner of the cut face moves by more than this many of its pixels, the head has clearly moved. */
const HEAD_MOVED = 4;
/** Corrections of the apex's square: the second one measures what the first left over. */
const CORRECTIONS = 2;

/** A frame and the face in it, where one was found. */
export interface FaceInFrame {
  /** Pixels of the whole frame. */
  readonly frame: RgbImage;
  /** The face in it; undefined where none was found. */
  readonly face: LocatedFace | undefined;
}

/**
 * Cuts the apex out so that the head lies where it lies in the onset.
 *
 * Where landmarks show that the head has clearly moved, their region is the first guess, else the onset's is.
 */
export function alignApex(onset: FaceCrop, { frame, face }: FaceInFrame, tvl1: Tvl1): FaceCrop {
  const radius = illuminationRadius(interocularDistance(onset.landmarks));
  const fromOnset = tvl1.from(normalizeIllumination(grayOf(onset.image), radius), FAST);
  const isFar = face !== undefined && hasMoved(onset.region, face.region);
  let region = isFar ? face.region : onset.region;
  for (let i = 0; i < CORRECTIONS; i++) {
    const to = normalizeIllumination(grayOf(cropImage(frame, region)), radius);
    region = moved(region, headMotion(fromOnset.to(to), onset.landmarks));
  }
  return {
    image: cropImage(frame, region),
    region,
    landmarks: face
      ? landmarksInCrop(face.landmarks, cropRegion(region), FACE_CROP_SIZE)
      : onset.landmarks,
  };
}

/** A region after a motion that was measured in its cut, pixels of the cut. */
function moved(region: FaceRegion, head: Similarity): FaceRegion {
  const middle = FACE_CROP_SIZE / 2;
  const [u, v] = displacementAt(head, middle, middle);
  const center = fromCrop({ x: middle + u, y: middle + v }, cropRegion(region), FACE_CROP_SIZE);
  return {
    ...center,
    size: region.size * Math.hypot(1 + head.along, head.across),
    angle: region.angle + Math.atan2(head.across, 1 + head.along),
  };
}

/** Whether the head has clearly moved from one region of a face to another. */
export function hasMoved(from: FaceRegion, to: FaceRegion): boolean {
  return cornerShift(from, to) > HEAD_MOVED;
}

/** The largest distance between the corners of two regions, pixels of a cut by the first. */
function cornerShift(a: FaceRegion, b: FaceRegion): number {
  const corners = [0, FACE_CROP_SIZE].flatMap((x) => [0, FACE_CROP_SIZE].map((y) => ({ x, y })));
  const shifts = corners.map((corner) => {
    const [p, q] = [fromCrop(corner, a, FACE_CROP_SIZE), fromCrop(corner, b, FACE_CROP_SIZE)];
    return (Math.hypot(p.x - q.x, p.y - q.y) * FACE_CROP_SIZE) / a.size;
  });
  return Math.max(...shifts);
}

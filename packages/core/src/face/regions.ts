/**
 * @file The parts of the face by name, as indices of the 478 landmarks.
 *
 * "Left" and "right" are the subject's own: in an image that is not mirrored,
 * the right eye is on the viewer's left. Numbering is that of MediaPipe's mesh
 * (Kartynnik et al. 2019, "Real-time Facial Surface Geometry from Monocular
 * Video on Mobile GPUs", arXiv:1907.06724).
 */
import type { Landmarks } from './landmarks.ts';

/** Landmark indices of each part of the face. */
export const FACE_PARTS = {
  rightInnerBrow: [107, 66, 55, 65],
  leftInnerBrow: [336, 296, 285, 295],
  rightOuterBrow: [70, 63, 46, 53],
  leftOuterBrow: [300, 293, 276, 283],
  rightUpperLid: [160, 159, 158],
  leftUpperLid: [387, 386, 385],
  rightLowerLid: [144, 145, 153],
  leftLowerLid: [373, 374, 380],
  rightNoseWing: [48, 64, 98, 129],
  leftNoseWing: [278, 294, 327, 358],
  rightCheek: [50, 101, 205],
  leftCheek: [280, 330, 425],
  rightMouthCorner: [61, 76, 57],
  leftMouthCorner: [291, 306, 287],
  upperLip: [0, 37, 267, 13],
  lowerLip: [17, 84, 314, 14],
  chin: [152, 175, 199],
  noseBridge: [168, 6, 197, 195],
  noseTip: [1, 4],
  glabella: [9, 8],
} as const;

/** Corners of the eyes, the points that facial expression moves least. */
export const EYE_CORNERS = {
  rightOuter: 33,
  rightInner: 133,
  leftInner: 362,
  leftOuter: 263,
} as const;

/** The six points of an eye: outer corner, two of the upper lid, inner corner, two of the lower lid. */
const EYES = {
  right: [33, 160, 158, 133, 153, 144],
  left: [263, 387, 385, 362, 380, 373],
} as const;

/** Inner edges of the upper and the lower lip, inner corners of the mouth. */
const MOUTH = [13, 14, 78, 308] as const;

/** A place in the image, pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One landmark as a point. */
export function landmark({ points }: Landmarks, index: number): Point {
  return { x: points[2 * index]!, y: points[2 * index + 1]! };
}

/** Distance between the middles of both eyes' corners, pixels: it does not change with gaze or blinks. */
export function interocularDistance(landmarks: Landmarks): number {
  const middle = (a: number, b: number): Point => {
    const [p, q] = [landmark(landmarks, a), landmark(landmarks, b)];
    return { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
  };
  const right = middle(EYE_CORNERS.rightOuter, EYE_CORNERS.rightInner);
  const left = middle(EYE_CORNERS.leftOuter, EYE_CORNERS.leftInner);
  return distance(right, left);
}

/**
 * How far an eye is open: about 0.3 open and below 0.15 shut.
 *
 * @see Soukupová and Čech 2016, "Real-Time Eye Blink Detection using Facial Landmarks", eq. 1.
 */
export function eyeAspectRatio(landmarks: Landmarks, eye: 'left' | 'right'): number {
  const [p1, p2, p3, p4, p5, p6] = EYES[eye].map((index) => landmark(landmarks, index));
  return (distance(p2!, p6!) + distance(p3!, p5!)) / (2 * distance(p1!, p4!));
}

/** How far the mouth is open: height between the lips by the width of the mouth; about 0 shut, 1 wide open. */
export function mouthAspectRatio(landmarks: Landmarks): number {
  const [top, bottom, right, left] = MOUTH.map((index) => landmark(landmarks, index));
  return distance(top!, bottom!) / (distance(right!, left!) || 1);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

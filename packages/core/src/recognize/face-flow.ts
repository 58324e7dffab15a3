/**
 * @file From two pictures of one face to the flow between them, and to the picture of it that recognizers know.
 *
 * The face is cut out upright before the flow is computed, as the authors of the datasets do (Yan et al.
 * 2014, "CASME II", PLoS ONE 9(1): every frame of a clip by the same transform, that of its first frame).
 * Landmarks tremble by more than a micro-expression moves, so the apex gets a transform of its own only
 * where the head has clearly moved.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Picture, Plane } from '../base/image.ts';
import { alignFace, alignmentOf, fromCrop, landmarksInCrop } from '../face/align.ts';
import type { FaceRegion, Landmarks } from '../face/landmarks.ts';
import { findFace } from '../face/mesh.ts';
import type { FaceModels } from '../face/models.ts';
import { EYE_CORNERS, landmark } from '../face/regions.ts';
import { matchBrightness } from '../motion/brightness.ts';
import { faceBox, flowImage, type Box, type Point } from '../motion/flow-image.ts';
import type { FlowField } from '../motion/flow.ts';
import { LIKE_OPENCV } from '../motion/tvl1-options.ts';
import type { Tvl1 } from '../motion/tvl1.ts';

/** Side of the aligned face, pixels: the eyes are then 76 apart. */
export const ALIGNED_SIZE = 224;

/** Where a corner of the aligned face moves by more than this many of its pixels, the head has moved. */
export const HEAD_MOVED = 4;

/** What the flow between two faces gives. */
export interface FaceFlow {
  /** The most accurate flow, pixels of the aligned onset face; shape `[224, 224]`. */
  readonly flow: FlowField;
  /** u, v and strain as in the training data, 28×28: from a flow with the parameters nearest to theirs. */
  readonly image: Picture;
  /** Where `image` lies in the aligned face. */
  readonly box: Box;
  /** The aligned onset face, 0 to 255. */
  readonly onset: Plane;
  /** The aligned apex face at the brightness of the onset. */
  readonly apex: Plane;
  /** Whether the apex was aligned on its own because the head had moved. */
  readonly headMoved: boolean;
}

/** What computes it. */
export interface FaceFlowTools {
  readonly models: FaceModels;
  readonly tvl1: Tvl1;
}

/**
 * Finds the largest face in both pictures and computes its flow from the first to the second.
 *
 * @throws TelltaleError `FRAMES_SIZE_CHANGED` where the pictures differ in size; `FACE_NOT_FOUND` where one shows no face.
 */
export async function faceFlow(
  tools: FaceFlowTools,
  onset: Picture,
  apex: Picture,
): Promise<FaceFlow> {
  if (onset.width !== apex.width || onset.height !== apex.height) {
    throw new TelltaleError(
      'FRAMES_SIZE_CHANGED',
      `the onset picture has ${onset.width}×${onset.height} pixels, the apex picture ${apex.width}×${apex.height}`,
      'Give two frames of one clip.',
    );
  }
  const first = (await findFace(tools.models, onset)).landmarks;
  const second = (await findFace(tools.models, apex)).landmarks;
  const alignment = alignmentOf(first);
  const own = alignmentOf(second);
  const headMoved = cornerShift(alignment, own) > HEAD_MOVED;
  const from = alignFace(onset, alignment, ALIGNED_SIZE);
  const to = matchBrightness(alignFace(apex, headMoved ? own : alignment, ALIGNED_SIZE), from);
  const box = boxOfLandmarks(landmarksInCrop(first, alignment, ALIGNED_SIZE));
  return {
    flow: tools.tvl1.compute(from, to),
    image: flowImage(tools.tvl1.compute(from, to, LIKE_OPENCV), box),
    box,
    onset: from,
    apex: to,
    headMoved,
  };
}

/** The face box of the training data around an upright face's landmarks; gaze does not move it. */
export function boxOfLandmarks(landmarks: Landmarks): Box {
  const middle = (a: number, b: number): Point => {
    const [p, q] = [landmark(landmarks, a), landmark(landmarks, b)];
    return { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
  };
  return faceBox({
    left: middle(EYE_CORNERS.rightOuter, EYE_CORNERS.rightInner), // the person's right is the viewer's left
    right: middle(EYE_CORNERS.leftOuter, EYE_CORNERS.leftInner),
    mouth: middle(13, 14), // inner edges of both lips
  });
}

/** How far the corners of the aligned face lie apart at most, in its pixels. */
export function cornerShift(a: FaceRegion, b: FaceRegion): number {
  const corners = [0, ALIGNED_SIZE].flatMap((x) => [0, ALIGNED_SIZE].map((y) => ({ x, y })));
  const shifts = corners.map((corner) => {
    const [p, q] = [fromCrop(corner, a, ALIGNED_SIZE), fromCrop(corner, b, ALIGNED_SIZE)];
    return (Math.hypot(p.x - q.x, p.y - q.y) * ALIGNED_SIZE) / a.size;
  });
  return Math.max(...shifts);
}

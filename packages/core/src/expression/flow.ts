/**
 * @file From the face at onset and apex to the flow between them, and to the flow image that recognizers know.
 *
 * The apex is given the brightness of the onset, which TV-L1 takes for granted.
 */
import { TelltaleError } from '../base/errors.ts';
import { grayOf, type RgbImage } from '../base/image.ts';
import type { Landmarks } from '../face/landmarks.ts';
import { findFace, findSameFace } from '../face/find.ts';
import type { FaceModels } from '../face/models.ts';
import { EYE_CORNERS, landmark } from '../face/regions.ts';
import type { FaceChoice } from '../face/subjects.ts';
import { matchBrightness } from '../motion/brightness.ts';
import { flowColors } from '../motion/colors.ts';
import { faceBox, flowImage, type Box, type Point } from '../motion/flow-image.ts';
import type { FlowField } from '../motion/flow.ts';
import { LIKE_OPENCV } from '../motion/tvl1-options.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import { alignApex, hasMoved } from './align.ts';
import { cropFace, type FaceCrop } from './crop.ts';

/** The movement from onset to apex. */
export interface ExpressionFlow {
  /** Pixels of the face cut; shape `[224, 224]`. */
  readonly flow: FlowField;
  /** The flow on the color wheel. */
  readonly colors: RgbImage;
  /** What recognizers take: u, v and strain, 28×28. */
  readonly image: RgbImage;
}

/**
 * The flow from onset to apex, with the preset that is nearest to how the training data was computed.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where the landmarks are not those of an upright face
 */
export function expressionFlow(onset: FaceCrop, apex: FaceCrop, tvl1: Tvl1): ExpressionFlow {
  const from = grayOf(onset.image);
  const flow = tvl1.compute(from, matchBrightness(grayOf(apex.image), from), LIKE_OPENCV);
  return {
    flow,
    colors: flowColors(flow),
    image: flowImage(flow, boxOfLandmarks(onset.landmarks)),
  };
}

/** The face box of the training data around an upright face's landmarks; gaze does not move it. */
export function boxOfLandmarks(landmarks: Landmarks): Box {
  const middle = (a: number, b: number): Point => {
    const [p, q] = [landmark(landmarks, a), landmark(landmarks, b)];
    return { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
  };
  return faceBox({
    left: middle(EYE_CORNERS.rightOuter, EYE_CORNERS.rightInner), // the subject's right is the viewer's left
    right: middle(EYE_CORNERS.leftOuter, EYE_CORNERS.leftInner),
    mouth: middle(13, 14), // inner edges of both lips
  });
}

/** The result of {@link faceFlow}. */
export interface FaceFlow {
  /** The face of the first image. */
  readonly onset: FaceCrop;
  /** The face of the second image, cut so that the head lies where it lies in the first. */
  readonly apex: FaceCrop;
  /** The most accurate flow, pixels of the cuts; shape `[224, 224]`. */
  readonly flow: FlowField;
  /** u, v and strain as in the training data, 28×28: from a flow with the parameters nearest to theirs. */
  readonly image: RgbImage;
  /** Whether the head moved by more than 4 pixels of the cuts; its motion is not part of the flow. */
  readonly headMoved: boolean;
}

/** What {@link faceFlow} runs. */
export interface FaceFlowTools {
  /** From `openFaceModels`. */
  readonly models: FaceModels;
  /** From `createTvl1`. */
  readonly tvl1: Tvl1;
}

/** Options of {@link faceFlow}. */
export interface FaceFlowOptions {
  /** Of several faces in the onset image, one; numbers count from 1, the largest first. @defaultValue 'largest' */
  readonly subject?: FaceChoice | undefined;
}

/**
 * Finds a face in both images, in the second one where it lies in the first, and computes its flow from the first to
 * the second.
 *
 * @throws TelltaleError `FRAMES_SIZE_CHANGED` where the images differ in size; `FACE_NOT_FOUND` where one shows no
 *   face, or the second shows several, none of them where the chosen one was; `OPTION_INVALID` where no face has that
 *   number.
 */
export async function faceFlow(
  { models, tvl1 }: FaceFlowTools,
  onset: RgbImage,
  apex: RgbImage,
  { subject }: FaceFlowOptions = {},
): Promise<FaceFlow> {
  if (onset.width !== apex.width || onset.height !== apex.height) {
    throw new TelltaleError(
      'FRAMES_SIZE_CHANGED',
      `the onset image has ${onset.width}×${onset.height} pixels, the apex image ${apex.width}×${apex.height}`,
      'Give two frames of one clip.',
    );
  }
  const from = cropFace(onset, await findFace(models, onset, { subject }));
  const face = await findSameFace(models, apex, from.region);
  if (face === undefined) {
    throw new TelltaleError(
      'FACE_NOT_FOUND',
      'the apex image shows several faces, none of them where the face of the onset image is',
      'Give two frames of one shot of a clip.',
    );
  }
  const to = alignApex(from, { frame: apex, face }, tvl1);
  const gray = grayOf(from.image);
  return {
    onset: from,
    apex: to,
    flow: tvl1.compute(gray, matchBrightness(grayOf(to.image), gray)),
    image: expressionFlow(from, to, tvl1).image,
    headMoved: hasMoved(from.region, to.region),
  };
}

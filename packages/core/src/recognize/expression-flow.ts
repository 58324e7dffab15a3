/**
 * @file From the pictures at onset and apex to the flow between them, in every form that is needed.
 *
 * Both faces are cut out alike, so that the head's own motion is gone as far as the regions know it,
 * and the apex is given the brightness of the onset, which TV-L1 takes for granted.
 */
import type { Picture, Plane } from '../base/image.ts';
import { landmarksInCrop } from '../face/align.ts';
import { cropPlanes } from '../face/crop.ts';
import type { FaceRegion, Landmarks } from '../face/landmarks.ts';
import { matchBrightness } from '../motion/brightness.ts';
import { flowColors } from '../motion/colors.ts';
import { averageInto, flowImage, type Box } from '../motion/flow-image.ts';
import type { FlowField } from '../motion/flow.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import { LIKE_OPENCV } from '../motion/tvl1-options.ts';
import type { InputPictures } from '../nets/input.ts';
import type { PictureName } from '../nets/pictures.ts';
import { boxOfLandmarks } from './face-flow.ts';

/** A face cut out of one frame. */
export interface FaceCut {
  /** Red, green and blue. */
  readonly picture: Picture;
  /** Pixels of that picture; pixel centers at whole numbers plus a half. */
  readonly landmarks: Landmarks;
}

/** The movement from onset to apex. */
export interface ExpressionFlow {
  /** Pixels of the cut. */
  readonly flow: FlowField;
  /** The flow on the color wheel. */
  readonly colors: Picture;
  /** What recognizers take: u, v and strain, 28×28. */
  readonly image: Picture;
}

/** The part of a region that is cut out: from the hair to below the chin. */
export const PART = 0.75;
/** Side of the cut, pixels. */
export const SIZE = 224;

/** Cuts the face out of a frame, before the frame's memory is used again. */
export function cutFace(frame: Picture, region: FaceRegion, landmarks: Landmarks): FaceCut {
  const part = { ...region, size: region.size * PART };
  const planes = cropPlanes(frame, part, { size: SIZE });
  const area = SIZE * SIZE;
  const data = new Uint8ClampedArray(3 * area);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++)
      data[3 * i + channel] = planes[channel * area + i]!;
  }
  return {
    picture: { data, width: SIZE, height: SIZE, channels: 3 },
    landmarks: landmarksInCrop(landmarks, part, SIZE),
  };
}

/**
 * The flow from onset to apex, with the preset that is nearest to how the training data was made.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where the landmarks are not those of an upright face
 */
export function expressionFlow(onset: FaceCut, apex: FaceCut, tvl1: Tvl1): ExpressionFlow {
  const from = grayOf(onset.picture);
  const flow = tvl1.compute(from, matchBrightness(grayOf(apex.picture), from), LIKE_OPENCV);
  return {
    flow,
    colors: flowColors(flow),
    image: flowImage(flow, boxOfLandmarks(onset.landmarks)),
  };
}

/** What a recognizer wants to see. */
interface Wanted {
  /** Side of its pictures, pixels. */
  readonly size: number;
  readonly pictures: readonly PictureName[];
}

/**
 * The pictures for a recognizer: flow, and the faces that it wants in the same box. The magnified apex is not among
 * them: it takes more frames than two.
 *
 * @throws TelltaleError `FACE_NOT_FOUND` where the landmarks are not those of an upright face
 */
export function picturesFor(
  { size, pictures }: Wanted,
  { onset, apex }: { readonly onset: FaceCut; readonly apex: FaceCut },
  { flow }: Pick<ExpressionFlow, 'flow'>,
): InputPictures {
  const box = boxOfLandmarks(onset.landmarks);
  return {
    flow: flowImage(flow, box, size),
    ...(pictures.includes('apex') && { apex: facePicture(apex, box, size) }),
    ...(pictures.includes('onset') && { onset: facePicture(onset, box, size) }),
  };
}

/** The gray face in a box of the cut. */
function facePicture(cut: FaceCut, box: Box, size: number): Picture {
  const { data } = averageInto(grayOf(cut.picture), box, size);
  const rgb = Uint8ClampedArray.from(
    { length: 3 * data.length },
    (_, i) => data[Math.floor(i / 3)]!,
  );
  return { data: rgb, width: size, height: size, channels: 3 };
}

/** A picture in shades of gray: luma of ITU-R BT.601. */
export function grayOf({ data, width, height, channels }: Picture): Plane {
  const gray = new Float32Array(width * height);
  for (let i = 0; i < gray.length; i++) {
    const at = channels * i;
    gray[i] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  }
  return { data: gray, width, height };
}

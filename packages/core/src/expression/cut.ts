/**
 * @file Cuts the face out of a frame, upright and of one size: what every later step of an expression works on.
 */
import type { Picture } from '../base/image.ts';
import { landmarksInCrop } from '../face/align.ts';
import { cropPlanes } from '../face/crop.ts';
import type { FaceRegion, Landmarks } from '../face/landmarks.ts';

/** A face located in one frame. */
export interface LocatedFace {
  /** Where the face is, pixels of the frame. */
  readonly region: FaceRegion;
  /** Pixels of the frame. */
  readonly landmarks: Landmarks;
}

/** A face cut out of one frame. */
export interface FaceCut {
  /** Red, green and blue; {@link CUT_SIZE} pixels on each side. */
  readonly picture: Picture;
  /** Where it was cut out, pixels of the frame: the face's region, of which {@link cutRegion} is what is seen. */
  readonly region: FaceRegion;
  /** Pixels of `picture`; pixel centers lie at whole numbers plus a half. */
  readonly landmarks: Landmarks;
}

/** Side of a face cut, pixels. */
export const CUT_SIZE = 224;

/** The part of a region that is cut out: from the hairline to below the chin. */
const CUT_PART = 0.75;

/** The square of the frame that is cut out around a face. */
export function cutRegion(region: FaceRegion): FaceRegion {
  return { ...region, size: CUT_PART * region.size };
}

/**
 * Cuts the face out of a frame. The pixels are copied: the frame's memory may be reused afterwards.
 *
 * @returns RGB, shape `[224, 224, 3]`, with the landmarks in its pixels
 */
export function cutFace(frame: Picture, { region, landmarks }: LocatedFace): FaceCut {
  return {
    picture: cutPicture(frame, region),
    region,
    landmarks: landmarksInCrop(landmarks, cutRegion(region), CUT_SIZE),
  };
}

/** The pixels of {@link cutFace}. */
export function cutPicture(frame: Picture, region: FaceRegion): Picture {
  const planes = cropPlanes(frame, cutRegion(region), { size: CUT_SIZE });
  const area = CUT_SIZE * CUT_SIZE;
  const data = new Uint8ClampedArray(3 * area);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++)
      data[3 * i + channel] = planes[channel * area + i]!;
  }
  return { data, width: CUT_SIZE, height: CUT_SIZE, channels: 3 };
}

/**
 * @file Cuts the face out of a frame, upright and of one size: what every later step of an expression works on.
 */
import type { RgbImage } from '../base/image.ts';
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
export interface FaceCrop {
  /** Red, green and blue; {@link FACE_CROP_SIZE} pixels on each side. */
  readonly image: RgbImage;
  /** Where it was cut out, pixels of the frame: the face's region, of which {@link cropRegion} is what is seen. */
  readonly region: FaceRegion;
  /** Pixels of `image`; pixel centers lie at whole numbers plus a half. */
  readonly landmarks: Landmarks;
}

/** Side of a face cut, pixels. */
export const FACE_CROP_SIZE = 224;

/** The part of a region that is cut out: from the hairline to below the chin. */
const CUT_PART = 0.75;

/** The square of the frame that is cut out around a face. */
export function cropRegion(region: FaceRegion): FaceRegion {
  return { ...region, size: CUT_PART * region.size };
}

/**
 * Cuts the face out of a frame. The pixels are copied: the frame's memory may be reused afterwards.
 *
 * @returns RGB, shape `[224, 224, 3]`, with the landmarks in its pixels
 */
export function cropFace(frame: RgbImage, { region, landmarks }: LocatedFace): FaceCrop {
  return {
    image: cropImage(frame, region),
    region,
    landmarks: landmarksInCrop(landmarks, cropRegion(region), FACE_CROP_SIZE),
  };
}

/** The pixels of {@link cropFace}. */
export function cropImage(frame: RgbImage, region: FaceRegion): RgbImage {
  const planes = cropPlanes(frame, cropRegion(region), { size: FACE_CROP_SIZE });
  const area = FACE_CROP_SIZE * FACE_CROP_SIZE;
  const data = new Uint8ClampedArray(3 * area);
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++)
      data[3 * i + channel] = planes[channel * area + i]!;
  }
  return { data, width: FACE_CROP_SIZE, height: FACE_CROP_SIZE, channels: 3 };
}

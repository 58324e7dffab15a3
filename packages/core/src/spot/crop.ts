/** @file The part of a face that movement is measured on. */
import type { FaceRegion } from '../face/landmarks.ts';
import { FACE_INPUT_SIZE } from '../face/models.ts';

/** Side of the face from brows to chin, in pixels of the landmarks' input: one crop serves both. */
export const MOTION_SIZE = 144;

/** The square of the frame that becomes {@link MOTION_SIZE} pixels wide. */
export function motionRegion(region: FaceRegion): FaceRegion {
  return { ...region, size: (region.size * MOTION_SIZE) / FACE_INPUT_SIZE };
}

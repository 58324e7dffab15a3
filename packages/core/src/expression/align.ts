/**
 * @file Whether two frames of one face need one transform or two.
 *
 * Yan et al. 2014, "CASME II", PLoS ONE 9(1), cut every frame of a clip by the transform of its first frame.
 * Landmarks jitter by more than a micro-expression moves, so the apex gets a transform of its own only where the
 * head has clearly moved.
 */
import type { Picture } from '../base/image.ts';
import { fromCrop } from '../face/align.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import { CUT_SIZE, cutFace, type FaceCut, type LocatedFace } from './cut.ts';

/** Where a corner of the cut face moves by more than this many of its pixels, the head has moved. */
const HEAD_MOVED = 4;

/** Onset and apex, cut out alike. */
export interface AlignedFaces {
  readonly onset: FaceCut;
  readonly apex: FaceCut;
  /** Whether the apex was cut by its own region because the head had moved. */
  readonly headMoved: boolean;
}

/** A frame and the face in it. */
export interface FaceInFrame {
  readonly frame: Picture;
  readonly face: LocatedFace;
}

/**
 * Cuts onset and apex out alike.
 *
 * @param apex - `face` is undefined where none was found in the frame: it is then cut as the onset is
 */
export function alignFaces(
  onset: FaceInFrame,
  apex: { readonly frame: Picture; readonly face: LocatedFace | undefined },
): AlignedFaces {
  const headMoved = apex.face !== undefined && hasMoved(onset.face.region, apex.face.region);
  return {
    onset: cutFace(onset.frame, onset.face),
    apex: cutFace(apex.frame, headMoved ? apex.face : onset.face),
    headMoved,
  };
}

/** Whether the head has moved from one region of a face to another. */
export function hasMoved(from: FaceRegion, to: FaceRegion): boolean {
  return cornerShift(from, to) > HEAD_MOVED;
}

/** The largest distance between the corners of two regions, pixels of a cut by the first. */
function cornerShift(a: FaceRegion, b: FaceRegion): number {
  const corners = [0, CUT_SIZE].flatMap((x) => [0, CUT_SIZE].map((y) => ({ x, y })));
  const shifts = corners.map((corner) => {
    const [p, q] = [fromCrop(corner, a, CUT_SIZE), fromCrop(corner, b, CUT_SIZE)];
    return (Math.hypot(p.x - q.x, p.y - q.y) * CUT_SIZE) / a.size;
  });
  return Math.max(...shifts);
}

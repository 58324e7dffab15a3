/**
 * @file The numbers of every frame: where the face is, how the head is turned, how far eyes and mouth are open, how the
 * regions of the face moved. One more reading of the clip; columns are documented in docs/frames.md.
 */
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import type { Landmarks } from '../face/landmarks.ts';
import { findMesh, LEAST_PRESENCE } from '../face/mesh.ts';
import type { FaceModels } from '../face/models.ts';
import { headPose } from '../face/pose.ts';
import { eyeAspectRatio, interocularDistance, mouthAspectRatio } from '../face/regions.ts';
import type { SampleQuality } from '../spot/quality.ts';
import { REGIONS } from '../spot/regions.ts';
import type { Clip } from '../video/frames.ts';
import type { Analysis } from './analyze.ts';
import { regionMoves, samplesByFrame } from './region-moves.ts';
import { unitCurveNames, unitCurves } from './unit-curves.ts';

/** One frame. */
export interface FrameRow {
  /** Cells in the order of {@link frameColumns}; `undefined` where there is no face. */
  readonly cells: readonly (number | undefined)[];
  /** `x, y` of each of the 478 points in turn, pixels of the frame; absent where there is no face. */
  readonly points?: Float32Array;
}

/** Columns of {@link FrameRow.cells}. */
export const frameColumns: readonly string[] = [
  ...['frame', 'time', 'face', 'presence', 'box_x', 'box_y', 'box_width', 'box_height'],
  ...['yaw', 'pitch', 'roll', 'interocular', 'eye_right', 'eye_left', 'mouth', 'movement'],
  ...REGIONS.flatMap((region) => [`move_${region}_x`, `move_${region}_y`]),
  ...['brightness', 'clipped', 'noise', 'texture', 'sharpness', 'misfit'],
  ...unitCurveNames,
  'cut',
];

/** Names of the landmarks' coordinates, in the order of {@link FrameRow.points}. */
export const landmarkColumns: readonly string[] = Array.from(
  { length: 956 },
  (_, i) => `${i % 2 === 0 ? 'x' : 'y'}_${i >> 1}`,
);

/** What {@link measureFrames} works with. */
export interface FrameTableOptions {
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** Stops the work. */
  readonly signal?: Cancellation | undefined;
  /** Called after each frame with the number of frames done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * Measures every frame of a clip that was analyzed, in order.
 *
 * @throws TelltaleError `CANCELED`, and what the clip throws while it is decoded
 */
export async function* measureFrames(
  clip: Clip,
  { regions, motion, report }: Pick<Analysis, 'regions' | 'motion' | 'report'>,
  { face, signal, onProgress }: FrameTableOptions,
): AsyncGenerator<FrameRow> {
  const { times, values } = report.movement;
  const moves = regionMoves(motion, times);
  const qualities = samplesByFrame(motion, times, { channels: 6, read: ({ quality }, i) => qualityOf(quality)[i]! }); // prettier-ignore
  const units = unitCurves(moves, times);
  const cuts = new Set(report.clip.cuts?.map((cut) => cut.frame));
  for await (const frame of clip.frames()) {
    throwIfCanceled(signal);
    const { index, time } = frame;
    const region = regions[index];
    const mesh = region ? await findMesh(face, frame, region) : undefined;
    const isSeen = mesh !== undefined && mesh.landmarks.presence >= LEAST_PRESENCE;
    const cut = cuts.has(index) ? 1 : 0;
    const head = [index, rounded(times[index] ?? time, 6), isSeen ? 1 : 0];
    if (isSeen) {
      const { landmarks } = mesh;
      const { yaw, pitch, roll } = headPose(mesh);
      const eyes = (['right', 'left'] as const).map((eye) => eyeAspectRatio(landmarks, eye));
      const cells = [
        ...[landmarks.presence, ...boxOf(landmarks), yaw, pitch, roll],
        ...[interocularDistance(landmarks), ...eyes, mouthAspectRatio(landmarks)],
        ...[values[index] ?? undefined, ...moves.map((move) => move[index] ?? undefined)],
        ...qualities.map((quality) => quality[index] ?? undefined),
        ...units.map(({ values: moved }) => moved[index] ?? undefined),
      ];
      yield { cells: [...head, ...cells.map((value) => rounded(value, 4)), cut], points: landmarks.points }; // prettier-ignore
    } else {
      const empty = Array.from({ length: frameColumns.length - 5 }, () => undefined);
      yield { cells: [...head, mesh && rounded(mesh.landmarks.presence, 4), ...empty, cut] };
    }
    onProgress?.(index + 1);
  }
}

/** In the order of the columns; the worst region counts. */
function qualityOf(quality: SampleQuality | undefined): readonly number[] {
  if (quality === undefined) return Array<number>(6).fill(0);
  const { brightness, clipped, noise, texture, sharpness, misfit } = quality;
  return [brightness, clipped, noise, texture, sharpness, Math.max(...misfit)];
}

/** The rectangle around the landmarks: x, y, width and height. */
function boxOf({ points }: Landmarks): number[] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  return [left, top, right - left, bottom - top];
}

function rounded(value: number, digits: number): number;
function rounded(value: number | undefined, digits: number): number | undefined;
function rounded(value: number | undefined, digits: number): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(digits)) + 0;
}

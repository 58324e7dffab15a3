/**
 * @file Second reading: how the face moves, as a few numbers per measurement.
 *
 * Fast cameras are measured about 40 times per second, each time on the mean of several frames: an expression of
 * 1/25 s still spans more than one of them, and the noise of the sensor averages out.
 */
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import { landmarksInCrop } from '../face/align.ts';
import { cropGray, grayOfMiddle } from '../face/crop.ts';
import type { FaceRegion, Landmarks } from '../face/landmarks.ts';
import { LEAST_PRESENCE, meshOfInput } from '../face/mesh.ts';
import { FACE_INPUT_SIZE, faceInput, faceSamples } from '../face/models.ts';
import type { FaceModels } from '../face/models.ts';
import { headPose } from '../face/pose.ts';
import { interocularDistance } from '../face/regions.ts';
import { isJump } from '../face/smooth.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import type { Frame } from '../video/frames.ts';
import { MOTION_SIZE, motionRegion } from './crop.ts';
import type { Turn } from './quality.ts';
import { createFollower, type MotionFollower, type MotionStretch } from './follow.ts';

/** What {@link measureMotion} found. */
export interface FaceMotion {
  /** Measurements of the face, one list per stretch without interruption. */
  readonly stretches: readonly MotionStretch[];
  /** Whether a face was seen, one per frame. */
  readonly seen: readonly boolean[];
  /** Median distance between the eyes, pixels of the frame; 0 where no face was seen. */
  readonly interocular: number;
}

/** Where the face is, from the first reading, and what measures it. */
export interface MeasureTools {
  /** Seconds, one per frame. */
  readonly times: readonly number[];
  /** One per frame, smoothed over time; null where there is no face. */
  readonly regions: readonly (FaceRegion | null)[];
  /** Indices of the frames that do not continue the frame before them. @defaultValue none */
  readonly cuts?: readonly number[];
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** From `createTvl1`. */
  readonly tvl1: Tvl1;
  /** A fresh follower. @defaultValue one in this thread, on `tvl1` */
  readonly follower?: MotionFollower | undefined;
}

/** Options of {@link measureMotion}. */
export interface MeasureOptions {
  /** Measurements per second that a faster clip is reduced to. @defaultValue 40 */
  readonly rate?: number;
  /** Stops the work. */
  readonly signal?: Cancellation | undefined;
  /** Called after each frame with the number of frames done. */
  readonly onProgress?: (frames: number) => void;
}

/**
 * Measures the movement of the face through a clip. Memory grows by some numbers per measurement, not with the frames.
 *
 * @throws TelltaleError `CANCELED`
 */
export async function measureMotion(
  frames: AsyncIterable<Frame>,
  { times, regions, cuts = [], face, tvl1, follower = createFollower(tvl1) }: MeasureTools,
  { rate = 40, signal, onProgress }: MeasureOptions = {},
): Promise<FaceMotion> {
  const together = Math.max(1, Math.floor((ABOUT * rateOf(times)) / rate));
  const seen = times.map(() => false);
  const distances: number[] = [];
  const isNew = new Set(cuts);
  let group: FrameGroup | undefined;
  let last: FaceRegion | undefined;

  // Frames that do not fill a group are not measured, but the face was there.
  const settle = (): void => {
    if (group !== undefined && (group.landmarks?.presence ?? 1) >= LEAST_PRESENCE) {
      for (const index of group.members) seen[index] = true;
    }
  };
  const drop = (): void => {
    settle();
    follower.cut();
    group = undefined;
    last = undefined;
  };
  for await (const frame of frames) {
    throwIfCanceled(signal);
    const region = regions[frame.index];
    // Nothing is measured across a cut.
    if (!region || isNew.has(frame.index)) drop();
    if (!region) {
      onProgress?.(frame.index + 1);
      continue;
    }
    {
      if (last !== undefined && isJump(last, region)) drop();
      last = region;
      group ??= {
        count: 0,
        time: 0,
        sum: new Float32Array(MOTION_SIZE * MOTION_SIZE),
        members: [],
      };
      group.members.push(frame.index);
      const position = group.members.length - 1;
      const part = motionRegion(region);
      const isSeen = together <= FEW || position % 2 === 0;
      if (position === ((together >> 1) & ~1)) {
        const input = faceInput(frame, region, { range: [0, 1], isRough: true });
        if (isSeen) add(group, frame.time, grayOfMiddle(input, FACE_INPUT_SIZE, MOTION_SIZE).data);
        const mesh = await meshOfInput(face, input, region);
        const { landmarks } = mesh;
        group.turn = headPose(mesh);
        group.landmarks = landmarksInCrop(landmarks, part, MOTION_SIZE);
        group.interocular = interocularDistance(landmarks);
      } else if (isSeen) {
        const options = { size: MOTION_SIZE, samples: faceSamples(region), isRough: true };
        add(group, frame.time, cropGray(frame, part, options).data);
      }
      if (group.members.length === together) {
        const { landmarks, interocular, turn, count } = group as Required<FrameGroup>;
        if (landmarks.presence < LEAST_PRESENCE) drop();
        else {
          settle();
          distances.push(interocular);
          const data = group.sum.map((value) => value / count);
          const image = { data, width: MOTION_SIZE, height: MOTION_SIZE };
          await follower.add({ time: group.time / count, image, landmarks, turn });
          group = undefined;
        }
      }
    }
    onProgress?.(frame.index + 1);
  }
  settle();
  distances.sort((a, b) => a - b);
  const interocular = distances[distances.length >> 1] ?? 0;
  return { stretches: await follower.stretches(), seen, interocular };
}

/** A rate of 199.99 is one of 200: how much higher than measured it is taken for. */
const ABOUT = 1.01;
/** Of more frames than this, taken together, every second one is enough. */
const FEW = 3;

/** Frames that are measured together. */
interface FrameGroup {
  /** Number of frames in the sums. */
  count: number;
  /** Sum of these frames' times, seconds. */
  time: number;
  readonly sum: Float32Array;
  /** Indices of all its frames. */
  readonly members: number[];
  landmarks?: Landmarks;
  interocular?: number;
  turn?: Turn;
}

function add(group: FrameGroup, time: number, data: Float32Array): void {
  group.count++;
  group.time += time;
  for (let i = 0; i < data.length; i++) group.sum[i]! += data[i]!;
}

/** Frames per second on average. */
function rateOf(times: readonly number[]): number {
  const duration = times.at(-1)! - times[0]!;
  return duration > 0 ? (times.length - 1) / duration : 0;
}

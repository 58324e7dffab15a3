/**
 * @file Second reading: how the face moves, as a few numbers per measurement.
 *
 * Fast cameras are measured about 40 times per second, each time on the mean of several frames: an expression of
 * 1/25 s still spans more than one of them, and the noise of the sensor averages out.
 */
import type { Bounds, RgbImage, Shrink } from '../base/image.ts';
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import { landmarksInCrop } from '../face/align.ts';
import { LONGEST_INTERRUPTION } from '../face/cut-watch.ts';
import { cropGray, grayOfMiddle, partFor } from '../face/crop.ts';
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
  { rate, signal, onProgress }: MeasureOptions = {},
): Promise<FaceMotion> {
  const together = framesTogether(rateOf(times), rate);
  const measurer = createMeasurer({ face, follower, together });
  const isNew = new Set(cuts);
  for await (const frame of frames) {
    throwIfCanceled(signal);
    const { index } = frame;
    await measurer.add(frame, { region: regions[index] ?? null, isCut: isNew.has(index) });
    onProgress?.(index + 1);
  }
  return measurer.end(times.length);
}

/** Measurements per second that a faster clip is reduced to. */
const RATE = 40;

/** How many frames of a clip are measured together. */
export function framesTogether(clipRate: number, rate: number = RATE): number {
  return Math.max(1, Math.floor((ABOUT * clipRate) / rate));
}

/** What {@link createMeasurer} works with. */
export interface MeasurerTools {
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** A fresh follower. */
  readonly follower: MotionFollower;
  /** Number of frames that are measured together: {@link framesTogether}. */
  readonly together: number;
}

/** Where the face is in a frame. */
export interface MeasuredPlace {
  /** Null where there is no face. */
  readonly region: FaceRegion | null;
  /** Whether the frame does not continue the one before it. */
  readonly isCut: boolean;
}

/** A frame, or what was kept of it around the face. */
export type MeasuredFrame = RgbImage & Pick<Frame, 'index' | 'time'>;

/** Measures frame by frame. */
export interface Measurer {
  /** Takes the next frame; its pixels are not needed where there is no face. */
  add(frame: MeasuredFrame, place: MeasuredPlace): Promise<void>;
  /** Everything that was measured, of so many frames. */
  end(count: number): Promise<FaceMotion>;
}

/** Groups of frames whose landmarks may be outstanding: networks may run in a thread of their own. */
const AHEAD = 3;

/** Starts with the first frame of a clip. */
export function createMeasurer({ face, follower, together }: MeasurerTools): Measurer {
  const seen = new Set<number>();
  const distances: number[] = [];
  const inputs: Float32Array[] = [];
  let group: FrameGroup | undefined;
  let last: { readonly region: FaceRegion; readonly time: number } | undefined;
  let isMissing = false;

  // What needs landmarks is done in order, while the next faces are cut out.
  const outstanding: Promise<void>[] = [];
  const then = (task: () => Promise<void> | void): void => {
    const before = outstanding.at(-1) ?? Promise.resolve();
    const done = before.then(task);
    // Who waits for it gets the error, not the process.
    done.catch(() => undefined);
    outstanding.push(done);
  };

  const findMesh = async (input: Float32Array, region: FaceRegion): Promise<FoundMesh> => {
    const mesh = await meshOfInput(face, input, region);
    inputs.push(input);
    const { landmarks } = mesh;
    return {
      landmarks: landmarksInCrop(landmarks, motionRegion(region), MOTION_SIZE),
      interocular: interocularDistance(landmarks),
      turn: headPose(mesh),
    };
  };
  // Frames that do not fill a group are not measured, but the face was there.
  const drop = (): void => {
    const left = group;
    if (left === undefined) return;
    group = undefined;
    then(async () => {
      if (((await left.mesh)?.landmarks.presence ?? 1) < LEAST_PRESENCE) return;
      for (const index of left.members) seen.add(index);
    });
  };
  const cut = (): void => {
    drop();
    last = undefined;
    then(() => follower.cut());
  };
  const measure = async ({ members, time, count, mesh, sum }: FullGroup): Promise<void> => {
    const { landmarks, interocular, turn } = await mesh;
    if (landmarks.presence < LEAST_PRESENCE) {
      follower.cut();
      return;
    }
    for (const index of members) seen.add(index);
    distances.push(interocular);
    if (count > 1) for (let i = 0; i < sum.length; i++) sum[i]! /= count;
    const image = { data: sum, width: MOTION_SIZE, height: MOTION_SIZE };
    await follower.add({ time: time / count, image, landmarks, turn });
  };
  return {
    async add(frame, { region, isCut }) {
      while (outstanding.length > AHEAD) await outstanding.shift();
      // Nothing is measured across a cut.
      if (isCut) cut();
      if (!region) {
        drop();
        isMissing = true;
        return;
      }
      const { time } = frame;
      if (last !== undefined) {
        // A face that is missing in a few frames is measured against the same reference again: an expression does not end there.
        const isLong = isMissing && time - last.time > LONGEST_INTERRUPTION;
        if (isLong || isJump(last.region, region)) cut();
      }
      last = { region, time };
      isMissing = false;
      group ??= { count: 0, time: 0, members: [] };
      group.members.push(frame.index);
      const position = group.members.length - 1;
      const part = motionRegion(region);
      const isSeen = together <= FEW || position % 2 === 0;
      if (position === ((together >> 1) & ~1)) {
        const input = faceInput(frame, region, { range: [0, 1], isRough: true, into: inputs.pop() }); // prettier-ignore
        if (isSeen) add(group, frame.time, grayOfMiddle(input, FACE_INPUT_SIZE, MOTION_SIZE).data);
        group.mesh = findMesh(input, region);
        group.mesh.catch(() => undefined);
      } else if (isSeen) {
        const options = { size: MOTION_SIZE, samples: faceSamples(region), isRough: true };
        add(group, frame.time, cropGray(frame, part, options).data);
      }
      if (group.members.length < together) return;
      const full = group as FullGroup;
      group = undefined;
      then(() => measure(full));
    },
    async end(count) {
      cut();
      await outstanding.at(-1);
      distances.sort((a, b) => a - b);
      const interocular = distances[distances.length >> 1] ?? 0;
      const stretches = await follower.stretches();
      return { stretches, seen: Array.from({ length: count }, (_, i) => seen.has(i)), interocular };
    },
  };
}

/**
 * What of a frame is looked at where the face is measured in it, and at which fractions of its size.
 *
 * @param frame - its size
 */
export function partMeasured(
  region: FaceRegion,
  frame: Pick<RgbImage, 'width' | 'height'>,
): { readonly bounds: Bounds; readonly shrinks: readonly Shrink[] } {
  const whole = partFor(region, frame, { size: FACE_INPUT_SIZE, isRough: true });
  const middle = partFor(motionRegion(region), frame, { size: MOTION_SIZE, isRough: true });
  // The square that landmarks are found in holds the one that movement is measured in.
  return { bounds: whole.bounds, shrinks: [...new Set([whole.shrink, middle.shrink])] };
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
  /** Sum of their gray values; of the first, those themselves. */
  sum?: Float32Array;
  /** Indices of all its frames. */
  readonly members: number[];
  /** Of the frame in its middle. */
  mesh?: Promise<FoundMesh>;
}

type FullGroup = Required<FrameGroup>;

/** What the landmarks of a face give. */
interface FoundMesh {
  /** Pixels of the image that movement is measured in. */
  readonly landmarks: Landmarks;
  /** Pixels of the frame. */
  readonly interocular: number;
  readonly turn: Turn;
}

function add(group: FrameGroup, time: number, data: Float32Array): void {
  group.count++;
  group.time += time;
  const { sum } = group;
  if (sum === undefined) group.sum = data;
  else for (let i = 0; i < data.length; i++) sum[i]! += data[i]!;
}

/** Frames per second on average. */
export function rateOf(times: readonly number[]): number {
  const duration = times.at(-1)! - times[0]!;
  return duration > 0 ? (times.length - 1) / duration : 0;
}

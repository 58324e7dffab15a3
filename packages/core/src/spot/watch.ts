/**
 * @file Pass 2: what the face does, frame by frame, as a few numbers per moment.
 *
 * Fast cameras are sampled at about 40 moments a second, each the mean of its frames: an expression of
 * 1/25 s still spans more than one of them, and the noise of the sensor averages out.
 */
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import { landmarksInCrop } from '../face/align.ts';
import { cropGray, grayOfMiddle } from '../face/crop.ts';
import type { FaceRegion, Landmarks } from '../face/landmarks.ts';
import { landmarksOfInput, LEAST_PRESENCE } from '../face/mesh.ts';
import { FACE_INPUT_SIZE, faceInput, faceSamples } from '../face/models.ts';
import type { FaceModels } from '../face/models.ts';
import { interocularDistance } from '../face/regions.ts';
import { isJump } from '../face/smooth.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import type { Frame } from '../video/frames.ts';
import { createFollower, type MotionStretch } from './follow.ts';

/** What pass 2 saw. */
export interface Watched {
  readonly stretches: readonly MotionStretch[];
  /** Whether a face was seen, one per frame. */
  readonly seen: readonly boolean[];
  /** Median distance between the eyes, pixels of the picture; 0 where no face was seen. */
  readonly interocular: number;
}

/** Where the face is, from pass 1, and what looks at it. */
export interface Watching {
  /** Seconds, one per frame. */
  readonly times: readonly number[];
  /** One per frame, smoothed over time; null where there is no face. */
  readonly regions: readonly (FaceRegion | null)[];
  readonly face: FaceModels;
  readonly flow: Tvl1;
}

/** Options of {@link watchFace}. */
export interface WatchOptions {
  /** Moments per second that a faster clip is brought down to. @defaultValue 40 */
  readonly rate?: number;
  readonly signal?: Cancellation | undefined;
  /** Told after each frame how many are done. */
  readonly onProgress?: (frames: number) => void;
}

/** Side of the face that the flow looks at, brows to chin, in pixels of the landmarks' input: one crop serves both. */
const SIZE = 144;

/**
 * Watches the face through a clip. Memory does not grow with the clip but by some numbers per moment.
 *
 * @throws TelltaleError `CANCELED`
 */
export async function watchFace(
  frames: AsyncIterable<Frame>,
  { times, regions, face, flow }: Watching,
  { rate = 40, signal, onProgress }: WatchOptions = {},
): Promise<Watched> {
  const together = Math.max(1, Math.floor(rateOf(times) / rate));
  const follower = createFollower(flow);
  const seen = times.map(() => false);
  const distances: number[] = [];
  let moment: Moment | undefined;
  let last: FaceRegion | undefined;

  // Frames that do not fill a moment are not measured, but the face was there.
  const settle = (): void => {
    if (moment !== undefined && (moment.landmarks?.presence ?? 1) >= LEAST_PRESENCE) {
      for (const index of moment.members) seen[index] = true;
    }
  };
  const drop = (): void => {
    settle();
    follower.cut();
    moment = undefined;
    last = undefined;
  };
  for await (const frame of frames) {
    throwIfCanceled(signal);
    const region = regions[frame.index];
    if (!region) drop();
    else {
      if (last !== undefined && isJump(last, region)) drop();
      last = region;
      moment ??= { count: 0, time: 0, sum: new Float32Array(SIZE * SIZE), members: [] };
      moment.members.push(frame.index);
      const position = moment.members.length - 1;
      const part = { ...region, size: (region.size * SIZE) / FACE_INPUT_SIZE };
      const isSeen = together <= FEW || position % 2 === 0;
      if (position === ((together >> 1) & ~1)) {
        const input = faceInput(frame, region, { range: [0, 1] });
        if (isSeen) add(moment, frame.time, grayOfMiddle(input, FACE_INPUT_SIZE, SIZE).data);
        const landmarks = await landmarksOfInput(face, input, region);
        moment.landmarks = landmarksInCrop(landmarks, part, SIZE);
        moment.interocular = interocularDistance(landmarks);
      } else if (isSeen) {
        const options = { size: SIZE, samples: faceSamples(region) };
        add(moment, frame.time, cropGray(frame, part, options).data);
      }
      if (moment.members.length === together) {
        const { landmarks, interocular, count } = moment as Required<Moment>;
        if (landmarks.presence < LEAST_PRESENCE) drop();
        else {
          settle();
          distances.push(interocular);
          const data = moment.sum.map((value) => value / count);
          const picture = { data, width: SIZE, height: SIZE };
          follower.add({ time: moment.time / count, picture, landmarks });
          moment = undefined;
        }
      }
    }
    onProgress?.(frame.index + 1);
  }
  settle();
  distances.sort((a, b) => a - b);
  const interocular = distances[distances.length >> 1] ?? 0;
  return { stretches: follower.stretches(), seen, interocular };
}

/** Of more frames than this, taken together, every second one is enough. */
const FEW = 3;

/** Frames that are taken together. */
interface Moment {
  /** Number of frames in the sums. */
  count: number;
  /** Sum of these frames' times, seconds. */
  time: number;
  readonly sum: Float32Array;
  /** Indices of all its frames. */
  readonly members: number[];
  landmarks?: Landmarks;
  interocular?: number;
}

function add(moment: Moment, time: number, data: Float32Array): void {
  moment.count++;
  moment.time += time;
  for (let i = 0; i < data.length; i++) moment.sum[i]! += data[i]!;
}

/** Frames per second on average. */
function rateOf(times: readonly number[]): number {
  const duration = times.at(-1)! - times[0]!;
  return duration > 0 ? (times.length - 1) / duration : 0;
}

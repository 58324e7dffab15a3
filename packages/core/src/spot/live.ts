/**
 * @file Measures and spots while a camera runs: as the second reading of the analysis, without the frames to come.
 *
 * The region follows the landmarks of the frames before by the filter of Casiez, Roussel and Vogel 2012, "1€ Filter: A
 * Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems", CHI: still faces are held still, moving
 * ones are followed. What is found may change while its surroundings are still coming. Frames that come too slowly
 * for a movement are not used for it: see `frame-rate.ts`.
 */
import { landmarksInCrop } from '../face/align.ts';
import { grayOfMiddle } from '../face/crop.ts';
import { detectFaces } from '../face/detect.ts';
import { regionOfFace } from '../face/find.ts';
import { createFramingOrder } from '../face/framing.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import { landmarksOfInput, LEAST_PRESENCE, regionOfLandmarks } from '../face/mesh.ts';
import { FACE_INPUT_SIZE, faceInput } from '../face/models.ts';
import type { FaceModels } from '../face/models.ts';
import { isJump, turn } from '../face/smooth.ts';
import { DETECTION_INTERVAL } from '../face/track.ts';
import type { Tvl1 } from '../motion/tvl1.ts';
import type { Frame } from '../video/frames.ts';
import { MOTION_SIZE, motionRegion } from './crop.ts';
import { isSampledWell, rateOfLast } from './frame-rate.ts';
import { createFollower, type MotionFrame } from './follow.ts';
import { spotMovements, type SpotOptions, type Spotting } from './spot.ts';

/** Takes frame after frame. */
export interface LiveSpotter {
  /**
   * Looks at the next frame.
   *
   * @returns where the face is, or null where none is seen
   */
  add(frame: Frame): Promise<FaceRegion | null>;
  /** What moved in the window that ends with the last frame. */
  spot(options?: SpotOptions): LiveSpotting;
}

/** The first half of a {@link LiveSpotter}: finds the face. */
export interface LiveWatcher {
  /** Looks at the next frame. */
  add(frame: Frame): Promise<LiveFace>;
}

/** The second half: measures the face, in another thread if need be, while the first looks at the next frame. */
export interface LiveFollower {
  /** Measures what was seen in the next frame. */
  add(seen: LiveFace): void;
  /** What moved in the window that ends with the last frame. */
  spot(options?: SpotOptions): LiveSpotting;
}

/** What a frame shows: plain data. */
export interface LiveFace {
  /** Of the frame, seconds. */
  readonly time: number;
  /** Where the face is; null where none is seen. */
  readonly region: FaceRegion | null;
  /** The face, to be measured; absent where none is seen. */
  readonly face?: MotionFrame;
  /** Whether the next face does not continue this one. */
  readonly isCut: boolean;
}

/** What {@link LiveSpotter.spot} finds: only movements that the frames came fast enough for. */
export interface LiveSpotting extends Spotting {
  /** Frames per second in the last two seconds. */
  readonly rate: number;
}

/** What {@link spotLive} needs. */
export interface LiveTools {
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** From `createTvl1`; not shared with work that runs at the same time. */
  readonly flow: Tvl1;
}

/** Options of {@link spotLive}. */
export interface LiveOptions {
  /** Seconds that are kept in sight. @defaultValue 30 */
  readonly window?: number;
}

/** Cutoff of the 1€ filter at rest, hertz. */
const AT_REST = 0.8;
/** How fast the cutoff grows with the speed of the region, hertz per side of the region in a second. */
const BETA = 4;

/** Seconds that the rate is measured over. */
const RECENT = 2;

/** Opens both halves in one thread. Memory does not grow with the time that it watches. */
export function spotLive({ face, flow }: LiveTools, options: LiveOptions = {}): LiveSpotter {
  const watcher = watchLive(face);
  const follower = followLive(flow, options);
  return {
    async add(frame) {
      const seen = await watcher.add(frame);
      follower.add(seen);
      return seen.region;
    },
    spot: (wanted) => follower.spot(wanted),
  };
}

/** Opens the first half of {@link spotLive}. @param models - from `openFaceModels` */
export function watchLive(models: FaceModels): LiveWatcher {
  const order = createFramingOrder();
  let region: FaceRegion | undefined;
  let nextDetection = -Infinity;
  let before = 0;
  let input: Float32Array | undefined;

  const find = async (frame: Frame): Promise<FaceRegion | undefined> => {
    if (frame.time < nextDetection) return undefined;
    nextDetection = frame.time + DETECTION_INTERVAL;
    for (const framing of order.at(frame.time)) {
      const [detection] = await detectFaces(models, frame, { framing });
      const found = detection && (await regionOfFace(models, frame, { detection, framing }));
      if (found === undefined) continue;
      order.found(framing);
      return found;
    }
    return undefined;
  };
  return {
    async add(frame) {
      const { time } = frame;
      const elapsed = time - before;
      before = time;
      region ??= await find(frame);
      if (region === undefined) return { time, region: null, isCut: false };
      input = faceInput(frame, region, { range: [0, 1], into: input });
      const landmarks = await landmarksOfInput(models, input, region);
      if (landmarks.presence < LEAST_PRESENCE) {
        region = undefined;
        return { time, region: null, isCut: true };
      }
      const face = {
        time,
        image: grayOfMiddle(input, FACE_INPUT_SIZE, MOTION_SIZE),
        landmarks: landmarksInCrop(landmarks, motionRegion(region), MOTION_SIZE),
      };
      const seen = region;
      const next = regionOfLandmarks(landmarks);
      const isCut = isJump(region, next);
      region = isCut ? next : follow(region, next, elapsed);
      return { time, region: seen, face, isCut };
    },
  };
}

/** Opens the second half of {@link spotLive}. @param flow - from `createTvl1`; not shared with work that runs at the same time */
export function followLive(flow: Tvl1, { window = 30 }: LiveOptions = {}): LiveFollower {
  const follower = createFollower(flow);
  let recent: number[] = [];
  return {
    add({ time, face, isCut }) {
      recent = [...recent.filter((one) => one >= time - RECENT), time];
      follower.forget(time - window);
      if (face !== undefined) follower.add(face);
      if (isCut) follower.cut();
    },
    spot(options) {
      const spotting = spotMovements(follower.stretches(), options);
      const movements = spotting.movements.filter((one) => isSampledWell(one, spotting.times));
      return { ...spotting, movements, rate: rateOfLast(recent, RECENT) };
    },
  };
}

/** One step of the 1€ filter, by the speed of the region as a whole. */
function follow(from: FaceRegion, to: FaceRegion, elapsed: number): FaceRegion {
  if (elapsed <= 0) return from;
  const distance = Math.hypot(to.x - from.x, to.y - from.y) + Math.abs(to.size - from.size);
  const cutoff = AT_REST + (BETA * distance) / (from.size * elapsed);
  const part = 1 / (1 + 1 / (2 * Math.PI * cutoff * elapsed));
  return {
    x: from.x + part * (to.x - from.x),
    y: from.y + part * (to.y - from.y),
    size: from.size + part * (to.size - from.size),
    angle: from.angle + part * turn(to.angle - from.angle),
  };
}

/**
 * @file Measures movement while the face of a clip is still being found, so that the clip is read once.
 *
 * What is around the face is kept of every frame until its region is certain, about a second later, and then measured as
 * the second reading would measure it. That holds for one face that is followed from start to end; whether it was that is
 * known at the end, and the regions are compared then. Where they differ, where several faces are seen, or where frames
 * cannot be kept, nothing was measured and the clip is read again.
 */
import type { Bounds, Shrink } from '../base/image.ts';
import { throwIfCanceled, type Cancellation } from '../base/pause.ts';
import { foreseeRegions } from '../face/foresee.ts';
import type { FaceRegion } from '../face/landmarks.ts';
import type { FaceModels } from '../face/models.ts';
import type { SeenInFrame } from '../face/track.ts';
import type { MotionFollower } from '../spot/follow.ts';
import {
  createMeasurer,
  framesTogether,
  partMeasured,
  rateOf,
  type FaceMotion,
} from '../spot/measure.ts';
import type { Frame, KeptFrame } from '../video/frames.ts';

/** What frames that wait may take, bytes: two seconds of 640×480 at 200 per second, without a face in sight. */
const MOST_BYTES = 256 * 2 ** 20;
/** How much larger than the region in which a face was last found the square is that is kept. */
const ENLARGE = 1.25;

/** What {@link measureAhead} works with. */
export interface AheadTools {
  /** From `openFaceModels`. */
  readonly face: FaceModels;
  /** A fresh follower. */
  readonly follower: MotionFollower;
  /** Frames per second of the clip. */
  readonly rate: number;
  /** Stops the work. */
  readonly signal?: Cancellation | undefined;
}

/** The result of a whole reading, which the regions that were measured must agree with. */
export interface KnownRegions {
  /** Seconds, one per frame. */
  readonly times: readonly number[];
  /** One per frame, smoothed over time. */
  readonly regions: readonly (FaceRegion | null)[];
  /** Indices of the frames that do not continue the frame before them. */
  readonly cuts: readonly number[];
}

/** Measures behind the first reading. */
export interface AheadMeasurer {
  /** Takes the next frame, once the face was looked for in it. */
  readonly take: (frame: Frame, seen: SeenInFrame) => Promise<void>;
  /**
   * What was measured of the whole clip; undefined where it was not measured as these regions require.
   *
   * @throws TelltaleError `CANCELED`
   */
  readonly end: (known: KnownRegions) => Promise<FaceMotion | undefined>;
}

interface Waiting {
  readonly index: number;
  /** Absent of damaged frames, in which there is no face. */
  readonly kept?: KeptFrame;
}

/** Starts with the first frame. */
export function measureAhead({ face, follower, rate, signal }: AheadTools): AheadMeasurer {
  const together = framesTogether(rate);
  const measurer = createMeasurer({ face, follower, together });
  const foresight = foreseeRegions();
  const measured: { readonly region: FaceRegion | null; readonly isCut: boolean }[] = [];
  const free: ArrayBuffer[] = [];
  let waiting: Waiting[] = [];
  let bytes = 0;
  let near: FaceRegion | undefined;
  let isGivenUp = false;

  const giveUp = (): void => {
    isGivenUp = true;
    waiting = [];
    free.length = 0;
  };
  /** Whether the frame that waits longest could be measured. */
  const measure = async (region: FaceRegion | null, isCut: boolean): Promise<boolean> => {
    const { index, kept } = waiting.shift()!;
    measured.push({ region, isCut });
    if (region && !(kept && holds(kept, region))) {
      giveUp();
      return false;
    }
    if (kept !== undefined) {
      await measurer.add(kept, { region, isCut });
      bytes -= kept.room.byteLength;
      free.push(kept.room);
    } else await measurer.add({ ...NOTHING, index, time: 0 }, { region, isCut });
    return true;
  };
  return {
    async take(frame, { faces, cuts }) {
      if (isGivenUp) return;
      const { index, time, isDamaged = false } = frame;
      if (faces !== undefined) near = faces[0];
      const kept = isDamaged ? undefined : frame.keep?.(...around(near, frame), free.pop());
      bytes += kept?.room.byteLength ?? 0;
      const isAlone = faces === undefined || faces.length < 2;
      if (!isAlone || (kept === undefined && !isDamaged) || bytes > MOST_BYTES) {
        giveUp();
        return;
      }
      waiting.push({ index, ...(kept && { kept }) });
      const found = faces === undefined ? {} : { face: faces[0] ?? null };
      for (const { region, isCut } of foresight.add({ time, isDamaged, ...found, cuts: cuts() })) {
        if (!(await measure(region, isCut))) return;
      }
    },
    async end({ times, regions, cuts }) {
      const isNew = new Set(cuts);
      const agrees =
        framesTogether(rateOf(times)) === together &&
        measured.every((one, i) => one.isCut === isNew.has(i) && isSame(one.region, regions[i]!));
      if (isGivenUp || !agrees) return undefined;
      for (let i = measured.length; i < times.length; i++) {
        throwIfCanceled(signal);
        if (!(await measure(regions[i]!, isNew.has(i)))) return undefined;
      }
      return measurer.end(times.length);
    },
  };
}

/** Stands in for a frame in which there is nothing to be measured. */
const NOTHING = { data: new Uint8Array(0), width: 0, height: 0, channels: 3 } as const;

/** What is kept around a face, and at which fractions; where none is known, all of the frame. */
function around(
  face: FaceRegion | undefined,
  frame: Frame,
): readonly [bounds: Bounds, scales: readonly Shrink[]] {
  const { width, height } = frame;
  if (face === undefined) return [{ left: 0, top: 0, right: width, bottom: height }, [1]];
  const [small, large] = [1 / ENLARGE, ENLARGE].map((times) =>
    partMeasured({ ...face, size: times * face.size }, frame),
  ) as [ReturnType<typeof partMeasured>, ReturnType<typeof partMeasured>];
  const scales = [...new Set([...small.shrinks, ...large.shrinks])];
  return [large.bounds, scales.includes(1) ? [1] : scales];
}

function holds({ bounds: outer, scales, ...frame }: KeptFrame, region: FaceRegion): boolean {
  const { bounds: inner, shrinks } = partMeasured(region, frame);
  return (
    outer.left <= inner.left &&
    outer.top <= inner.top &&
    outer.right >= inner.right &&
    outer.bottom >= inner.bottom &&
    (scales.includes(1) || shrinks.every((shrink) => scales.includes(shrink)))
  );
}

/** Whether two regions are the same numbers, or both none. */
export function isSame(a: FaceRegion | null, b: FaceRegion | null): boolean {
  if (a === null || b === null) return a === null && b === null;
  return a.x === b.x && a.y === b.y && a.size === b.size && a.angle === b.angle;
}

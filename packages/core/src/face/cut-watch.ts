/**
 * @file Finds cuts while a clip is read for the first time, from the whole frame and from the place of the face. Where the
 * clip continues after a few frames as it was before, these are an interruption: a damaged frame that the decoder gave
 * out as a good one, an image that was inserted, something that passed before the camera.
 */
import { SAME_TIME } from '../base/same-time.ts';
import {
  change,
  glimpse,
  isAlike,
  isCutAt,
  isMuch,
  isNear,
  isOther,
  isSettled,
  type Box,
  type Change,
  type Glimpse,
  type Place,
} from '../video/cuts.ts';
import type { Frame } from '../video/frames.ts';
import type { FaceRegion } from './landmarks.ts';

/** Where a clip does not continue. */
export interface Cuts {
  /** Indices of the frames that do not continue the frame before them, in order. */
  readonly cuts: readonly number[];
  /** Indices of the frames of interruptions, in order. They neither begin nor end with a cut. */
  readonly interrupted: readonly number[];
}

/** The cuts and interruptions among the frames that later ones cannot change. Both lists grow. */
export interface SettledCuts extends Cuts {
  /** All frames before this one are settled. */
  readonly until: number;
}

/** Compares each frame with the one before it. */
export interface CutWatch {
  /**
   * Takes the next frame.
   *
   * @returns whether it seems to be the first after a cut, so that the face must be looked for again
   */
  add(frame: Frame): boolean;
  /** The face was looked for in the frame that was added last. */
  look(frame: Frame, face: FaceRegion | undefined): void;
  /** What later frames cannot change. */
  readonly settled: () => SettledCuts;
  /** No frame follows. */
  end(): Cuts;
}

/**
 * From the last frame before an interruption to the first one after it, at most, seconds. What an expression did
 * meanwhile is not lost for longer than it takes to rise.
 */
export const LONGEST_INTERRUPTION: number = 0.2 + SAME_TIME;

/** The part of a region that is the face from brows to chin. */
const FACE_PART = 0.7;

/** What was before a frame that seems to begin something new. */
interface Before {
  /** Index of that frame. */
  readonly start: number;
  /** Of the frame before it, seconds. */
  readonly time: number;
  readonly whole: Glimpse;
  /** In the box. */
  readonly face: Glimpse | undefined;
  readonly box: Box | undefined;
}

/** The clip continues at a frame as it was before another one. */
interface Return {
  /** Index of the frame that seemed to begin something new. */
  readonly start: number;
  /** Index of the frame that continues what was before it. */
  readonly end: number;
}

/** Of more returns near a frame, it is the image that trembles or flickers. */
const MOST_RETURNS = 4;

/** Opens a watcher for one reading of a clip. */
export function watchForCuts(): CutWatch {
  const times: number[] = [];
  const changes = { whole: [] as number[], face: [] as number[] };
  const stated = new Set<number>();
  const settled = { until: 0, cuts: [] as number[], interrupted: [] as number[] };
  const returns: Return[] = [];
  let suspects: readonly Before[] = [];
  let last: { readonly whole: Glimpse; readonly face: Glimpse | undefined } | undefined;
  let box: Box | undefined;
  let resumed = -1;
  const boxOf = (region: FaceRegion): Box => {
    const side = FACE_PART * region.size;
    return { left: region.x - side / 2, top: region.y - side / 2, width: side, height: side };
  };
  const changeAt = (i: number): Change => ({ whole: changes.whole[i]!, face: changes.face[i]! });
  /** What the newest frame returns to: where one of the last frames seemed to begin something new. */
  const findReturns = (frame: Frame, now: Glimpse): readonly Return[] => {
    const looks = new Map<Box, Glimpse>();
    const faceIn = (place: Box): Glimpse => {
      if (!looks.has(place)) looks.set(place, glimpse(frame, place));
      return looks.get(place)!;
    };
    const count = returns.length;
    suspects = suspects.filter(({ start, time, whole, face, box: place }) => {
      if (frame.time - time > LONGEST_INTERRUPTION) return false;
      const moved = {
        whole: change(whole, now),
        face: face && place ? change(face, faceIn(place)) : 0,
      };
      if (!isAlike(moved, changeAt(start))) return true;
      returns.push({ start, end: times.length - 1 });
      return false;
    });
    return returns.slice(count);
  };
  /** The returns near a frame. What will be near is known when it is settled; what is farther may not be. */
  const returnsNear = (i: number): Return[] => {
    const near: Return[] = [];
    for (let k = returns.length - 1; k >= 0; k--) {
      const { start, end } = returns[k]!;
      if (end < i && !isNear({ times, i }, end)) break;
      if (isNear({ times, i }, start) && isNear({ times, i }, end)) near.push(returns[k]!);
    }
    return near;
  };
  /** A frame; what changes at interruptions near it is not usual. */
  const placeOf = (i: number): Place => {
    const near = returnsNear(i);
    const isTrembling = near.length > MOST_RETURNS;
    const isUnusual = (j: number): boolean =>
      !isTrembling && near.some(({ start, end }) => j >= start && j <= end);
    return { times, i, isUnusual };
  };
  const isCut = (i: number): boolean => isCutAt(changes, { times, i });
  // An image that trembles returns now and then, too: beside other interruptions, what is shown must be another thing.
  const isInterrupted = (i: number): boolean =>
    isCut(i) || (isOther(changeAt(i)) && isCutAt(changes, placeOf(i)));
  const settle = (isCertain: (i: number) => boolean): void => {
    for (; isCertain(settled.until); settled.until++) {
      const i = settled.until;
      if (i <= resumed) continue;
      const end = returnsNear(i).find(({ start }) => start === i)?.end ?? i;
      const frames = Array.from({ length: end - i + 1 }, (_, j) => i + j);
      if (end > i && !frames.some((j) => stated.has(j)) && isInterrupted(i)) {
        settled.interrupted.push(...frames.slice(0, -1));
        resumed = end;
      } else if (stated.has(i) || isCut(i)) settled.cuts.push(i);
    }
  };
  return {
    add(frame) {
      const index = times.push(frame.time) - 1;
      if (frame.isCut === true) stated.add(index);
      // A damaged frame shows what was before it, or nothing.
      const isShown = frame.isDamaged !== true;
      const now = isShown ? { whole: glimpse(frame), face: box && glimpse(frame, box) } : last;
      changes.whole.push(last && now ? change(last.whole, now.whole) : 0);
      changes.face.push(last?.face && now?.face ? change(last.face, now.face) : 0);
      const returned = isShown ? findReturns(frame, now!.whole) : [];
      if (last && returned.length === 0 && isMuch(changeAt(index))) {
        suspects = [...suspects, { start: index, time: times[index - 1]!, ...last, box }];
      }
      last = now;
      if (index === 0) return false;
      if (frame.isCut === true || isCut(index)) return true;
      return returned.some(({ start }) => isInterrupted(start));
    },
    look(frame, face) {
      box = face && boxOf(face);
      last = { whole: last!.whole, face: box && glimpse(frame, box) };
    },
    settled() {
      settle((i) => isSettled({ times, i }));
      return settled;
    },
    end() {
      settle((i) => i < times.length);
      return settled;
    },
  };
}

/** @file Finds cuts while a clip is read for the first time, from the whole frame and from the place of the face. */
import {
  change,
  findCuts,
  glimpse,
  isCutAt,
  isSettled,
  type Box,
  type Glimpse,
} from '../video/cuts.ts';
import type { Frame } from '../video/frames.ts';
import type { FaceRegion } from './landmarks.ts';

/** The cuts among the frames that later ones cannot change. */
export interface SettledCuts {
  /** All frames before this one are settled. */
  readonly until: number;
  /** Indices of cuts, in order. Grows. */
  readonly cuts: readonly number[];
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
  /** The frames that do not continue the frame before them. */
  cuts(): number[];
}

/** The part of a region that is the face from brows to chin. */
const FACE_PART = 0.7;

/** Opens a watcher for one reading of a clip. */
export function watchForCuts(): CutWatch {
  const times: number[] = [];
  const changes = { whole: [] as number[], face: [] as number[] };
  const stated: number[] = [];
  const settled = { until: 0, cuts: [] as number[] };
  let before: { readonly whole: Glimpse; readonly face: Glimpse | undefined } | undefined;
  let box: Box | undefined;
  const boxOf = (region: FaceRegion): Box => {
    const side = FACE_PART * region.size;
    return { left: region.x - side / 2, top: region.y - side / 2, width: side, height: side };
  };
  return {
    add(frame) {
      const index = times.push(frame.time) - 1;
      if (frame.isCut === true) stated.push(index);
      // A damaged frame shows what was before it, or nothing.
      const now =
        frame.isDamaged === true
          ? before
          : { whole: glimpse(frame), face: box && glimpse(frame, box) };
      changes.whole.push(before && now ? change(before.whole, now.whole) : 0);
      changes.face.push(before?.face && now?.face ? change(before.face, now.face) : 0);
      before = now;
      return index > 0 && (frame.isCut === true || isCutAt(changes, { times, i: index }));
    },
    look(frame, face) {
      box = face && boxOf(face);
      before = { whole: before!.whole, face: box && glimpse(frame, box) };
    },
    settled() {
      for (; isSettled({ times, i: settled.until }); settled.until++) {
        const i = settled.until;
        if (stated.includes(i) || isCutAt(changes, { times, i })) settled.cuts.push(i);
      }
      return settled;
    },
    cuts: () => [...new Set([...stated, ...findCuts(changes, times)])].sort((a, b) => a - b),
  };
}

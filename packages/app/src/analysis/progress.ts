/** @file How long it will still take: measured in the stage that runs, guessed from it for those to come. */
import type { Progress, Stage } from '../session/protocol.ts';

/** What is known of an analysis that runs. */
export interface Estimate {
  readonly stage: Stage;
  /** 0 to 1; undefined where the stage does not know its length. */
  readonly share: number | undefined;
  /** Seconds until the report; undefined while there is too little to estimate from. */
  readonly left: number | undefined;
  /** Milliseconds of the clock at which the stage began. */
  readonly since: number;
}

/**
 * Stages that read the clip, with the time that those after them take, in parts of theirs. Movement is measured while the
 * face is found, but where there are several.
 */
const LATER: Partial<Record<Stage, number>> = { face: 0.05, movement: 0.05, expressions: 0 };
/** Milliseconds of a stage before its speed is believed. */
const SETTLED = 400;

/** The estimate after `progress` at the time `now`, milliseconds. */
export function estimate(before: Estimate | undefined, progress: Progress, now: number): Estimate {
  const { stage, done, total } = progress;
  const since = before?.stage === stage ? before.since : now;
  const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
  const later = LATER[stage];
  const spent = now - since;
  if (later === undefined || share === undefined || done === 0 || spent < SETTLED) {
    return { stage, share, left: keep(before), since };
  }
  const perFrame = spent / done;
  const left = (perFrame * (total! - done + later * total!)) / 1000;
  return { stage, share, left, since };
}

function keep(before: Estimate | undefined): number | undefined {
  return before?.left;
}

/** @file What was planted in a demonstration clip, and when: the JSON that lies beside it. */
import type { ActionKind } from './actions.ts';

/** A moment of the clip. */
export interface TruthMoment {
  /** Nearest frame, from 0. */
  readonly frame: number;
  /** Seconds from the first frame. */
  readonly time: number;
}

/** One planted movement: it rises from onset to apex, holds around the apex, and is gone at the offset. */
export interface PlantedEvent {
  /** Kind of the movement. */
  readonly kind: ActionKind | 'micro' | 'macro' | 'blink';
  /** Action units, FACS numbers. */
  readonly units: string;
  /** Largest displacement at the apex, pixels of the clip. */
  readonly amplitude: number;
  /** Time point at which the movement starts. */
  readonly onset: TruthMoment;
  /** Time point of strongest movement. */
  readonly apex: TruthMoment;
  /** Time point at which the movement has ended. */
  readonly offset: TruthMoment;
}

/** Everything that was put into a demonstration clip. */
export interface Truth {
  /** Format of the file and its version. */
  readonly schema: 'telltale.truth/1';
  /** Size, frame rate and length of the clip. */
  readonly clip: {
    /** Pixels. */
    readonly width: number;
    /** Pixels. */
    readonly height: number;
    /** Frames per second. */
    readonly rate: number;
    /** Number of frames. */
    readonly frames: number;
  };
  /** Between the centers of the eyes, pixels. */
  readonly interocular: number;
  /** Seed of all randomness of the clip. */
  readonly seed: number;
  /** Standard deviation of the sensor noise, grey levels of 255. */
  readonly noise: number;
  /** Scale of the head's sway; 1 is about ±3 pixels and ±1 degree. */
  readonly sway: number;
  /** In order of onset. */
  readonly events: readonly PlantedEvent[];
}

/**
 * How far a planted movement has gone at a time, 0 to 1: a raised cosine up to the hold, a hold of a
 * fifth of the duration around the apex, a raised cosine down.
 *
 * @param time - seconds
 */
export function activation(event: PlantedEvent, time: number): number {
  const [onset, apex, offset] = [event.onset.time, event.apex.time, event.offset.time];
  const hold = (offset - onset) / 10;
  const ease = (x: number): number => (1 - Math.cos(Math.PI * Math.min(1, Math.max(0, x)))) / 2;
  return time <= apex
    ? ease((time - onset) / (apex - hold - onset))
    : ease((offset - time) / (offset - apex - hold));
}

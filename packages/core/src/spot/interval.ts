/** @file What spotting finds: an interval of movement. */

/** A movement with its onset, apex and offset, in frame indices from 0; `onset ≤ apex ≤ offset`. */
export interface SpottedInterval {
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
  /** 0 to 1: how far the movement stands above the clip's own restlessness. */
  readonly confidence: number;
  /** `micro`: at most half a second; `macro`: longer; `blink`: the eyelids alone. */
  readonly kind: 'micro' | 'macro' | 'blink';
  /** Movement of each region at the apex against the onset, pixels at an interocular distance of 100 pixels. */
  readonly regions: Readonly<Record<string, number>>;
}

/** @file What a report warns of, as data. */

/** What a caveat is about; its sentence follows from it and the values. */
export type CaveatCode =
  | 'no-lie-detector'
  | 'elsewhere'
  | 'recognizer'
  | 'no-recognizer'
  | 'spotting'
  | 'sizes'
  | 'ensemble'
  | 'own-model'
  | 'uncalibrated'
  | 'note'
  | 'faces'
  | 'subject'
  | 'gaps'
  | 'small-face'
  | 'slow-camera'
  | 'short-clip'
  | 'cuts'
  | 'dark'
  | 'overexposed'
  | 'noisy'
  | 'blurred'
  | 'turned'
  | 'set-aside-noise'
  | 'set-aside-blink'
  | 'set-aside-covered'
  | 'set-aside-turned'
  | 'mouth-opens'
  | 'damaged'
  | 'interrupted'
  | 'truncated'
  | 'interlaced'
  | 'scaled'
  | 'joined'
  | 'tone-mapped'
  | 'rate-assumed'
  | 'several-videos';

/** A caveat as data. */
export interface Caveat {
  /** Which caveat it is. */
  readonly code: CaveatCode;
  /** The names, numbers and texts in the sentence. */
  readonly values: Readonly<Record<string, string | number>>;
}

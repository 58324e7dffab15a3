/**
 * @file Which movements stand out of a clip: where they begin, culminate and end.
 *
 * The measure is the displacement of facial regions, after He, Wang and Liu 2020, "Spotting Macro- and
 * Micro-expression Intervals in Long Video Sequences" (MDMD: the main direction of the flow, maximal
 * against both neighbors in time), with the threshold taken from the clip's own restlessness. What is
 * reported as micro-expression lasts at most half a second (Yan et al. 2013, "How fast are the leaked
 * facial expressions"). docs/spotting.md lists what is taken from where and what is ours.
 */
import { SAME_TIME } from '../base/same-time.ts';
import { findBlinks, openingLosses, type Blink, type TimeSpan } from './blinks.ts';
import { compressionOf, openClarity, type Unclear } from './clarity.ts';
import { contrast, type Contrast, type TimeScale } from './contrast.ts';
import { delimit } from './delimit.ts';
import type { MotionSample, MotionStretch } from './follow.ts';
import { LIDS, REGIONS } from './regions.ts';
import { findSpeech, isSpoken, lipContrast, quietMouth, withLips } from './speech.ts';
import { median, peaksOf, scaledMad } from './statistics.ts';

/** Options of {@link spotMovements}. */
export interface SpotOptions {
  /** Longest micro-expression, seconds. @defaultValue 0.5 */
  readonly longest?: number;
  /** Shortest movement, seconds. @defaultValue 0.04 */
  readonly shortest?: number;
  /** Least movement that counts in a face that is otherwise still, pixels at an interocular distance of 100. @defaultValue 0.22 */
  readonly least?: number;
  /** How many standard deviations (estimated from the median absolute deviation) above its median a region's movement must rise. @defaultValue 7 */
  readonly strictness?: number;
}

/** Defaults of {@link spotMovements}. */
export const SPOT_DEFAULTS: Required<SpotOptions> = {
  longest: 0.5,
  shortest: 0.04,
  least: 0.22,
  strictness: 7,
};

/** A movement in time. */
export interface Movement {
  /** Seconds. */
  readonly onset: number;
  /** Seconds. */
  readonly apex: number;
  /** Seconds. */
  readonly offset: number;
  /** `micro`: at most half a second; `macro`: longer; `blink`: the eyelids alone. */
  readonly kind: 'micro' | 'macro' | 'blink';
  /** 0 to 1: one less the threshold's part of the peak. */
  readonly confidence: number;
  /** Movement of each region at the apex, pixels at an interocular distance of 100. */
  readonly regions: Readonly<Record<string, number>>;
  /** How much farther apart the lips are at the apex than before, negative where they are pressed; same unit. Absent for blinks. */
  readonly lips?: number;
}

/** What {@link spotMovements} finds. */
export interface Spotting {
  /** Seconds, one per sample. */
  readonly times: readonly number[];
  /** Movement per sample, pixels at an interocular distance of 100; see {@link Spotting.threshold}. */
  readonly values: readonly number[];
  /**
   * What a value must exceed: the threshold of the quietest region. The movement of a more restless
   * region counts for less, in the ratio of the thresholds.
   */
  readonly threshold: number;
  /** In order of onset. */
  readonly movements: readonly Movement[];
  /** Movements above the threshold of which nothing is claimed; in order of onset. */
  readonly setAside: readonly SetAside[];
  /** When the mouth speaks: none of its movements is taken for an expression. In order, seconds. */
  readonly speech: readonly TimeSpan[];
}

/** A movement of which nothing is claimed. */
export interface SetAside extends Movement {
  /** Why. */
  readonly why: Unclear;
}

/** Micro-expressions: transient movement of up to half a second. */
const MICRO: TimeScale = { gap: 0.25, reach: 0.8, open: false };
/** Longer expressions, also those that the clip cuts off. */
const MACRO: TimeScale = { gap: 1, reach: 2.5, open: true };
/** A longer expression must be this many times the least: heads turn and light changes at its pace. */
const MACRO_FACTOR = 7;
/** And this many times the threshold of a short one: in a clip that is mostly expression it has no resting baseline. */
const MACRO_RESTLESSNESS = 1.5;
/** Transient movement of little more than half a second must be this many times the threshold: heads turn at that pace, too. */
const LONG_FACTOR = 2;
/** And one of its flanks must take no longer than this from a quarter to three quarters; seconds. */
const SLOWEST_FLANK = 0.6;
/** Shorter stretches have no before and after; seconds. */
const SHORTEST_STRETCH = 0.3;
/** A mouth that always moves raises its threshold; a syllable is what exceeds this many times the least, all the same. */
const SYLLABLE_FACTOR = 2;
/** Before and after a blink, lids belong to it for so long; seconds. */
const AROUND_BLINK = 0.1;
/** Part of the lids' movement that shows in other regions during a blink. */
const BLINK_LEAK = 0.3;

/**
 * How far the criteria of a decision are shifted, to see whether it depends on them: {@link spotWithMargin}. Parts of
 * the criterion itself.
 */
export interface CriteriaShift {
  /** What a movement must exceed. */
  readonly threshold: number;
  /** What a syllable must exceed, and how often syllables follow each other. */
  readonly speech: number;
  /** How much of the eyes' opening a blink loses. */
  readonly blink: number;
  /** Durations, and the heights of a flank from which they are read. */
  readonly duration: number;
  /** Of movements that overlap, by how much a less prominent one is preferred. */
  readonly rank: number;
}

/** Criteria as they are. */
export const UNSHIFTED: CriteriaShift = {
  threshold: 0,
  speech: 0,
  blink: 0,
  duration: 0,
  rank: 0,
};

/** Spots the movements of a clip. */
export function spotMovements(
  stretches: readonly MotionStretch[],
  options: SpotOptions = {},
): Spotting {
  return openSpotting(stretches, options)(UNSHIFTED);
}

/** What has to be measured once is measured; what is returned decides by criteria that are shifted. */
export function openSpotting(
  stretches: readonly MotionStretch[],
  options: SpotOptions = {},
): (shift: CriteriaShift) => Spotting {
  const { longest, shortest, least, strictness } = { ...SPOT_DEFAULTS, ...options };
  const long = stretches
    .map(({ samples }) => samples)
    .filter((samples) => samples.length > 6 && spanOf(samples) >= SHORTEST_STRETCH);
  const losses = long.map(openingLosses);
  const usual = losses.map((loss, i) => findBlinks(long[i]!, loss));
  const recording = compressionOf(long.flat());
  const clarity = long.map((samples) => openClarity(samples, recording));
  const measured = [MICRO, MACRO].map((scale) => ({
    scale,
    sides: long.map((samples) => contrast(samples, scale)),
  }));
  const quiet = (blinks: readonly (readonly Blink[])[], at: number): readonly Contrast[] =>
    long.map((samples, i) => {
      const { scale, sides } = measured[at]!;
      return quietLids(samples, blinks[i]!, { ...sides[i]!, scale });
    });
  const base = thresholds(quiet(usual, 0), { regions: REGIONS.length, least, strictness });
  const lips = long.map((samples) => lipContrast(samples, MICRO));
  const mouths = lips.map((one, i) => withLips(measured[0]!.sides[i]!, one));
  const syllables = [...base, ...thresholds(lips, { regions: 1, least, strictness })].map((cut) =>
    Math.min(cut, SYLLABLE_FACTOR * least),
  );
  return (shift) => {
    const blinks =
      shift.blink === 0 ? usual : losses.map((loss, i) => findBlinks(long[i]!, loss, shift.blink));
    return decide(shift, blinks);
  };

  function decide(shift: CriteriaShift, blinks: readonly (readonly Blink[])[]): Spotting {
    const micro = base.map((cut) => cut * (1 + shift.threshold));
    const limit = longest * (1 + shift.duration);
    const found: (Movement & { readonly why?: Unclear })[] = [];
    const values: number[] = [];
    const times: number[] = [];
    let speech: readonly (readonly TimeSpan[])[] = [];
    for (const [index, scale] of [MICRO, MACRO].entries()) {
      const loud = quiet(blinks, index);
      if (scale === MICRO) {
        const options = { cuts: syllables, scale, longest, shift: shift.speech };
        speech = long.map((samples, i) =>
          findSpeech(samples, loud[i]!, { ...options, mouth: mouths[i]! }),
        );
      }
      const contrasts = long.map((samples, i) => quietMouth(samples, loud[i]!, speech[i]!));
      const cuts =
        scale === MICRO
          ? micro
          : micro.map((cut) =>
              Math.max(MACRO_FACTOR * least * (1 + shift.threshold), MACRO_RESTLESSNESS * cut),
            );
      long.forEach((samples, i) => {
        const ratios = contrasts[i]!.movement.map((movement) =>
          Math.max(...movement.map((value, region) => value / cuts[region]!)),
        );
        if (scale === MICRO) {
          times.push(...samples.map((sample) => sample.time));
          values.push(...ratios.map((ratio) => ratio * Math.min(...cuts)));
        }
        for (const peak of peaksOf(ratios, 1)) {
          const limits = delimit(samples, contrasts[i]!, { peak, cuts, scale, shift: shift.duration }); // prettier-ignore
          if (limits === undefined || (scale === MICRO && isSpoken(limits, speech[i]!))) continue;
          const duration = limits.offset - limits.onset;
          const kind = duration <= limit ? 'micro' : 'macro';
          const isTooSlow = kind === 'micro' || limits.flank > SLOWEST_FLANK * (1 + shift.duration);
          if (duration < shortest * (1 - shift.duration) || (scale === MACRO && isTooSlow)) continue; // prettier-ignore
          if (scale === MICRO && kind === 'macro' && ratios[peak]! < LONG_FACTOR) continue;
          const { onset, apex, offset, regions } = limits;
          const parted = lips[i]!.place[peak]![1]! - lips[i]!.before[peak]![1]!;
          const movement = { onset, apex, offset, kind, regions, lips: parted, confidence: 1 - 1 / ratios[peak]! } as const; // prettier-ignore
          const why = clarity[i]!(movement) ?? (isOfBlink(movement, blinks[i]!) ? 'blink' : undefined); // prettier-ignore
          found.push(why === undefined ? movement : { ...movement, why });
        }
      });
    }
    // What is set aside hides what is weaker at the same time: that may be a part of it.
    const kept = withoutOverlaps(found, shift.rank);
    const setAside = kept.flatMap((movement): SetAside[] => movement.why ? [{ ...movement, why: movement.why }] : []); // prettier-ignore
    const movements = [
      ...kept.filter(({ why }) => why === undefined),
      ...long.flatMap((samples, i) => blinks[i]!.map((blink) => blinkMovement(samples, blink))),
    ];
    return {
      times,
      values,
      threshold: Math.min(...micro),
      movements: movements.sort((a, b) => a.onset - b.onset),
      setAside: setAside.sort((a, b) => a.onset - b.onset),
      speech: speech.flat().sort((a, b) => a.start - b.start),
    };
  }
}

/** Whether lids move before a blink has ended, or right after it: they settle. */
function isOfBlink({ onset, offset, regions }: Movement, blinks: readonly Blink[]): boolean {
  const most = REGIONS.reduce((best, name) => (regions[name]! > regions[best]! ? name : best));
  const margin = AROUND_BLINK - SAME_TIME;
  return (
    LIDS.includes(most) &&
    blinks.some(({ start, end }) => onset < end + margin && offset > start - margin)
  );
}

const spanOf = (samples: readonly MotionSample[]): number =>
  samples.at(-1)!.time - samples[0]!.time;

/**
 * During a blink the lids do not count, and the rest only beyond what the lids drag along. For longer
 * than a blink the lids follow the gaze and do not count at all.
 */
function quietLids(
  samples: readonly MotionSample[],
  blinks: readonly Blink[],
  { scale, ...whole }: Contrast & { readonly scale: TimeScale },
): Contrast {
  const lids = LIDS.map((region) => REGIONS.indexOf(region));
  const margin = AROUND_BLINK - SAME_TIME;
  const movement = whole.movement.map((values, i) => {
    const { time } = samples[i]!;
    const blinking = blinks.some(({ start, end }) => time > start - margin && time < end + margin);
    if (!blinking && scale === MICRO) return values;
    const dragged = blinking ? BLINK_LEAK * Math.max(...lids.map((lid) => values[lid]!)) : 0;
    return values.map((value, region) =>
      lids.includes(region) ? 0 : Math.max(0, value - dragged),
    );
  });
  return { ...whole, movement };
}

/** What each region must exceed: what it does all the time, and a floor. */
function thresholds(
  contrasts: readonly Contrast[],
  { regions, least, strictness }: { readonly regions: number } & Required<Pick<SpotOptions, 'least' | 'strictness'>>, // prettier-ignore
): readonly number[] {
  return Array.from({ length: regions }, (_, region) => {
    // The least distance from either side and from their middle, in whatever direction: a step does not
    // leave both sides, drift does not leave the middle, and unlike the movement it is seldom 0.
    const restlessness = contrasts.flatMap(({ place, before, after }) =>
      place.map((here, i) => {
        const [low, high] = [before[i]!, after[i]!];
        const sides = Math.min(away(here, low, region), away(here, high, region));
        return Math.min(sides, awayFromMiddle(here, [low, high], region));
      }),
    );
    return Math.max(least, median(restlessness) + strictness * scaledMad(restlessness));
  });
}

const away = (here: Float64Array, there: Float64Array, region: number): number =>
  Math.hypot(
    here[2 * region]! - there[2 * region]!,
    here[2 * region + 1]! - there[2 * region + 1]!,
  );

/** How far a region is from the middle of two places. */
function awayFromMiddle(
  here: Float64Array,
  [a, b]: readonly [Float64Array, Float64Array],
  region: number,
): number {
  const [x, y] = [2 * region, 2 * region + 1];
  return Math.hypot(here[x]! - (a[x]! + b[x]!) / 2, here[y]! - (a[y]! + b[y]!) / 2);
}

/** Of movements that overlap, the surest; of those almost as sure, the others where `shift` is above 0. */
function withoutOverlaps<M extends Movement>(movements: readonly M[], shift: number): M[] {
  const kept: M[] = [];
  const first = shift === 0 ? movements : withoutOverlaps(movements, 0);
  const rank = (movement: M): number =>
    (1 + (first.includes(movement) ? 0 : shift)) / (1 - movement.confidence);
  for (const movement of [...movements].sort((a, b) => rank(b) - rank(a))) {
    const clash = kept.some(
      (other) => movement.onset < other.offset && other.onset < movement.offset,
    );
    if (!clash) kept.push(movement);
  }
  return kept;
}

/** A blink as a movement, with what the lids did. */
function blinkMovement(samples: readonly MotionSample[], blink: Blink): Movement {
  const at = (time: number): MotionSample =>
    samples.reduce((a, b) => (Math.abs(b.time - time) < Math.abs(a.time - time) ? b : a));
  const [start, deepest] = [at(blink.start).displacement, at(blink.deepest).displacement];
  return {
    onset: blink.start,
    apex: blink.deepest,
    offset: blink.end,
    kind: 'blink',
    confidence: Math.min(1, blink.depth),
    regions: Object.fromEntries(
      REGIONS.map((name, region) => [name, away(deepest, start, region)]),
    ),
  };
}

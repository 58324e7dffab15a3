/**
 * @file When the mouth speaks: it moves again and again, where an expression comes once.
 *
 * Syllables follow each other three to seven times a second (Greenberg 1999, "Speaking in shorthand", puts their mean
 * length at a fifth of a second); mouths of speakers rise and fall at 2 to 7 Hz (Chandrasekaran et al. 2009, "The Natural
 * Statistics of Audiovisual Speech", PLoS Computational Biology 5(7)). A syllable shows at the corners of the mouth, at the
 * chin, or only between the lips, which part or press: all three are looked at. So two movements are speech where the mouth does not rest
 * between them, and a little farther apart where there is a third. Which of these movements was an expression cannot be
 * decided from the mouth, so none of them is taken for one. Brows and lids still count. The rule is ours.
 */
import type { TimeSpan } from './blinks.ts';
import { contrast, type Contrast, type TimeScale } from './contrast.ts';
import { delimit, type Limits } from './delimit.ts';
import type { MotionSample } from './follow.ts';
import { REGIONS, type Region } from './regions.ts';

/** The regions that speech moves, besides the lips. */
const MOUTH: readonly Region[] = ['rightMouthCorner', 'leftMouthCorner', 'chin'];
const INDICES = MOUTH.map((region) => REGIONS.indexOf(region));
/** Lips stand behind the regions. */
const LIPS = REGIONS.length;
const SPEAKING = [...INDICES, LIPS];

/** What it drags along besides. */
const QUIET = [...MOUTH, 'rightNoseWing' as const, 'leftNoseWing' as const].map((region) =>
  REGIONS.indexOf(region),
);

/** Movements of the mouth as near as this belong to one utterance; seconds. */
const NEAR = 0.9;
/** Those that run into each other, so that none has an end of its own, count so near (seconds), and from this part of the height on. */
const QUICK = { near: 0.35, height: 0.5 } as const;
/** So many of them are speech, wherever they lie. */
const FEWEST = 3;
/** Between two movements the mouth falls back to this part of the lesser. */
const VALLEY = 0.7;
/** A neighbor that is lower than this part of a movement does not make speech of it. */
const LEAST_NEIGHBOR = 0.25;
/** How long the mouth is left alone before and after the apex of a syllable, seconds. */
const HALF_SYLLABLE = 0.3;

/** Part of the mouth's movement that shows in the rest of the face. */
const LEAK = 0.15;
/** A shorter rest between two syllables belongs to the utterance; seconds. */
const BREATH = 0.5;
/**
 * Two movements as near as this are speech, and so is a larger one that is as near to a syllable: the next of a quick
 * speaker. Expressions that follow each other come later. Seconds.
 */
const NEXT = 0.45;
/** Where that syllable is not less than this part of it: an open vowel moves many times as much as a closed one. */
const LEAST_OF_UTTERANCE = 0.125;

/** What a short movement of the mouth is measured with. */
export interface SpeechOptions {
  /** From {@link withLips}: how the regions move, and behind them the lips. */
  readonly mouth: Contrast;
  /** What a movement of each region, and of the lips, must exceed to count as one: less than in a clip that is all speech. */
  readonly cuts: readonly number[];
  readonly scale: TimeScale;
  /** Longest micro-expression, seconds. */
  readonly longest: number;
  /** By what part less is taken for speech. @defaultValue 0 */
  readonly shift?: number;
}

interface Syllable {
  readonly apex: number;
  /** Height, in parts of what counts as a movement. */
  readonly ratio: number;
  /** Whether it ends before a longer expression would; syllables that run into each other do not. */
  readonly isShort: boolean;
}

/** How the lips part and press. Shapes are those of a single region. */
export function lipContrast(samples: readonly MotionSample[], scale: TimeScale): Contrast {
  return contrast(
    samples.map(({ time, lips = 0 }) => ({ time, displacement: Float64Array.of(0, lips) })),
    scale,
  );
}

/** The regions, and the lips as one more. */
export function withLips(regions: Contrast, lips: Contrast): Contrast {
  const join = (key: keyof Contrast): Float64Array[] =>
    regions[key].map((row, i) => Float64Array.of(...row, ...lips[key][i]!));
  return {
    ...{ place: join('place'), before: join('before'), after: join('after') },
    movement: join('movement'),
  };
}

/** The times in which the mouth moves twice without a rest, or three times in a second. */
export function findSpeech(
  samples: readonly MotionSample[],
  { movement: loud }: Pick<Contrast, 'movement'>,
  { mouth, cuts, scale, longest, shift = 0 }: SpeechOptions,
): TimeSpan[] {
  const movement = mouth.movement.map((row, i) =>
    row.map((value, region) => {
      if (region === LIPS) return value;
      return INDICES.includes(region) ? loud[i]![region]! : 0;
    }),
  );
  const ratios = movement.map((row) =>
    Math.max(...SPEAKING.map((region) => row[region]! / (cuts[region]! * (1 + shift)))),
  );
  const peaks = repeatedPeaks(ratios, VALLEY * (1 - shift)).map((peak): Syllable => {
    const ratio = ratios[peak]!;
    const limits = delimit(samples, { ...mouth, movement }, { peak, cuts, scale });
    const isShort = limits !== undefined && limits.offset - limits.onset <= longest * (1 - shift);
    return { apex: limits?.apex ?? samples[peak]!.time, ratio, isShort };
  });
  const syllables = peaks.filter(({ isShort }) => isShort);
  const isNear = (a: Syllable, b: Syllable, reach: number): boolean => {
    const within = a.isShort && b.isShort ? reach : QUICK.near;
    return Math.abs(a.apex - b.apex) <= within * (1 - shift);
  };
  const isHigh = (other: Syllable, one: Syllable): boolean =>
    other.ratio >= (other.isShort ? LEAST_NEIGHBOR : QUICK.height) * (1 + shift) * one.ratio;
  const repeated = syllables.filter((one) => {
    const near = peaks.filter((other) => other !== one && isNear(one, other, NEAR));
    const high = near.filter((other) => isHigh(other, one));
    if (high.length >= FEWEST - 1) return true;
    // The tremble beside an expression has a neighbor that is high, and is none itself.
    const alike = high.filter((other) => isHigh(one, other));
    const isPair = alike.some((other) => isNear(one, other, NEXT));
    const least = LEAST_OF_UTTERANCE * (1 + shift) * one.ratio;
    const shown = near.filter((other) => other.ratio >= least);
    return isPair || (alike.length > 0 && shown.length >= FEWEST - 1);
  });
  const joins = (among: readonly Syllable[]) => (one: Syllable) =>
    among.some(
      (other) =>
        isNear(one, other, NEXT) && other.ratio >= LEAST_OF_UTTERANCE * (1 + shift) * one.ratio,
    );
  const spoken = syllables
    .filter(joins(peaks.filter(joins(repeated))))
    .map(({ apex }) => apex)
    .sort((a, b) => a - b);
  const spans: { start: number; end: number }[] = [];
  for (const apex of spoken) {
    const last = spans.at(-1);
    if (last !== undefined && apex - HALF_SYLLABLE - last.end <= BREATH) {
      last.end = apex + HALF_SYLLABLE;
    } else spans.push({ start: apex - HALF_SYLLABLE, end: apex + HALF_SYLLABLE });
  }
  return spans;
}

/** Whether the mouth or the wings of the nose move most, and culminate while the mouth speaks: the rest of a syllable. */
export function isSpoken(
  { apex, regions }: Pick<Limits, 'apex' | 'regions'>,
  speech: readonly TimeSpan[],
): boolean {
  const sizes = REGIONS.map((name) => regions[name]!);
  const most = sizes.indexOf(Math.max(...sizes));
  return QUIET.includes(most) && speech.some(({ start, end }) => apex > start && apex < end);
}

/** Mouth and nose wings do not count while the mouth speaks, and the rest only beyond what it drags along. */
export function quietMouth(
  samples: readonly MotionSample[],
  loud: Contrast,
  speech: readonly TimeSpan[],
): Contrast {
  const movement = loud.movement.map((row, i) => {
    const { time } = samples[i]!;
    if (!speech.some(({ start, end }) => time > start && time < end)) return row;
    const dragged = LEAK * Math.max(...INDICES.map((region) => row[region]!));
    return row.map((value, region) => (QUIET.includes(region) ? 0 : Math.max(0, value - dragged)));
  });
  return { ...loud, movement };
}

/** Indices of maxima above 1 with a valley between each two. */
function repeatedPeaks(values: readonly number[], valley: number): number[] {
  const peaks: number[] = [];
  let [best, lowest] = [-1, Infinity];
  for (const [i, value] of values.entries()) {
    if (best >= 0 && value < valley * values[best]!) {
      peaks.push(best);
      [best, lowest] = [-1, value];
    }
    lowest = Math.min(lowest, value);
    const rises = best < 0 ? value > 1 && value * valley > lowest : value > values[best]!;
    if (rises) best = i;
  }
  if (best >= 0) peaks.push(best);
  return peaks;
}

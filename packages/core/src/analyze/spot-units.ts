/**
 * @file When each action unit moved: intervals from the curves of units, as those of movements from displacements.
 *
 * The rule is that of `spot/`: what leaves both sides in time, the half second before and the half second after, is
 * transient; steps and drift are not (`spot/contrast.ts`). Units are looked at one by one, so that two that overlap
 * are both found. The threshold is of the clip and of the unit: its own restlessness, and the floor of spotting, which
 * no unit reached in still, blinking and speaking faces (docs/units.md).
 */
import { nearestTime } from '../spot/curve.ts';
import type { FaceMotion } from '../spot/measure.ts';
import { SPOT_DEFAULTS, type Spotting } from '../spot/spot.ts';
import { median, peaksOf, scaledMad, smooth } from '../spot/statistics.ts';
import { regionMoves } from './region-moves.ts';
import { unitCurves, type UnitCurve } from './unit-curves.ts';

/** When a unit moved. */
export interface UnitInterval {
  /** Number in FACS. */
  readonly unit: number;
  /** Sides of the subject that moved. */
  readonly side: 'left' | 'right' | 'both';
  /** `micro`: at most half a second; `macro`: longer. */
  readonly kind: 'micro' | 'macro';
  /** Index of the frame before the movement. */
  readonly onset: number;
  /** Index of the frame at its height. */
  readonly apex: number;
  /** Index of the frame after it. */
  readonly offset: number;
  /** How far the unit moves the skin at the apex, pixels at an interocular distance of 100; of the stronger side. */
  readonly amount: number;
  /** 0 to 1: one less the threshold's part of the height. */
  readonly confidence: number;
}

/** Options of {@link spotUnits}, as those of spotting movements. */
export interface SpotUnitsOptions {
  /** Least movement of a unit that counts, pixels at an interocular distance of 100. @defaultValue 0.22 */
  readonly least?: number;
  /** How many standard deviations above its resting baseline. @defaultValue 7 */
  readonly strictness?: number;
}

/** What is nearer is part of the movement, what is farther no longer matters; seconds. */
const [GAP, REACH] = [0.25, 0.8];
/** Movements that last longer than this leave one side only; seconds. */
const LONGEST = 1;
/** Looks per second: more show noise. */
const LOOKS = 40;
/** Samples that a side has at least. */
const EDGE = 3;
/** Part of another unit at the same time below which a unit may be its echo: units of one half of the face share regions. */
const ECHO = 2 / 3;
/** Raised brows take the lids along: beside them a raised lid counts from this many times their movement on. */
const LIFTED_LID = 1.5;
/** Units of the upper face: a blink drags them along. */
const UPPER = new Set([1, 2, 4, 5, 9]);
/** Units of the lower face: speech moves them. */
const LOWER = new Set([9, 10, 12, 14, 15, 17]);
const LID = 5;
const BROWS = new Set([1, 2]);
/** Around a blink, seconds. */
const MARGIN = 0.1;

/** An interval in seconds. */
interface Found extends Omit<UnitInterval, 'onset' | 'apex' | 'offset'> {
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
}

/**
 * Spots units one by one, in order of onset. Units without a curve (6 and 7) are never found.
 *
 * @param spotting - of the same clip: where it blinks, speaks, or cannot be measured
 */
export function spotUnits(
  { motion, times }: { readonly motion: FaceMotion; readonly times: readonly number[] },
  spotting: Pick<Spotting, 'movements' | 'setAside' | 'speech'>,
  options: SpotUnitsOptions = {},
): UnitInterval[] {
  const curves = unitCurves(regionMoves(motion, times), times);
  const found = motion.stretches.flatMap(({ samples }) => {
    const [first, last] = [samples[0]?.time ?? Infinity, samples.at(-1)?.time ?? -Infinity];
    const frames = [...times.keys()].filter((frame) => times[frame]! >= first && times[frame]! <= last); // prettier-ignore
    return curves.flatMap((curve) =>
      intervalsOf(curve, { times, frames, ...SPOT_DEFAULTS, ...options }),
    );
  });
  const clear = found.filter((one) => !isDisturbed(one, spotting));
  return withoutEchoes(onBothSides(clear))
    .map((one) => ({
      ...one,
      onset: nearestTime(times, one.onset),
      apex: nearestTime(times, one.apex),
      offset: nearestTime(times, one.offset),
    }))
    .sort((a, b) => a.onset - b.onset || a.unit - b.unit);
}

/** The movements of one curve within a stretch. */
function intervalsOf(
  { unit, side, values }: UnitCurve,
  where: {
    readonly times: readonly number[];
    readonly frames: readonly number[];
    readonly least: number;
    readonly strictness: number;
  },
): Found[] {
  const seen = where.frames.filter((frame) => values[frame] !== null);
  const span = where.times[seen.at(-1) ?? 0]! - where.times[seen[0] ?? 0]!;
  if (seen.length < 2 * EDGE || span < 2 * GAP) return [];
  const step = Math.max(1, Math.round(seen.length / span / LOOKS));
  const looks = seen.filter((_, i) => i % step === 0);
  const times = looks.map((frame) => where.times[frame]!);
  const line = smooth(times, looks.map((frame) => values[frame]!), 0.02); // prettier-ignore
  const { before, after } = sidesOf(times, line);
  const rises = Array.from(line, (value, i) => [value - before[i]!, value - after[i]!] as const);
  const movement = rises.map(([low, high]) =>
    low > 0 && high > 0 ? Math.min(Math.sqrt(low * high), 2 * Math.min(low, high)) : 0,
  );
  const restless = rises.map(([low, high]) => Math.min(Math.abs(low), Math.abs(high)));
  const cut = Math.max(where.least, median(restless) + where.strictness * scaledMad(restless));
  return peaksOf(movement, cut).flatMap((peak): Found[] => {
    const [rise, fall] = [-1, 1].map((direction) =>
      flankOf(times, line, { peak, direction, rest: direction < 0 ? before[peak]! : after[peak]! }),
    );
    if (rise === undefined || fall === undefined) return [];
    const duration = fall - rise;
    if (duration < SPOT_DEFAULTS.shortest || duration > LONGEST) return [];
    return [
      {
        ...{ unit, side, onset: rise, apex: times[peak]!, offset: fall },
        kind: duration <= SPOT_DEFAULTS.longest ? 'micro' : 'macro',
        amount: movement[peak]!,
        confidence: 1 - cut / movement[peak]!,
      },
    ];
  });
}

/** Medians of what was before and of what comes after. */
function sidesOf(
  times: readonly number[],
  line: Float64Array,
): { readonly before: Float64Array; readonly after: Float64Array } {
  // Both ends only move forward.
  const medians = (low: number, high: number, edge: Float64Array): Float64Array => {
    let [start, end] = [0, 0];
    return Float64Array.from(times, (now) => {
      while (start < times.length && times[start]! < now + low - 1e-9) start++;
      while (end < times.length && times[end]! <= now + high + 1e-9) end++;
      return median(end - start >= EDGE ? line.subarray(start, end) : edge);
    });
  };
  const [first, last] = [line.subarray(0, EDGE), line.subarray(-EDGE)];
  return { before: medians(-REACH, -GAP, first), after: medians(GAP, REACH, last) };
}

/** Where the line through a quarter and three quarters of a flank reaches rest, seconds; as `spot/delimit.ts`. */
function flankOf(
  times: readonly number[],
  line: Float64Array,
  {
    peak,
    direction,
    rest,
  }: { readonly peak: number; readonly direction: number; readonly rest: number },
): number | undefined {
  const top = line[peak]! - rest;
  const crossing = (level: number): number | undefined => {
    for (let i = peak + direction; i >= 0 && i < times.length; i += direction) {
      if (Math.abs(times[i]! - times[peak]!) > REACH) return undefined;
      const [inner, here] = [line[i - direction]! - rest, line[i]! - rest];
      if (here > level) continue;
      const part = inner === here ? 0 : (inner - level) / (inner - here);
      return times[i - direction]! + part * (times[i]! - times[i - direction]!);
    }
    return undefined;
  };
  const [upper, lower] = [crossing(0.75 * top), crossing(0.25 * top)];
  if (top <= 0 || upper === undefined || lower === undefined) return undefined;
  return Math.min(times.at(-1)!, Math.max(times[0]!, lower + (lower - upper) / 2));
}

/** Whether a blink, speech, or what was set aside explains it. */
function isDisturbed(
  { unit, onset, apex, offset }: Found,
  { movements, setAside, speech }: Pick<Spotting, 'movements' | 'setAside' | 'speech'>,
): boolean {
  const holds = (start: number, end: number): boolean => apex > start - MARGIN && apex < end + MARGIN; // prettier-ignore
  if (UPPER.has(unit) && movements.some((one) => one.kind === 'blink' && holds(one.onset, one.offset))) return true; // prettier-ignore
  if (LOWER.has(unit) && speech.some(({ start, end }) => holds(start, end))) return true;
  return setAside.some((one) => onset < one.offset && one.onset < offset);
}

/** A unit that both sides show at the same time is one interval, with the times of the stronger side. */
function onBothSides(found: readonly Found[]): Found[] {
  const sorted = [...found].sort((a, b) => b.amount - a.amount);
  const used = new Set<Found>();
  return sorted.flatMap((one) => {
    if (used.has(one)) return [];
    const other = sorted.find(
      (two) =>
        !used.has(two) && two.unit === one.unit && two.side !== one.side && overlaps(one, two),
    );
    if (other) used.add(other);
    return [other ? { ...one, side: 'both' as const } : one];
  });
}

/** What is much weaker than another unit of the same half of the face at the same time may be its echo. */
function withoutEchoes(found: readonly Found[]): Found[] {
  return found.filter((one) =>
    found.every((two) => one === two || !overlaps(one, two) || one.amount >= echoOf(one, two)),
  );
}

/** What a unit must exceed beside another one. */
function echoOf(one: Found, two: Found): number {
  if (one.unit === LID && BROWS.has(two.unit)) return LIFTED_LID * two.amount;
  const isShared = [UPPER, LOWER].some((half) => half.has(one.unit) && half.has(two.unit));
  return isShared ? ECHO * two.amount : 0;
}

function overlaps(a: Found, b: Found): boolean {
  return a.onset < b.offset && b.onset < a.offset;
}

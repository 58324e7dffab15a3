/** @file How far each region of the face has moved, frame by frame, out of what was measured between frames. */
import type { Report } from '../report/report.ts';
import { curveOf } from '../spot/curve.ts';
import type { MotionSample } from '../spot/follow.ts';
import type { FaceMotion } from '../spot/measure.ts';
import { REGIONS } from '../spot/regions.ts';

/** Displacement of each region, x and y in turn, one value per frame; null where nothing was measured near it. */
export function regionMoves(
  motion: FaceMotion | undefined,
  times: readonly number[],
): readonly (readonly (number | null)[])[] {
  return samplesByFrame(motion, times, {
    channels: 2 * REGIONS.length,
    read: ({ displacement }, i) => displacement[i]!,
  });
}

/** Numbers of samples. */
export interface SampleSeries {
  /** How many. */
  readonly channels: number;
  readonly read: (sample: MotionSample, channel: number) => number;
}

/** Numbers of samples, one value per frame; null where nothing was measured near it. */
export function samplesByFrame(
  motion: FaceMotion | undefined,
  times: readonly number[],
  { channels, read }: SampleSeries,
): readonly (readonly (number | null)[])[] {
  const lines = Array.from({ length: channels }, () => times.map((): number | null => null));
  for (const { samples } of motion?.stretches ?? []) {
    const moments = samples.map(({ time }) => time);
    const [first, last] = [moments[0] ?? Infinity, moments.at(-1) ?? -Infinity];
    // Up to the next measurement on either side: a stretch has no value beyond.
    const step = moments.length > 1 ? (last - first) / (moments.length - 1) : 0;
    const isInside = times.map((time) => time >= first - step && time <= last + step);
    lines.forEach((line, i) => {
      const series = { times: moments, values: samples.map((sample) => read(sample, i)) };
      curveOf(series, times, isInside).forEach((value, frame) => {
        if (value !== null) line[frame] = value;
      });
    });
  }
  return lines;
}

/**
 * How far each region moved from one frame to another, pixels at an interocular distance of 100.
 *
 * @param moves - of {@link regionMoves}
 * @returns by name of the region; empty where nothing was measured near one of the frames (null or NaN)
 */
export function movesBetween(
  moves: readonly ArrayLike<number | null>[],
  from: number,
  to: number,
): Readonly<Record<string, number>> {
  const entries = REGIONS.flatMap((name, i): [string, number][] => {
    const [x, y] = [moves[2 * i], moves[2 * i + 1]];
    const ends = [x?.[from], x?.[to], y?.[from], y?.[to]];
    if (ends.some((value) => !Number.isFinite(value))) return [];
    const [x0, x1, y0, y1] = ends as [number, number, number, number];
    return [[name, Math.round(1e4 * Math.hypot(x1 - x0, y1 - y0)) / 1e4]];
  });
  return Object.fromEntries(entries);
}

/** Where the regions are in a report: {@link regionMoves} by name, rounded to a thousandth of a pixel. */
export function movesByRegion(
  moves: readonly (readonly (number | null)[])[],
): NonNullable<Report['movement']['regions']> {
  const rounded = (values: readonly (number | null)[] = []): (number | null)[] =>
    values.map((value) => value && Math.round(value * 1e3) / 1e3 + 0); // no -0, which JSON does not know
  return Object.fromEntries(
    REGIONS.map((name, i) => [name, { x: rounded(moves[2 * i]), y: rounded(moves[2 * i + 1]) }]),
  );
}

/**
 * The displacements that a report holds, in the order of {@link regionMoves}.
 *
 * @returns NaN where nothing was measured; empty in a report without them
 */
export function movesOf({ movement }: Report): readonly Float32Array[] {
  const { regions } = movement;
  if (regions === undefined) return [];
  return REGIONS.flatMap((name) => {
    const { x = [], y = [] } = regions[name] ?? {};
    return [x, y].map((values) => {
      const all = new Float32Array(movement.times.length);
      for (let i = 0; i < all.length; i++) all[i] = values[i] ?? NaN;
      return all;
    });
  });
}

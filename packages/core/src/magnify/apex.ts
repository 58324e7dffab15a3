/**
 * @file The apex of one micro-expression with its movement magnified: an input of recognizers.
 *
 * Gan et al. 2024, "Transfer-learning enabled micro-expression recognition using dense connections and mixed attention",
 * Knowledge-Based Systems 305, 112640, magnifies before recognition; band, α and warm-up are ours.
 */
import { TelltaleError } from '../base/errors.ts';
import type { Plane } from '../base/image.ts';
import type { Size } from './levels.ts';
import { resolveMagnification, type MagnifyOptions } from './options.ts';
import { reduceTimes, weighLevels } from './pyramid.ts';
import { filterSeries, idealImpulse, type Ideal, type TemporalFilter } from './temporal.ts';

/** Where in the frames the expression is. */
export interface ApexOf {
  /** Index of the last frame before the movement. */
  readonly onset: number;
  /** Index of the frame at the height of the movement. */
  readonly apex: number;
  /** Frame rate of the frames, hertz. */
  readonly framesPerSecond: number;
}

/** How the apex is magnified; chroma does not count, because planes have none. */
export interface ApexOptions extends Omit<MagnifyOptions, 'chroma' | 'mode'> {
  /**
   * Seconds before the onset from which on the filter runs. A short clip is shorter than the filter's own settling; what
   * lies before its first frame is mirrored.
   *
   * @defaultValue 0.25
   */
  readonly warmUp?: number;
}

/** Adds up the frames that the magnified apex is made of, one at a time: none of them is kept. */
export interface ApexMagnifier {
  /** How much each frame counts; a frame that counts 0 need not be added. */
  readonly weights: Float64Array;
  /**
   * Adds a frame.
   *
   * @param index - from 0
   * @param frame - aligned with the others, intensities 0 to 255
   * @throws TelltaleError `FRAMES_SIZE_CHANGED`
   */
  add(index: number, frame: Plane): void;
  /**
   * The magnified apex.
   *
   * @param frame - the apex as it is
   * @returns intensities 0 to 255
   */
  result(frame: Plane): Plane;
}

/**
 * Opens a magnifier of one apex.
 *
 * @param size - of the frames, pixels
 * @param moment - `frames`: how many there are
 * @throws TelltaleError `OPTION_INVALID` where onset and apex are not frames in this order or an option is out of its
 *   range
 */
export function openApex(
  { width, height }: Size,
  { frames, onset, apex, framesPerSecond }: ApexOf & { readonly frames: number },
  options: ApexOptions = {},
): ApexMagnifier {
  const last = frames - 1;
  const areFrames = Number.isInteger(onset) && Number.isInteger(apex);
  if (!areFrames || onset < 0 || apex < onset || apex > last) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `onset ${onset} and apex ${apex} are not frames, in this order, of 0 to ${last}`,
      'Count frames from 0; the apex does not come before the onset.',
    );
  }
  const magnification = resolveMagnification({ width, height, rate: framesPerSecond }, options);
  const { filter } = magnification;
  const before = Math.ceil((options.warmUp ?? 0.25) * framesPerSecond);
  const weights =
    filter.kind === 'ideal'
      ? idealWeights(filter, frames, apex)
      : weightsOf(filter, upTo(apex, onset - before), apex + 1);
  const change = { data: new Float32Array(width * height), width, height };
  return {
    weights,
    add(i, frame) {
      const weight = weights[i] ?? 0;
      if (weight === 0) return;
      if (frame.width !== width || frame.height !== height) {
        throw new TelltaleError(
          'FRAMES_SIZE_CHANGED',
          `frame ${i} has ${frame.width} × ${frame.height} pixels, the apex ${width} × ${height}`,
          'Align all frames to one size.',
        );
      }
      for (let p = 0; p < change.data.length; p++) change.data[p]! += weight * frame.data[p]!;
    },
    result({ data }) {
      const added = weighLevels(reduceTimes(change, magnification.base), magnification);
      const magnified = data.map((value, p) => Math.max(0, Math.min(255, value + added.data[p]!)));
      return { data: magnified, width, height };
    },
  };
}

/**
 * The apex frame plus α times what changed towards it within the pass-band.
 *
 * A filter's output at one moment is a weighted sum of the frames up to it, so that the levels are made only once.
 *
 * @param frames - aligned faces of one size, intensities 0 to 255; those from `warmUp` before the onset to the apex are
 *   looked at, by the filter `ideal` all of them
 * @returns intensities 0 to 255, the size of the frames
 * @throws TelltaleError `OPTION_INVALID` where onset and apex are not frames in this order or an option is out of its
 *   range, `FRAMES_SIZE_CHANGED`
 * @see Wu et al. 2012, "Eulerian Video Magnification…", §3
 */
export function magnifiedApex(
  frames: readonly Plane[],
  moment: ApexOf,
  options: ApexOptions = {},
): Plane {
  const shown = frames[moment.apex] ?? { width: 1, height: 1 };
  const magnifier = openApex(shown, { ...moment, frames: frames.length }, options);
  for (const [i, frame] of frames.entries()) magnifier.add(i, frame);
  return magnifier.result(frames[moment.apex]!);
}

/** Frames from `start` to `apex`; before frame 0 they are mirrored. */
function upTo(apex: number, start: number): number[] {
  return Array.from({ length: apex - start + 1 }, (_, i) => Math.min(Math.abs(start + i), apex));
}

/** How much each of `frames` frames counts in the output of a recursive filter at the end of a sequence of frames. */
function weightsOf(
  filter: TemporalFilter,
  sequence: readonly number[],
  frames: number,
): Float64Array {
  const weights = new Float64Array(frames);
  for (const [place, frame] of sequence.entries()) {
    const impulse = new Float64Array(sequence.length);
    impulse[place] = 1;
    weights[frame]! += filterSeries(filter, impulse).at(-1)!;
  }
  return weights;
}

/** The same for the ideal filter, at frame `at`; the frames run forth and back, so that the end does not jump to the beginning. */
function idealWeights(filter: Ideal, frames: number, at: number): Float64Array {
  const period = Math.max(1, 2 * frames - 2);
  const impulse = idealImpulse(filter, period);
  const weights = new Float64Array(frames);
  for (let place = 0; place < period; place++) {
    const frame = place < frames ? place : period - place;
    weights[frame]! += impulse[(at - place + period) % period]!;
  }
  return weights;
}

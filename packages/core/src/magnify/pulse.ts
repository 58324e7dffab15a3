/**
 * @file The rate of the pulse from the color of skin.
 *
 * Verkruysse, Svaasand and Nelson 2008, "Remote plethysmographic imaging using ambient light", Optics Express 16(26):
 * blood absorbs light, so that the mean color of a face follows the heart. The rate is the strongest frequency of that mean.
 */
import { TelltaleError } from '../base/errors.ts';
import type { RgbImage } from '../base/image.ts';
import type { Band } from './temporal.ts';

/** A pulse that was found. */
export interface Pulse {
  /** Heart rate, by the strongest frequency of the band. */
  readonly beatsPerMinute: number;
  /** Decibels of the strongest frequency over all others in the band; below 0 it is hardly more than noise. */
  readonly signalToNoise: number;
}

/** Part of an image, pixels; fractions of pixels are dropped. */
export interface Region {
  /** Left edge, from 0. */
  readonly x: number;
  /** Upper edge, from 0. */
  readonly y: number;
  /** Extent to the right. */
  readonly width: number;
  /** Extent downward. */
  readonly height: number;
}

/** From 45 to 180 beats a minute. */
export const PULSE_BAND: Band = { low: 0.75, high: 3 };

/**
 * Mean red, green and blue of a region, or of the whole image.
 *
 * @returns 0 to 255 each
 */
export function meanColor(
  image: RgbImage,
  region: Region = { x: 0, y: 0, ...image },
): [number, number, number] {
  const { data, width, height, channels } = image;
  const [left, top] = [Math.max(0, Math.floor(region.x)), Math.max(0, Math.floor(region.y))];
  const right = Math.min(width, Math.max(left + 1, Math.ceil(region.x + region.width)));
  const bottom = Math.min(height, Math.max(top + 1, Math.ceil(region.y + region.height)));
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (
      let at = channels * (y * width + left);
      at < channels * (y * width + right);
      at += channels
    ) {
      red += data[at]!;
      green += data[at + 1]!;
      blue += data[at + 2]!;
    }
  }
  const pixels = (right - left) * (bottom - top);
  return [red / pixels, green / pixels, blue / pixels];
}

/**
 * The strongest frequency of mean colors: each channel relative to its mean, without its trend, under a Hann window;
 * their power spectra added.
 *
 * @param colors - red, green and blue, one a frame
 * @param rate - frames per second
 * @returns undefined where nothing changes within the band
 * @throws TelltaleError `CLIP_TOO_SHORT` for less than three of the slowest beats, `OPTION_INVALID` for a band outside
 *   0 to half of the frames per second
 */
export function pulseRate(
  colors: readonly (readonly [number, number, number])[],
  rate: number,
  { low, high }: Band = PULSE_BAND,
): Pulse | undefined {
  if (!(low > 0 && low < high && high < rate / 2)) {
    throw new TelltaleError(
      'OPTION_INVALID',
      `a pulse from ${low} to ${high} Hz does not fit ${rate} frames per second`,
      `Choose a band above 0 and below ${rate / 2} Hz.`,
    );
  }
  const seconds = colors.length / rate;
  if (seconds < 3 / low) {
    throw new TelltaleError(
      'CLIP_TOO_SHORT',
      `${seconds.toFixed(1)} s are too short for a pulse from ${low} Hz on`,
      `Give at least ${(3 / low).toFixed(1)} s.`,
    );
  }
  const channels = [0, 1, 2].map((c) => prepare(colors.map((color) => color[c]!)));
  const step = 1 / 240; // a quarter of a beat a minute
  const spectrum = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) =>
    channels.reduce((sum, series) => sum + power(series, (low + i * step) / rate), 0),
  );
  const peak = spectrum.reduce((best, value, i) => (value > spectrum[best]! ? i : best), 0);
  const total = spectrum.reduce((sum, value) => sum + value, 0);
  if (!(spectrum[peak]! > 1e-18 * colors.length ** 2)) return undefined;
  // The window spreads a pure tone over two bins to both sides.
  const lobe = Math.ceil(2 / (seconds * step));
  const tone = spectrum
    .slice(Math.max(0, peak - lobe), peak + lobe + 1)
    .reduce((sum, value) => sum + value, 0);
  return {
    beatsPerMinute: 60 * (low + (peak + vertex(spectrum, peak)) * step),
    signalToNoise: 10 * Math.log10(tone / Math.max(total - tone, 1e-9 * tone)),
  };
}

/** Relative to the mean, without the line through it, under a Hann window. */
function prepare(series: readonly number[]): Float64Array {
  const count = series.length;
  const mean = Math.max(series.reduce((sum, value) => sum + value, 0) / count, 1e-9);
  const middle = (count - 1) / 2;
  const spread = (count * (count * count - 1)) / 12;
  const slope = series.reduce((sum, value, t) => sum + (t - middle) * value, 0) / spread;
  return Float64Array.from(series, (value, t) => {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (t + 0.5)) / count);
    return (window * (value - mean - slope * (t - middle))) / mean;
  });
}

/**
 * Power of a series at one frequency.
 *
 * @param frequency - cycles a frame
 */
function power(series: Float64Array, frequency: number): number {
  let [re, im] = [0, 0];
  for (let t = 0; t < series.length; t++) {
    re += series[t]! * Math.cos(2 * Math.PI * frequency * t);
    im += series[t]! * Math.sin(2 * Math.PI * frequency * t);
  }
  return re * re + im * im;
}

/** Where between its neighbors the top of the parabola through a peak lies, −½ to ½. */
function vertex(values: readonly number[], peak: number): number {
  const [before, at, after] = [values[peak - 1], values[peak]!, values[peak + 1]];
  if (before === undefined || after === undefined) return 0;
  const bend = before - 2 * at + after;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
}

/** @file Options of magnification, their defaults and their ranges. */
import { TelltaleError } from '../base/errors.ts';
import { levelGains, mostLevels, pyramidSizes, type Size } from './levels.ts';
import { butterworth, lowPasses, type Band, type TemporalFilter } from './temporal.ts';

/** How much of which change is added to a clip. */
export interface MagnifyOptions {
  /**
   * `motion`: a Laplacian pyramid, each level by its own gain. `color`: one coarse level of a Gaussian pyramid, for
   * what changes color and does not move, such as skin with the pulse.
   *
   * @defaultValue 'motion'
   */
  readonly mode?: 'motion' | 'color';
  /** α: this much of the change is added. @defaultValue 10; 50 for color */
  readonly alpha?: number;
  /** Slowest change that is magnified, hertz. @defaultValue 0.5; 0.75 for color */
  readonly low?: number;
  /**
   * Fastest change that is magnified, hertz.
   *
   * @defaultValue 10, or 0.45 of the frames per second where that is less; 3 for color
   */
  readonly high?: number;
  /** The temporal band-pass. @defaultValue 'iir'; 'ideal' for color */
  readonly filter?: 'iir' | 'butterworth' | 'ideal';
  /** Of the Butterworth filter, 1 to 4. @defaultValue 2 */
  readonly order?: number;
  /** λ_c: structures finer than this, in pixels, get less than α by the λ/8 rule. Motion only. @defaultValue 16 */
  readonly wavelength?: number;
  /** Levels of the pyramid beside its remainder. @defaultValue until the remainder's shorter side is 4 to 8 pixels; 15 to 30 for color */
  readonly levels?: number;
  /** Magnify the finest level too, which is mostly noise. Motion only. @defaultValue false */
  readonly finest?: boolean;
  /** Share of α that the color planes I and Q get, 0 to 1. @defaultValue 0; 1 for color */
  readonly chroma?: number;
}

/** Size and rate of the frames to magnify. */
export interface Footage extends Size {
  /** Frames per second. */
  readonly rate: number;
}

/** Options with their meaning for footage of a known size and rate. */
export interface Magnification {
  /** Factor of the movement that is added. */
  readonly alpha: number;
  /** Frequencies that are magnified, hertz. */
  readonly band: Band;
  /** How the frequencies are separated over time. */
  readonly filter: TemporalFilter;
  /** Finest first; the last is the low-pass remainder. */
  readonly sizes: readonly Size[];
  /** What of each level is added; the remainder's last. */
  readonly gains: readonly number[];
  /** The finest level with a gain: only from here on is anything filtered. */
  readonly base: number;
  /** Share of α that the color planes I and Q get, 0 to 1. */
  readonly chroma: number;
}

/**
 * Resolves the options for this clip.
 *
 * @throws TelltaleError `OPTION_INVALID` where α is not above 0, the band is not inside 0 to half of the frames per
 *   second, or another option is out of its range; also where the frame is too small to have levels
 */
export function resolveMagnification(
  footage: Footage,
  options: MagnifyOptions = {},
): Magnification {
  const { rate } = footage;
  const color = options.mode === 'color';
  const { alpha = color ? 50 : 10, chroma = color ? 1 : 0, order = 2, wavelength = 16 } = options;
  within('the rate', rate, { above: 0, unit: 'frames per second' });
  within('alpha', alpha, { above: 0 });
  within('the wavelength', wavelength, { above: 0, unit: 'pixels' });
  within('chroma', chroma, { from: 0, to: 1 });
  whole('the order', order, { from: 1, to: 4 });
  const band = resolveBand(rate, options);
  const levels = resolveLevels(footage, options);
  const gains = color
    ? [...Array<number>(levels).fill(0), alpha]
    : levelGains(levels, alpha, { wavelength, finest: options.finest ?? false });
  const base = gains.findIndex((gain) => gain > 0);
  if (base < 0) {
    throw invalid(
      `with alpha ${alpha} and wavelength ${wavelength}, the λ/8 rule leaves nothing to magnify on ${levels} levels`,
      'Take a smaller wavelength, a smaller alpha or more levels.',
    );
  }
  const kind = options.filter ?? (color ? 'ideal' : 'iir');
  const filters: Readonly<Record<typeof kind, () => TemporalFilter>> = {
    iir: () => lowPasses(band, rate),
    butterworth: () => butterworth(band, rate, order),
    ideal: () => ({ kind: 'ideal', ...band, rate }),
  };
  const sizes = pyramidSizes(footage, levels);
  return { alpha, band, filter: filters[kind](), sizes, gains, base, chroma };
}

function resolveBand(rate: number, { mode, low, high }: MagnifyOptions): Band {
  const color = mode === 'color';
  const band = {
    low: low ?? (color ? 0.75 : Math.min(0.5, 0.05 * rate)),
    high: high ?? Math.min(color ? 3 : 10, 0.45 * rate),
  };
  if (!(band.low > 0 && band.low < band.high && band.high < rate / 2)) {
    throw invalid(
      `a band from ${band.low} to ${band.high} Hz does not fit ${round(rate)} frames per second`,
      `Choose a band above 0 and below ${round(rate / 2)} Hz, half of the frames per second, its lower end first.`,
    );
  }
  return band;
}

function resolveLevels(size: Size, { mode, levels }: MagnifyOptions): number {
  const most = mostLevels(size);
  const side = Math.min(size.width, size.height);
  const [least, end] = mode === 'color' ? [1, 15] : [2, 4];
  if (most < least) {
    throw invalid(
      `frames of ${size.width} × ${size.height} pixels are too small to be magnified`,
      'Give larger frames, such as a face 112 pixels wide.',
    );
  }
  const chosen = levels ?? Math.min(most, Math.max(least, Math.floor(Math.log2(side / end))));
  whole('the number of levels', chosen, { from: least, to: most });
  return chosen;
}

interface Range {
  readonly above?: number;
  readonly from?: number;
  readonly to?: number;
  readonly unit?: string;
}

function within(name: string, value: number, { above, from, to, unit }: Range): void {
  const fits =
    Number.isFinite(value) &&
    (above === undefined || value > above) &&
    (from === undefined || value >= from) &&
    (to === undefined || value <= to);
  if (fits) return;
  const range = above !== undefined ? `above ${above}` : `from ${from ?? 0} to ${to ?? 0}`;
  throw invalid(
    `${name} is ${value}${unit === undefined ? '' : ` ${unit}`}`,
    `Choose a number ${range}.`,
  );
}

function whole(
  name: string,
  value: number,
  range: { readonly from: number; readonly to: number },
): void {
  if (Number.isInteger(value) && value >= range.from && value <= range.to) return;
  throw invalid(`${name} is ${value}`, `Choose a whole number from ${range.from} to ${range.to}.`);
}

function invalid(message: string, hint: string): TelltaleError {
  return new TelltaleError('OPTION_INVALID', message, hint);
}

const round = (value: number): number => Math.round(1000 * value) / 1000;

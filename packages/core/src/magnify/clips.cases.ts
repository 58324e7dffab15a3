/** @file Made clips for the tests of magnification. */
import type { Clip, Frame } from '../video/frames.ts';

/** A clip in memory, `valueOf` giving each byte before it is rounded. */
export function makeFrames(
  size: {
    readonly width: number;
    readonly height: number;
    readonly frames: number;
    readonly rate: number;
  },
  valueOf: (t: number, y: number, x: number, c: number) => number,
  channels: 3 | 4 = 3,
): Frame[] {
  const { width, height, rate } = size;
  return Array.from({ length: size.frames }, (_, t) => {
    const data = new Uint8Array(width * height * channels);
    for (let i = 0; i < data.length; i++) {
      const pixel = Math.floor(i / channels);
      const value = valueOf(t, Math.floor(pixel / width), pixel % width, i % channels);
      data[i] = Math.max(0, Math.min(255, Math.floor(value + 0.5)));
    }
    return { data, width, height, channels, index: t, time: t / rate };
  });
}

/** Frames as a clip. */
export function clipOf(frames: readonly Frame[], rate: number): Clip {
  const { width, height } = frames[0]!;
  return {
    name: 'made',
    width,
    height,
    rate,
    expectedFrames: frames.length,
    async *frames() {
      await Promise.resolve();
      yield* frames;
    },
  };
}

/** All frames of a clip. */
export async function framesOf(clip: Clip): Promise<Frame[]> {
  const out: Frame[] = [];
  for await (const frame of clip.frames()) out.push(frame);
  return out;
}

/** What golden/magnify.py magnifies: a grating that sways, slower brightness, some texture. */
export function goldenFrames(size: Parameters<typeof makeFrames>[0]): Frame[] {
  return makeFrames(size, (t, y, x, c) => {
    const grating = 50 * Math.sin((2 * Math.PI * (x + 0.3 * Math.sin(0.9 * t))) / 12 + c);
    return 128 + grating + 30 * Math.cos(y / 5 + 0.2 * t) + ((x * 7 + y * 13 + t * 5) % 7);
  });
}

/** A grating of upright bars that sways as a sinusoid, the same in every channel. */
export function swayingBars(options: {
  readonly wavelength: number;
  readonly amplitude: number;
  readonly frequency: number;
  readonly frames: number;
  readonly rate: number;
}): Frame[] {
  const { wavelength, amplitude, frequency, frames, rate } = options;
  return makeFrames({ width: 4 * wavelength, height: 128, frames, rate }, (t, y, x) => {
    const shift = amplitude * Math.sin((2 * Math.PI * frequency * t) / rate);
    // Rows differ by fractions of a gray level, so that rounding averages out.
    return 128 + 80 * Math.cos((2 * Math.PI * (x - shift)) / wavelength) + ((0.618 * y) % 1);
  });
}

/** Amplitude, in pixels, of the sway of bars at a frequency, measured by their phase over the inner two periods. */
export function swayOf(
  frames: readonly Frame[],
  {
    wavelength,
    frequency,
    rate,
  }: { readonly wavelength: number; readonly frequency: number; readonly rate: number },
): number {
  const turn = (2 * Math.PI) / wavelength;
  const shifts = frames.map(({ data, width, height, channels }) => {
    let [re, im] = [0, 0];
    for (let y = height / 4; y < (3 * height) / 4; y++) {
      for (let x = wavelength; x < 3 * wavelength; x++) {
        const value = data[(y * width + x) * channels]!;
        re += value * Math.cos(turn * x);
        im += value * Math.sin(turn * x);
      }
    }
    return Math.atan2(im, re) / turn;
  });
  let [re, im] = [0, 0];
  for (const [t, shift] of shifts.entries()) {
    re += shift * Math.cos((2 * Math.PI * frequency * t) / rate);
    im += shift * Math.sin((2 * Math.PI * frequency * t) / rate);
  }
  return (2 * Math.hypot(re, im)) / shifts.length;
}

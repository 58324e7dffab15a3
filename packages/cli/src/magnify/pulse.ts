/** @file The pulse rate of a clip: finds the skin and the frequency of its color changes. */
import { TelltaleError } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import type { Clip, FaceChoice } from '@telltale/core';
import { meanColor, PULSE_BAND, pulseRate } from '@telltale/core/magnify';
import type { MagnifyOptions, Region } from '@telltale/core/magnify';
import { openTools } from '@telltale/node';

import { countOf } from '../terminal.ts';
import type { Progress } from '../terminal.ts';

/** Whose pulse, progress and cancellation. */
interface Run {
  readonly subject: FaceChoice | undefined;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Red, green and blue. */
type Color = readonly [number, number, number];

/** Length of the start of the clip that is searched for a face, seconds. */
const SEARCHED = 3;
/** Share of the side of the face region that is skin; the rest is hair and background. */
const SKIN = 0.6;

/**
 * Measures the pulse rate.
 *
 * @param options - `low` and `high`: cutoff frequencies of the search, hertz
 * @returns one line of text; undefined where no rate can be measured, which is then noted in the progress
 * @throws TelltaleError errors of reading the clip; `OPTION_INVALID` where no face has the number; `CANCELED`
 */
export async function findPulse(
  clip: Clip,
  { low = PULSE_BAND.low, high = Math.min(PULSE_BAND.high, 0.45 * clip.rate) }: MagnifyOptions,
  { subject, signal, progress }: Run,
): Promise<string | undefined> {
  const face = await findSkin(clip, subject, signal);
  const colors: Color[] = [];
  const times: number[] = [];
  for await (const frame of clip.frames()) {
    signal.throwIfAborted();
    colors.push(meanColor(frame, face));
    times.push(frame.time);
    progress.update(`measuring the pulse: frame ${countOf(colors.length, clip.expectedFrames)}`);
  }
  if (face === undefined) progress.note('No face was found: the pulse is that of the whole frame.');
  try {
    const pulse = pulseRate(evenly(colors, times, clip.rate), clip.rate, { low, high });
    if (pulse !== undefined) {
      const { beatsPerMinute, signalToNoise } = pulse;
      const rate = `${beatsPerMinute.toFixed(1)} beats per minute`;
      return `${rate}, ${signalToNoise.toFixed(1)} dB over the rest of the band\n`;
    }
    progress.note('The color does not change: there is no visible pulse.');
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.code !== 'CLIP_TOO_SHORT') throw error;
    progress.note(`The pulse rate cannot be measured: ${error.message}.`);
  }
  return undefined;
}

/** Colors at even spacings, interpolated linearly: a spectrum needs them where the rate of the clip varies. */
function evenly(
  colors: readonly Color[],
  times: readonly number[],
  rate: number,
): readonly Color[] {
  const [start, end] = [times[0] ?? 0, times.at(-1) ?? 0];
  if (times.every((time, i) => Math.abs(time - start - i / rate) < 0.5 / rate)) return colors;
  let next = 1;
  return Array.from({ length: Math.floor((end - start) * rate) + 1 }, (_, i) => {
    const time = start + i / rate;
    while (next < times.length - 1 && times[next]! < time) next++;
    const [before, after] = [times[next - 1]!, times[next]!];
    const share = Math.min(1, Math.max(0, (time - before) / (after - before)));
    const [from, to] = [colors[next - 1]!, colors[next]!];
    const at = (channel: 0 | 1 | 2): number =>
      from[channel] + share * (to[channel] - from[channel]);
    return [at(0), at(1), at(2)];
  });
}

/**
 * Region of a face in the first frame that shows one, searched twice per second; undefined where there is none. A choice
 * waits for a frame that has as many faces.
 */
async function findSkin(
  clip: Clip,
  subject: FaceChoice | undefined,
  signal: AbortSignal,
): Promise<Region | undefined> {
  let missing: TelltaleError | undefined;
  const tools = await openTools({ recognizer: false });
  try {
    const spacing = Math.max(1, Math.round(clip.rate / 2));
    let start: number | undefined;
    for await (const frame of clip.frames()) {
      signal.throwIfAborted();
      start ??= frame.time;
      if (frame.time - start > SEARCHED) break;
      if (frame.index % spacing !== 0) continue;
      try {
        const { x, y, size } = (await findFace(tools.face, frame, { subject })).region;
        const side = SKIN * size;
        return { x: x - side / 2, y: y - side / 2, width: side, height: side };
      } catch (error) {
        if (!(error instanceof TelltaleError)) throw error;
        if (error.code === 'OPTION_INVALID') missing = error;
        else if (error.code !== 'FACE_NOT_FOUND') throw error;
      }
    }
    if (missing !== undefined) throw missing;
    return undefined;
  } finally {
    await tools.close();
  }
}

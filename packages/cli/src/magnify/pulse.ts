/** @file The pulse of a clip: where its skin is, and how fast its color varies. */
import { TelltaleError } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import type { Clip } from '@telltale/core';
import { meanColor, PULSE_BAND, pulseRate } from '@telltale/core/magnify';
import type { MagnifyOptions, Region } from '@telltale/core/magnify';
import { openTools } from '@telltale/node';

import { countOf } from '../terminal.ts';
import type { Progress } from '../terminal.ts';

/** Who is told, and who may stop it. */
interface Company {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Seconds of the clip in which a face is looked for. */
const LOOK = 3;
/** The face is this share of the square that its landmarks are taken from; beyond it are hair and background. */
const SKIN = 0.6;

/**
 * The rate as a line for people; undefined where there is none to tell, which is noted.
 *
 * @param options - `low` and `high` are the slowest and fastest beat that is looked for
 * @throws TelltaleError what reading the clip can bring, `CANCELED`
 */
export async function findPulse(
  clip: Clip,
  { low = PULSE_BAND.low, high = Math.min(PULSE_BAND.high, 0.45 * clip.rate) }: MagnifyOptions,
  { signal, progress }: Company,
): Promise<string | undefined> {
  const face = await findSkin(clip, signal);
  const colors: [number, number, number][] = [];
  for await (const frame of clip.frames()) {
    signal.throwIfAborted();
    colors.push(meanColor(frame, face));
    progress.update(`measuring the pulse: frame ${countOf(colors.length, clip.expectedFrames)}`);
  }
  if (face === undefined)
    progress.note('No face was found: the pulse is that of the whole picture.');
  try {
    const pulse = pulseRate(colors, clip.rate, { low, high });
    if (pulse !== undefined) {
      const { beatsPerMinute, signalToNoise } = pulse;
      const rate = `${beatsPerMinute.toFixed(1)} beats a minute`;
      return `${rate}, ${signalToNoise.toFixed(1)} dB over the rest of the band\n`;
    }
    progress.note('Nothing changes color: there is no pulse to be seen.');
  } catch (error) {
    if (!(error instanceof TelltaleError) || error.code !== 'CLIP_TOO_SHORT') throw error;
    progress.note(`The rate of the pulse cannot be told: ${error.message}.`);
  }
  return undefined;
}

/** Where the first face is, twice a second looked for; undefined where there is none. */
async function findSkin(clip: Clip, signal: AbortSignal): Promise<Region | undefined> {
  const tools = await openTools({ recognizer: false });
  try {
    const spacing = Math.max(1, Math.round(clip.rate / 2));
    for await (const frame of clip.frames()) {
      signal.throwIfAborted();
      if (frame.time > LOOK) return undefined;
      if (frame.index % spacing !== 0) continue;
      try {
        const { x, y, size } = (await findFace(tools.face, frame)).region;
        const side = SKIN * size;
        return { x: x - side / 2, y: y - side / 2, width: side, height: side };
      } catch (error) {
        if (!(error instanceof TelltaleError) || error.code !== 'FACE_NOT_FOUND') throw error;
      }
    }
    return undefined;
  } finally {
    await tools.close();
  }
}

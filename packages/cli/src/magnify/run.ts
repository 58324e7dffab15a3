/** @file Magnifies a clip: reads, magnifies and encodes frame by frame. */
import { extname, resolve } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import type { Clip, FaceChoice, Frame } from '@telltale/core';
import { magnifyClip } from '@telltale/core/magnify';
import type { MagnifyOptions } from '@telltale/core/magnify';
import { hasSound, writeVideo } from '@telltale/node';
import { assertWritable } from '@telltale/node/output';

import { assertPart, openPart } from '../analyze/part-options.ts';
import type { PartChoice } from '../analyze/part-options.ts';
import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { countOf, openProgress } from '../terminal.ts';
import type { Progress } from '../terminal.ts';
import { sideBySide } from './beside.ts';
import { blurred, findHidden } from './blur.ts';
import { findPulse } from './pulse.ts';

/** Encoding takes most of the time, and magnified noise does not compress well with a slower preset either. */
const ENCODING = { preset: 'superfast', quality: 14 } as const;

/** Options of the command. */
export interface MagnifyRun extends Overwrite, PartChoice {
  readonly out: string;
  readonly alpha?: number | undefined;
  /** Hertz. */
  readonly low?: number | undefined;
  /** Hertz. */
  readonly high?: number | undefined;
  readonly filter?: 'iir' | 'butterworth' | 'ideal' | undefined;
  readonly levels?: number | undefined;
  /** Pixels. */
  readonly wavelength?: number | undefined;
  readonly chroma?: number | undefined;
  readonly pulse: boolean;
  /** Whose pulse. */
  readonly face?: FaceChoice | undefined;
  readonly beside: boolean;
  /** Whether faces are hidden in what is written. */
  readonly blur: boolean;
}

/**
 * Magnifies a clip and writes it.
 *
 * @throws TelltaleError for any problem with the clip, the options or the output
 */
export async function runMagnify(
  path: string,
  options: MagnifyRun,
  signal: AbortSignal,
): Promise<void> {
  const { out, fps, from, to, rotate } = options;
  assertName(out, path);
  assertPart(options);
  await assertWritable(out, 'file');
  await assertFree([out], options);
  const clip = await openPart(path, { fps, from, to, rotate });
  const progress = openProgress();
  try {
    const settings = settingsOf(options);
    const magnified = magnifyClip(clip, {
      ...settings,
      signal,
      onProgress: ({ done, total }) => progress.update(`reading: frame ${countOf(done, total)}`),
    });
    if (await hasSound(path)) progress.note('The sound of the clip is left out.');
    const pulse = options.pulse
      ? await findPulse(clip, settings, { subject: options.face, signal, progress })
      : undefined;
    const hidden = options.blur ? await findHidden(clip, { signal, progress }) : undefined;
    const both = options.beside ? sideBySide(clip, magnified) : magnified.frames();
    const frames = hidden ? blurred(both, hidden, clip) : both;
    await writeVideo(out, watched(frames, { clip, progress, signal }), {
      ...ENCODING,
      rate: clip.rate,
      keepTimes: true,
    });
    const why = clip.recording?.().truncated;
    if (why !== undefined) {
      progress.note(`The file is cut off, and only what is left of it was magnified: ${why}.`);
    }
    process.stdout.write(`${out}\n${pulse ?? ''}`);
  } finally {
    progress.end();
    await clip.close();
  }
}

function assertName(out: string, path: string): void {
  if (extname(out).toLowerCase() !== '.mp4') {
    throw new TelltaleError(
      'OPTION_INVALID',
      `the magnified clip ${out} does not end in .mp4`,
      'Give --out a name that ends in .mp4.',
    );
  }
  if (resolve(out) !== resolve(path)) return;
  throw new TelltaleError(
    'OPTION_INVALID',
    `the magnified clip would replace the clip ${path}`,
    'Give --out another name.',
  );
}

/** The options that are given; the library has defaults for the rest. */
function settingsOf(options: MagnifyRun): MagnifyOptions {
  const { alpha, low, high, filter, levels, wavelength, chroma } = options;
  return {
    mode: options.pulse ? 'color' : 'motion',
    ...(alpha !== undefined && { alpha }),
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    ...(filter !== undefined && { filter }),
    ...(levels !== undefined && { levels }),
    ...(wavelength !== undefined && { wavelength }),
    ...(chroma !== undefined && { chroma }),
  };
}

/** The frames, with progress and the remaining time; those of a part from 0 s on. Stops at the signal. */
async function* watched(
  frames: AsyncIterable<Frame>,
  {
    clip,
    progress,
    signal,
  }: { readonly clip: Clip; readonly progress: Progress; readonly signal: AbortSignal },
): AsyncGenerator<Frame> {
  let done = 0;
  let start = 0;
  let before: number | undefined;
  for await (const frame of frames) {
    signal.throwIfAborted();
    if (done === 0) start = performance.now();
    done++;
    const seconds = (performance.now() - start) / 1000;
    progress.update(
      `magnifying: frame ${countOf(done, clip.expectedFrames)}${timeLeft(seconds, done, clip)}`,
    );
    before ??= clip.firstFrame === undefined ? 0 : frame.time;
    yield before === 0 ? frame : { ...frame, time: frame.time - before };
  }
}

/** ", 12 s left", once the speed is known. */
function timeLeft(seconds: number, done: number, { expectedFrames }: Clip): string {
  if (expectedFrames === undefined || done < 10 || done > expectedFrames) return '';
  const left = Math.ceil((seconds / (done - 1)) * (expectedFrames - done));
  return left < 90 ? `, ${left} s left` : `, ${Math.ceil(left / 60)} min left`;
}

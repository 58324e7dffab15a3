/** @file Synthesizes a clip from a photograph or a drawn face, with its ground truth. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import process from 'node:process';

import { TelltaleError } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import type { Frame } from '@telltale/core';
import { drawFace, synthesize } from '@telltale/core/synth';
import type { SynthesisOptions, SyntheticClip, SyntheticSubject } from '@telltale/core/synth';
import { openTools, readImage, writeVideo } from '@telltale/node';
import { assertWritable, writeWhole } from '@telltale/node/output';

import { assertFree } from '../io/free.ts';
import type { Overwrite } from '../io/free.ts';
import { countOf, openProgress } from '../terminal.ts';

/** Options of the command. */
export interface SynthRun extends Overwrite {
  /** Path of the clip. */
  readonly out: string;
  /** Path of the ground truth. */
  readonly truth: string;
  /** Path of a photograph. Default: one of the development dependencies; a drawn face where that is not installed. */
  readonly face: string | undefined;
  readonly synthesis: SynthesisOptions;
}

/**
 * Synthesizes the clip and writes it with its ground truth.
 *
 * @throws TelltaleError `OPTION_INVALID`, `FACE_NOT_FOUND`, `FILE_MISSING`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runSynth(run: SynthRun, signal: AbortSignal): Promise<void> {
  if (extname(run.out).toLowerCase() !== '.mp4') {
    throw new TelltaleError(
      'OPTION_INVALID',
      `the clip ${run.out} does not end in .mp4`,
      'Give --out a name that ends in .mp4.',
    );
  }
  await assertWritable(run.out, 'file');
  await assertWritable(run.truth, 'file');
  await assertFree([run.out, run.truth], run);
  const path = run.face ?? developmentPhoto();
  const { image, landmarks } =
    path === undefined ? drawFace(run.synthesis.seed ?? 1) : await photographed(path);
  const clip = synthesize(image, landmarks, run.synthesis);
  await writeVideo(run.out, watched(clip, signal), { rate: clip.rate });
  await writeWhole(run.truth, `${JSON.stringify(clip.truth, null, 2)}\n`);
  process.stdout.write(`${run.out}\n${run.truth}\n`);
}

/** The frames of the clip, with progress; stops at the signal. */
async function* watched(clip: SyntheticClip, signal: AbortSignal): AsyncIterable<Frame> {
  const progress = openProgress();
  try {
    for await (const frame of clip.frames()) {
      signal.throwIfAborted();
      progress.update(`frame ${countOf(frame.index + 1, clip.expectedFrames)}`);
      yield frame;
    }
  } finally {
    progress.end();
  }
}

async function photographed(path: string): Promise<SyntheticSubject> {
  const image = await readImage(path);
  const tools = await openTools({ recognizer: false });
  try {
    const { landmarks } = await findFace(tools.face, image);
    return { image, landmarks };
  } finally {
    await tools.close();
  }
}

/** A photograph of a development dependency (MIT license): faces from the front, in daylight. Undefined: not installed. */
function developmentPhoto(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
    const photo = join(dirname(manifest), 'demo', 'sample6.jpg');
    return existsSync(photo) ? photo : undefined;
  } catch {
    return undefined;
  }
}

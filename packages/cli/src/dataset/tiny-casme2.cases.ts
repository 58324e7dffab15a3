/** @file A synthetic CASME II of a few clips: the layout of the real one, faces from a photograph, movements that are known. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { openFaceModels } from '@telltale/core';
import { findFace } from '@telltale/core/face';
import { synthesize } from '@telltale/core/synth';
import sharp from 'sharp';
import { loadRuntime, readFaceModelFiles, readImage } from '@telltale/node';

/** One clip as it was made. */
export interface TinyClip {
  readonly subject: string;
  readonly clip: string;
  readonly onset: number;
  readonly apex: number;
  readonly offset: number;
  readonly emotion: string;
  /** Folder of its frames, relative to the dataset's. */
  readonly folder: string;
}

const MADE = [
  { subject: '1', clip: 'EP01_01f', kind: 'lip-corner-pull', emotion: 'happiness' },
  { subject: '1', clip: 'EP02_03', kind: 'brow-raise', emotion: 'surprise' },
  { subject: '02', clip: 'EP01_01f', kind: 'brow-lower', emotion: 'disgust' },
  { subject: '02', clip: 'EP09_05', kind: 'lip-corner-depress', emotion: 'repression' },
] as const;

/**
 * Writes the dataset: the sheet as CSV, frames from onset to offset as JPEG.
 *
 * @param withoutApex - clips, from 0, whose apex the sheet does not give
 */
export async function makeTinyCasme2(
  folder: string,
  withoutApex: readonly number[] = [],
): Promise<TinyClip[]> {
  const require = createRequire(import.meta.url);
  const demo = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');
  const photo = await readImage(join(demo, 'sample3.jpg'));
  const models = await openFaceModels(await loadRuntime(), await readFaceModelFiles());
  const { landmarks } = await findFace(models, photo);
  await models.close();
  const lines = [
    'Subject,Filename,,OnsetFrame,ApexFrame,OffsetFrame,,Action Units,Estimated Emotion',
  ];
  const clips: TinyClip[] = [];
  for (const [i, { subject, clip, kind, emotion }] of MADE.entries()) {
    const made = synthesize(photo, landmarks, {
      ...{ kind, rate: 100, seconds: 0.5, onset: 0.1, duration: 0.3, amplitude: 3, seed: i },
      ...{ width: 260, height: 300, interocular: 66, noise: 1, sway: 0.5 },
    });
    const [event] = made.truth.events as [(typeof made.truth.events)[number]];
    const [onset, apex, offset] = [event.onset, event.apex, event.offset].map(
      ({ frame }) => frame + 46,
    ) as [number, number, number];
    const name = `sub${subject.padStart(2, '0')}`;
    const path = `CASME2-RAW/${name}/${clip}`;
    await mkdir(join(folder, path), { recursive: true });
    for await (const { index, data, width, height } of made.frames()) {
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 95 })
        .toFile(join(folder, path, `img${index + 46}.jpg`));
    }
    const given = withoutApex.includes(i) ? '/' : String(apex);
    lines.push(`${subject},${clip},,${onset},${given},${offset},,${event.units},${emotion}`);
    clips.push({ subject: name, clip, onset, apex, offset, emotion, folder: path });
  }
  await writeFile(join(folder, 'CASME2-coding-20140508.csv'), `${lines.join('\n')}\n`);
  return clips;
}

/**
 * @file Writes data for pretraining: flow images of synthetic expressions, with their `samples.csv`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { planFlowSamples, type FlowSampleOptions } from '@telltale/core/synth';
import { encodePng } from '@telltale/node/images';
import { assertWritable, writeThrough } from '@telltale/node/output';

import { countOf, openProgress } from '../terminal.ts';

/** Images encoded concurrently. */
const AT_ONCE = 64;

/**
 * Writes the folder, whole or not at all.
 *
 * @throws TelltaleError `OPTION_INVALID`, `OUTPUT_UNWRITABLE`, `CANCELED`
 */
export async function runSynthFlow(
  { out, ...options }: FlowSampleOptions & { readonly out: string },
  signal: AbortSignal,
): Promise<void> {
  const samples = planFlowSamples(options);
  await assertWritable(out, 'file');
  await writeThrough(out, async (folder) => {
    await mkdir(join(folder, 'flow'), { recursive: true });
    const progress = openProgress();
    const lines = ['dataset,subject,clip,emotion,flow,units'];
    try {
      let writing: Promise<void>[] = [];
      for (const { subject, clip, emotion, draw } of samples) {
        signal.throwIfAborted();
        const { image, units } = draw();
        const file = `flow/${subject}_${clip}.png`;
        lines.push(['telltale synthetic', subject, clip, emotion, file, units].join(','));
        writing.push(
          encodePng(image, { compressionLevel: 3 }).then((bytes) =>
            writeFile(join(folder, file), bytes),
          ),
        );
        if (writing.length < AT_ONCE) continue;
        await Promise.all(writing);
        writing = [];
        progress.update(`sample ${countOf(lines.length - 1, samples.length)}`);
      }
      await Promise.all(writing);
    } finally {
      progress.end();
    }
    await writeFile(join(folder, 'samples.csv'), `${lines.join('\n')}\n`);
  });
  process.stdout.write(`${out}\n`);
}

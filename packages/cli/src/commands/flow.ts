/** @file `telltale flow`: optical flow between two images of a face. */
import { join } from 'node:path';

import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { FaceChoice, RgbImage } from '@telltale/core';

import type { Overwrite } from '../io/free.ts';
import { SUMMARIES } from '../summaries.ts';
import { oneFaceOption, rotateOption } from './clip-options.ts';
import { overwriteOption } from './output-options.ts';

/** The command; its action loads the modules that it needs. */
export function flowCommand(): CommandUnknownOpts {
  return new Command('flow')
    .description(SUMMARIES.flow.description)
    .argument('<onset>', 'image before the movement')
    .argument('<apex>', 'image at the apex, same size')
    .requiredOption('--out <folder>', 'folder of the files')
    .addOption(rotateOption('images'))
    .addOption(oneFaceOption())
    .addOption(overwriteOption())
    .action(async (onset, apex, options) => {
      const { interruptible } = await import('../terminal.ts');
      await interruptible((signal) => flow([onset, apex], options, signal));
    });
}

interface FlowRun extends Overwrite {
  readonly out: string;
  readonly rotate?: 90 | 180 | 270 | undefined;
  readonly face?: FaceChoice | undefined;
}

/** The files that the command writes. */
const FILES = ['flow.png', 'colors.png', 'flow.npy'] as const;

async function flow(
  [onsetPath, apexPath]: readonly [string, string],
  { out, rotate, face, overwrite }: FlowRun,
  signal: AbortSignal,
): Promise<void> {
  const { assertWritable, writeFolderWhole } = await import('@telltale/node/output');
  const { openTools } = await import('@telltale/node');
  const { encodePng, readImage } = await import('@telltale/node/images');
  const { npyBytes } = await import('../io/npy.ts');
  const { faceFlow } = await import('@telltale/core/expression');
  const { turnedImage } = await import('@telltale/core/video');
  const { createTvl1, flowColors } = await import('@telltale/core/motion');
  const { assertFree } = await import('../io/free.ts');
  await assertWritable(out, 'folder');
  const paths = FILES.map((name) => join(out, name));
  await assertFree(paths, { overwrite });
  const read = async (path: string): Promise<RgbImage> => {
    const image = await readImage(path);
    return rotate === undefined ? image : turnedImage(image, rotate);
  };
  const onset = await read(onsetPath);
  const apex = await read(apexPath);
  signal.throwIfAborted();
  const tools = await openTools({ recognizer: false });
  try {
    const found = await faceFlow({ models: tools.face, tvl1: await createTvl1() }, onset, apex, {
      subject: face,
    });
    signal.throwIfAborted();
    const { u, v, width, height } = found.flow;
    const both = new Float32Array(u.length + v.length);
    both.set(u);
    both.set(v, u.length);
    const contents = [
      await encodePng(found.image),
      await encodePng(flowColors(found.flow)),
      npyBytes(both, [2, height, width]),
    ];
    await writeFolderWhole(out, new Map(FILES.map((name, i) => [name, contents[i]!])));
    for (const path of paths) process.stdout.write(`${path}\n`);
    process.stderr.write(
      `Largest displacement: ${largest(u, v).toFixed(2)} pixels of the ${width}×${height} face.` +
        `${found.headMoved ? ' The head moved; its motion is not part of the flow.' : ''}\n`,
    );
  } finally {
    await tools.close();
  }
}

function largest(u: Float32Array, v: Float32Array): number {
  return u.reduce((most, x, i) => Math.max(most, Math.hypot(x, v[i]!)), 0);
}

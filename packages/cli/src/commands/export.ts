/** @file `telltale export`: a recognizer as a standard ONNX file with its description. */
import { basename, dirname, join } from 'node:path';
import process from 'node:process';

import { Command } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

import type { Overwrite } from '../io/free.ts';
import { overwriteOption } from './output-options.ts';

/** The command; its action loads the modules that it needs. */
export function exportCommand(): CommandUnknownOpts {
  return new Command('export')
    .description(
      'Write a recognizer as a standard ONNX file, for any program that runs ONNX, and beside it ' +
        'model.json, which describes inputs, outputs, the threshold for unsure verdicts and the score.',
    )
    .argument(
      '<weights>',
      'weights that "telltale train" wrote, or the name of a recognizer that ships',
    )
    .requiredOption(
      '--out <place>',
      'folder for model.onnx and model.json; or NAME.onnx, with NAME.json beside it',
    )
    .addOption(overwriteOption())
    .action(async (weights, options) => {
      await runExport(weights, options);
    });
}

async function runExport(
  weights: string,
  { out, overwrite }: Overwrite & { readonly out: string },
): Promise<void> {
  const { assertFree } = await import('../io/free.ts');
  const { exportModel, readDescription } = await import('@telltale/core/recognize');
  const { assertWritable, writeFolderWhole } = await import('@telltale/node/output');
  const { descriptionOf, namingFile, readWeightsOrShipped } = await import('@telltale/node');
  const isFile = /\.onnx$/i.test(out);
  const folder = isFile ? dirname(out) : out;
  const name = isFile ? basename(out) : 'model.onnx';
  await assertWritable(isFile ? out : folder, isFile ? 'file' : 'folder');
  await assertFree(
    [name, descriptionOf(name)].map((one) => join(folder, one)),
    { overwrite },
  );
  const bytes = await readWeightsOrShipped(weights);
  const { onnx, description } = await namingFile(weights, () => exportModel(bytes, name));
  const files = new Map<string, Uint8Array | string>([
    [name, onnx],
    [descriptionOf(name), description],
  ]);
  await writeFolderWhole(folder, files);
  for (const file of files.keys()) process.stdout.write(`${join(folder, file)}\n`);
  const { network, config, input, output, score } = readDescription(description);
  process.stderr.write(
    `${network} ${config}: ${input.name} [${input.shape.join(', ')}] to ${output.name} of ${output.classes.join(', ')}.\n` +
      `Score: ${score}\n`,
  );
}
